"""What an auditor would find wrong in clause 9: each rule yields the gaps that break it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.dates import add_months, today
from aims.schedule.places import place
from evaluation.inputs import now_there
from evaluation.models import Audit, ManagementReview, Measurement, Metric
from evaluation.scheduling import everything

DONE = ("reported", "closed")
RUNNING = ("in_progress", "reporting", *DONE)
PATIENCE = timedelta(days=14)  # how late a measurement may be before it counts as missing


def no_audit(member: Member) -> Iterator[Gap]:
    """No internal audit was reported within twelve months (9.2.1)."""
    start = add_months(now_there(member), -12)
    audits = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=DONE)
    if not audits.filter(reported_on__gte=start).exists():
        yield Gap(
            "9.2.1-a", _("No internal audit was reported in the last 12 months."), "major", place("audits")
        )


def not_covered(member: Member) -> Iterator[Gap]:
    """Clauses that no internal audit of the last twelve months covered (9.2.2)."""
    start = add_months(now_there(member), -12)
    audits = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=DONE, reported_on__gte=start)
    covered = [code for codes in audits.values_list("codes", flat=True) for code in codes]
    if not covered:
        return  # then the rule above speaks
    clauses = [code for code in everything() if code in edition().clauses]
    missing = [code for code in clauses if not any(_covers(code, found) for found in covered)]
    if missing:
        title = _("Not audited in the last 12 months: %(codes)s.") % {"codes": ", ".join(missing)}
        yield Gap("9.2.2-a", title, "minor", place("audits"))


def _covers(code: str, found: str) -> bool:
    return found == code or code.startswith(f"{found}.") or found.startswith(f"{code}-")


def audits_without_independence(member: Member) -> Iterator[Gap]:
    """An audit was begun and nothing says why its auditors are impartial (9.2.2-d)."""
    rows = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL, state__in=RUNNING, independence="")
    for audit in rows.order_by("ref"):
        title = _("Nothing says why the auditors are independent.")
        yield Gap("9.2.2-d", title, "minor", place("audits", audit.pk), audit.ref)


def no_review(member: Member) -> Iterator[Gap]:
    """Top management signed no review within twelve months (9.3.1)."""
    start = add_months(now_there(member), -12)
    if not visible(member, ManagementReview).filter(state="signed", held_on__gte=start).exists():
        title = _("No management review was signed in the last 12 months.")
        yield Gap("9.3.1-a", title, "major", place("management-reviews"))


def empty_inputs(member: Member) -> Iterator[Gap]:
    """A review that is held or signed lacks an input (9.3.2)."""
    wanted = {code for code in edition().requirements if code.startswith("9.3.2-")}
    rows = visible(member, ManagementReview).filter(state__in=["held", "signed"])
    for review in rows.prefetch_related("inputs").order_by("ref"):
        told = {row.code for row in review.inputs.all() if row.text.strip()}
        for code in sorted(wanted - told):
            title = _("The review did not hear this input.")
            yield Gap(code, title, "major", place("management-reviews", review.pk), review.ref)


def not_measured(member: Member) -> Iterator[Gap]:
    """A metric in force has no value within its own interval (9.1-c)."""
    day = now_there(member)
    rows = visible(member, Metric).filter(state="in_force")
    for metric in rows.annotate(last=Max("measurements__measured_on")).order_by("ref"):
        begun = metric.effective_from or today(member.time_zone, metric.created_at)
        if add_months(metric.last or begun, metric.every_months) + PATIENCE < day:
            title = _("Not measured in time.")
            yield Gap("9.1-c", title, "minor", place("metrics", metric.pk), metric.ref)


def alarms_without_analysis(member: Member) -> Iterator[Gap]:
    """A value beyond the alarm was left without an analysis (9.1-e)."""
    rows = visible(member, Measurement).filter(band=Measurement.Band.ALARM, state="recorded", analysis="")
    for row in rows.order_by("ref"):
        title = _("An alarm was not analysed.")
        yield Gap("9.1-e", title, "minor", place("measurements", row.pk), row.ref)


RULES = (
    Rule("no_audit", no_audit),
    Rule("audit_coverage", not_covered),
    Rule("audit_independence", audits_without_independence),
    Rule("no_review", no_review),
    Rule("review_inputs", empty_inputs),
    Rule("metric_measured", not_measured),
    Rule("alarm_analysed", alarms_without_analysis),
)
