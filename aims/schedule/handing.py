"""Handing tasks over: one task, or all that come while somebody is away. What was handed over stays known to both.

The journal keeps who did it and when. A task of an absence comes back at its end; who gave it is told when it is late.
"""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import STAFF, Role
from aims.records.access import fetch
from aims.schedule.asking import active_members, record_at
from aims.schedule.dates import today
from aims.schedule.models import Absence, Task
from aims.schedule.telling import can_sign, sees

LEADERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER})
LONGEST = 366  # days of an absence


def may_hand(member: Member, task: Task) -> bool:
    """Who hands a task over: whose it is, and who keeps the whole."""
    return task.member_id == member.id or member.role in LEADERS


def may_take_back(member: Member, task: Task) -> bool:
    """Who takes a task back: who gave it, and who keeps the whole."""
    return task.given_by_id is not None and (task.given_by_id == member.id or member.role in LEADERS)


def takers(member: Member, besides: uuid.UUID | None) -> QuerySet[Membership]:
    """To whom something can be handed: everybody who works here, and can still be asked."""
    rows = active_members(member.organisation_id).filter(role__in=STAFF - {Role.API_CLIENT})
    others = rows.exclude(pk=besides) if besides else rows
    return others.order_by("name", "pk")


def taker(member: Member, key: uuid.UUID | str | None, besides: uuid.UUID | None, field: str) -> Membership:
    """The chosen person, or a refusal that says so beside the field."""
    found = takers(member, besides).filter(pk=key).first() if key else None
    if found is None:
        words = _("Choose somebody who works here.")
        raise Refused("invalid", words, {field: [words]})
    return found


@transaction.atomic
def hand_over(member: Member, key: uuid.UUID, to: uuid.UUID | str | None, why: str) -> Task:
    """Hand one open task to somebody else, with the reason. Handed back to whose it was, it is theirs again."""
    task = open_task(member, key)
    if not may_hand(member, task):
        raise Refused("forbidden", _("This task is somebody else's."))
    other = taker(member, to, task.member_id, "to")
    if not why.strip():
        raise Refused("invalid", _("Say why."), {"why": [_("Say why.")]})
    record = record_at(task.kind, task.record_id)
    if record and is_signature(task) and not can_sign(other, record):
        words = _(
            "%(name)s cannot sign this. Delegate the signature on its own page, or name a deputy in the settings."
        ) % {"name": other.name}
        raise Refused("invalid", words, {"to": [words]})
    if record and not sees(other, record):
        words = _("%(name)s cannot open what this task is about. Choose somebody else.") % {
            "name": other.name
        }
        raise Refused("invalid", words, {"to": [words]})
    give(task, other.pk, why, None, timezone.now())
    return task


def is_signature(task: Task) -> bool:
    """Whether a task asks for a signature: only who may sign for whose it was can do it for them."""
    return task.source.startswith("sign:")


def open_task(member: Member, key: uuid.UUID) -> Task:
    """An open task of the organisation; Refused where there is none."""
    task: Task = fetch(member, Task, key)
    if task.state != Task.State.OPEN:
        raise Refused("conflict", _("This task is no longer open."))
    return task


def give(task: Task, to: uuid.UUID, why: str, until: date | None, now: datetime) -> None:
    """Write that a task is somebody else's now; the first giver stays known, and the next digest tells the taker."""
    first = task.given_by_id or task.member_id
    back = to == first
    task.member_id, task.given_by_id = to, None if back else first
    task.given_why = "" if back else why.strip()[:300]
    task.given_until, task.given_at = None if back else until, None if back else now
    task.reminded_at = now
    task.save(update_fields=["member", "given_by", "given_why", "given_until", "given_at", "reminded_at"])


@transaction.atomic
def take_back(member: Member, key: uuid.UUID) -> Task:
    """A task that was handed over goes back to whose it was."""
    task = open_task(member, key)
    if not may_take_back(member, task) or task.given_by_id is None:
        raise Refused("forbidden", _("This task was not handed over by you."))
    give(task, task.given_by_id, "", None, timezone.now())
    return task


