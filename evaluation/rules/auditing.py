"""What an auditor would find wrong in the internal audit (9.2)."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.dates import add_months
from aims.schedule.places import place
from evaluation import inputs
from evaluation.independence import standings
from evaluation.models import Audit, AuditProgramme
from evaluation.scheduling import everything

DONE = ("reported", "closed")
RUNNING = ("in_progress", "reporting", *DONE)
AHEAD = ("planned", "in_progress", "reporting")
REPORT = timedelta(days=15)  # SR03


def no_programme(member: Member) -> Iterator[Gap]:
    """An audit programme is in force for these days (9.2.2-a)."""
    day = inputs.now_there(member)
    rows = visible(member, AuditProgramme).filter(state="in_force", period_from__lte=day, period_to__gte=day)
    if not rows.exists():
        title = _("No audit programme is in force.")
        yield Gap("9.2.2-a", title, "major", place("audit-programmes"), stage=1)


def no_audit(member: Member) -> Iterator[Gap]:
    """No internal audit was reported within twelve months (9.2.1)."""
    start = add_months(inputs.now_there(member), -12)
    audits = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=DONE)
    if not audits.filter(reported_on__gte=start).exists():
        title = _("No internal audit was reported in the last 12 months.")
        yield Gap("9.2.1-a", title, "major", place("audits"), stage=1)


def covered_clauses(member: Member) -> tuple[list[str], list[str]]:
    """The clauses that an internal audit of the last twelve months covered, and all that should be."""
    start = add_months(inputs.now_there(member), -12)
    audits = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=DONE, reported_on__gte=start)
    named = [code for codes in audits.values_list("codes", flat=True) for code in codes]
    clauses = [code for code in everything() if code in edition().clauses]
    return [code for code in clauses if any(_covers(code, found) for found in named)], clauses


def not_covered(member: Member) -> Iterator[Gap]:
    """Clauses that no internal audit of the last twelve months covered (9.2.2)."""
    covered, clauses = covered_clauses(member)
    missing = [code for code in clauses if code not in covered]
    if covered and missing:  # without any audit the rule above speaks
        title = _("Not audited in the last 12 months: %(codes)s.") % {"codes": ", ".join(missing)}
        yield Gap("9.2.2-a", title, "minor", place("audits"), stage=2)


def _covers(code: str, found: str) -> bool:
    return found == code or code.startswith(f"{found}.") or found.startswith(f"{code}-")


def not_planned(member: Member) -> Iterator[Gap]:
    """An audit that was begun has objectives, criteria and scope (9.2.2-c)."""
    lacking = Q(objective="") | Q(criteria="") | Q(scope="")
    rows = visible(member, Audit).filter(lacking, kind=Audit.Kind.INTERNAL, state__in=RUNNING)
    for audit in rows.order_by("ref"):
        title = _("The audit has no objective, criteria or scope.")
        yield Gap("9.2.2-c", title, "minor", place("audits", audit.pk), audit.ref, 2)


def audits_without_independence(member: Member) -> Iterator[Gap]:
    """An audit was begun and nothing says why its auditors are impartial (9.2.2-d)."""
    rows = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=RUNNING, independence="")
    for audit in rows.order_by("ref"):
        title = _("Nothing says why the auditors are independent.")
        yield Gap("9.2.2-d", title, "minor", place("audits", audit.pk), audit.ref, 2)


def auditors_in_conflict(member: Member) -> Iterator[Gap]:
    """An auditor of an audit ahead or under way has owned, changed or approved what is audited, or lacks competence.

    It is asked again each time, so that a conflict that arises after somebody was chosen is raised too (9.2.2-d).
    """
    rows = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=AHEAD).order_by("ref")
    for audit in rows.select_related("programme"):
        for standing in standings(audit):
            if not standing.clear:
                said = {"name": standing.person.name, "why": "; ".join(standing.objections)}
                title = _("%(name)s may not audit this: %(why)s.") % said
                yield Gap("9.2.2-d", title, "minor", place("audits", audit.pk), audit.ref, 2)


def report_late(member: Member) -> Iterator[Gap]:
    """The report follows the audit within fifteen days (9.2.2-e, SR03)."""
    day = inputs.now_there(member) - REPORT
    rows = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=["in_progress", "reporting"])
    for audit in rows.filter(ends_on__lt=day).order_by("ref"):
        title = _("The audit is over and its report was not sent.")
        yield Gap("9.2.2-e", title, "minor", place("audits", audit.pk), audit.ref, 2)


def report_to_nobody(member: Member) -> Iterator[Gap]:
    """Results reach the managers whom they concern (9.2.2-e)."""
    rows = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=DONE, recipients=None)
    for audit in rows.order_by("ref"):
        title = _("Nothing says to which managers the report went.")
        yield Gap("9.2.2-e", title, "minor", place("audits", audit.pk), audit.ref, 2)


RULES = (
    Rule("audit_programme", no_programme),
    Rule("no_audit", no_audit),
    Rule("audit_coverage", not_covered),
    Rule("audit_planned", not_planned),
    Rule("audit_independence", audits_without_independence),
    Rule("auditor_conflict", auditors_in_conflict),
    Rule("audit_reported", report_late),
    Rule("report_received", report_to_nobody),
)
