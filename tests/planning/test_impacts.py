"""Impact assessments: how an impact weighs, what Art. 27 asks for, the document, its results, and what is published."""

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import create, lay, move, write
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem
from planning import fria, impact_document
from planning.impact_scoring import Reversibility, Severity, Significance, significance
from planning.models import (
    AIRisk,
    ControlImplementation,
    Impact,
    ImpactAssessment,
    ImpactPublication,
)
from tests.pages.markup import Page
from tests.people import World

HARM = {"group": "Old people", "effect": "Missed findings", "negative": True}
WHOLE = {
    "done_on": date(2026, 6, 1),
    "individuals": "Patients",
    "society": "Hospitals",
    "misuse": "Children",
    "conclusion": "acceptable_with_measures",
    "review_due": date(2099, 1, 1),
}


@pytest.mark.parametrize(
    ("severity", "likelihood", "reversibility", "step"),
    [
        ("low", 1, "", "low"),
        ("low", 3, "easy", "low"),
        ("low", 4, "", "moderate"),
        ("medium", 3, "effort", "moderate"),
        ("high", 3, "", "high"),
        ("severe", 3, "", "high"),
        ("high", 5, "", "critical"),
        ("severe", 4, "", "critical"),
        ("low", 1, "none", "moderate"),  # what cannot be undone weighs a step more
        ("severe", 1, "none", "high"),  # severe and irreversible: never below high
        ("severe", 5, "none", "critical"),
        ("", 3, "", ""),
        ("high", None, "", ""),
        ("high", 0, "", ""),
        ("high", 6, "", ""),
        ("enormous", 3, "", ""),
    ],
)
def test_how_a_harm_weighs(severity: str, likelihood: int | None, reversibility: str, step: str) -> None:
    assert significance(severity, likelihood, reversibility) == step


def test_a_benefit_does_not_weigh_more_because_it_lasts() -> None:
    assert significance("medium", 2, "none", negative=False) == significance("medium", 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.integers(1, 5), st.integers(0, 2), st.booleans())
def test_worse_never_weighs_less(severity: int, likelihood: int, reversible: int, negative: bool) -> None:
    def step(grave: int, often: int, undone: int) -> int:
        words = Severity.values[grave], Reversibility.values[undone]
        return Significance.values.index(significance(words[0], often, words[1], negative))

    here = step(severity, likelihood, reversible)
    assert step(min(severity + 1, 3), likelihood, reversible) >= here
    assert step(severity, min(likelihood + 1, 5), reversible) >= here
    assert step(severity, likelihood, min(reversible + 1, 2)) >= here


def test_the_questions_are_those_of_the_law() -> None:
    assert len(fria.QUESTIONS) == len(edition().ai_act.fria.content) == 6
    assert [one.ref for one in fria.QUESTIONS] == [f"Art. 27(1)({letter})" for letter in "abcdef"]
    assert len(fria.DUTY) == len(edition().ai_act.fria.who)


