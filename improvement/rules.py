"""What an auditor would find wrong in clause 10: each rule yields the gaps that break it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.dates import add_months
from aims.schedule.places import place
from evaluation import inputs
from evaluation.models import Finding
from improvement.effect import long
from improvement.following import OPEN_ACTIONS
from improvement.inputs import OVER
from improvement.models import CorrectiveAction, EffectivenessReview, Improvement, Nonconformity
from improvement.recurrence import recurring

CORRECTION = timedelta(days=5)  # SR30
PLAN = timedelta(days=30)  # SR31
EFFECT = timedelta(days=90)  # SR33
PLANNED = (*OPEN_ACTIONS, "done", "effective")


def open_major(member: Member) -> Iterator[Gap]:
    """A major nonconformity is open: no certificate is granted while it is."""
    rows = visible(member, Nonconformity).filter(grade="major").exclude(state__in=OVER)
    for row in rows.order_by("ref"):
        title = _("A major nonconformity is open since %(day)s.") % {"day": long(row.opened_on)}
        yield Gap("10.2-a", title, "major", place("nonconformities", row.pk), row.ref, 2)


def cause_unknown(member: Member) -> Iterator[Gap]:
    """A nonconformity is older than thirty days and its cause was not found (10.2-b)."""
    rows = visible(member, Nonconformity).filter(state__in=["open", "contained"])
    for row in rows.filter(opened_on__lt=inputs.now_there(member) - PLAN).order_by("ref"):
        title = _("The cause was not found within 30 days.")
        yield Gap("10.2-b", title, "minor", place("nonconformities", row.pk), row.ref, 2)


def action_late(member: Member) -> Iterator[Gap]:
    """A corrective action is not done and its date has passed (10.2-c)."""
    rows = visible(member, CorrectiveAction).filter(state__in=OPEN_ACTIONS, due__lt=inputs.now_there(member))
    for row in rows.order_by("ref"):
        title = _("A corrective action is late since %(day)s.") % {"day": long(row.due)}
        yield Gap("10.2-c", title, "minor", place("corrective-actions", row.pk), row.ref, 2)


def closed_without_effect(member: Member) -> Iterator[Gap]:
    """A nonconformity is closed and nothing shows that the action worked (10.2-d)."""
    good = EffectivenessReview.objects.filter(
        nonconformity=OuterRef("pk"), state="confirmed", result=EffectivenessReview.Result.EFFECTIVE
    )
    rows = visible(member, Nonconformity).filter(~Exists(good), state="closed")
    for row in rows.order_by("ref"):
        title = _("Closed without a review that shows the action was effective.")
        yield Gap("10.2-d", title, "major", place("nonconformities", row.pk), row.ref, 2)


def finding_unanswered(member: Member) -> Iterator[Gap]:
    """An issued finding is a nonconformity and none was opened (10.2-a)."""
    rows = visible(member, Finding).filter(grade__in=["major", "minor"], state__in=["issued", "accepted"])
    for row in rows.filter(nonconformities=None).order_by("ref"):
        title = _("No nonconformity was opened for this finding.")
        yield Gap("10.2-a", title, "minor", place("findings", row.pk), row.ref, 2)


def correction_late(member: Member) -> Iterator[Gap]:
    """A nonconformity is older than five days and nothing was done against it (10.2-a, SR30)."""
    rows = visible(member, Nonconformity).filter(state="open", correction="")
    for row in rows.filter(opened_on__lt=inputs.now_there(member) - CORRECTION).order_by("ref"):
        title = _("Nothing was done against it within five days.")
        yield Gap("10.2-a", title, "minor", place("nonconformities", row.pk), row.ref, 2)


def nothing_planned(member: Member) -> Iterator[Gap]:
    """The cause is known for a month and no action removes it (10.2-c)."""
    rows = visible(member, Nonconformity).filter(state="analysed").exclude(actions__state__in=PLANNED)
    for row in rows.filter(opened_on__lt=inputs.now_there(member) - PLAN).order_by("ref"):
        title = _("The cause is known and no action removes it.")
        yield Gap("10.2-c", title, "minor", place("nonconformities", row.pk), row.ref, 2)


def effect_unchecked(member: Member) -> Iterator[Gap]:
    """An action is done for ninety days and nobody judged whether it worked (10.2-d, SR33)."""
    rows = visible(member, CorrectiveAction).filter(state="done")
    for row in rows.filter(done_on__lt=inputs.now_there(member) - EFFECT).order_by("ref"):
        title = _("Done since %(day)s, and nobody judged whether it worked.") % {"day": long(row.done_on)}
        yield Gap("10.2-d", title, "minor", place("corrective-actions", row.pk), row.ref, 2)


def nothing_improves(member: Member) -> Iterator[Gap]:
    """The AIMS is improved all the time, not only when something fails (10.1)."""
    if not visible(member, Improvement).exclude(state="withdrawn").exists():
        title = _("No improvement is kept beside corrections.")
        yield Gap("10.1-a", title, "observation", place("improvements"), stage=2)


def recurred(member: Member) -> Iterator[Gap]:
    """What was nonconforming before came back in the last year, and is not closed (10.2-b)."""
    keys = [case.key for case in recurring(member, add_months(inputs.now_there(member), -12))]
    rows = visible(member, Nonconformity).filter(pk__in=keys, grade="minor").exclude(state__in=OVER)
    for row in rows.order_by("ref"):
        title = _("It happened before within 24 months: a body may see a major nonconformity in it.")
        yield Gap("10.2-b", title, "major", place("nonconformities", row.pk), row.ref, 2)


def effect_not_measured(member: Member) -> Iterator[Gap]:
    """An improvement was done, its date is more than 90 days past, and its effect is not measured (10.1)."""
    rows = visible(member, Improvement).filter(state="done", due__lt=inputs.now_there(member) - EFFECT)
    for row in rows.order_by("ref"):
        title = _("The improvement is done and its effect was not measured.")
        yield Gap("10.1", title, "observation", place("improvements", row.pk), row.ref, 2)


RULES = (
    Rule("open_major", open_major),
    Rule("cause_known", cause_unknown),
    Rule("action_in_time", action_late),
    Rule("effect_shown", closed_without_effect),
    Rule("finding_answered", finding_unanswered),
    Rule("not_again", recurred),
    Rule("improvement_measured", effect_not_measured),
    Rule("correction_in_time", correction_late),
    Rule("action_planned", nothing_planned),
    Rule("effect_in_time", effect_unchecked),
    Rule("something_improves", nothing_improves),
)
