"""What the journal tells: the history of a record with its differences."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from aims.journal.models import Entry

# what changes with every save and tells nobody anything
NOISE = frozenset(
    {"version", "changed_at", "changed_by_id", "edited_by_id", "id", "organisation_id", "position"}
)


@dataclass(frozen=True)
class Difference:
    """One column before and after; None where there was nothing."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """An entry of the journal as people read it."""

    id: int
    at: datetime
    actor: str
    kind: str
    pk: str
    action: str
    version: int | None
    differences: tuple[Difference, ...]
    state: dict[str, Any]


def history(record: Model, limit: int = 50, before: int | None = None) -> list[Change]:
    """The changes of a record and of what belongs to it (parts, relations, links, comments), newest first."""
    own = Q(kind=record._meta.db_table, pk_text=str(record.pk)) | Q(parent=str(record.pk))
    rows = Entry.objects.filter(own, organisation_id=record.organisation_id)  # type: ignore[attr-defined]
    if before:
        rows = rows.filter(id__lt=before)
    return changes(list(rows.order_by("-id")[:limit]))


def changes(entries: list[Entry]) -> list[Change]:
    """Entries, newest first, each with what is different from the entry before it of the same row."""
    return [change(entry, earlier) for entry, earlier in zip(entries, _earlier(entries), strict=True)]


def _earlier(entries: list[Entry]) -> list[Entry | None]:
    """For each entry the one before it of the same row: mostly in the same list, else asked for in one query."""
    found: list[Entry | None] = []
    missing: list[Entry] = []
    for index, entry in enumerate(entries):
        same = (e for e in entries[index + 1 :] if (e.kind, e.pk_text) == (entry.kind, entry.pk_text))
        found.append(next(same, None))
        if found[-1] is None and entry.action != "I":
            missing.append(entry)
    if missing:
        known = _before(missing)
        found = [was or known.get((e.kind, e.pk_text)) for e, was in zip(entries, found, strict=True)]
    return found


def _before(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    """The last entry of each row before the oldest one shown."""
    wanted = Q(pk__in=[])
    for entry in entries:
        wanted |= Q(
            kind=entry.kind, pk_text=entry.pk_text, organisation_id=entry.organisation_id, id__lt=entry.id
        )
    rows = Entry.objects.filter(wanted).order_by("kind", "pk_text", "-id").distinct("kind", "pk_text")
    return {(row.kind, row.pk_text): row for row in rows}


def change(entry: Entry, earlier: Entry | None) -> Change:
    """An entry with what is different from the entry before it."""
    now = json.loads(entry.state) if entry.state else {}
    was = json.loads(earlier.state) if earlier and earlier.state and entry.action == "U" else {}
    return Change(
        entry.id,
        entry.at,
        entry.actor,
        entry.kind,
        entry.pk_text,
        entry.action,
        entry.version,
        differences(was, now),
        now,
    )


def differences(was: dict[str, Any], now: dict[str, Any]) -> tuple[Difference, ...]:
    """Which columns differ between two states of a row; empty when there was none before."""
    if not was:
        return ()
    names = [name for name in now if name not in NOISE and was.get(name) != now[name]]
    return tuple(Difference(name, was.get(name), now[name]) for name in sorted(names))
