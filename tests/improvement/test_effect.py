"""The effect is judged later, by another, against what was agreed before; what failed goes on by itself."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.models import Comment
from evaluation.inputs import now_there
from improvement import effect
from improvement.models import CorrectiveAction, EffectivenessReview, Improvement, Nonconformity
from tests.evaluation.story import row
from tests.improvement.story import action, analysed, checking, done, judged
from tests.people import World

AGREED = date(2027, 2, 15)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves today to a day."""
    return lambda day: monkeypatch.setattr(effect, "now_there", lambda member: day)


@pytest.mark.parametrize("name", ["effect_criterion", "effect_from"])
def test_actions_do_not_begin_before_the_effect_is_agreed(inside: World, name: str) -> None:
    case = analysed(inside)
    action(inside, case)
    empty = {"effect_criterion": "", "effect_from": None}
    case = write(inside.officer, case, {name: empty[name]})
    with pytest.raises(Refused) as refused:
        move(inside.officer, case, "run")
    assert set(refused.value.fields) == {name}


@pytest.mark.parametrize(("name", "value"), [("effect_criterion", "Anything"), ("effect_from", AGREED)])
def test_what_was_agreed_is_fixed_when_the_actions_are_done(inside: World, name: str, value: Any) -> None:
    case = checking(inside)
    with pytest.raises(Refused) as refused:
        write(inside.officer, case, {name: value})
    assert set(refused.value.fields) == {name}
    assert write(inside.officer, case, {"aims_change": "PR-10 1.1"}).aims_change == "PR-10 1.1"


@pytest.mark.parametrize("who", ["officer", "contributor"])
def test_who_answers_or_acts_is_not_chosen_to_check(inside: World, who: str) -> None:
    case = analysed(inside)
    action(inside, case)
    case = write(inside.officer, case, {"checker": row(getattr(inside, who))})
    with pytest.raises(Refused) as refused:
        move(inside.officer, case, "run")
    assert set(refused.value.fields) == {"checker"}
    case = write(inside.officer, case, {"checker": row(inside.executive)})
    assert move(inside.officer, case, "run").state == "actions_running"


def test_the_effect_is_not_judged_before_the_agreed_day(inside: World, later: Any) -> None:
    case = analysed(inside)
    step = action(inside, case)
    case = move(inside.officer, write(inside.officer, case, {"effect_from": AGREED}), "run")
    done(inside, step)
    case = move(inside.officer, case, "check")
    later(AGREED + timedelta(days=30))
    with pytest.raises(Refused) as refused:
        judged(inside, case, on=AGREED - timedelta(days=1))
    assert "15 February 2027" in refused.value.fields["reviewed_on"][0]
    with pytest.raises(Refused):
        move(inside.executive, case, "close")
    judged(inside, case, on=AGREED)
    assert move(inside.executive, case, "close").state == "closed"


def test_the_effect_is_not_judged_on_a_day_to_come(inside: World, later: Any) -> None:
    case = checking(inside)
    later(date(2026, 11, 1))
    with pytest.raises(Refused) as refused:
        judged(inside, case, on=date(2026, 11, 2))
    assert set(refused.value.fields) == {"reviewed_on"}


def test_the_effect_is_not_judged_before_the_last_action(inside: World, later: Any) -> None:
    case = checking(inside)
    Nonconformity.objects.filter(pk=case.pk).update(effect_from=date(2026, 10, 1))
    later(date(2026, 11, 24))
    with pytest.raises(Refused) as refused:
        judged(inside, case, on=date(2026, 10, 26))
    assert "27 October 2026" in refused.value.fields["reviewed_on"][0]