# ── Absences ─────────────────────────────────────────────────────────────


def absences(member: Member) -> QuerySet[Absence]:
    """The member's own absences and those for which they stand in, that are not over."""
    day = today(member.time_zone, timezone.now())
    rows = Absence.objects.filter(
        Q(member_id=member.id) | Q(stand_in_id=member.id), organisation_id=member.organisation_id
    )
    return rows.filter(ended_at=None, until__gte=day).select_related("member", "stand_in")


@transaction.atomic
def be_away(member: Member, to: uuid.UUID | str | None, since: date, until: date, why: str) -> Absence:
    """Say that one is away from a day to a day, and who does one's tasks meanwhile; at once, if it has begun."""
    other = taker(member, to, member.id, "to")
    day = today(member.time_zone, timezone.now())
    _check_days(since, until, day)
    overlap = Absence.objects.filter(ended_at=None, since__lte=until, until__gte=since)
    if overlap.filter(member_id=member.id).exists():
        words = _("You are away in this time already. End that absence first.")
        raise Refused("conflict", words, {"since": [words]})
    if overlap.filter(member_id=other.pk).exists():
        words = _("%(name)s is away in this time too.") % {"name": other.name}
        raise Refused("invalid", words, {"to": [words]})
    row = Absence.objects.create(
        organisation_id=member.organisation_id,
        member_id=member.id,
        stand_in=other,
        since=since,
        until=until,
        why=why.strip()[:300],
    )
    if since <= day:
        pass_on(row, timezone.now())
    return row


def _check_days(since: date, until: date, day: date) -> None:
    errors = {}
    if until < since:
        errors["until"] = [_("The end must not be before the beginning.")]
    elif until < day:
        errors["until"] = [_("This time is over already.")]
    elif (until - since).days > LONGEST:
        errors["until"] = [_("A year is the longest.")]
    if errors:
        raise Refused("invalid", _("Check the marked fields."), errors)


@transaction.atomic
def end_absence(member: Member, key: uuid.UUID) -> Absence:
    """Be there again: the tasks come back at once."""
    row: Absence = fetch(member, Absence, key)
    if row.member_id != member.id:
        raise Refused("forbidden", _("This is somebody else's absence."))
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
        for task in _given(row):
            give(task, row.member_id, "", None, row.ended_at)
    return row


def _given(row: Absence) -> QuerySet[Task]:
    """The open tasks that somebody does for who is away."""
    rows = Task.objects.filter(organisation_id=row.organisation_id, state=Task.State.OPEN)
    return rows.filter(given_by_id=row.member_id, member_id=row.stand_in_id).exclude(given_until=None)


def pass_on(row: Absence, now: datetime) -> None:
    """The open tasks of who is away go to who stands in; what the stand-in may not see or sign stays."""
    rows = Task.objects.filter(organisation_id=row.organisation_id, state=Task.State.OPEN)
    why = row.why or _("Away until %(day)s") % {"day": row.until.isoformat()}
    for task in rows.filter(member_id=row.member_id):
        record = record_at(task.kind, task.record_id)
        does = can_sign if is_signature(task) else sees
        if task.given_by_id is None and (record is None or does(row.stand_in, record)):
            give(task, row.stand_in_id, why, row.until, now)


def stand_in(organisation: Organisation, now: datetime) -> None:
    """What the clock does: tasks come back when an absence is over, and go to who stands in while it lasts."""
    day = today(organisation.time_zone, now)
    open_ = Task.objects.filter(organisation=organisation, state=Task.State.OPEN)
    for task in open_.filter(given_until__lt=day).exclude(given_by=None):
        if task.given_by_id:
            give(task, task.given_by_id, "", None, now)
    rows = Absence.objects.filter(organisation=organisation, ended_at=None, since__lte=day, until__gte=day)
    for row in rows.filter(stand_in__active=True).exclude(member=F("stand_in")).select_related("stand_in"):
        pass_on(row, now)
