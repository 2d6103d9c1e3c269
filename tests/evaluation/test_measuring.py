"""Metrics judge their values by their thresholds, exactly."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from evaluation.models import CertificationCycle, Measurement, Metric
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
    row = write(inside.officer, row, {"value": "90"})
    assert row.band == "alarm"
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
