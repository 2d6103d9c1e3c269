"""What clause 9 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, Role
from aims.records.registry import Indicator, ObligationRule, Panel, Register, ReviewInput, Workspace
from aims.schedule.places import place_later
from evaluation import auditing, inputs, lifecycles, system_panels
from evaluation.models import (
    Audit,
    AuditLine,
    AuditProgramme,
    CertificationCycle,
    Finding,
    ManagementReview,
    Measurement,
    Metric,
    PerformanceEvaluation,
    ReviewDecision,
)
from evaluation.models import (
    ReviewInput as Input,
)
from evaluation.rules import RULES

OFFICER = Role.OFFICER

MEASURING = (
    Register(
        Metric,
        answers=("9.1", "A.6.2.6"),
        columns=("title", "system", "unit", "target", "owner", "review_due"),
        form=(
            (_("What is measured"), ("title", "system", "codes", "owner")),
            (_("Thresholds"), ("unit", "direction", "target", "warning", "alarm")),
            (_("How and when"), ("method", "every_months", "analysed", "reaction", "review_due")),
        ),
        filters=("state", "system", "owner"),
        record_types=("monitoring_metric",),
        icon="target",
        about=_("What we monitor and measure, how, when, and from which value we act."),
    ),
    Register(
        Measurement,
        answers=("9.1", "A.6.2.6"),
        columns=("metric", "measured_on", "value", "band"),
        form=(
            (_("The value"), ("metric", "measured_on", "value", "sample")),
            (_("What follows"), ("analysis", "owner")),
        ),
        filters=("state", "metric", "band"),
        lifecycle=lifecycles.MEASURED,
        writers=STAFF,
        record_types=("measurement",),
        icon="activity",
        about=_("Measured values, each kept as evidence, judged by the thresholds of its metric."),
    ),
    Register(
        PerformanceEvaluation,
        answers=("9.1",),
        columns=("title", "period_from", "period_to", "result", "owner"),
        form=(
            (_("Period"), ("title", "period_from", "period_to", "owner")),
            (_("Evaluation"), ("analysis", "result", "decisions")),
        ),
        lifecycle=lifecycles.EVALUATED,
        record_types=("performance_evaluation",),
        icon="gauge",
        about=_("How well the AIMS performs and how effective it is, period by period."),
    ),
)

AUDITING = (
    Register(
        AuditProgramme,
        answers=("9.2.2",),
        columns=("title", "period_from", "period_to", "owner"),
        form=(
            (_("Period"), ("title", "period_from", "period_to", "owner")),
            (
                _("What it fixes"),
                ("frequency", "methods", "responsibilities", "planning", "reporting"),
            ),
            (_("Why so"), ("importance", "earlier_results")),
        ),
        lifecycle=lifecycles.PROGRAMME,
        record_types=("audit_programme",),
        icon="calendar-days",
        about=_("Which audits a period holds, how often and by whom, and why so."),
    ),
    Register(
        Audit,
        answers=("9.2.1", "9.2.2"),
        columns=("title", "kind", "starts_on", "ends_on", "lead"),
        form=(
            (_("The audit"), ("title", "kind", "programme", "starts_on", "ends_on", "owner")),
            (_("Plan"), ("objective", "criteria", "scope", "codes", "systems", "methods", "agenda")),
            (_("Auditors"), ("lead", "team", "auditors_from_outside", "independence")),
            (_("Report"), ("conclusion", "reported_on", "recipients")),
        ),
        filters=("state", "kind", "lead", "owner"),
        lifecycle=lifecycles.AUDIT,
        parts=(AuditLine,),
        writers=lifecycles.AUDITING,
        record_types=("internal_audit", "audit_plan", "auditor_assignment", "audit_report"),
        icon="file-search",
        about=_("Each audit with its plan, its auditors and its report; our own and those by others."),
    ),
    Register(
        Finding,
        answers=("9.2.2",),
        columns=("title", "audit", "code", "grade", "owner"),
        form=(
            (_("The finding"), ("audit", "title", "code", "grade", "system", "text", "evidence_note")),
            (_("Answer"), ("comment", "owner")),
        ),
        filters=("state", "audit", "grade", "owner"),
        lifecycle=lifecycles.FINDING,
        writers=auditing.writers_of_findings(),
        sealed=auditing.sealed_findings,
        record_types=(),
        icon="flag",
        about=_("What audits found. A draft is seen by the auditors of its audit only."),
    ),
)

REVIEWING = (
    Register(
        ManagementReview,
        answers=("9.3.1", "9.3.2", "9.3.3"),
        columns=("title", "held_on", "chair", "next_review"),
        form=(
            (_("The review"), ("title", "held_on", "period_from", "period_to", "owner")),
            (_("Who was there"), ("chair", "attendees", "guests")),
            (_("Minutes"), ("minutes",)),
            (_("Conclusions"), ("suitability", "adequacy", "effectiveness", "next_review")),
        ),
        filters=("state", "chair"),
        lifecycle=lifecycles.REVIEW,
        parts=(Input, ReviewDecision),
        record_types=("management_review", "management_review_input", "management_review_decision"),
        icon="users",
        about=_("Reviews by top management: what was heard, what was concluded, what was decided."),
    ),
    Register(
        CertificationCycle,
        answers=("9.2.1",),
        columns=("title", "body", "decided_on", "valid_until"),
        form=(
            (_("Who certifies"), ("title", "body", "scope", "notes", "owner")),
            (_("Stages"), ("stage_1_on", "stage_2_from", "stage_2_last_day")),
            (_("Certificate"), ("decided_on", "certificate", "valid_until")),
            (_("Afterwards"), ("surveillance_1_on", "surveillance_2_on", "recertification_on")),
        ),
        lifecycle=lifecycles.CERTIFICATION,
        icon="badge-check",
        about=_("The certification body, its audits, the certificate and the dates that follow from it."),
    ),
)

OBLIGATIONS = (
    ObligationRule(
        "SR01", _("Management review"), "9.3.1", "periodic", OFFICER,
        months=12, done_by="management-reviews.sign", lead_days=(60, 30, 7),
    ),
    ObligationRule(
        "SR02", _("Internal audit of the whole AIMS"), "9.2.1", "periodic", OFFICER,
        months=12, done_by="audits.report", lead_days=(60, 30),
    ),
    ObligationRule(
        "SR03", _("Report of the audit"), "9.2.2", "after", OFFICER,
        days=15, register="audits", event="finish", done_by="report", lead_days=(15, 5),
    ),
    ObligationRule(
        "SR16", _("Measure"), "9.1", "periodic", OFFICER,
        months=3, register="metrics", done_by="measurements.create", lead_days=(7,),
    ),
    ObligationRule(
        "SR17", _("Evaluation of performance"), "9.1", "periodic", OFFICER,
        months=3, done_by="performance-evaluations.approve", lead_days=(14,),
    ),
    ObligationRule(
        "SR36", _("Majors verified by the certification body"), "9.2.1", "after", OFFICER,
        months=6, register="certification-cycles", event="stage_2_done", done_by="certify", lead_days=(90, 30),
    ),
    ObligationRule(
        "SR60", _("Surveillance audit 1, at the latest"), "9.2.1", "after", OFFICER,
        months=12, register="certification-cycles", event="certify", done_by="surveillance_1_done",
        lead_days=(120, 60, 30),
    ),
    ObligationRule(
        "SR61", _("Surveillance audit 2"), "9.2.1", "after", OFFICER,
        months=24, register="certification-cycles", event="certify", done_by="surveillance_2_done",
        lead_days=(120, 60, 30),
    ),
    ObligationRule(
        "SR62", _("Recertification audit, at the latest"), "9.2.1", "after", OFFICER,
        months=36, register="certification-cycles", event="certify", done_by="recertified",
        lead_days=(240, 180, 120),
    ),
)  # fmt: skip

workspace = Workspace(
    clause="9",
    registers=(*MEASURING, *AUDITING, *REVIEWING),
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput("9.3.2-a", _("Status of earlier actions"), inputs.earlier_actions),
        ReviewInput("9.3.2-e", _("Monitoring and measurement"), inputs.measurement_trends),
        ReviewInput("9.3.2-f", _("Audit results"), inputs.audit_results),
    ),
    indicators=(
        Indicator(
            "open_alarms",
            _("Alarms not analysed"),
            inputs.open_alarms,
            place_later("measurements", band="alarm", state="recorded"),
            "bad",
        ),
        Indicator(
            "audits_ahead", _("Audits ahead or under way"), inputs.audits_ahead, place_later("audits"), "info"
        ),
        Indicator(
            "reviews_to_sign",
            _("Management reviews to sign"),
            inputs.reviews_to_sign,
            place_later("management-reviews", state="held"),
            "warn",
        ),
    ),
    panels=(Panel("ai-systems", "evaluation/system_metrics.html", system_panels.metrics, wide=True),),
    rules=RULES,
)
