"""Watching a record: who does hears of its changes with the day's digest. Owners watch until they say otherwise."""

import uuid
from collections import Counter
from datetime import datetime

from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.records.access import fetch, visible
from aims.records.base import Record
from aims.records.collaboration import Watch
from aims.records.registry import register_of, registers


def watches(member: Member, record: Record) -> bool:
    """Whether a member hears of changes to a record."""
    said = Watch.objects.filter(member_id=member.id, record_id=record.pk).values_list("on", flat=True).first()
    return record.owner_id == member.id if said is None else said


def watch(member: Member, record: Record, on: bool) -> None:
    """Begin to hear of a record's changes, or stop."""
    fetch(member, type(record), record.pk)
    Watch.objects.update_or_create(
        organisation_id=member.organisation_id,
        member_id=member.id,
        record_id=record.pk,
        defaults={"on": on, "kind": register_of(record).path},
    )


def news(member: Member, since: datetime, until: datetime) -> list[tuple[Record, int]]:
    """The watched records that others changed between two instants, with how many entries of the journal each has.

    Only what the member may see today; one statement a register in which something changed.
    """
    counts, tables = _changed(member, since, until)
    rows = Watch.objects.filter(member_id=member.id, record_id__in=list(counts))
    said = {row.record_id: row.on for row in rows}
    return [
        (record, counts[record.pk])
        for record in _seen(member, list(counts), tables)
        if said.get(record.pk, record.owner_id == member.id)
    ]


def _changed(member: Member, since: datetime, until: datetime) -> tuple[dict[uuid.UUID, int], set[str]]:
    """How often each row was changed by others, what belongs to it included; and the tables, all when some are unknown."""
    entries = Entry.objects.filter(organisation_id=member.organisation_id, at__gt=since, at__lte=until)
    counts: Counter[uuid.UUID] = Counter()
    tables: dict[uuid.UUID, str] = {}
    for kind, parent, key in entries.exclude(actor=member.actor).values_list("kind", "parent", "pk_text"):
        if place := _uuid(parent or key):
            counts[place] += 1
            tables[place] = tables.get(place) or ("" if parent else kind)
    known = set(tables.values())
    return counts, set() if "" in known else known


def _uuid(text: str) -> uuid.UUID | None:
    """The id in a text; tables between two have numbers, which are nobody's record."""
    return uuid.UUID(text) if len(text) == 36 else None


def _seen(member: Member, keys: list[uuid.UUID], tables: set[str]) -> list[Record]:
    """The records among these rows; `tables` says where to look, everywhere when it is empty."""
    found: list[Record] = []
    for register in registers() if keys else ():
        if not tables or register.model._meta.db_table in tables:
            found += visible(member, register.model).filter(pk__in=keys).order_by("ref")
    return found
