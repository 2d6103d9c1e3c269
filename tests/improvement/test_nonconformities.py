"""Nonconformities: no step without what it needs, and no end without an effect that somebody else has judged."""

from datetime import date

import pytest

from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.origins import came_from, led_to
from aims.records.registry import Gap, answering, register
from aims.records.represent import represent
from evaluation import inputs
from improvement import rules
from improvement.following import follow_review
from improvement.models import CorrectiveAction, EffectivenessReview, Improvement, Nonconformity
from planning.models import ChangePlan
from tests.evaluation.story import begun, found, held, reported, row, signed
from tests.improvement.story import action, analysed, checking, done, judged, opened
from tests.people import World


def test_the_whole_way(inside: World) -> None:
    case = checking(inside)
    judged(inside, case)
    case = move(inside.executive, case, "close")
    assert case.state == "closed"
    assert CorrectiveAction.objects.get().state == "effective"


@pytest.mark.parametrize(
    ("step", "missing"),
    [("contain", {"correction"}), ("analyse", {"root_cause", "cause_category", "similar_cases"})],
)
def test_each_step_needs_its_fields(inside: World, step: str, missing: set[str]) -> None:
    case = opened(inside)
    if step == "analyse":
        case = move(inside.officer, write(inside.officer, case, {"correction": "x"}), "contain")
    with pytest.raises(Refused) as refused:
        move(inside.officer, case, step)
    assert set(refused.value.fields) == missing


def test_actions_do_not_run_where_none_is_planned(inside: World) -> None:
    case = analysed(inside)
    with pytest.raises(Refused) as refused:
        move(inside.officer, case, "run")
    assert "actions" in refused.value.fields


def test_the_effect_is_not_checked_while_an_action_is_open(inside: World) -> None:
    case = analysed(inside)
    done(inside, action(inside, case))
    late = action(inside, case, title="Drill each quarter")
    case = move(inside.officer, case, "run")
    with pytest.raises(Refused) as refused:
        move(inside.officer, case, "check")
    assert late.ref in refused.value.fields["actions"][0]


def test_the_criterion_is_fixed_beforehand(inside: World) -> None:
    case = analysed(inside)
    with pytest.raises(Refused) as refused:
        move(inside.contributor, action(inside, case, criterion=""), "start")
    assert set(refused.value.fields) == {"criterion"}
    step = move(inside.contributor, action(inside, case), "start")
    with pytest.raises(Refused) as refused:
        write(inside.contributor, step, {"criterion": "Anything will do"})
    assert set(refused.value.fields) == {"criterion"}
    write(inside.contributor, step, {"text": "With escalation after 24 h"})


def test_it_does_not_close_without_a_review_of_effect(inside: World) -> None:
    case = checking(inside)
    with pytest.raises(Refused) as refused:
        move(inside.executive, case, "close")
    assert "effectiveness_reviews" in refused.value.fields


def test_a_draft_of_a_review_is_not_enough(inside: World) -> None:
    case = checking(inside)
    values = {"nonconformity": case, "result": "effective", "seen": "x"}
    create(inside.executive, EffectivenessReview, values)
    with pytest.raises(Refused):
        move(inside.executive, case, "close")


@pytest.mark.parametrize("who", ["officer", "contributor"])
def test_nobody_judges_the_effect_of_their_own_work(inside: World, who: str) -> None:
    case = checking(inside)
    member = getattr(inside, who)
    values = {"nonconformity": case, "result": "effective", "seen": "x", "title": "x"}
    review = create(member, EffectivenessReview, values)
    for other in (member, inside.executive):  # nor lets somebody else confirm what they wrote
        with pytest.raises(Refused) as refused:
            move(other, review, "confirm")
        assert refused.value.code == "four_eyes"


def test_whoever_changed_it_last_does_not_close_it(inside: World) -> None:
    case = checking(inside)
    judged(inside, case)
    with pytest.raises(Refused) as refused:
        move(inside.officer, case, "close")
    assert refused.value.code == "four_eyes"


def test_reopening_says_why(inside: World) -> None:
    case = checking(inside)
    judged(inside, case)
    case = move(inside.executive, case, "close")
    with pytest.raises(Refused):
        move(inside.officer, case, "reopen")
    assert move(inside.officer, case, "reopen", note="It happened again").state == "open"


