"""What an auditor would find wrong in the management review (9.3)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.dates import add_months
from aims.schedule.models import Task
from aims.schedule.places import place
from evaluation import inputs
from evaluation.models import ManagementReview

HELD = ("held", "signed")


def no_review(member: Member) -> Iterator[Gap]:
    """Top management signed no review within twelve months (9.3.1)."""
    start = add_months(inputs.now_there(member), -12)
    if not visible(member, ManagementReview).filter(state="signed", held_on__gte=start).exists():
        title = _("No management review was signed in the last 12 months.")
        yield Gap("9.3.1-a", title, "major", place("management-reviews"), stage=1)


def empty_inputs(member: Member) -> Iterator[Gap]:
    """A review that is held or signed lacks an input (9.3.2)."""
    wanted = {code for code in edition().requirements if code.startswith("9.3.2-")}
    rows = visible(member, ManagementReview).filter(state__in=HELD)
    for review in rows.prefetch_related("inputs").order_by("ref"):
        told = {row.code for row in review.inputs.all() if row.text.strip()}
        for code in sorted(wanted - told):
            title = _("The review did not hear this input.")
            yield Gap(code, title, "major", place("management-reviews", review.pk), review.ref, 2)


def without_management(member: Member) -> Iterator[Gap]:
    """Top management takes part itself (9.3.1)."""
    rows = visible(member, ManagementReview).filter(state__in=HELD)
    for review in rows.exclude(attendees__role=Role.EXECUTIVE).order_by("ref"):
        title = _("Nobody of top management took part in the review.")
        yield Gap("9.3.1-a", title, "major", place("management-reviews", review.pk), review.ref, 2)


def no_decision(member: Member) -> Iterator[Gap]:
    """A review ends in decisions on improvement and change (9.3.3-a and b)."""
    rows = visible(member, ManagementReview).filter(state__in=HELD, decisions=None)
    for review in rows.order_by("ref"):
        title = _("The review ends without any decision.")
        yield Gap("9.3.3-a", title, "minor", place("management-reviews", review.pk), review.ref, 2)


def decision_late(member: Member) -> Iterator[Gap]:
    """What a review decided is done in time (9.3.2-a)."""
    rows = Task.objects.filter(organisation_id=member.organisation_id, source__startswith="decision:")
    late = rows.filter(state=Task.State.OPEN, due__lt=inputs.now_there(member))
    for task in late.order_by("due", "pk"):
        title = _("A decision of the review is late: %(what)s.") % {"what": task.title}
        yield Gap("9.3.2-a", title, "minor", place(task.kind, task.record_id), "", 2)


RULES = (
    Rule("no_review", no_review),
    Rule("review_inputs", empty_inputs),
    Rule("review_attended", without_management),
    Rule("review_decides", no_decision),
    Rule("decision_in_time", decision_late),
)
