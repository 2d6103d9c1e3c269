"""Metrics judge their values by their thresholds, exactly."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aims.organisation.models import Organisation
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.schedule.models import Task
from aims.schedule.obligations import plan
from aims.schedule.tick import begin
from context.models import AISystem
from evaluation import inputs
from evaluation.measuring import late, latest_of, siblings
from evaluation.models import CertificationCycle, EvaluationFigure, Measurement, Metric, PerformanceEvaluation
from tests.evaluation.story import row
from tests.people import World
from tests.schedule.story import dues, only

VALUES = st.decimals(-1000, 1000, places=3)


@pytest.mark.parametrize(
    ("direction", "warning", "alarm", "value", "band"),
    [
        ("higher_is_better", "93", "91", "93.9", "ok"),
        ("higher_is_better", "93", "91", "93", "ok"),
        ("higher_is_better", "93", "91", "92.7", "warning"),
        ("higher_is_better", "93", "91", "91", "warning"),
        ("higher_is_better", "93", "91", "90.999999", "alarm"),
        ("lower_is_better", "0.1", "0.25", "0.07", "ok"),
        ("lower_is_better", "0.1", "0.25", "0.13", "warning"),
        ("lower_is_better", "0.1", "0.25", "0.27", "alarm"),
        ("lower_is_better", None, "0.25", "0.2", "ok"),
    ],
)
def test_bands(direction: str, warning: str | None, alarm: str, value: str, band: str) -> None:
    metric = Metric(direction=direction, warning=Decimal(warning) if warning else None, alarm=Decimal(alarm))
    assert metric.band(Decimal(value)) == band


@given(VALUES, VALUES, VALUES)
def test_a_better_value_is_never_in_a_worse_band(value: Decimal, better: Decimal, alarm: Decimal) -> None:
    order = ("ok", "warning", "alarm")
    metric = Metric(direction="higher_is_better", warning=alarm + 5, alarm=alarm)
    low, high = sorted((value, better))
    assert order.index(metric.band(high)) <= order.index(metric.band(low))


def test_the_warning_comes_before_the_alarm(inside: World) -> None:
    values = {"title": "Gap", "direction": "lower_is_better", "warning": "6", "alarm": "4"}
    with pytest.raises(Refused) as refused:
        create(inside.officer, Metric, values)
    assert "warning" in refused.value.fields


def test_a_measurement_is_named_and_judged(inside: World) -> None:
    metric = create(inside.officer, Metric, {"title": "Sensitivity", "warning": "93", "alarm": "91"})
    values = {"metric": metric, "measured_on": date(2026, 9, 30), "value": "92.7"}
    row = create(inside.contributor, Measurement, values)
    assert (row.title, row.band) == ("Sensitivity, 2026-09-30", "warning")
    with pytest.raises(Refused) as refused:
        move(inside.officer, row, "analyse")
    assert "analysis" in refused.value.fields


def test_a_value_that_is_no_number_is_refused(inside: World) -> None:
    metric = create(inside.officer, Metric, {"title": "Sensitivity"})
    with pytest.raises(Refused) as refused:
        create(
            inside.officer, Measurement, {"metric": metric, "measured_on": date(2026, 9, 30), "value": "high"}
        )
    assert "value" in refused.value.fields


def test_a_certificate_ends_the_day_before_its_third_anniversary(inside: World) -> None:
    first = only(inside.orvanne, "SR60")
    type(first).objects.update(active=True)
    cycle = create(inside.officer, CertificationCycle, {"title": "AFNOR 2027", "body": "AFNOR Certification"})
    cycle = write(inside.officer, cycle, {"decided_on": date(2028, 2, 29)})
    assert cycle.valid_until == date(2031, 2, 27)
    cycle = move(inside.officer, cycle, "certify")
    assert dues(first) == [date(2029, 2, 28)]
    assert dues(type(first).objects.get(code="SR62")) == [date(2031, 2, 28)]
    move(inside.officer, cycle, "surveillance_1_done")
    assert first.occurrences.get().state == "done"


def metric_of(world: World, **data: Any) -> Metric:
    """A metric in force, measured each month."""
    values = {"title": "Sensitivity", "warning": "93", "alarm": "91", "every_months": 1, **data}
    return move(world.officer, create(world.officer, Metric, values), "put_in_force")


def measured(world: World, metric: Metric, day: date, value: str, **data: Any) -> Measurement:
    """A value of a metric."""
    return create(world.officer, Measurement, {"metric": metric, "measured_on": day, "value": value, **data})


@pytest.mark.parametrize(
    "change", [{"value": "95"}, {"measured_on": date(2026, 9, 29)}, {"sample": "1200 images"}]
)
def test_what_was_measured_is_never_overwritten(inside: World, change: dict[str, Any]) -> None:
    row = measured(inside, metric_of(inside), date(2026, 9, 30), "92.7")
    with pytest.raises(Refused) as refused:
        write(inside.officer, row, change)
    assert set(refused.value.fields) == set(change)
    kept = Measurement.objects.get()
    assert (kept.value, kept.version) == (Decimal("92.7"), 1)


def test_words_about_a_value_do_not_judge_it_again(inside: World) -> None:
    metric = metric_of(inside)
    row = measured(inside, metric, date(2026, 9, 30), "92.7")
    write(inside.officer, metric, {"warning": "90", "alarm": "85"})
    row = write(inside.officer, row, {"analysis": "Within what was agreed then."})
    assert row.band == "warning"  # as on the day it was entered


def test_a_correction_takes_the_place_of_what_was_wrong_and_both_stay(inside: World) -> None:
    metric = metric_of(inside)
    wrong = measured(inside, metric, date(2026, 9, 30), "29.7")
    assert (wrong.band, inputs.open_alarms(inside.officer)) == ("alarm", 1)
    right = measured(inside, metric, date(2026, 9, 30), "92.7", corrects=wrong)
    assert [row.pk for row in latest_of(inside.officer, [metric], 12)[metric.pk]] == [right.pk]
    assert inputs.open_alarms(inside.officer) == 0
    assert Measurement.objects.count() == 2
    assert not right.scheduled and wrong.scheduled
    with pytest.raises(Refused) as refused:
        measured(inside, metric, date(2026, 9, 30), "93", corrects=wrong)
    assert "corrects" in refused.value.fields
    move(inside.officer, right, "withdraw", note="It was right before.")
    assert [row.pk for row in latest_of(inside.officer, [metric], 12)[metric.pk]] == [wrong.pk]


def test_a_correction_is_of_the_same_metric(inside: World) -> None:
    row = measured(inside, metric_of(inside), date(2026, 9, 30), "92.7")
    with pytest.raises(Refused) as refused:
        measured(inside, metric_of(inside, title="Other"), date(2026, 9, 30), "92", corrects=row)
    assert "corrects" in refused.value.fields


def test_it_happened_on_one_day_and_was_recorded_on_another(inside: World) -> None:
    row = measured(inside, metric_of(inside), date(2024, 2, 29), "92.7")
    assert row.measured_on == date(2024, 2, 29) and row.created_at.year >= 2026


@pytest.mark.parametrize(
    ("zone", "given", "day", "moment", "title"),
    [
        ("Europe/Paris", date(2026, 9, 30), "2026-09-30", "2026-09-29T22:00:00+00:00", "2026-09-30"),
        ("Asia/Kolkata", date(2026, 9, 30), "2026-09-30", "2026-09-29T18:30:00+00:00", "2026-09-30"),
        # the night in which the clocks of Beirut leap over midnight: its day still begins on that day
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-29", "2026-03-28T22:00:00+00:00", "2026-03-29 01:00"),
        ("Europe/Paris", "2026-09-30T22:30:07.5+00:00", "2026-10-01", "2026-09-30T22:30:07+00:00", "2026-10-01 00:30"),
        ("America/New_York", "2026-09-30T22:30:00+00:00", "2026-09-30", "2026-09-30T22:30:00+00:00", "2026-09-30 18:30"),
    ],
)  # fmt: skip
def test_a_value_has_its_moment_and_the_day_follows_from_it_or_it_from_the_day(
    inside: World, zone: str, given: Any, day: str, moment: str, title: str
) -> None:
    Organisation.objects.filter(pk=inside.orvanne.pk).update(time_zone=zone)
    said = (
        {"measured_on": given} if isinstance(given, date) else {"measured_at": datetime.fromisoformat(given)}
    )
    row = create(inside.officer, Measurement, {"metric": metric_of(inside), "value": "92", **said})
    assert row.measured_at and (str(row.measured_on), row.measured_at.isoformat()) == (day, moment)
    assert row.title == f"Sensitivity, {title}"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "measured_at"),
        ({"measured_at": datetime(2026, 9, 30, 22, 30, tzinfo=UTC), "measured_on": date(2026, 10, 1)}, "measured_on"),
        ({"measured_on": date(1, 1, 1)}, "measured_at"),
        ({"measured_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}, "measured_at"),
    ],
)  # fmt: skip
def test_a_moment_that_cannot_be_is_refused(inside: World, said: dict[str, Any], field: str) -> None:
    metric = metric_of(inside)
    with pytest.raises(Refused) as refused:
        create(inside.officer, Measurement, {"metric": metric, "value": "92", **said})
    assert set(refused.value.fields) == {field}


def test_values_of_one_day_stand_in_the_order_of_their_moments(inside: World) -> None:
    metric = metric_of(inside)
    for hour in (16, 9, 12):
        at = datetime(2026, 9, 30, hour, tzinfo=UTC)
        create(inside.officer, Measurement, {"metric": metric, "measured_at": at, "value": hour})
    assert [int(row.value) for row in latest_of(inside.officer, [metric], 12)[metric.pk]] == [9, 12, 16]


def test_a_value_from_before_moments_were_kept_is_given_one_of_its_own_day_only(inside: World) -> None:
    row = measured(inside, metric_of(inside), date(2026, 9, 30), "92.7")
    Measurement.objects.filter(pk=row.pk).update(measured_at=None)
    with pytest.raises(Refused):
        write(inside.officer, row, {"measured_at": datetime(2026, 10, 2, 9, tzinfo=UTC)})
    row = write(inside.officer, row, {"analysis": "As expected."})
    assert row.measured_at == datetime(2026, 9, 30, tzinfo=UTC)
    with pytest.raises(Refused):
        write(inside.officer, row, {"measured_at": datetime(2026, 9, 30, 9, tzinfo=UTC)})


@pytest.mark.parametrize(
    ("named", "lacking"), [({"group": "women"}, "reference_group"), ({"reference_group": "men"}, "group")]
)
def test_a_difference_names_both_groups(inside: World, named: dict[str, str], lacking: str) -> None:
    values = {"title": "Gap", "kind": "fairness", "statistic": "equal_opportunity_difference"}
    with pytest.raises(Refused) as refused:
        create(inside.officer, Metric, {**values, **named})
    assert set(refused.value.fields) == {lacking}
    metric = create(inside.officer, Metric, {**values, "group": "women", "reference_group": "men"})
    assert metric.group_words == "women / men"


def test_groups_of_one_measure_stand_side_by_side(inside: World) -> None:
    system = create(inside.officer, AISystem, {"title": "Orva Detect", "purpose": "Triage"})
    of = {"system": system, "statistic": "sensitivity", "unit": "%"}
    all_ = metric_of(inside, **of)
    women = metric_of(inside, title="Sensitivity, women", group="women", **of)
    men = metric_of(inside, title="Sensitivity, men", group="men", **of)
    metric_of(inside, title="Gap", system=system, statistic="equal_opportunity_difference")
    metric_of(inside, title="Elsewhere", statistic="sensitivity", unit="%")
    assert [m.pk for m in siblings(inside.officer, women, 6)] == [women.pk, all_.pk, men.pk]
    assert [m.pk for m in siblings(inside.officer, all_, 2)] == [all_.pk, men.pk]


def test_a_metric_is_late_by_its_own_interval(inside: World) -> None:
    metric = metric_of(inside, effective_from=None)
    Metric.objects.filter(pk=metric.pk).update(effective_from=date(2026, 9, 1))
    wrong = measured(inside, metric, date(2026, 10, 20), "92")
    assert late(inside.officer, date(2026, 11, 30)) == []
    assert [m.pk for m in late(inside.officer, date(2026, 12, 5))] == [metric.pk]
    measured(inside, metric, date(2026, 9, 20), "92", corrects=wrong)  # it was measured a month earlier
    assert [m.pk for m in late(inside.officer, date(2026, 11, 30))] == [metric.pk]


def test_who_owns_a_metric_is_asked_for_it_by_its_own_interval(inside: World) -> None:
    metric = metric_of(inside, every_months=2, owner=row(inside.contributor))
    Metric.objects.filter(pk=metric.pk).update(effective_from=date(2026, 1, 31))
    now = datetime.fromisoformat("2026-07-01T08:00:00+00:00")
    obligation = only(inside.orvanne, "SR16")
    plan(inside.orvanne, now, ["SR16"])
    begin(inside.orvanne, now, ["SR16"])
    assert dues(obligation)[:3] == [date(2026, 5, 31), date(2026, 7, 31), date(2026, 9, 30)]
    task = Task.objects.get(occurrence__due=date(2026, 5, 31))
    assert (task.member_id, task.kind, task.record_id) == (inside.contributor.id, "metrics", metric.pk)
    measured(inside, metric, date(2026, 5, 30), "94")
    assert Task.objects.get(pk=task.pk).state == "done"


def test_the_figures_of_a_period_are_gathered_by_one_step(inside: World) -> None:
    metric, silent = metric_of(inside), metric_of(inside, title="Silent")
    for day, value in (
        ("2026-06-30", "99"),
        ("2026-07-31", "94"),
        ("2026-08-31", "90"),
        ("2026-09-30", "95"),
    ):
        measured(inside, metric, date.fromisoformat(day), value)
    values = {"title": "Q3", "period_from": date(2026, 7, 1), "period_to": date(2026, 9, 30)}
    report = move(inside.officer, create(inside.officer, PerformanceEvaluation, values), "gather")
    shown = {f.metric_id: (f.first, f.last, f.worst, f.number) for f in report.figures.all()}
    assert shown == {
        metric.pk: (Decimal(94), Decimal(95), "alarm", 3),
        silent.pk: (None, None, "", 0),
    }
    EvaluationFigure.objects.filter(metric=metric).update(note="The new device explains August.")
    measured(inside, metric, date(2026, 9, 30), "96")
    report = move(inside.officer, report, "gather")
    kept = report.figures.get(metric=metric)
    assert (kept.note, kept.last, kept.number) == ("The new device explains August.", Decimal(96), 4)


def test_an_approved_evaluation_gathers_no_more(inside: World) -> None:
    values = {"title": "Q3", "period_from": date(2026, 7, 1), "period_to": date(2026, 9, 30)}
    report = create(
        inside.officer, PerformanceEvaluation, {**values, "analysis": "Good.", "result": "effective"}
    )
    report = move(inside.officer, report, "approve")
    with pytest.raises(Refused):
        move(inside.officer, report, "gather")
