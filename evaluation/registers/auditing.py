"""The audit programme, audits and findings (9.2)."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import ObligationRule, Register
from evaluation import auditing, lifecycles
from evaluation.models import Audit, AuditLine, AuditProgramme, Finding

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
