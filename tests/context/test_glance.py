"""Clause 4 at a glance: the climate question is always asked, and each requirement shows what answers it, or nothing."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.changes import create, move
from context import answered, rules
from context.climate import answer_question, climate_issue
from context.models import ContextIssue, InterestedParty
from planning.models import Objective
from tests.people import World

TODAY = timezone.localdate()


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=member.person_id))
    return client


def party(world: World, *requirements: dict[str, Any], title: str = "Patients") -> InterestedParty:
    return create(world.officer, InterestedParty, {"title": title}, {"requirements": list(requirements)})


def states(world: World) -> list[str]:
    rows = answered.answers_of(world.officer, answered.live_parties(world.officer))
    return [one.state for _party, found in rows for one in found]


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        ("OBJ-0001, RSK-01", ["OBJ-0001", "RSK-01"], ""),
        ("contract with hospitals", [], "contract with hospitals"),
        ("RSK-0007 and the contract", ["RSK-0007"], "and the contract"),
        ("OBJ-1.", ["OBJ-1"], ""),
        ("", [], ""),
    ],
)
def test_numbers_of_records_are_told_from_other_words(text: str, numbers: list[str], words: str) -> None:
    assert (answered.numbers_in(text), answered.words_beside(text)) == (numbers, words)


def test_a_requirement_is_answered_by_records_that_are_there(inside: World) -> None:
    objective = create(inside.officer, Objective, {"title": "Equal quality", "external_id": "OBJ-EQ"})
    party(
        inside,
        {"text": "Equal", "place": objective.ref},
        {"text": "The same", "place": "OBJ-EQ"},
        {"text": "Gone", "place": "OBJ-9999"},
        {"text": "Words", "place": "the contract"},
        {"text": "Control", "answered_by": ["A.5.4"]},
        {"text": "Nothing"},
        {"text": "Return", "addressed": False, "reason": "Business plan"},
        {"text": "Silent", "addressed": False},
    )
    expected = ["answered", "answered", "gone", "answered", "answered", "open", "refused", "open"]
    assert states(inside) == expected
    move(inside.officer, objective, "withdraw", note="Not ours")
    assert states(inside)[:2] == ["gone", "gone"]


def test_what_is_not_open_to_somebody_does_not_answer_for_them(inside: World) -> None:
    party(inside, {"text": "Equal", "place": "OBJ-0001"})
    create(inside.officer, Objective, {"title": "Equal quality"})
    known = answered.named(inside.stranger, ["OBJ-0001"])
    assert known == {} and "OBJ-0001" in answered.named(inside.officer, ["OBJ-0001"])


def test_the_number_of_statements_stays(inside: World, django_assert_num_queries: Any) -> None:
    objective = create(inside.officer, Objective, {"title": "Equal quality"})
    for number in range(4):
        party(inside, *({"text": str(n), "place": objective.ref} for n in range(3)), title=f"Party {number}")
    with django_assert_num_queries(3):  # parties, their requirements, objectives
        assert len(states(inside)) == 12


def test_the_climate_question_is_answered_and_answered_again(inside: World) -> None:
    assert climate_issue(inside.officer) is None
    issue = answer_question(inside.officer, False, "Software only", None)
    assert (issue.state, issue.relevant, issue.reviewed_on) == ("in_force", False, TODAY)
    assert list(rules.climate_decided(inside.officer)) == []
    again = answer_question(inside.officer, True, "Heat waves", issue.version)
    assert again.pk == issue.pk and again.relevant and ContextIssue.objects.count() == 1
    with pytest.raises(Refused) as refused:
        answer_question(inside.officer, True, "Late", issue.version)
    assert refused.value.code == "stale"
    with pytest.raises(Refused):
        answer_question(inside.reader, True, "Mine", None)


def test_the_question_stands_on_the_page_until_it_is_answered(inside: World) -> None:
    client = browser(inside.officer)
    page = client.get("/context/").content.decode()
    assert "Not answered" in page and 'name="rationale"' in page
    half = client.post("/context/climate/", {"relevant": "yes", "rationale": ""})
    assert half.status_code == 422 and "checked" in half.content.decode()
    done = client.post("/context/climate/", {"relevant": "no", "rationale": "Hosting is counted elsewhere"})
    assert done.status_code == 302
    page = client.get("/context/").content.decode()
    assert "Climate change is not a relevant issue" in page and "Hosting is counted elsewhere" in page


def test_who_only_reads_sees_the_answer_and_no_form(inside: World) -> None:
    answer_question(inside.officer, True, "Heat waves", None)
    client = browser(inside.reader)
    page = client.get("/context/").content.decode()
    assert "Heat waves" in page and 'name="rationale"' not in page
    assert client.post("/context/climate/", {"relevant": "no", "rationale": "x"}).status_code == 403