def test_what_did_not_work_goes_on_by_itself(inside: World, later: Any) -> None:
    later(date(2026, 11, 24))
    case = checking(inside)
    failed = judged(inside, case, "ineffective")
    case = Nonconformity.objects.get(pk=case.pk)
    assert case.state == "actions_running"
    assert Comment.objects.get(record_id=case.pk, author_id=inside.executive.id).text == (
        f"{failed.ref}: not effective."
    )
    with pytest.raises(Refused):
        move(inside.executive, case, "close")
    new = {"effect_criterion": "The night shift answers within a day", "effect_from": date(2026, 11, 10)}
    case = write(inside.officer, case, new)
    done(inside, action(inside, case, title="Night shift too"))
    case = move(inside.officer, case, "check")
    with pytest.raises(Refused):  # the failed review is the last one
        move(inside.executive, case, "close")
    judged(inside, case, on=date(2026, 11, 20))
    assert move(inside.executive, case, "close").state == "closed"
    states = dict(CorrectiveAction.objects.values_list("title", "state"))
    assert states == {"Alarm to on-call group": "ineffective", "Night shift too": "effective"}


def test_a_closed_case_whose_effect_did_not_last_opens_again(inside: World, later: Any) -> None:
    later(date(2027, 3, 1))
    case = checking(inside)
    judged(inside, case)
    case = move(inside.executive, case, "close")
    judged(inside, case, "ineffective", on=date(2027, 2, 20))
    assert Nonconformity.objects.get(pk=case.pk).state == "open"


def test_an_action_done_after_the_review_has_no_effect_yet(inside: World) -> None:
    case = checking(inside)
    judged(inside, case)
    late = action(inside, case, title="Drill each quarter")
    done(inside, late)
    with pytest.raises(Refused) as refused:
        move(inside.executive, case, "close")
    assert "effectiveness_reviews" in refused.value.fields


def test_a_cause_can_be_looked_for_again(inside: World) -> None:
    case = analysed(inside)
    with pytest.raises(Refused):
        move(inside.officer, case, "analyse_again")
    assert move(inside.officer, case, "analyse_again", note="It came back").state == "contained"


def test_a_review_that_nobody_dated_is_of_today(inside: World) -> None:
    review = create(inside.executive, EffectivenessReview, {"nonconformity": checking(inside)})
    assert review.reviewed_on == now_there(inside.executive)


# ── Improvements ─────────────────────────────────────────────────────────


def idea(world: World, **data: Any) -> Improvement:
    """An idea of Yuki's."""
    values = {"title": "Patient panel", "owner": row(world.contributor), "expected": "More voices", **data}
    return create(world.contributor, Improvement, values)


def test_an_expected_value_says_of_what_it_is(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        idea(inside, target=2)
    assert set(refused.value.fields) == {"measure"}


@pytest.mark.parametrize(("given", "missing"), [("baseline", "target"), ("target", "baseline")])
def test_figures_come_as_a_pair(inside: World, given: str, missing: str) -> None:
    half = idea(inside, measure="Panels a year", **{given: 2})
    with pytest.raises(Refused) as refused:
        move(inside.executive, half, "decide")
    assert set(refused.value.fields) == {missing}


def test_an_effect_expected_in_figures_is_measured_in_figures(inside: World) -> None:
    one = move(inside.executive, idea(inside, measure="Panels a year", baseline=0, target=4), "decide")
    one = move(inside.contributor, move(inside.contributor, one, "start"), "complete")
    one = write(inside.contributor, one, {"measured": "Three panels"})
    with pytest.raises(Refused) as refused:
        move(inside.contributor, one, "verify")
    assert set(refused.value.fields) == {"reached"}
    one = move(inside.contributor, write(inside.contributor, one, {"reached": 3}), "verify")
    assert one.share == 0.75


@pytest.mark.parametrize(
    ("baseline", "target", "reached", "share"),
    [(10, 5, 5, 1), (10, 5, 12, -0.4), (3, 3, 3, 1), (3, 3, 2, 0), (1, 2, None, None), (None, 2, 2, None)],
)
def test_the_share_of_an_effect(baseline: Any, target: Any, reached: Any, share: Any) -> None:
    values = [None if v is None else Decimal(v) for v in (baseline, target, reached)]
    found = Improvement(baseline=values[0], target=values[1], reached=values[2]).share
    assert found is None if share is None else float(found or 0) == share
