"""The audit programme, audits and findings (9.2)."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import ObligationRule, Register
from evaluation import auditing, lifecycles
from evaluation.models import (
    Audit,
    AuditCheck,
    AuditLine,
    AuditorOverride,
    AuditProgramme,
    Finding,
    ReportAcceptance,
    WorkingNote,
)

OFFICER = Role.OFFICER

REGISTERS = (
    Register(
        AuditProgramme,
        answers=("9.2.2",),
        columns=("title", "period_from", "period_to", "owner"),
        form=(
            (_("Period"), ("title", "period_from", "period_to", "owner")),
            (
                _("What it fixes"),
                ("frequency", "methods", "responsibilities", "planning", "reporting", "competence", "scale"),
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
            (
                _("Plan"),
                ("objective", "criteria", "scope", "codes", "systems", "methods", "agenda", "scale"),
            ),
            (_("Auditors"), ("lead", "team", "auditors_from_outside", "independence")),
            (_("Meetings"), ("opened_on", "opening_people", "closed_on", "closing_people")),
            (_("Report"), ("conclusion", "reported_on", "recipients")),
        ),
        filters=("state", "kind", "lead", "owner"),
        lifecycle=lifecycles.AUDIT,
        parts=(AuditLine, AuditorOverride, ReportAcceptance),
        writers=lifecycles.AUDITING,
        record_types=("internal_audit", "audit_plan", "auditor_assignment", "audit_report"),
        icon="file-search",
        about=_("Each audit with its plan, its auditors and its report; our own and those by others."),
    ),
    Register(
        AuditCheck,
        answers=("9.2.2",),
        columns=("title", "audit", "code", "verdict", "interviewed"),
        form=(
            (_("The line"), ("audit", "title", "code", "source", "question", "earlier")),
            (_("What the auditors concluded"), ("verdict", "note", "interviewed", "how")),
        ),
        filters=("state", "audit", "verdict"),
        lifecycle=lifecycles.CHECK,
        writers=auditing.writers_of_findings(),
        sealed=auditing.sealed_checks,
        icon="list-checks",
        about=_(
            "Lines of audits’ checklists with their verdicts. Only the auditors see them before the report."
        ),
    ),
    Register(
        WorkingNote,
        answers=("9.2.2",),
        columns=("title", "audit", "check_line"),
        form=((_("Only for the auditors"), ("audit", "check_line", "title", "text")),),
        filters=("state", "audit"),
        lifecycle=lifecycles.WORKING_NOTE,
        writers=auditing.writers_of_findings(),
        sealed=auditing.sealed_notes,
        icon="eye-off",
        about=_("What auditors write for themselves. Nobody else reads it, administrators included."),
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

OBLIGATIONS = (
    ObligationRule(
        "SR02", _("Internal audit of the whole AIMS"), "9.2.1", "periodic", OFFICER,
        months=12, done_by="audits.report", lead_days=(60, 30),
    ),
    ObligationRule(
        "SR03", _("Report of the audit"), "9.2.2", "after", OFFICER,
        days=15, register="audits", event="finish", done_by="report", lead_days=(15, 5),
    ),
)  # fmt: skip
