"""What an auditor would find wrong in clause 9, and what stops being wrong when it is mended."""

from datetime import date, datetime

import pytest

from aims.records.changes import create, move, write
from aims.records.registry import Gap, registers, workspaces
from evaluation import inputs, rules
from evaluation.models import Audit, ManagementReview, Measurement, Metric
from evaluation.scheduling import everything
from tests.evaluation.story import begun, held, planned, reported, signed
from tests.people import World


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 24 November 2026."""
    monkeypatch.setattr(rules, "now_there", lambda member: date(2026, 11, 24))
    monkeypatch.setattr(inputs, "now_there", lambda member: date(2026, 11, 24))


def gaps(world: World, rule: str) -> list[Gap]:
    declared = next(r for r in rules.RULES if r.code == rule)
    return list(declared.find(world.officer))


def test_no_audit_in_twelve_months_is_a_major(inside: World) -> None:
    (gap,) = gaps(inside, "no_audit")
    assert gap.grade == "major" and gap.url.endswith("/audits/")
    audit = reported(inside, begun(inside))
    assert gaps(inside, "no_audit") == []
    Audit.objects.filter(pk=audit.pk).update(reported_on=date(2025, 11, 23))
    assert len(gaps(inside, "no_audit")) == 1


def test_an_audit_by_others_is_no_internal_audit(inside: World) -> None:
    reported(inside, begun(inside, kind="stage_1"))
    assert len(gaps(inside, "no_audit")) == 1


def test_clauses_that_no_audit_covered(inside: World) -> None:
    reported(inside, begun(inside))
    (gap,) = gaps(inside, "audit_coverage")
    assert "10.2" in gap.title and "8.1" not in gap.title
    Audit.objects.update(codes=everything())
    assert gaps(inside, "audit_coverage") == []


def test_auditors_whose_independence_nobody_explains(inside: World) -> None:
    audit = planned(inside, independence="")
    assert gaps(inside, "audit_independence") == []
    audit = move(inside.officer, audit, "start")
    assert [g.ref for g in gaps(inside, "audit_independence")] == [audit.ref]
    write(inside.officer, audit, {"independence": "Hugo works in quality."})
    assert gaps(inside, "audit_independence") == []


def test_no_review_in_twelve_months_is_a_major(inside: World) -> None:
    review = held(inside)
    assert [g.grade for g in gaps(inside, "no_review")] == ["major"]
    signed(inside, review)
    assert gaps(inside, "no_review") == []
    ManagementReview.objects.update(held_on=date(2025, 11, 23))
    assert len(gaps(inside, "no_review")) == 1


def test_a_review_that_lacks_an_input(inside: World) -> None:
    review = held(inside, empty="9.3.2-b")
    assert [(g.code, g.ref) for g in gaps(inside, "review_inputs")] == [("9.3.2-b", review.ref)]


def test_a_metric_that_was_not_measured_in_time(inside: World) -> None:
    metric = create(inside.officer, Metric, {"title": "Drift", "every_months": 1})
    Metric.objects.update(created_at=datetime.fromisoformat("2026-10-01T12:00:00+00:00"))
    assert gaps(inside, "metric_measured") == []
    move(inside.officer, metric, "put_in_force")
    assert [g.ref for g in gaps(inside, "metric_measured")] == [metric.ref]
    values = {"metric": metric, "measured_on": date(2026, 10, 31), "value": "0.12"}
    create(inside.officer, Measurement, values)
    assert gaps(inside, "metric_measured") == []


def test_an_alarm_without_an_analysis(inside: World) -> None:
    metric = create(inside.officer, Metric, {"title": "Gap", "direction": "lower_is_better", "alarm": "6"})
    values = {"metric": metric, "measured_on": date(2026, 10, 31), "value": "6.5"}
    row = create(inside.officer, Measurement, values)
    assert [g.ref for g in gaps(inside, "alarm_analysed")] == [row.ref]
    assert inputs.open_alarms(inside.officer) == 1
    write(inside.officer, row, {"analysis": "Two hospitals changed their device."})
    assert gaps(inside, "alarm_analysed") == [] and inputs.open_alarms(inside.officer) == 0


def test_an_audit_that_was_reported_before_the_last_review_is_not_told_again(inside: World) -> None:
    reported(inside, begun(inside))  # on 16 October
    assert inputs.audit_results(inside.officer)[1].startswith("1 audit reported.")
    signed(inside, held(inside))  # on 20 October
    assert inputs.audit_results(inside.officer)[1].startswith("0 audits reported.")
    assert inputs.since_last_review(inside.officer) == date(2026, 10, 20)


def test_what_nobody_measured_is_said(inside: World) -> None:
    metric = create(inside.officer, Metric, {"title": "Drift"})
    move(inside.officer, metric, "put_in_force")
    figure, text = inputs.measurement_trends(inside.officer)
    assert (figure, text) == ("0 alarms", "1 metric has no value.")


def test_every_declared_figure_and_input_can_be_asked_for_by_everybody(inside: World) -> None:
    for workspace in workspaces()[-2:]:
        for member in inside.members.values():
            assert all(indicator.count(member) == 0 for indicator in workspace.indicators)
            assert all(len(given.gather(member)) == 2 for given in workspace.review_inputs)
            assert all(str(indicator.url).startswith("/") for indicator in workspace.indicators)
            for rule in workspace.rules:
                list(rule.find(member))


def test_every_kind_of_record_that_clauses_9_and_10_name_has_a_place() -> None:
    named = {
        "monitoring_metric",
        "measurement",
        "performance_evaluation",
        "internal_audit",
        "audit_programme",
        "audit_plan",
        "auditor_assignment",
        "audit_report",
        "management_review",
        "management_review_input",
        "management_review_decision",
        "improvement",
        "nonconformity",
        "root_cause_analysis",
        "corrective_action",
        "effectiveness_review",
    }
    assert named <= {name for register in registers() for name in register.record_types}
