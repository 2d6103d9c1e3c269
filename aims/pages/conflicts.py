"""Two people changed the same record: what each wrote, side by side, with nothing lost.

What only the other person changed is taken over into the form; what both changed is shown as both texts, and the form
keeps what was typed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.pages.forms import PartRows, RecordForm, Sheet, raw_values, reach
from aims.records.base import Record
from aims.records.display import AnyField, Named, label, part_rows, raw, words


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
    named = Named(member)
    base = state_at(record, typed.cleaned_data.get("version"))
    values, both = raw_values(typed), []
    for name in typed.names:
        field = typed.register.field(name)
        mine = words(field, plain_value(field, typed.cleaned_data.get(name)), named)
        theirs = words(field, raw(record, field), named)
        if mine == theirs:
            continue
        if untouched(field, base, mine, named):
            values[name] = fresh.initial.get(name)
        else:
            both.append({"label": label(type(record), name), "theirs": theirs, "mine": mine})
    values["version"] = record.version
    fresh.initial = values
    reach(fresh, fresh.choices)
    by = record.changed_by.name if record.changed_by else ""
    return Conflict(by, record.changed_at, record.version, record.ref, fresh, both)


def plain_value(field: AnyField, value: Any) -> Any:
    """What a form gave, with rows as their ids."""
    if isinstance(value, list) and field.many_to_many:
        return [str(item.pk) for item in value]
    return str(value.pk) if isinstance(value, Model) else value


def untouched(field: AnyField, base: dict[str, Any], mine: str, named: Named) -> bool:
    """Whether the person left a field as they had found it."""
    if field.many_to_many or field.attname not in base:
        return False
    return words(field, base[field.attname], named) == mine


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
    named = Named(member)
    for mine, theirs in zip(typed.parts, fresh.parts, strict=True):
        both = _part_conflict(mine, fresh, named)
        if both:
            found.fields.append(both)
            theirs.initial = [raw_values(form) for form in mine.kept]
    return found


def _part_conflict(rows: PartRows, fresh: Sheet, named: Named) -> dict[str, str] | None:
    fields: dict[str, Any] = {name: rows.part._meta.get_field(name) for name in rows.part.form}
    typed = [
        {name: plain_value(fields[name], value) for name, value in row.items() if name in fields}
        for row in rows.entered
    ]
    mine = _lines(part_rows(rows.part, typed, named))
    theirs = _lines(part_rows(rows.part, fresh.present[rows.part], named))
    return None if mine == theirs else {"label": rows.heading, "theirs": theirs, "mine": mine}


def _lines(rows: list[list[str]]) -> str:
    return "\n".join(" · ".join(value for value in row if value) for row in rows)
