"""What an auditor would find wrong in clause 9, and what stops being wrong when it is mended."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from aims.records.changes import create, move, write
from aims.records.registry import Gap, registers, workspaces
from aims.schedule.models import Task
from context.models import AISystem
from evaluation import inputs, rules
from evaluation.models import (
    Audit,
    AuditProgramme,
    ManagementReview,
    Measurement,
    Metric,
    PerformanceEvaluation,
)
from evaluation.scheduling import everything
from improvement import rules as improving
from improvement.models import CorrectiveAction, EffectivenessReview, Improvement, Nonconformity
from tests.evaluation.sound import TODAY, corrected, measured, sound
from tests.evaluation.story import begun, found, held, planned, reported, signed
from tests.improvement.story import analysed, opened
from tests.people import World


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 24 November 2026."""
    monkeypatch.setattr(inputs, "now_there", lambda member: date(2026, 11, 24))


def gaps(world: World, rule: str) -> list[Gap]:
    declared = next(r for r in (*rules.RULES, *improving.RULES) if r.code == rule)
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


def test_a_sound_organisation_has_no_gap_in_clauses_9_and_10(inside: World) -> None:
    sound(inside)
    for rule in (*rules.RULES, *improving.RULES):
        assert list(rule.find(inside.officer)) == [], rule.code


def no_metrics(world: World) -> None:
    Metric.objects.update(state="draft")


def no_method(world: World) -> None:
    Metric.objects.update(method="")


def no_threshold(world: World) -> None:
    Metric.objects.update(target=None, warning=None, alarm=None)


def nobody_measures(world: World) -> None:
    Metric.objects.update(owner=None)


def not_watched(world: World) -> None:
    values = {"title": "CodeMate", "purpose": "Code", "stage": "operation_monitoring"}
    move(world.officer, create(world.officer, AISystem, values), "put_in_force")


def not_measured(world: World) -> None:
    Measurement.objects.update(measured_on=date(2026, 8, 31))


def alarm_left(world: World) -> None:
    Measurement.objects.update(band="alarm")


def not_evaluated(world: World) -> None:
    PerformanceEvaluation.objects.update(period_to=date(2025, 11, 23))


def programme_over(world: World) -> None:
    AuditProgramme.objects.update(period_to=date(2026, 11, 23))


def audit_long_ago(world: World) -> None:
    Audit.objects.update(reported_on=date(2025, 11, 23))


def audit_of_little(world: World) -> None:
    Audit.objects.update(codes=["8.1"])


def audit_without_scope(world: World) -> None:
    Audit.objects.update(scope="")


def audit_partial(world: World) -> None:
    Audit.objects.update(independence="")


def report_outstanding(world: World) -> None:
    begun(world, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 8))


def report_for_nobody(world: World) -> None:
    for audit in Audit.objects.all():
        audit.recipients.clear()


def review_long_ago(world: World) -> None:
    ManagementReview.objects.update(held_on=date(2025, 11, 23))


def input_missing(world: World) -> None:
    review = ManagementReview.objects.get()
    review.inputs.filter(code="9.3.2-c").update(text="")


def review_without_management(world: World) -> None:
    for review in ManagementReview.objects.all():
        review.attendees.set([world.officer.id])


def review_without_decision(world: World) -> None:
    ManagementReview.objects.get().decisions.all().delete()


def decision_forgotten(world: World) -> None:
    Task.objects.filter(source__startswith="decision:").update(due=date(2026, 11, 23), state="open")


def major_open(world: World) -> None:
    opened(world, grade="major", correction="Stopped.", opened_on=TODAY)


def cause_open(world: World) -> None:
    opened(world, correction="Stopped.", opened_on=date(2026, 10, 24))


def action_overdue(world: World) -> None:
    CorrectiveAction.objects.update(state="planned", due=date(2026, 11, 23))


def effect_not_shown(world: World) -> None:
    EffectivenessReview.objects.update(state="draft")


def finding_left(world: World) -> None:
    audit = begun(world, starts_on=TODAY, ends_on=TODAY)
    finding = found(world, audit)
    type(finding).objects.filter(pk=finding.pk).update(state="issued")