def system(world: World, **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", **data})


def assessment(world: World, rows: Any = (), asked: Any = (), **data: Any) -> ImpactAssessment:
    about = data.pop("system", None) or system(world)
    given_ = {"title": "Impact of ThoraScan", "system": about, **data}
    return create(world.officer, ImpactAssessment, given_, {"impacts": rows, "consultations": asked})


def approved(world: World, record: Any) -> Any:
    record = move(world.officer, record, "submit")
    return sign(world.executive, record, "approve", record.version, digest_of(canonical(record)), "password")


def test_the_significance_is_computed_at_the_door(inside: World) -> None:
    row = {**HARM, "likelihood": 3, "severity": "high", "significance": "low"}
    record = assessment(inside, [row])
    assert record.impacts.get().significance == "high"
    kept = {"id": str(record.impacts.get().pk), **row, "likelihood": 1}
    write(inside.officer, record, {}, parts={"impacts": [kept]})
    assert record.impacts.get().significance == "low"
    with pytest.raises(Refused) as refused:
        write(inside.officer, record, {}, parts={"impacts": [{**kept, "likelihood": 9}]})
    assert "impacts.0.likelihood" in refused.value.fields


def test_what_answers_a_harm(inside: World) -> None:
    line = lay(inside.officer, ControlImplementation, "A.5.4", {"title": "Impacts"})
    risk = create(inside.officer, AIRisk, {"title": "Bias"})
    answers = ({"mitigation": "Train"}, {"control": line.pk}, {"risk": risk.pk}, {"closed": "Small"})
    record = assessment(inside, [HARM, *({**HARM, **more} for more in answers)])
    assert [row.answered for row in record.impacts.all()] == [False, True, True, True, True]
    doc = impact_document.document(inside.officer, record)
    assert (doc["harms"], doc["benefits"], doc["unanswered"]) == (5, 0, 1)


def test_the_document_sets_the_gravest_first_by_party(inside: World) -> None:
    rows = [
        {**HARM, "group": "All", "party": "society"},
        {**HARM, "group": "Small", "party": "groups", "likelihood": 1, "severity": "low"},
        {**HARM, "group": "Grave", "party": "groups", "likelihood": 5, "severity": "severe"},
        {**HARM, "group": "Good", "party": "groups", "negative": False, "stage": "retirement"},
        {**HARM, "group": "Nobody"},
    ]
    doc = impact_document.document(inside.officer, assessment(inside, rows))
    assert [group.label for group in doc["groups"]] == ["groups", "society", "party not said"]
    assert [line.impact.group for line in doc["groups"][0].harms] == ["Grave", "Small"]
    assert [line.impact.group for line in doc["groups"][0].benefits] == ["Good"]
    assert doc["groups"][0].harms[0].tone == "bad" and doc["groups"][0].benefits[0].tone == "ok"
    assert doc["stages"] == ["retirement"]


def codes(answers: list[fria.Answered]) -> str:
    return "".join(one.question.code for one in answers if not one.met)


def test_rights_are_answered_from_what_is_there(inside: World) -> None:
    record = assessment(inside, rights_duty="public_body", misuse="Children")
    assert codes(fria.sheet(record, [])) == "abcdef", "the purpose alone does not name the processes"
    record = write(
        inside.officer, record, {"processes": "Triage", "if_harm": "Stop"}, parts={"impacts": [HARM]}
    )
    answers = fria.sheet(record, record.impacts.all())
    assert codes(answers) == "be"
    assert [source.text for source in answers[0].sources] == ["Triage", "Sort X-rays"]
    assert [source.text for source in answers[3].sources] == ["Old people: Missed findings", "Children"]
    assert answers[3].sources[0].url.endswith("#impacts")
    write(inside.officer, record.system, {"oversight": "A radiologist reads all"})
    record.system.refresh_from_db()
    assert codes(fria.sheet(record, record.impacts.all())) == "b", "what the system says is not asked again"


def test_what_is_missing_leads_to_its_field_and_only_where_the_law_asks(inside: World) -> None:
    record = assessment(inside, rights_duty="public_body")
    missing = fria.missing(record, fria.sheet(record, []))
    assert len(missing) == 7 and missing[0][1].endswith("/edit/#id_processes")
    assert missing[3][1].endswith("#rows-impacts") and "Art. 27(3)" in missing[6][0]
    for duty, number in (("no", 0), ("", 0), ("voluntary", 6), ("credit_or_insurance", 7)):
        record.rights_duty = duty
        assert len(fria.missing(record, fria.sheet(record, []))) == number, duty


def test_results_stand_as_they_were_signed_and_can_be_compared(inside: World) -> None:
    about = system(inside)
    first = approved(inside, assessment(inside, [HARM], system=about, **WHOLE))
    more = [{**HARM, "likelihood": 5, "severity": "severe"}, HARM]
    second = approved(inside, assessment(inside, more, system=about, **{**WHOLE, "conclusion": "acceptable"}))
    found = impact_document.results(inside.officer, second)
    assert [(one["ref"], one["harms"], one["serious"]) for one in found] == [
        (second.ref, 2, 1),
        (first.ref, 1, 0),
    ]
    assert [str(one["conclusion"]) for one in found] == ["acceptable", "acceptable with measures"]


def client(world: World, role: Role = Role.OFFICER) -> Client:
    made = Client()
    made.force_login(Person.objects.get(pk=world.members[role].person_id))
    return made


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return Page(answer.content.decode()).words()


@pytest.fixture
def written(world: World) -> Any:
    """An approved assessment with a harm, a benefit and a consultation."""
    asked = [
        {"who": "Works council", "way": "representatives", "said": "No machine decides", "done": "Agreed"}
    ]
    rows = [{**HARM, "mitigation": "More images", "party": "groups"}, {**HARM, "negative": False}]
    with acting(world.orvanne.pk, world.officer.actor):
        about = system(world)
        record = assessment(world, rows, asked, system=about, rights_duty="public_service", **WHOLE)
        approved(world, record)
        write_again = assessment(world, rows, asked, system=about, **{**WHOLE, "society": "Everybody"})
        return approved(world, write_again)


def test_the_page_reads_like_a_document(world: World, written: ImpactAssessment) -> None:
    officer = client(world)
    page = words(officer.get(f"/registers/impact-assessments/{written.pk}/"))
    for said in (
        "Old people: Missed findings",
        "More images",
        "Works council",
        "No machine decides",
        "Agreed",
    ):
        assert said in page, said
    assert "1 harm" in page and "1 benefit" in page and "Results so far" in page
    with acting(world.orvanne.pk, world.officer.actor):
        older = ImpactAssessment.objects.get(state="superseded")
    page = words(officer.get(f"/registers/impact-assessments/{older.pk}/"))
    assert "Art. 27(1)(b)" in page and "How long and how often it is used" in page


def test_the_difference_of_two_results(world: World, written: ImpactAssessment) -> None:
    place = f"/impact-assessments/{written.pk}/results/"
    page = words(client(world).get(place))
    assert "Everybody" in page and "Hospitals" in page
    assert "Everybody" in words(client(world).get(place, {"old": "nonsense", "new": "9"}))
    with acting(world.orvanne.pk, world.officer.actor):
        alone = assessment(world, title="Alone")
    page = words(client(world).get(f"/impact-assessments/{alone.pk}/results/"))
    assert "There are no two results yet" in page


def test_the_paper_says_the_same(world: World, written: ImpactAssessment) -> None:
    answer = client(world, Role.READER).get(f"/impact-assessments/{written.pk}/paper.pdf")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.content)).pages).split())
    for said in ("Missed findings", "More images", "Works council", "No machine decides", "Orvanne Medical"):
        assert said in text, said


