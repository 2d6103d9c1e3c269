"""Two people changed the same record: what each wrote, side by side, with nothing lost.

What only the other person changed is taken over into the form; what both changed is shown as both texts, and the form
keeps what was typed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from aims.journal.history import Change, history
from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.pages.forms import PartRows, RecordForm, Sheet, raw_values, reach
from aims.records.base import Part, Record
from aims.records.display import AnyField, Named, keys_in, label, part_rows, raw, words
from aims.records.undoing import MOST, rows_before, targets_before


@dataclass
class Conflict:
    """Who saved first, what differs, and the form to go on with."""

    by: str
    at: datetime
    version: int
    ref: str
    form: RecordForm
    fields: list[dict[str, str]]


def conflict_of(member: Member, record: Record, typed: RecordForm, fresh: RecordForm) -> Conflict:
    """The conflict between what was typed and the record as it is; `fresh` is an unbound form of the record now."""
    named, found = Named(member), Found(record, typed.cleaned_data.get("version"))
    values, both = raw_values(typed), []
    for name in typed.names:
        field = typed.register.field(name)
        mine = said(field, plain_value(field, typed.cleaned_data.get(name)), named)
        theirs, before = said(field, raw(record, field), named), found.said(field, named)
        if mine == before:
            values[name] = fresh.initial.get(name)
        elif mine != theirs != before:
            both.append({"label": label(type(record), name), "theirs": theirs, "mine": mine})
    values["version"] = record.version
    fresh.initial = values
    reach(fresh, fresh.choices)
    by = record.changed_by.name if record.changed_by else ""
    return Conflict(by, record.changed_at, record.version, record.ref, fresh, both)


class Found:
    """A record as the person found it before typing, from the journal."""

    def __init__(self, record: Record, version: int | None) -> None:
        self.record, self.row = record, state_at(record, version)
        self.since = since(record, version) if version and self.row else []

    def said(self, field: Any, named: Named) -> str | None:
        """A field as it was, in words; None when nobody knows."""
        if not self.row:
            return None
        if field.many_to_many:
            rows = [row for row in self.since if row.kind == field.remote_field.through._meta.db_table]
            return said(field, targets_before(self.record, field, rows), named)
        return said(field, self.row[field.attname], named) if field.attname in self.row else None

    def parts(self, part: type[Part], named: Named) -> str | None:
        """The parts of one kind as they were, a line each; None when nobody knows."""
        if not self.row:
            return None
        rows = [row for row in self.since if row.kind == part._meta.db_table]
        return _lines(part_rows(part, rows_before(self.record, part, rows), named))


def since(record: Record, version: int) -> list[Change]:
    """The changes after a version, newest first. The record's own row comes first in each (`changes.write`)."""
    entries = history(record, limit=MOST)
    later = [row.id for row in entries if row.kind == record._meta.db_table and (row.version or 0) > version]
    return [row for row in entries if later and row.id >= min(later)]


def said(field: AnyField, value: Any, named: Named) -> str:
    """A value in words; several rows in one order, whatever order they come in."""
    return words(field, sorted(keys_in(field, value)) if field.many_to_many else value, named)


def plain_value(field: AnyField, value: Any) -> Any:
    """What a form gave, with rows as their ids."""
    if isinstance(value, list) and field.many_to_many:
        return [str(item.pk) for item in value]
    return str(value.pk) if isinstance(value, Model) else value


def state_at(record: Record, version: int | None) -> dict[str, Any]:
    """The row as it was in a version, from the journal; empty when it is not there."""
    rows = Entry.objects.filter(
        organisation_id=record.organisation_id,
        kind=record._meta.db_table,
        pk_text=str(record.pk),
        version=version or 0,
    )
    entry = rows.order_by("-id").first()
    state: dict[str, Any] = json.loads(entry.state) if entry and entry.state else {}
    return state


def conflict_of_sheet(member: Member, record: Record, typed: Sheet, fresh: Sheet) -> Conflict:
    """The same for a form with parts: parts that differ are shown, and the form keeps what was typed."""
    found = conflict_of(member, record, typed.form, fresh.form)
    named, before = Named(member), Found(record, typed.form.cleaned_data.get("version"))
    for rows, now in zip(typed.parts, fresh.parts, strict=True):
        mine, theirs = _typed(rows, named), _lines(part_rows(rows.part, fresh.present[rows.part], named))
        base = before.parts(rows.part, named)
        if mine in (theirs, base):
            continue  # the form shows the parts as they are now
        now.initial = [raw_values(form) for form in rows.kept]
        if theirs != base:
            found.fields.append({"label": rows.heading, "theirs": theirs, "mine": mine})
    return found


def _typed(rows: PartRows, named: Named) -> str:
    fields: dict[str, Any] = {name: rows.part._meta.get_field(name) for name in rows.part.form}
    typed = [
        {name: plain_value(fields[name], value) for name, value in row.items() if name in fields}
        for row in rows.entered
    ]
    return _lines(part_rows(rows.part, typed, named))


def _lines(rows: list[list[str]]) -> str:
    return "\n".join(" · ".join(value for value in row if value) for row in rows)
