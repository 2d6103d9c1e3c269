"""Obligations come from the declarations, and their occurrences fill the coming thirteen months, once."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create, move
from aims.records.founding import found
from aims.records.registry import obligation_rules
from aims.schedule.dates import today
from aims.schedule.models import Obligation, Occurrence
from aims.schedule.obligations import change, plan, sync
from evaluation.models import Metric
from tests.people import World
from tests.schedule.story import at, dues, only


def test_a_new_organisation_has_all_of_them_counted_from_today(db: None) -> None:
    member = found("Tern", Person.objects.create_user("t@tern.test", "x", name="T"))
    with acting(member.organisation_id, member.actor):
        rows = Obligation.objects.all()
        assert {row.code for row in rows} == {rule.code for rule in obligation_rules()}
        assert len({row.anchor for row in rows}) == 1


def test_the_organisations_own_changes_win_over_the_declaration(inside: World) -> None:
    sync(inside.orvanne, at("2026-11-24"))
    review = Obligation.objects.get(code="SR01")
    change(review, months=6, title="Revue de direction")
    Obligation.objects.filter(code="SR01").update(clause="old")
    sync(inside.orvanne, at("2026-11-25"))
    review.refresh_from_db()
    assert (review.months, review.label, review.clause) == (6, "Revue de direction", "9.3.1")
    assert review.own == ["months", "title"]


def test_a_wrong_change_is_refused_by_field(inside: World) -> None:
    sync(inside.orvanne, at("2026-11-24"))
    with pytest.raises(ValidationError) as refused:
        change(Obligation.objects.get(code="SR01"), kind="sometimes")
    assert "kind" in refused.value.message_dict


def test_occurrences_of_thirteen_months_exactly(inside: World) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2026, 11, 30), months=1)
    plan(inside.orvanne, at("2026-12-01"))
    expected = [date(2026, 12, 30), date(2027, 1, 30), date(2027, 2, 28), date(2027, 3, 30)]
    expected += [date(2027, month, 30) for month in range(4, 13)]
    assert dues(rule) == expected
    plan(inside.orvanne, at("2026-12-01"))
    assert dues(rule) == expected


def test_working_days_are_kept_where_asked(inside: World) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2026, 10, 31), months=3, shift="next_working_day")
    plan(inside.orvanne, at("2026-12-01"))
    # 31 January and 31 July 2027 are a Sunday and a Saturday, 31 October a Sunday before All Saints' Day
    assert dues(rule) == [date(2027, 2, 1), date(2027, 4, 30), date(2027, 8, 2), date(2027, 11, 2)]


def test_after_a_long_pause_one_is_overdue_and_not_a_heap(inside: World) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2025, 1, 15), months=1)
    plan(inside.orvanne, at("2026-11-20"))
    assert dues(rule, due__lt=date(2026, 11, 20)) == [date(2026, 11, 15)]


def test_another_interval_moves_what_is_only_planned(inside: World) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2026, 11, 30), months=3)
    plan(inside.orvanne, at("2026-12-01"))
    change(rule, months=6)
    plan(inside.orvanne, at("2026-12-01"))
    assert dues(rule) == [date(2027, 5, 30), date(2027, 11, 30)]


def test_a_cancelled_date_stays_cancelled(inside: World) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2026, 11, 30), months=3)
    plan(inside.orvanne, at("2026-12-01"))
    rule.occurrences.filter(due=date(2027, 5, 30)).update(state=Occurrence.State.CANCELLED)
    plan(inside.orvanne, at("2026-12-02"))
    assert dues(rule, state="cancelled") == [date(2027, 5, 30)]
    assert dues(rule, state="planned") == [date(2027, 2, 28), date(2027, 8, 30), date(2027, 11, 30)]


def test_each_metric_says_its_own_interval(inside: World) -> None:
    rule = only(inside.orvanne, "SR16")
    monthly = create(inside.officer, Metric, {"title": "Drift", "every_months": 1})
    yearly = create(inside.officer, Metric, {"title": "Ratio", "every_months": 12})
    Metric.objects.update(effective_from=date(2026, 10, 31))
    plan(inside.orvanne, at("2026-11-24"))
    assert dues(rule, subject_id=yearly.pk) == [date(2027, 10, 31)]
    assert dues(rule, subject_id=monthly.pk)[:4] == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]


def test_a_review_date_of_its_own_is_the_next_date(inside: World) -> None:
    rule = only(inside.orvanne, "SR16")
    create(inside.officer, Metric, {"title": "Drift", "every_months": 6, "review_due": date(2027, 1, 20)})
    plan(inside.orvanne, at("2026-11-24"))
    assert dues(rule) == [date(2027, 1, 20), date(2027, 7, 20)]


def test_a_withdrawn_record_asks_for_nothing_new(inside: World) -> None:
    rule = only(inside.orvanne, "SR16")
    metric = create(inside.officer, Metric, {"title": "Drift", "every_months": 6})
    move(inside.officer, metric, "withdraw", note="Never used")
    plan(inside.orvanne, at("2026-11-24"))
    assert dues(rule) == []


def own(world: World, kind: str, **values: object) -> Obligation:
    """An obligation that Orvanne declared itself."""
    fields = {"code": "own", "title": "Ours", "kind": kind, "anchor": date(2026, 1, 1), **values}
    return Obligation.objects.create(organisation=world.orvanne, **fields)


def test_a_trigger_is_due_at_once_on_its_event(inside: World) -> None:
    rule = own(inside, "trigger", register="metrics", event="put_in_force", done_by="reopen")
    metric = create(inside.officer, Metric, {"title": "Drift"})
    assert dues(rule) == []
    metric = move(inside.officer, metric, "put_in_force")
    assert dues(rule, subject_id=metric.pk) == [today("Europe/Paris", timezone.now())]
    move(inside.officer, metric, "reopen")
    assert rule.occurrences.get().state == "done"


def test_a_running_deadline_is_not_started_twice(inside: World) -> None:
    rule = own(inside, "after", days=5, register="metrics", event="put_in_force")
    metric = move(inside.officer, create(inside.officer, Metric, {"title": "Drift"}), "put_in_force")
    metric = move(inside.officer, metric, "reopen")
    move(inside.officer, metric, "put_in_force")
    assert rule.occurrences.count() == 1


@pytest.mark.parametrize("kind", ["retention", "precondition"])
def test_what_is_only_kept_or_checked_falls_due_never(inside: World, kind: str) -> None:
    rule = own(inside, kind, months=6, register="metrics")
    create(inside.officer, Metric, {"title": "Drift"})
    plan(inside.orvanne, at("2026-11-24"))
    assert dues(rule) == []


def test_one_record_can_have_an_obligation_of_its_own(inside: World) -> None:
    metric = create(
        inside.officer, Metric, {"title": "Drift", "review_due": date(2026, 12, 1), "every_months": 12}
    )
    create(inside.officer, Metric, {"title": "Other", "review_due": date(2026, 12, 1)})
    rule = own(inside, "periodic", months=12, register="metrics", record_id=metric.pk)
    plan(inside.orvanne, at("2026-11-24"))
    assert [(row.subject_id, row.due) for row in rule.occurrences.all()] == [
        (metric.pk, date(2026, 12, 1)),
        (metric.pk, date(2027, 12, 1)),
    ]


def test_an_obligation_that_is_switched_off_plans_nothing(inside: World) -> None:
    rule = own(inside, "periodic", months=1, active=False)
    plan(inside.orvanne, at("2026-11-24"))
    assert dues(rule) == []


def test_what_was_done_before_anything_was_planned_counts(inside: World) -> None:
    rule = own(inside, "periodic", months=12, done_by="metrics.put_in_force", anchor=date(2025, 12, 1))
    move(inside.officer, create(inside.officer, Metric, {"title": "Drift"}), "put_in_force")
    done = rule.occurrences.get()
    assert (done.state, done.done_on) == ("done", today("Europe/Paris", timezone.now()))
    plan(inside.orvanne, timezone.now())
    assert not rule.occurrences.filter(state="planned", due__lte=done.due).exists()


def test_planning_again_asks_no_more_of_the_database_with_more_records(
    inside: World, django_assert_num_queries: Any
) -> None:
    rule = own(inside, "periodic", months=1, register="metrics")
    plan(inside.orvanne, at("2026-11-24"), [rule.code])
    for _ in range(5):
        create(inside.officer, Metric, {"title": "Drift"})
    plan(inside.orvanne, at("2026-11-24"), [rule.code])
    assert rule.occurrences.count() >= 5
    with django_assert_num_queries(4):
        plan(inside.orvanne, at("2026-11-24"), [rule.code])