def test_causes_keep_their_order(inside: World) -> None:
    case = analysed(inside)
    kind = register("nonconformities")
    assert kind
    shown = represent(inside.officer, kind, case.pk)
    assert shown and [cause["text"] for cause in shown["causes"]] == [
        "Alarm not seen",
        "Mailbox on leave",
        "No deputy",
    ]


def test_an_issued_finding_opens_a_nonconformity_once(inside: World) -> None:
    audit = begun(inside)
    finding = found(inside, audit, owner=row(inside.contributor))
    assert not Nonconformity.objects.exists()
    reported(inside, audit)
    case = Nonconformity.objects.get()
    assert (case.finding, case.grade, case.codes, case.source) == (
        finding,
        "major",
        ["8.1"],
        "internal_audit",
    )
    assert (case.owner_id, case.opened_on) == (inside.contributor.id, date(2026, 10, 8))
    assert case.created_by is None
    assert list(finding.nonconformities.all()) == [case]


def test_an_opportunity_becomes_an_improvement_and_a_strength_nothing(inside: World) -> None:
    audit = begun(inside)
    found(inside, audit, grade="opportunity", title="Link objectives")
    found(inside, audit, grade="strength", title="Sealed test set")
    reported(inside, audit)
    assert [(i.title, i.source) for i in Improvement.objects.all()] == [("Link objectives", "audit")]
    assert not Nonconformity.objects.exists()


def test_a_signed_decision_becomes_an_improvement_or_a_change_plan(inside: World) -> None:
    review = held(inside)
    review.decisions.filter(text="Hire one").update(kind="improvement")
    review = signed(inside, review)
    idea, plan = Improvement.objects.get(), ChangePlan.objects.get()
    assert (idea.title, idea.review, idea.due) == ("Hire one", review, date(2027, 3, 31))
    assert (plan.title, plan.planned_for, plan.state) == ("Stop rule", date(2026, 11, 15), "planned")
    follow_review(inside.executive, review)
    decisions = {row.text: row.pk for row in review.decisions.all()}
    assert led_to(inside.officer, decisions.values()) == {
        decisions["Hire one"]: [idea],
        decisions["Stop rule"]: [plan],
    }, "once for each decision"
    assert came_from(inside.officer, plan) == [review]


def test_an_improvement_ends_with_a_measured_effect(inside: World) -> None:
    idea = create(
        inside.contributor, Improvement, {"title": "Patient panel", "owner": row(inside.contributor)}
    )
    idea = move(inside.executive, idea, "decide")
    with pytest.raises(Refused) as refused:
        move(inside.contributor, idea, "start")
    assert set(refused.value.fields) == {"expected"}
    idea = write(inside.contributor, idea, {"expected": "Two panels a year"})
    idea = move(inside.contributor, move(inside.contributor, idea, "start"), "complete")
    with pytest.raises(Refused) as refused:
        move(inside.contributor, idea, "verify")
    assert set(refused.value.fields) == {"measured"}


def gaps(world: World, rule: str) -> list[Gap]:
    declared = next(r for r in rules.RULES if r.code == rule)
    return list(declared.find(world.officer))


def test_rules_find_what_an_auditor_would(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "now_there", lambda member: date(2026, 11, 24))
    case = opened(inside, grade="major")
    late = action(inside, case)
    assert [g.ref for g in gaps(inside, "open_major")] == [case.ref]
    assert [g.ref for g in gaps(inside, "cause_known")] == [case.ref]
    assert [g.ref for g in gaps(inside, "action_in_time")] == [late.ref]
    assert gaps(inside, "effect_shown") == []
    Nonconformity.objects.update(state="closed")
    assert [g.grade for g in gaps(inside, "effect_shown")] == ["major"]
    assert gaps(inside, "open_major") == []


def test_every_line_of_clauses_9_and_10_is_answered_by_a_register() -> None:
    for code in ("9.1", "9.2.1", "9.2.2", "9.3.1", "9.3.2", "9.3.3", "10.1", "10.2"):
        assert answering(code), code