def uncorrected(world: World) -> None:
    opened(world, opened_on=date(2026, 11, 18))


def nothing_done(world: World) -> None:
    case = analysed(world)
    Nonconformity.objects.filter(pk=case.pk).update(opened_on=date(2026, 10, 24))


def effect_not_judged(world: World) -> None:
    CorrectiveAction.objects.update(state="done", done_on=date(2026, 8, 25))


def nothing_better(world: World) -> None:
    Improvement.objects.update(state="withdrawn")


@pytest.mark.parametrize(
    ("rule", "spoil", "code", "grade", "stage"),
    [
        ("metrics_there", no_metrics, "9.1-a", "major", 1),
        ("metric_method", no_method, "9.1-b", "minor", 1),
        ("metric_threshold", no_threshold, "9.1-e", "minor", 1),
        ("metric_owned", nobody_measures, "9.1-d", "minor", 1),
        ("system_measured", not_watched, "A.6.2.6", "minor", 0),
        ("metric_measured", not_measured, "9.1-c", "minor", 2),
        ("alarm_analysed", alarm_left, "9.1-e", "minor", 2),
        ("performance_evaluated", not_evaluated, "9.1-e", "minor", 0),
        ("audit_programme", programme_over, "9.2.2-a", "major", 1),
        ("no_audit", audit_long_ago, "9.2.1-a", "major", 1),
        ("audit_coverage", audit_of_little, "9.2.2-a", "minor", 2),
        ("audit_planned", audit_without_scope, "9.2.2-c", "minor", 2),
        ("audit_independence", audit_partial, "9.2.2-d", "minor", 2),
        ("audit_reported", report_outstanding, "9.2.2-e", "minor", 2),
        ("report_received", report_for_nobody, "9.2.2-e", "minor", 2),
        ("no_review", review_long_ago, "9.3.1-a", "major", 1),
        ("review_inputs", input_missing, "9.3.2-c", "major", 2),
        ("review_attended", review_without_management, "9.3.1-a", "major", 2),
        ("review_decides", review_without_decision, "9.3.3-a", "minor", 2),
        ("decision_in_time", decision_forgotten, "9.3.2-a", "minor", 2),
        ("open_major", major_open, "10.2-a", "major", 2),
        ("cause_known", cause_open, "10.2-b", "minor", 2),
        ("action_in_time", action_overdue, "10.2-c", "minor", 2),
        ("effect_shown", effect_not_shown, "10.2-d", "major", 2),
        ("finding_answered", finding_left, "10.2-a", "minor", 2),
        ("correction_in_time", uncorrected, "10.2-a", "minor", 2),
        ("action_planned", nothing_done, "10.2-c", "minor", 2),
        ("effect_in_time", effect_not_judged, "10.2-d", "minor", 2),
        ("something_improves", nothing_better, "10.1-a", "observation", 2),
    ],
)
def test_what_breaks_a_rule_is_found_with_its_finding(
    inside: World, rule: str, spoil: Callable[[World], None], code: str, grade: str, stage: int
) -> None:
    sound(inside)
    spoil(inside)
    broken = gaps(inside, rule)
    assert {(gap.code, gap.grade, gap.stage) for gap in broken} == {(code, grade, stage)}
    assert all(gap.title and gap.url.startswith("/") for gap in broken)


def test_a_value_that_was_corrected_breaks_no_rule(inside: World) -> None:
    metric = measured(inside)
    wrong = {"metric": metric, "measured_on": date(2026, 10, 31), "value": "9"}
    row = create(inside.officer, Measurement, wrong)
    assert [gap.ref for gap in gaps(inside, "alarm_analysed")] == [row.ref]
    create(inside.officer, Measurement, {**wrong, "value": "90", "corrects": row, "analysis": "A slip."})
    assert gaps(inside, "alarm_analysed") == []


def test_a_late_decision_leads_to_its_review(inside: World) -> None:
    corrected(inside)
    signed(inside, held(inside))
    decision_forgotten(inside)
    review = ManagementReview.objects.get()
    assert {gap.url for gap in gaps(inside, "decision_in_time")} == {
        f"/registers/management-reviews/{review.pk}/"
    }


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
