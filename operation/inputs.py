"""What the management review hears from clause 8, and the figures of Today."""

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.schedule.dates import add_months
from context.gaps import today_there
from operation.models import Concern, ExternalReport, Incident, Supplier, UseRequest


def incidents_now(member: Member) -> tuple[str, str]:
    """Incidents, concerns and reports from outside of the last twelve months, and those still open."""
    since = add_months(today_there(member), -12)
    incidents = visible(member, Incident).filter(happened_on__gte=since).exclude(state="withdrawn")
    concerns = visible(member, Concern).filter(received_on__gte=since).exclude(state="withdrawn")
    reports = visible(member, ExternalReport).filter(received_on__gte=since).exclude(state="withdrawn")
    text = _(
        "%(incidents)s incidents, %(concerns)s concerns, %(reports)s reports from outside in twelve months."
    )
    words = {"incidents": incidents.count(), "concerns": concerns.count(), "reports": reports.count()}
    lines = [f"- {row} ({row.get_severity_display()})" for row in incidents.order_by("ref")]
    return str(words["incidents"]), "\n".join([text % words, *lines])


def suppliers_now(member: Member) -> tuple[str, str]:
    """Suppliers that may be used only in part, and what contracts lack."""
    rows = visible(member, Supplier).exclude(state__in=("withdrawn", "ended")).order_by("ref")
    restricted = [row for row in rows if row.state == "restricted"]
    lines = [f"- {row.title}: {row.lacking}" for row in rows if row.lacking]
    text = _("%(n)s suppliers, %(bad)s restricted.") % {"n": len(rows), "bad": len(restricted)}
    return str(len(restricted)), "\n".join([text, *lines])


def open_concerns(member: Member) -> int:
    """Concerns that the member may see and that are not closed."""
    return visible(member, Concern).filter(state__in=("received", "acknowledged")).count()


def open_incidents(member: Member) -> int:
    """Incidents that are not closed."""
    return visible(member, Incident).exclude(state__in=("closed", "withdrawn")).count()


def open_requests(member: Member) -> int:
    """Requests to use AI that wait for a decision."""
    return visible(member, UseRequest).filter(state="asked").count()
