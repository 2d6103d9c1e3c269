"""The columns in which a register is exchanged, and how a value stands in a cell."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.records.access import in_sight, visible
from aims.records.base import Part
from aims.records.display import label, state_words
from aims.records.registry import Register
from aims.records.represent import columns

FIRST_YEAR = 1901  # of which spreadsheets agree on the days
EXACT_DIGITS = 15  # of a number in a spreadsheet; what has more is written as text
Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: the field's name for machines, its label for people."""

    name: str
    label: str
    field: "Field[Any, Any]"

    @property
    def several(self) -> bool:
        """Whether a cell holds several references."""
        return bool(self.field.many_to_many)

    @property
    def refers(self) -> bool:
        """Whether a cell holds a reference, or several."""
        return bool(self.field.many_to_one or self.field.many_to_many)


def columns_of(register: Register) -> list[Column]:
    """The columns of a register: those of its JSON, without the id, which the number stands for."""
    names = [name for name in columns(register) if name != "id"]
    return [
        Column(name, head, register.field(name))
        for name, head in zip(names, headings(register.model, names), strict=True)
    ]


def columns_of_part(part: type[Part]) -> list[Column]:
    """The columns of a record's parts."""
    heads = zip(part.form, headings(part, part.form), strict=True)
    return [Column(name, head, part._meta.get_field(name)) for name, head in heads]  # type: ignore[arg-type]


def headings(model: type[Model], names: Sequence[str]) -> list[str]:
    """The labels of fields; where several have the same, with the field's name behind."""
    labels = [label(model, name) for name in names]
    return [
        f"{head} ({name.replace('_', ' ')})" if labels.count(head) > 1 else head
        for name, head in zip(names, labels, strict=True)
    ]


def taken(register: Register) -> set[str]:
    """The fields that an import may set."""
    return {*register.fields, "title", "external_id"}


class Keys:
    """What stands for a row that is referred to: a number, a member's name. One query for each model and portion."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.known: dict[tuple[type[Model], Any], str] = {}

    def load(self, wanted: Column, keys: Iterable[Any]) -> None:
        """Ask for the rows that a portion of records refers to in one column."""
        model: Any = wanted.field.related_model
        unknown = {key for key in keys if key is not None and (model, key) not in self.known}
        if unknown:
            names = dict.fromkeys(unknown, _("(not open to you)"))
            names.update(_texts(self.member, model, unknown))
            self.known.update({(model, key): text for key, text in names.items()})

    def text(self, column: Column, key: Any) -> str:
        """What stands for a row; empty for none."""
        return "" if key is None else self.known[column.field.related_model, key]  # type: ignore[index]


def _texts(member: Member, model: type[Model], keys: set[Any]) -> dict[Any, str]:
    if model is Membership:
        return member_names(member, keys)
    return {row.pk: row_name(row) for row in in_sight(member, model).filter(pk__in=keys)}


def row_name(row: Any) -> str:
    """What stands for a row: its number, or that of its record with its place in it."""
    if isinstance(row, Part):
        return f"{getattr(row, row.of).ref} #{row.position + 1}"
    return str(getattr(row, "ref", "") or row)


def member_names(member: Member, keys: set[Any] | None = None) -> dict[Any, str]:
    """Members by name; with the e-mail address where two have the same name."""
    rows = list(visible(member, Membership).select_related("person"))
    names = [row.name for row in rows]
    return {
        row.pk: f"{row.name} <{row.person.email}>" if names.count(row.name) > 1 else row.name
        for row in rows
        if keys is None or row.pk in keys
    }


def references(column: Column, row: Model) -> list[Any]:
    """The ids to which a row refers in a column. Several are expected to be prefetched."""
    if column.several:
        return sorted(target.pk for target in getattr(row, column.name).all())
    key = getattr(row, column.field.attname)
    return [] if key is None else [key]


def text(column: Column, row: Model, keys: Keys) -> str:
    """A value for machines: codes, ISO dates, numbers as they are kept, references as numbers or names."""
    if column.refers:
        return joined([keys.text(column, key) for key in references(column, row)])
    return plain(column.field, getattr(row, column.name))


def joined(texts: Sequence[str]) -> str:
    """Several references in one cell; names may hold commas."""
    return ("; " if any("," in one for one in texts) else ", ").join(texts)


def plain(field: "Field[Any, Any]", value: Any) -> str:
    """A value that is no reference, as machines read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(field, models.JSONField):
        return _json(value)
    return str(value)


def _json(value: Any) -> str:
    """A list of codes or words with commas between; everything else as JSON."""
    if isinstance(value, list) and all(isinstance(one, str) and _simple(one) for one in value):
        return ", ".join(value)
    return "" if value == {} else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _simple(word: str) -> bool:
    return bool(word.strip()) and not set(word) & set(',;[{"\n')


def cell(column: Column, row: Model, keys: Keys) -> Cell:
    """A value for people in a spreadsheet: words for codes, real dates, numbers where they stay exact."""
    field, value = column.field, getattr(row, column.field.attname, None)
    if column.refers:
        return text(column, row, keys)
    if column.name == "state":
        return str(state_words(type(row), str(value)))
    if field.choices and not isinstance(value, list):
        return str(dict(field.flatchoices).get(value, "" if value is None else value))
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, int) and abs(value) >= 10**EXACT_DIGITS:
        return str(value)
    if isinstance(value, date) and value.year < FIRST_YEAR:
        return value.isoformat()
    return value if isinstance(value, int | date | bool) else plain(field, value)
