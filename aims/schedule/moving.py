"""Moving one date of the calendar: what it would bring with it is said first, then it is done with its reason.

A date that was moved stays where it was put: planning leaves it alone. Later dates of the same obligation follow only
where doing it late moves the next one; they are foretold, not written, since they hang on the day it is really done.
What lies so many days before it (the review of the context before the management review) moves with it at once.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import require, visible
from aims.records.registry import obligation_rules
from aims.schedule.dates import today
from aims.schedule.floors import fact
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.working import keep_of, week_of

PLANNERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER})
MOST_YEARS = 5  # how far ahead a date may be put


@dataclass(frozen=True)
class Follows:
    """A later date that moves with the first."""

    label: str
    before: date
    after: date
    row: Occurrence | None = None  # what is written at once, where it does not hang on a day still to come


@dataclass
class KnockOn:
    """What moving a date would bring with it."""

    occurrence: Occurrence
    due: date
    follows: list[Follows] = field(default_factory=list)
    ahead: list[Follows] = field(default_factory=list)  # what lies before it, and is moved with it
    tasks: int = 0  # people's tasks that get the new date
    announced: date | None = None  # from when people are asked
    warnings: list[str] = field(default_factory=list)

    @property
    def moves(self) -> int:
        """How many dates move in all."""
        return 1 + len(self.follows) + len(self.ahead)


def may_plan(member: Member) -> bool:
    """Who moves dates."""
    return member.role in PLANNERS and member.scopes is None


def knock_on(occurrence: Occurrence, due: date, day: date) -> KnockOn:
    """What would come of moving an occurrence to `due`, seen from the day `day`. Refused where it makes no sense."""
    later = _later(occurrence)
    _check(occurrence, due, day, later)
    obligation = occurrence.obligation
    found = KnockOn(occurrence, due)
    found.tasks = Task.objects.filter(occurrence=occurrence, state=Task.State.OPEN).count()
    found.announced = max(due - timedelta(days=obligation.lead), day)
    if obligation.moves_anchor:
        found.follows = [
            Follows(obligation.label, row.due, (obligation.interval * number).after(due))
            for number, row in enumerate(later, 1)
        ]
    found.ahead = _ahead(occurrence, due, day)
    found.warnings = _warnings(occurrence, due)
    return found


def _ahead(occurrence: Occurrence, due: date, day: date) -> list[Follows]:
    """The open dates that lie so many days before this one: they come as many days before the new one, and not in the
    past."""
    rules = {r.code: r for r in obligation_rules() if r.before == occurrence.obligation.code}
    if not rules:
        return []
    rows = Occurrence.objects.filter(
        organisation_id=occurrence.organisation_id, obligation__code__in=rules, obligation__active=True
    )
    week, found = week_of(Organisation.objects.get(pk=occurrence.organisation_id)), []
    for row in rows.filter(state__in=Occurrence.OPEN, moved_from=None).select_related("obligation"):
        lead = timedelta(days=rules[row.obligation.code].before_days)
        keep = keep_of(row.obligation, week)
        new = max(keep(due - lead), day)
        if row.due == keep(occurrence.due - lead) and new != row.due:
            found.append(Follows(row.obligation.label, row.due, new, row))
    return found


def _later(occurrence: Occurrence) -> list[Occurrence]:
    """The planned dates after it, of the same obligation and record."""
    rows = Occurrence.objects.filter(
        obligation_id=occurrence.obligation_id, subject_id=occurrence.subject_id, due__gt=occurrence.due
    )
    return list(rows.filter(state=Occurrence.State.PLANNED).order_by("due"))


def _check(occurrence: Occurrence, due: date, day: date, later: list[Occurrence]) -> None:
    if occurrence.state not in Occurrence.OPEN:
        raise _refused(_("This date is no longer open."))
    if due == occurrence.due:
        raise _refused(_("It is due on this day already."))
    if due < day:
        raise _refused(_("A date must not lie in the past."))
    if due > day + timedelta(days=366 * MOST_YEARS):
        raise _refused(_("This date is too far ahead."))
    if later and due >= later[0].due and not occurrence.obligation.moves_anchor:
        words = _("must be before %(day)s, when it is due the next time")
        raise _refused(words % {"day": _said(later[0].due)})


def _refused(words: str) -> Refused:
    return Refused("invalid", words, {"due": [words]})


def _said(day: date) -> str:
    return date_format(day, "j F Y")


def _warnings(occurrence: Occurrence, due: date) -> list[str]:
    obligation, found = occurrence.obligation, []
    if not week_of(Organisation.objects.get(pk=occurrence.organisation_id)).works(due):
        found.append(_("Nobody works on this day: weekend, public holiday, or a day of your own."))
    if obligation.kind != Obligation.Kind.PERIODIC and due > (occurrence.moved_from or occurrence.due):
        found.append(_too_late(obligation))
    return found + _interval_kept(occurrence, due)


def _too_late(obligation: Obligation) -> str:
    """That more time would be taken than there is after the event, and who said so."""
    known = fact(obligation.rule)
    if known is None or known.basis == "default":
        return _("It then comes later than the time allowed after the event.")
    words = _("It then comes later than %(source)s allows after the event.")
    return words % {"source": known.source or "ISO/IEC 17021-1"}


def _interval_kept(occurrence: Occurrence, due: date) -> list[str]:
    """How much later it then comes than its interval after it was last done."""
    obligation, found = occurrence.obligation, []
    before = obligation.occurrences.filter(
        subject_id=occurrence.subject_id, state=Occurrence.State.DONE, done_on__isnull=False
    ).order_by("-done_on")
    last = before.values_list("done_on", flat=True).first()
    if last and obligation.interval and due > obligation.interval.after(last):
        days = (due - obligation.interval.after(last)).days
        words = ngettext(
            "It then comes %(days)d day later than its interval after it was last done.",
            "It then comes %(days)d days later than its interval after it was last done.",
            days,
        )
        found.append(words % {"days": days})
    return found


@transaction.atomic
def move(member: Member, key: uuid.UUID, due: date, why: str, seen: date | None = None) -> KnockOn:
    """Move an occurrence with its open tasks. `seen` is the date that the person saw: another one is refused as stale.

    The journal keeps the reason with the row.
    """
    require(may_plan(member))
    rows = visible(member, Occurrence).select_related("obligation").select_for_update(of=("self",))
    occurrence = rows.filter(pk=key).first()
    if occurrence is None:
        raise Refused("not_found", _("There is no such date."))
    if seen and seen != occurrence.due:
        raise Refused("stale", _("Somebody else moved this date. Look again."))
    if not why.strip():
        raise Refused("invalid", _("Say why."), {"why": [_("Say why.")]})
    found = knock_on(occurrence, due, today(member.time_zone, timezone.now()))
    if _taken(occurrence, due):
        raise _refused(_("There is a date of this obligation on this day already."))
    occurrence.moved_from = occurrence.moved_from or occurrence.due
    occurrence.due, occurrence.moved_why = due, why.strip()[:300]
    occurrence.due_at = None  # a person chose a day, and no longer the hour
    occurrence.save(update_fields=["due", "due_at", "moved_from", "moved_why"])
    _tell_tasks(occurrence)
    for one in found.ahead:
        if one.row and not _taken(one.row, one.after):
            # planning finds it under the date that follows from the moved one
            Occurrence.objects.filter(pk=one.row.pk).update(due=one.after)
            _tell_tasks(one.row, one.after)
    return found


def _tell_tasks(occurrence: Occurrence, due: date | None = None) -> None:
    rows = Task.objects.filter(occurrence=occurrence, state=Task.State.OPEN)
    rows.update(due=due or occurrence.due, escalated_at=None)


def _taken(occurrence: Occurrence, due: date) -> bool:
    rows = Occurrence.objects.filter(obligation_id=occurrence.obligation_id, subject_id=occurrence.subject_id)
    return rows.filter(due=due).exclude(pk=occurrence.pk).exists()
