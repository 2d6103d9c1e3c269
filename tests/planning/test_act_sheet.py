"""The AI Act's questions in form, page and words: one after the other, with what follows and its legal basis."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create
from aims.records.display import Named, words
from context.models import AISystem
from planning.act_form import QuestionsWidget
from planning.act_sheet import consequences, outcomes_of, questions
from planning.models import AIActAnswer
from tests.pages.markup import Page
from tests.people import World

NEW = "/registers/ai-act-answer-sheets/new/"
START: dict[str, Any] = {"Q1": True, "Q2": True, "Q3": "none", "Q4": False, "Q5": []}


def posted(**answers: Any) -> QueryDict:
    """What a browser sends for some answers."""
    data = QueryDict(mutable=True)
    for code, value in answers.items():
        for item in value if isinstance(value, list) else [value]:
            data.appendlist(f"answers-{code}", item)
    return data


def taken(data: QueryDict) -> Any:
    return QuestionsWidget().value_from_datadict(data, {}, "answers")


@pytest.fixture
def office(world: World) -> Iterator[tuple[Client, AISystem]]:
    with acting(world.orvanne.pk, world.officer.actor):
        roles = {"roles": [{"role": "eu_deployer"}]}
        system = create(world.officer, AISystem, {"title": "TalentSift", "purpose": "Sift"}, roles)
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    yield client, system


def test_every_example_of_the_catalogue_survives_the_form() -> None:
    """What the widget shows for answers is, sent back, the same answers."""
    for example in edition().ai_act.decision_tree.examples:
        given = {code: plain(value) for code, value in example.answers.items()}
        html = Page(QuestionsWidget().render("answers", given, {"id": "id_answers"}))
        data = QueryDict(mutable=True)
        for tag, attributes in html.elements:
            if tag == "input" and "checked" in attributes:
                data.appendlist(str(attributes["name"]), str(attributes["value"]))
        asked = [one.node.code for one in questions(given)]
        expected = {code: given[code] for code in asked}
        if isinstance(expected.get("Q5x"), bool):  # asked of each practice
            expected["Q5x"] = dict.fromkeys(given["Q5"], expected["Q5x"])
        assert taken(data) == expected, example.name
        assert set(outcomes_of(given)) == set(example.outcomes), example.name


def plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return {k: plain(v) for k, v in value.items()} if hasattr(value, "items") else value


def test_only_the_questions_on_the_way_are_asked() -> None:
    assert [one.node.code for one in questions({})] == ["Q1"]
    assert [one.node.code for one in questions({"Q1": True, "Q2": True})] == ["Q1", "Q2", "Q3"]
    assert [one.node.code for one in questions({"Q1": False})] == ["Q1"]


def test_nothing_ticked_is_no_answer_and_none_is_one() -> None:
    assert "Q5" not in taken(posted(Q1="yes"))
    assert taken(posted(Q5=["none-of-these"])) == {"Q5": []}
    assert taken(posted(**{"Q10-gate": "yes", "Q10": ["a"]})) == {
        "Q10": {"no_significant_risk": True, "options": ["a"]}
    }


def test_step_by_step_to_a_kept_sheet(office: tuple[Client, AISystem]) -> None:
    client, system = office
    base = {
        "title": "Sheet",
        "system": str(system.pk),
        "applies_from": "",
        "assessed_on": "",
        "review_due": "",
    }
    page = client.post(NEW, {**base, "answers-Q1": "yes", "add": "answers"}).content.decode()
    assert 'name="answers-Q2"' in page and 'name="answers-Q3"' not in page
    assert 'value="Sheet"' in page
    answers = {
        "Q1": "yes",
        "Q2": "yes",
        "Q3": "none",
        "Q4": "no",
        "Q5": "none-of-these",
        "Q6": "no",
        "Q8": "4.a",
    }
    answers |= {"Q9": "yes", "Q11": "none-of-these"}
    whole = {**base, **{f"answers-{code}": value for code, value in answers.items()}}
    whole |= {"answers-why-Q9": " It scores people ", "answers-why-Q8": "  "}
    page = client.post(NEW, {**whole, "add": "answers"}).content.decode()
    assert "These answers lead to" in page and "2 December 2027" in page
    assert "It scores people" in page and "are asked." in page and "2026/1744" in page
    answer = client.post(NEW, whole)
    assert answer.status_code == 302
    with acting(system.organisation_id, "task:tests"):
        assert AIActAnswer.objects.get().answers["why"] == {"Q9": "It scores people"}
    words_ = Page(client.get(answer.headers["Location"]).content.decode()).words()
    assert "High-risk (Annex III) from 2 December 2027" in words_
    assert "Q9 Does the system profile natural persons" in words_ and "{" not in words_.split("Comments")[0]
    assert "Follows from Q9 (Art. 6(3) last subparagraph)" in words_ and "It scores people" in words_


def test_a_refused_sheet_keeps_the_answers(office: tuple[Client, AISystem]) -> None:
    client, _system = office
    page = client.post(NEW, {"title": "", "system": "", "answers-Q1": "yes", "answers-Q2": "no"})
    assert page.status_code == 422
    checked = [
        (a["name"], a["value"])
        for tag, a in Page(page.content.decode()).elements
        if tag == "input" and "checked" in a
    ]
    assert ("answers-Q1", "yes") in checked and ("answers-Q2", "no") in checked


def test_words_instead_of_json(world: World) -> None:
    field: Any = AIActAnswer._meta.get_field("answers")
    said = words(field, {**START, "Q6": "section_a"}, Named(world.officer))
    assert said.splitlines()[0].startswith("Q1 ") and said.splitlines()[0].endswith(" yes")
    assert any(line.startswith("Q5 ") and line.endswith("none of these") for line in said.splitlines())
    assert "{" not in said and words(field, {}, Named(world.officer)) == ""


def test_dates_of_what_follows() -> None:
    found = {one.label: one.applies for one in consequences(["HIGH_RISK_ANNEX_I", "TRANSPARENCY", "MINIMAL"])}
    assert list(found.values()) == [date(2028, 8, 2), date(2026, 8, 2), None]
