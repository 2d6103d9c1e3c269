"""Objectives: measured by the metrics of clause 9 and by hand, how they go, and what an auditor would find."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.models import Organisation, Person
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from evaluation.models import Measurement, Metric
from leadership.models import AIPolicy
from planning import rules
from planning.measured import from_metrics, series_of, settle_all
from planning.models import Objective
from tests.people import World

TODAY = timezone.localdate()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
AIM: dict[str, Any] = {
    "title": "Equal quality",
    "indicator": "Gap",
    "unit": "points",
    "baseline": "5",
    "target": "3",
    "effective_from": TODAY - timedelta(days=100),
    "due": TODAY + timedelta(days=100),
    "statement": "Equal quality for every group",
    "resources": "Two people",
    "evaluation": "Each quarter",
}
STEPS: dict[str, Any] = {"steps": [{"text": "Train again", "due": TOMORROW}]}


def objective(world: World, parts: Any = None, start: bool = True, **data: Any) -> Objective:
    record = create(world.officer, Objective, {**AIM, "owner": world.officer.id, **data}, parts)
    return move(world.executive, record, "start") if start else record


def metric(world: World, of: Objective) -> Metric:
    data = {
        "title": "Gap of groups",
        "objective": of,
        "unit": "points",
        "direction": "lower_is_better",
        "method": "Count",
    }
    return move(world.officer, create(world.officer, Metric, data), "put_in_force")


def measure(world: World, of: Metric, value: str, days: int, **data: Any) -> Measurement:
    given = {"metric": of, "value": value, "measured_on": TODAY - timedelta(days=days), **data}
    return create(world.contributor, Measurement, given)


def now(record: Objective) -> tuple[str, str]:
    fresh = Objective.objects.get(pk=record.pk)
    return ("–" if fresh.latest is None else f"{fresh.latest.normalize():f}"), fresh.progress


def codes(gaps: Any) -> list[tuple[str, str]]:
    return [(gap.code, gap.url.rpartition("#")[2]) for gap in gaps]


# ── Measured by itself ───────────────────────────────────────────────────


def test_a_measurement_settles_how_the_objective_goes(inside: World) -> None:
    record = objective(inside)
    assert now(record) == ("–", "at_risk")  # half of the time is over and nothing is known
    gap = metric(inside, record)
    first = measure(inside, gap, "3.9", 10)
    assert now(record) == ("3.9", "on_track")
    second = measure(inside, gap, "5.0", 2)
    assert now(record) == ("5", "at_risk")
    measure(inside, gap, "2.9", 2, corrects=second)
    assert now(record) == ("2.9", "on_track")
    move(inside.officer, first, "withdraw", note="Wrong metric")
    assert [value for _day, value, _ref in series_of([record])[0]] == [Decimal("2.9")]
    move(inside.officer, gap, "withdraw", note="Not ours")
    assert now(record) == ("–", "at_risk") and from_metrics([record]) == {}


def test_values_by_hand_count_in_the_change_that_brings_them(inside: World) -> None:
    record = objective(inside, {"values": [{"dated": YESTERDAY, "value": "3.8"}]}, start=False)
    assert now(record) == ("3.8", "on_track") and record.version == 1
    rows = [{"dated": YESTERDAY, "value": "3.8"}, {"dated": TODAY, "value": "4.9"}]
    record = write(inside.officer, record, {}, parts={"values": rows})
    assert now(record) == ("4.9", "at_risk") and record.version == 2
    write(inside.officer, record, {"target": "4.95"})
    assert now(record)[1] == "on_track"


@pytest.mark.parametrize("value", ["x", "", "NaN", "1e999", None])
def test_what_is_no_value_is_refused_by_name(inside: World, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        objective(inside, {"values": [{"dated": TODAY, "value": value}]}, start=False)
    assert "values.0.value" in refused.value.fields


@pytest.mark.parametrize(
    "data", [{"target": "x"}, {"baseline": "NaN"}, {"due": "soon"}, {"effective_from": "2026-99-99"}]
)
def test_what_is_no_figure_or_date_is_refused_by_name(inside: World, data: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        objective(inside, start=False, **data)
    assert set(refused.value.fields) == set(data)


def test_nobody_enters_how_it_goes(inside: World) -> None:
    record = objective(inside, start=False, progress="on_track", latest="1")
    assert now(record) == ("–", "at_risk")


def test_time_alone_makes_it_late_and_the_clock_sees_it(inside: World) -> None:
    record = objective(inside, {"values": [{"dated": YESTERDAY, "value": "3.6"}]})
    Objective.objects.filter(pk=record.pk).update(due=YESTERDAY)
    assert now(record)[1] == "on_track"
    settle_all(Organisation.objects.get(pk=inside.orvanne.pk))
    assert now(record)[1] == "late"
    version = Objective.objects.get(pk=record.pk).version
    settle_all(Organisation.objects.get(pk=inside.orvanne.pk))
    assert Objective.objects.get(pk=record.pk).version == version  # nothing changed, nothing written


def test_what_is_judged_stays_as_it_was(inside: World) -> None:
    record = objective(inside, {"values": [{"dated": YESTERDAY, "value": "2.9"}]})
    gap = metric(inside, record)
    move(inside.officer, record, "achieve", note="Two quarters")
    measure(inside, gap, "4.9", 0)
    assert now(record) == ("2.9", "on_track")


def test_statements_do_not_grow_with_objectives(inside: World, django_assert_num_queries: Any) -> None:
    records = [objective(inside) for _number in range(3)]
    for record in records:
        measure(inside, metric(inside, record), "4", 1)
    fresh = list(Objective.objects.all())
    with django_assert_num_queries(4):  # values, steps, metrics, measurements
        assert [len(values) for values in series_of(fresh)] == [1, 1, 1]


def test_the_page_draws_target_against_actual(inside: World) -> None:
    record = objective(inside)
    client = Client()
    client.force_login(Person.objects.get(pk=inside.officer.person_id))
    at = f"/registers/ai-objectives/{record.pk}/"
    assert "Measure it by a metric" in client.get(at).content.decode()
    measure(inside, metric(inside, record), "4", 1)
    page = client.get(at).content.decode()
    assert (
        "Target against actual" in page
        and "MET-0001 measures it by itself" in page
        and 'class="course"' in page
    )


# ── What an auditor would find ───────────────────────────────────────────


def test_there_are_objectives_and_they_follow_from_the_policy(inside: World) -> None:
    assert codes(rules.objectives.objectives_there(inside.officer)) == [
        ("6.2-a", "/registers/ai-objectives/")
    ]
    record = objective(inside)
    assert codes(rules.objectives.objectives_there(inside.officer)) == [("6.2-b", "id_policy")]
    policy = create(inside.officer, AIPolicy, {"title": "AI policy", "edition": "1.0"})
    write(inside.officer, record, {"policy": policy})
    assert codes(rules.objectives.objectives_there(inside.officer)) == []


def test_an_objective_lacks_nothing_to_be_measured(inside: World) -> None:
    record = objective(inside, target=None)
    assert codes(rules.objectives.objective_not_measurable(inside.officer)) == [("6.2-c", "id_indicator")]
    write(inside.officer, record, {"target": "3", "due": YESTERDAY})
    assert codes(rules.objectives.objective_not_measurable(inside.officer)) == [("6.2-d", "id_due")]
    write(inside.officer, record, {"due": TODAY})
    assert codes(rules.objectives.objective_not_measurable(inside.officer)) == []


def test_something_measures_a_running_objective(inside: World) -> None:
    record = objective(inside)
    (gap,) = rules.objectives.objective_measured(inside.officer)
    assert gap.code == "6.2-d" and gap.url.endswith(f"/metrics/new/?objective={record.pk}")
    metric(inside, record)
    assert list(rules.objectives.objective_measured(inside.officer)) == []
    by_hand = objective(inside, {"values": [{"dated": TODAY, "value": "4"}]}, title="By hand")
    assert list(rules.objectives.objective_measured(inside.officer)) == []
    write(inside.officer, by_hand, {}, parts={"values": []})
    assert [gap.ref for gap in rules.objectives.objective_measured(inside.officer)] == [by_hand.ref]


@pytest.mark.parametrize(
    ("broken", "at"),
    [
        ({"owner": None}, "id_owner"),
        ({"resources": ""}, "id_resources"),
        ({"evaluation": ""}, "id_evaluation"),
    ],
)
def test_a_plan_says_who_with_what_and_how_it_is_judged(
    inside: World, broken: dict[str, Any], at: str
) -> None:
    whole = {"steps": [{"text": "Train again", "due": TOMORROW, "responsible": inside.officer.id}]}
    record = objective(inside, whole)
    assert codes(rules.objectives.objective_planned(inside.officer)) == []
    record = write(inside.officer, record, broken)
    assert codes(rules.objectives.objective_planned(inside.officer)) == [("6.2-f", at)]
    write(
        inside.officer, record, {"owner": inside.officer.id, "resources": "Two", "evaluation": "Each quarter"}
    )
    assert codes(rules.objectives.objective_planned(inside.officer)) == []


def test_a_plan_has_steps_with_people_and_dates_that_are_kept(inside: World) -> None:
    record = objective(inside)
    assert codes(rules.objectives.objective_planned(inside.officer)) == [("6.2-f", "rows-steps")]
    step = {"text": "Train again", "due": YESTERDAY, "responsible": None}
    record = write(inside.officer, record, {}, parts={"steps": [step]})
    (gap,) = rules.objectives.objective_planned(inside.officer)
    assert gap.grade == "observation"
    assert codes(rules.objectives.step_late(inside.officer)) == [("6.2-f", "rows-steps")]
    mended = {**step, "responsible": inside.officer.id, "done_on": TODAY}
    write(inside.officer, record, {}, parts={"steps": [mended]})
    assert codes(rules.objectives.objective_planned(inside.officer)) == []
    assert codes(rules.objectives.step_late(inside.officer)) == []
