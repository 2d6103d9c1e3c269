"""Invitations to audits and reviews: as iCalendar with the day's digest, anew when the dates change (RFC 5545, RFC 5546).

A meeting is declared by its kind of record (`Record.meeting`): the fields of its first and last day and of its people. What
was sent stands with the mail; the same dates are not sent twice.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from aims.organisation.models import Membership
from aims.records.base import Record
from aims.records.registry import register, register_of, registers
from aims.schedule.models import Mail
from aims.schedule.places import place

Entry = list[Any]  # as a mail keeps it: register, id, first day, last day, sequence, whether it falls away
Days = tuple[str, str]


@dataclass(frozen=True)
class Invitation:
    """A meeting as a person is invited to it, or told that it falls away."""

    record: Record
    first: date
    last: date
    sequence: int
    cancelled: bool

    @property
    def link(self) -> str:
        """Where the record stands."""
        return str(settings.SITE_ADDRESS).rstrip("/") + place(register_of(self.record).path, self.record.pk)


def meetings(organisation_id: uuid.UUID, day: date) -> dict[uuid.UUID, dict[tuple[str, str], Days]]:
    """The meetings that begin today or later, by the members who take part: register and id, with their days."""
    found: dict[uuid.UUID, dict[tuple[str, str], Days]] = defaultdict(dict)
    for kind in registers():
        if kind.model.meeting is None:
            continue
        first, last, people = kind.model.meeting
        rows = kind.model._default_manager.filter(
            organisation_id=organisation_id, **{f"{first}__gte": day}
        ).exclude(state="withdrawn")
        for row in rows:
            days = (str(getattr(row, first)), str(getattr(row, last) or getattr(row, first)))
            for member in taking_part(row, people):
                found[member][(kind.path, str(row.pk))] = days
    return found


def taking_part(row: Record, names: tuple[str, ...]) -> set[uuid.UUID]:
    """The members whom some fields of a record name."""
    found: set[uuid.UUID] = set()
    for name in names:
        field: Any = row._meta.get_field(name)
        if field.many_to_many:
            found |= set(getattr(row, name).values_list("pk", flat=True))
        elif key := getattr(row, field.attname):
            found.add(key)
    return found


def to_send(member: Membership, now_on: dict[tuple[str, str], Days], day: date) -> list[Entry]:
    """What somebody has to hear: meetings that are new or have moved, and those that fall away."""
    told = last_told(member)
    entries: list[Entry] = []
    for key, days in sorted(now_on.items()):
        before = told.get(key)
        if before is None or before[5] or (before[2], before[3]) != days:
            entries.append([*key, *days, before[4] + 1 if before else 0, False])
    for key, before in sorted(told.items()):
        if key not in now_on and not before[5] and before[2] >= str(day):
            entries.append([*key, before[2], before[3], before[4] + 1, True])
    return entries


def last_told(member: Membership) -> dict[tuple[str, str], Entry]:
    """The last invitation to each meeting that a member was sent."""
    rows = Mail.objects.filter(member=member).exclude(invitations=[]).order_by("made_at", "id")
    return {(e[0], e[1]): e for entries in rows.values_list("invitations", flat=True) for e in entries}


def read(entry: Entry) -> Invitation | None:
    """An entry of a mail with its record; None when that is gone."""
    path, key, first, last, sequence, cancelled = entry
    kind = register(path)
    record = kind.model._default_manager.filter(pk=key).first() if kind else None
    if record is None:
        return None
    return Invitation(record, date.fromisoformat(first), date.fromisoformat(last), sequence, cancelled)


def method(invitation: Invitation) -> str:
    """REQUEST invites and moves; CANCEL takes the meeting out of the calendar again."""
    return "CANCEL" if invitation.cancelled else "REQUEST"


def calendar(invitation: Invitation, member: Membership, now: datetime) -> str:
    """The invitation as iCalendar. The UID stays with the record, the SEQUENCE grows with each change."""
    made = Calendar()
    made.add("prodid", "-//AIMS//calendar//EN")
    made.add("version", "2.0")
    made.add("method", method(invitation))
    made.add_component(_event(invitation, member, now))
    text: str = made.to_ical().decode()
    return text


def _event(invitation: Invitation, member: Membership, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{invitation.record.pk}@aims")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", invitation.first)
    event.add("dtend", invitation.last + timedelta(days=1))
    event.add("summary", str(invitation.record))
    event.add("url", invitation.link)
    event.add("status", "CANCELLED" if invitation.cancelled else "CONFIRMED")
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    event.add("organizer", vCalAddress(f"mailto:{sender}"))
    guest = vCalAddress(f"mailto:{member.person.email}")
    guest.params["CN"] = member.name
    event.add("attendee", guest)
    return event
