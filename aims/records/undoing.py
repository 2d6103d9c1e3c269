"""Taking back one's own last change of a record within a day: a change like any other, with its entry in the journal."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.journal.history import Change, history
from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import may_change, require
from aims.records.base import Part, Record
from aims.records.changes import Parts, locked, part_name, write
from aims.records.registry import register_of

WITHIN = timedelta(hours=24)
MOST = 1500  # entries that one change can have written


def undoable(member: Member, record: Record, latest: Sequence[Change]) -> bool:
    """Whether the last change of a record is the member's own, recent, and no step; `latest` is its history so far."""
    own = [row for row in latest if row.kind == record._meta.db_table]
    if not own or not may_change(member, record) or register_of(record).lifecycle.state(record.state).locked:
        return False
    last = own[0]
    mine = last.actor == member.actor and last.action == "U" and last.version == record.version
    moved = any(difference.column == "state" for difference in last.differences)
    return mine and not moved and last.at > timezone.now() - WITHIN


@transaction.atomic
def undo(member: Member, record: Record, version: int) -> Record:
    """Write what was there before the member's last change. Refused as any change is, on the version they saw."""
    record = locked(member, record)
    require(may_change(member, record))
    if version != record.version:
        return write(member, record, {}, version)  # refuses in the words of every conflict
    entries = history(record, limit=MOST)
    if not undoable(member, record, entries):
        raise Refused("conflict", _("Only your own last change of the last 24 hours can be undone."))
    own = [row for row in entries if row.kind == record._meta.db_table]
    with_it = [row for row in entries if row.id > own[0].id]
    values = {**fields_before(record, own[0]), **relations_before(record, with_it)}
    parts = parts_before(record, with_it)
    if not values and not parts:
        raise Refused("conflict", _("There is nothing to undo."))
    return write(member, record, values, version, parts, undoing=True)


def fields_before(record: Record, last: Change) -> dict[str, Any]:
    """The entered fields that the change touched, as they were."""
    names = {f.attname: f for f in map(register_of(record).field, entered(record)) if not f.many_to_many}
    before = row_before(last)
    return {
        names[column].name: value_of(names[column], before.get(column))
        for column in (difference.column for difference in last.differences)
        if column in names
    }


def entered(record: Record) -> list[str]:
    """The fields that people enter, over pages or REST."""
    return list(dict.fromkeys([*register_of(record).fields, "title", "external_id"]))


def row_before(change: Change) -> dict[str, Any]:
    """The row before a change, its numbers exact."""
    rows = Entry.objects.filter(kind=change.kind, pk_text=change.pk, id__lt=change.id).order_by("-id")
    entry = rows.first()
    return exact(entry)


def exact(entry: Entry | None) -> dict[str, Any]:
    """The state in an entry, with its numbers as they stand there."""
    found: dict[str, Any] = json.loads(entry.state, parse_float=Decimal) if entry and entry.state else {}
    return found


def value_of(field: Any, kept: Any) -> Any:
    """A value of the journal as the field has it."""
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(kept, default=float))
    if field.is_relation or kept is None:
        return kept
    return field.to_python(kept)


def relations_before(record: Record, with_it: Sequence[Change]) -> dict[str, list[Any]]:
    """The relations to several rows that the change touched, as they were."""
    found = {}
    for name in entered(record):
        field: Any = register_of(record).field(name)
        if field.many_to_many:
            rows = [r for r in with_it if r.kind == field.remote_field.through._meta.db_table]
            if rows:
                found[name] = list(targets_before(record, field, rows))
    return found


def targets_before(record: Record, field: Any, rows: Sequence[Change]) -> set[str]:
    """What a relation referred to before some of its rows came and went, newest first."""
    targets = {str(key) for key in getattr(record, field.name).values_list("pk", flat=True)}
    for row in rows:
        key = str(row.state[field.m2m_reverse_name()])
        turn: Callable[[str], None] = targets.discard if row.action == "I" else targets.add
        turn(key)
    return targets


def parts_before(record: Record, with_it: Sequence[Change]) -> Parts:
    """The kinds of parts that the change touched, as they were, in their order."""
    found = {}
    for part in register_of(record).parts:
        rows = [row for row in with_it if row.kind == part._meta.db_table]
        if rows:
            found[part_name(part)] = rows_before(record, part, rows)
    return found


def rows_before(record: Record, part: type[Part], rows: Sequence[Change]) -> list[dict[str, Any]]:
    """The parts of one kind before some of them changed: what came goes, what went comes, what changed is as before."""
    fields: list[Any] = [part._meta.get_field(name) for name in part.form]
    names = {field.attname: field for field in fields}
    present = {
        str(row.pk): row_values(row, names) for row in part._default_manager.filter(**{part.of: record})
    }
    for row in rows:
        if row.action == "I":
            present.pop(row.pk, None)
        else:
            state = exact(Entry.objects.get(pk=row.id)) if row.action == "D" else row_before(row)
            present[row.pk] = {
                "position": state["position"],
                "id": row.pk,
                **{field.name: value_of(field, state.get(column)) for column, field in names.items()},
            }
    ordered = sorted(present.values(), key=lambda values: values["position"])
    return [{name: value for name, value in values.items() if name != "position"} for values in ordered]


def row_values(row: Part, names: dict[str, Any]) -> dict[str, Any]:
    """A part as `write` takes it, with its position."""
    values = {field.name: getattr(row, column) for column, field in names.items()}
    return {"position": row.position, "id": str(row.pk), **values}
