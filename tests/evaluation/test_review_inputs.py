"""What a management review hears: every input by itself, its trend, its rows, and frozen when the review is held."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.urls import resolve

from aims.catalogue import edition
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.changes import create, move, write
from aims.records.models import Signature
from aims.records.registry import workspaces
from context.models import AISystem
from evaluation.models import ManagementReview, ReviewInput
from evaluation.review_gathering import number_of, way
from improvement.models import Nonconformity
from planning.models import LegalRequirement
from support.models import Resource
from tests.evaluation.story import held, prepared, signed, told
from tests.people import World

CASE = {
    "title": "Kept in use",
    "description": "Seven months.",
    "grade": "major",
    "opened_on": date(2026, 10, 1),
}
# certification.md, section 6: what a good review hears beside the list of the clause
RECOMMENDED = ("6.2", "6.1.3", "6.1.4", "8.3", "8.1", "A.10.3", "7.1", "5.2", "6.1.3-f", "A.8.5")


def offered() -> list[object]:
    return [item for workspace in workspaces() for item in workspace.review_inputs]


def one(review: ManagementReview, code: str) -> ReviewInput:
    return review.inputs.get(code=code)


def test_each_input_is_offered_once_and_says_where_its_rows_are() -> None:
    found = Counter(item.code for item in offered())  # type: ignore[attr-defined]
    assert set(found.values()) == {1} and set(RECOMMENDED) <= set(found)
    for item in offered():
        assert resolve(str(item.url).split("?")[0]), item  # type: ignore[attr-defined]
        assert edition().is_code(item.code), item  # type: ignore[attr-defined]


def test_the_recommended_inputs_follow_those_of_the_clause(inside: World) -> None:
    codes = [row.code for row in prepared(inside).inputs.all()]
    wanted = [code for code in codes if code.startswith("9.3.2-")]
    assert codes[: len(wanted)] == wanted and set(RECOMMENDED) <= set(codes[len(wanted) :])


def test_an_input_leads_to_its_rows(inside: World) -> None:
    review = prepared(inside)
    assert one(review, "9.3.2-d").place == "/registers/nonconformities/"
    assert one(review, "6.1.3").place == "/registers/ai-risks/?state=treating"


def test_the_first_review_has_no_trend(inside: World) -> None:
    assert {(row.before, row.trend) for row in prepared(inside).inputs.all()} == {("", "")}


def test_the_next_review_says_which_way_each_figure_went(inside: World) -> None:
    first = held(inside, held_on=date(2026, 1, 20))
    signed(inside, first)
    create(inside.officer, Nonconformity, CASE)
    row = one(prepared(inside, title="Review 2027"), "9.3.2-d")
    assert (row.before, row.figure, row.trend) == ("0", "1", "up")
    assert one(prepared(inside, title="Again"), "9.3.2-c").trend == "same"


def test_an_unsigned_review_is_nothing_to_compare_with(inside: World) -> None:
    held(inside)
    assert {row.before for row in prepared(inside, title="Review 2027").inputs.all()} == {""}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("3", "5", "up"),
        ("3 alarms", "1 alarm", "down"),
        ("1/2", "2/4", "same"),
        ("1/2", "3/4", "up"),
        ("1 200", "1 100", "down"),
        ("2,5", "2.5", "same"),
        ("", "3", ""),
        ("none", "3", ""),
        ("0/0", "1/2", ""),
    ],
)
def test_ways_of_figures(before: str, now: str, expected: str) -> None:
    assert way(before, now) == expected


def test_a_figure_is_read_as_a_number() -> None:
    assert number_of("3/4") == Decimal("0.75") and number_of("-2 points") == -2 and number_of("–") is None


def test_what_nobody_touched_is_brought_up_to_date(inside: World) -> None:
    review = prepared(inside)
    assert "0 open now" in one(review, "9.3.2-d").text
    create(inside.officer, Nonconformity, CASE)
    review = move(inside.officer, review, "gather")
    assert "1 open now" in one(review, "9.3.2-d").text


def test_what_was_heard_stays_as_it_was_when_the_review_was_held(inside: World) -> None:
    review = held(inside)
    before = list(review.inputs.values_list("code", "figure", "text"))
    create(inside.officer, Nonconformity, CASE)
    assert review.frozen_at is not None
    assert list(review.inputs.values_list("code", "figure", "text")) == before
    with pytest.raises(Refused):
        move(inside.officer, review, "gather")


def test_nobody_writes_another_input_into_a_review_that_was_held(inside: World) -> None:
    review = held(inside)
    rows = told(review)
    rows[3]["figure"] = "7"
    with pytest.raises(Refused) as refused:
        write(inside.officer, review, {}, parts={"inputs": rows})
    assert set(refused.value.fields) == {"inputs.3.text"}
    kept = write(inside.officer, review, {"guests": "Dr Marchand"}, parts={"inputs": told(review)})
    assert kept.guests == "Dr Marchand"


def test_a_review_without_an_input_that_it_heard_is_not_signed(inside: World) -> None:
    review = held(inside)
    review = write(inside.officer, review, {}, parts={"inputs": told(review)[:-1]})
    with pytest.raises(Refused) as refused:
        signed(inside, review)
    assert "inputs" in refused.value.fields
    assert not Signature.objects.exists()


def test_back_in_preparation_the_inputs_are_gathered_anew(inside: World) -> None:
    review = move(inside.officer, held(inside), "take_back", note="Wrong period.")
    assert review.frozen_at is None
    create(inside.officer, Nonconformity, CASE)
    review = move(inside.officer, review, "gather")
    assert one(review, "9.3.2-d").figure == "1"


def test_a_decision_without_owner_or_date_is_not_recorded_as_held(inside: World) -> None:
    review = prepared(inside)
    values = {
        "held_on": date(2026, 10, 20),
        "minutes": "Talked.",
        "attendees": [inside.executive.id],
    }
    needs = [{"kind": "resource", "text": "Hire one", "resource": "people", "amount": "75000"}]
    review = write(inside.officer, review, values, parts={"inputs": told(review), "decisions": needs})
    with pytest.raises(Refused) as refused:
        move(inside.officer, review, "hold")
    assert "Hire one" in refused.value.fields["decisions"][0]


def test_the_next_date_is_proposed_when_nobody_set_one(inside: World) -> None:
    assert held(inside).next_review == date(2027, 10, 20)
    assert held(inside, title="Other", next_review=date(2027, 4, 20)).next_review == date(2027, 4, 20)


def test_costs_and_footprint_are_told_by_system(inside: World) -> None:
    scan = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Triage"})
    values = {"title": "GPU hours", "kind": "computing", "amount": "18000", "footprint": "331 kg CO2e"}
    create(inside.officer, Resource, {**values, "systems": [scan]})
    said = one(prepared(inside), "7.1").text
    assert "ThoraScan: EUR 18 000 a year; energy and carbon: 331 kg CO2e" in said


def test_laws_that_are_not_met_or_near_are_told(inside: World) -> None:
    law = {"kind": "law", "source": "EU", "asks": "Tell people.", "title": "AI Act Art. 50"}
    create(inside.officer, LegalRequirement, {**law, "verdict": "partly"})
    row = one(prepared(inside), "A.8.5")
    assert row.figure == "1" and "AI Act Art. 50: partly met" in row.text


def test_the_trend_is_part_of_what_is_signed(inside: World) -> None:
    signed(inside, held(inside))
    content = visible(inside.officer, Signature).get().content
    assert '"trend":""' in content and '"before":""' in content
