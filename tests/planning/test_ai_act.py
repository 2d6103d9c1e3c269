"""The decision tree: every worked case of the rules, wrong answers, and sheets that stop half-way."""

from typing import Any

import pytest

from aims.catalogue import edition
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem
from planning.ai_act import headline, version, walk
from planning.models import AIActAnswer
from tests.people import World

ACT = edition().ai_act
PLAIN: dict[str, Any] = {
    "Q1": True,
    "Q2": True,
    "Q3": "none",
    "Q4": False,
    "Q5": [],
    "Q6": "no",
    "Q8": [],
    "Q11": [],
}


@pytest.mark.parametrize("example", ACT.decision_tree.examples, ids=lambda e: e.name)
def test_the_worked_cases_come_out_as_the_rules_say(example: Any) -> None:
    found = walk(ACT, dict(example.answers))
    assert found.complete and set(found.outcomes) == set(example.outcomes)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "MINIMAL"),
        ({"Q1": False}, "OUT_OF_SCOPE"),
        ({"Q2": False}, "OUT_OF_SCOPE"),
        ({"Q3": "military_security"}, "OUT_OF_SCOPE"),
        ({"Q4": True, "Q4b": False}, "GPAI"),
        ({"Q4": True, "Q4b": True}, "GPAI_SYSTEMIC"),
        ({"Q6": "section_a", "Q7": True}, "HIGH_RISK_ANNEX_I"),
        ({"Q6": "section_a", "Q7": False}, "MINIMAL"),
        ({"Q6": "section_b", "Q7b": True}, "HIGH_RISK_SECTION_B"),
        ({"Q8": ["4.a"], "Q9": True}, "HIGH_RISK_ANNEX_III"),
        (
            {"Q8": ["4.a"], "Q9": False, "Q10": {"no_significant_risk": False, "options": ["a"]}},
            "HIGH_RISK_ANNEX_III",
        ),
        (
            {"Q8": ["4.a"], "Q9": False, "Q10": {"no_significant_risk": True, "options": []}},
            "HIGH_RISK_ANNEX_III",
        ),
        (
            {"Q8": ["4.a"], "Q9": False, "Q10": {"no_significant_risk": True, "options": ["d"]}},
            "ANNEX_III_EXEMPT",
        ),
        ({"Q11": ["interaction"]}, "TRANSPARENCY"),
        ({"Q6": "section_a", "Q7": True, "Q11": ["interaction"]}, "HIGH_RISK_ANNEX_I"),
    ],
)
def test_each_branch_leads_where_it_should(change: dict[str, Any], outcome: str) -> None:
    found = walk(ACT, PLAIN | change)
    assert found.complete, found
    assert headline(ACT, found.outcomes) == outcome


def test_outcomes_stack_in_the_order_of_the_act() -> None:
    found = walk(
        ACT, PLAIN | {"Q6": "section_a", "Q7": True, "Q8": ["4.a"], "Q9": True, "Q11": ["interaction"]}
    )
    assert found.outcomes == ["HIGH_RISK_ANNEX_I", "HIGH_RISK_ANNEX_III", "TRANSPARENCY"]


def test_an_exception_must_hold_for_every_practice_that_was_ticked() -> None:
    first, second = (practice.code for practice in ACT.prohibited_practices[:2])
    ticked = PLAIN | {"Q5": [first, second]}
    assert walk(ACT, ticked | {"Q5x": {first: True, second: False}}).outcomes == ["PROHIBITED"]
    assert walk(ACT, ticked | {"Q5x": {first: True, second: True}}).outcomes == ["MINIMAL"]
    assert walk(ACT, ticked | {"Q5x": {first: True}}).problems.keys() == {"Q5x"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Q1", "yes"),
        ("Q1", None),
        ("Q3", "sometimes"),
        ("Q5", ["nonsense"]),
        ("Q5", "none"),
        ("Q8", [4]),
        ("Q11", {}),
    ],
)
def test_a_wrong_answer_is_named(question: str, answer: Any) -> None:
    found = walk(ACT, PLAIN | {question: answer})
    assert question in found.problems and not found.complete


def test_half_an_answer_sheet_waits_at_the_next_question() -> None:
    found = walk(ACT, {"Q1": True, "Q2": True})
    assert found.waiting == "Q3" and found.asked == ["Q1", "Q2", "Q3"] and not found.outcomes


def sheet(world: World, answers: Any, **data: Any) -> AIActAnswer:
    system = create(world.officer, AISystem, {"title": "TalentSift", "purpose": "Order applications"})
    return create(
        world.officer, AIActAnswer, {"title": "TalentSift", "system": system, "answers": answers, **data}
    )


def test_a_sheet_computes_its_outcome_and_keeps_the_version_of_the_rules(inside: World) -> None:
    record = sheet(inside, {"Q1": True})
    assert (record.outcome, record.waiting) == ("", "Q2")
    record = write(inside.officer, record, {"answers": PLAIN | {"Q8": ["4.a"], "Q9": True}}, 1)
    assert (record.outcome, record.waiting) == ("HIGH_RISK_ANNEX_III", "")
    assert record.outcomes == ["HIGH_RISK_ANNEX_III"] and record.rules == version(ACT)
    assert "2024/1689" in record.rules


@pytest.mark.parametrize("answers", [{"Q99": True}, {"Q1": "perhaps"}, ["Q1"], "yes"])
def test_answers_that_the_tree_does_not_know_are_refused_by_name(inside: World, answers: Any) -> None:
    with pytest.raises(Refused) as refused:
        sheet(inside, answers)
    assert refused.value.code == "invalid" and "answers" in refused.value.fields


def test_an_approved_sheet_classifies_the_system(inside: World) -> None:
    me = {"owner": inside.contributor.id, "rationale": "Ranks applicants", "assessed_on": "2026-11-24"}
    record = sheet(inside, PLAIN | {"Q8": ["4.a"], "Q9": True}, **me)
    with pytest.raises(Refused) as refused:
        approve(inside, record)
    assert refused.value.code == "four_eyes"
    record = write(inside.contributor, record, {"rationale": "Ranks and profiles applicants"})
    approve(inside, record)
    system = AISystem.objects.get(pk=record.system_id)
    assert system.act_outcome == "HIGH_RISK_ANNEX_III" and system.act_rationale.startswith(
        "Ranks and profiles"
    )


def test_a_sheet_without_an_outcome_is_not_approved(inside: World) -> None:
    record = sheet(inside, {"Q1": True}, rationale="x", assessed_on="2026-11-24", owner=inside.contributor.id)
    record = write(inside.contributor, record, {"rationale": "y"})
    with pytest.raises(Refused) as refused:
        approve(inside, record)
    assert set(refused.value.fields) == {"outcome"}
    with pytest.raises(Refused):
        move(inside.officer, record, "approve")  # without a proof of identity


def approve(world: World, record: AIActAnswer) -> None:
    shown = digest_of(canonical(record))
    sign(world.officer, record, "approve", record.version, shown, "password")