def test_a_text_is_published_apart_and_only_of_an_approved_result(inside: World) -> None:
    record = assessment(inside, **WHOLE)
    data = {
        "title": "For patients",
        "assessment": record,
        "audience": "public",
        "text": "A person reads every image.",
        "place": "orvanne.example",
        "effective_from": date(2026, 7, 1),
        "owner": inside.officer.id,
    }
    text: Any = create(inside.officer, ImpactPublication, data)
    with pytest.raises(Refused, match="is not approved"):
        approved(inside, text)
    approved(inside, record)
    text = ImpactPublication.objects.get(pk=text.pk)
    text = sign(inside.executive, text, "approve", text.version, digest_of(canonical(text)), "password")
    assert text.state == "approved"
    again = approved(inside, create(inside.officer, ImpactPublication, data))
    assert again.state == "approved" and ImpactPublication.objects.get(pk=text.pk).state == "superseded"


def test_who_may_not_see_a_risk_does_not_learn_its_name(inside: World) -> None:
    risk = create(inside.officer, AIRisk, {"title": "Secret weakness"})
    record = assessment(inside, [{**HARM, "risk": risk.pk}])
    lines = impact_document.lines(inside.officer, Impact.objects.filter(assessment=record))
    assert "Secret weakness" in lines[0].risk
    blind = inside.stranger
    assert "Secret weakness" not in impact_document.lines(blind, Impact.objects.all())[0].risk
