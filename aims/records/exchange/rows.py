"""What one row of a file does to a register: makes a record, changes one, leaves it as it is, or cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.base import Record
from aims.records.changes import Parts, create, part_name, write
from aims.records.display import label
from aims.records.exchange.columns import Column, columns_of
from aims.records.exchange.models import Import, ImportRow
from aims.records.exchange.parts import Line, PartTaker, Place, Unread, takers
from aims.records.exchange.reading import Table, column_name, letter
from aims.records.exchange.values import Directory, alike, value
from aims.records.registry import Register

Act = ImportRow.Act
SHOWN = 200  # characters of a cell that are kept beside its error
TITLE = 200
STRAY = 50  # rows of parts without a record that are told


Rows = dict[str, list[dict[str, Any]]]  # name of parts → rows


class Cells(Exception):
    """Cells that cannot be read: position → message."""

    def __init__(self, messages: dict[int, str]) -> None:
        super().__init__(messages)
        self.messages = messages


@dataclass
class Taker:
    """Takes rows one after another. Records that the file names are asked for once, not per row."""

    member: Member
    register: Register
    headings: list[str]
    mapping: Mapping[str, str]
    places: Mapping[str, Place] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    parts: list[PartTaker] = field(init=False)
    lines: dict[str, list[Line]] = field(default_factory=dict)  # of the row that is being taken
    directory: Directory = field(init=False)
    columns: dict[int, Column] = field(init=False)
    known: dict[str, dict[str, Record]] = field(init=False)
    seen: dict[UUID | str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in columns_of(self.register)}
        self.columns = {int(place): by_name[name] for place, name in sorted(self.mapping.items())}
        self.directory = Directory(self.member)
        self.parts = takers(self.member, self.register, self.places, self.tables, self.directory)
        several = [column.name for column in self.columns.values() if column.several]
        rows = list(visible(self.member, self.register.model).prefetch_related(*several))
        self.known = {
            "ref": {row.ref.casefold(): row for row in rows},
            "external_id": {str(row.external_id): row for row in rows if row.external_id},
        }

    def take(self, of: Import, number: int, cells: list[str]) -> ImportRow:
        """Do what a row says, through the one door. A row that cannot be done changes nothing and says why."""
        row = ImportRow(organisation_id=of.organisation_id, of=of, number=number)
        row.title = self.titled(cells)
        try:
            data = self.read(cells)
            with transaction.atomic():
                self.do(row, data)
        except Cells as unread:
            row.errors = [self.error(place, cells, said) for place, said in unread.messages.items()]
        except Unread as unread_parts:
            row.errors = unread_parts.errors
        except Refused as refused:
            row.errors = self.refused(refused, cells)
        if row.errors:
            row.act = Act.ERROR
        return row

    def titled(self, cells: list[str]) -> str:
        """What the row calls its record, also when another cell cannot be read."""
        place = next((place for place, column in self.columns.items() if column.name == "title"), len(cells))
        return cells[place].strip()[:TITLE] if place < len(cells) else ""

    def read(self, cells: list[str]) -> dict[str, Any]:
        """The values of a row by field."""
        data: dict[str, Any] = {}
        messages: dict[int, str] = {}
        for place, column in self.columns.items():
            text = cells[place] if place < len(cells) else ""
            try:
                data[column.name] = (
                    text.strip() if column.name == "ref" else value(column, text, self.directory)
                )
            except ValidationError as error:
                messages[place] = " ".join(error.messages)
        if messages:
            raise Cells(messages)
        return data

    def do(self, row: ImportRow, data: dict[str, Any]) -> None:
        """Create or change."""
        version = data.pop("version", None)
        record = self.match(row.number, data)
        parts = self.parts_of(row, record, data)
        if record is None:
            self.make(row, {name: said for name, said in data.items() if name != "ref"}, parts)
        else:
            data.pop("ref", None)
            self.change(row, record, data, version, parts)

    def parts_of(self, row: ImportRow, record: Record | None, data: Mapping[str, Any]) -> Rows:
        """What the sheets of parts say for the record of a row. Raises Unread for cells that cannot be read."""
        names = [str(data.get(name) or getattr(record, name, "") or "") for name in ("ref", "external_id")]
        called = [*names, row.title or getattr(record, "title", "")]
        found = {part.name: part.lines(row.number, called) for part in self.parts}
        self.lines = {name: lines for name, lines in found.items() if lines}
        return {part.name: part.read(self.lines[part.name]) for part in self.parts if part.name in self.lines}

    def left_over(self, of: Import) -> list[ImportRow]:
        """Rows of parts whose record is none of the file, as errors; the first of them."""
        message = _("The record that this row names is not on the sheet of the records.")
        found = [(part, line) for part in self.parts for line in part.orphans()]
        return [
            ImportRow(
                organisation_id=of.organisation_id,
                of=of,
                sheet=part.place["sheet"],
                number=number,
                act=Act.ERROR,
                title=" · ".join(cell for cell in cells if cell)[:TITLE],
                errors=[part.error(number, None, "", message)],
            )
            for part, (number, cells) in found[:STRAY]
        ]

    def match(self, number: int, data: Mapping[str, Any]) -> Record | None:
        """The record that a row is about: by its number, else by its external id; None for a new one."""
        ref, external = str(data.get("ref") or ""), str(data.get("external_id") or "")
        record = self.known["ref"].get(ref.casefold()) if ref else self.known["external_id"].get(external)
        if ref and record is None:
            message = _("There is no %(ref)s here. Leave the number empty for a new record.") % {"ref": ref}
            raise Refused("invalid", message, {"ref": [message]})
        key = record.pk if record else external
        if key and (before := self.seen.setdefault(key, number)) != number:
            message = _("Row %(number)s is about the same record.") % {"number": before}
            raise Refused("invalid", message, {"ref" if ref else "external_id": [message]})
        return record

    def make(self, row: ImportRow, data: dict[str, Any], parts: Rows) -> None:
        """A new record. An empty cell leaves a field to its default."""
        given, rows = filled(data), {name: [filled(one) for one in rows] for name, rows in parts.items()}
        record = create(self.member, self.register.model, given, rows)
        row.act, row.record_id, row.ref, row.version = Act.CREATE, record.pk, record.ref, record.version
        row.after = {name: raw(said) for name, said in {**given, **rows}.items()}

    def change(
        self, row: ImportRow, record: Record, data: dict[str, Any], version: int | None, parts: Rows
    ) -> None:
        """Bring the fields and parts that differ to what the file says."""
        row.record_id, row.ref, row.version = record.pk, record.ref, record.version
        row.title = row.title or record.title
        was = {name: current(self.register, record, name) for name in data}
        data = {name: self.whole(name, was[name], said) for name, said in data.items()}
        changed = {n: said for n, said in data.items() if not self.same(n, was[n], said)}
        kept = {part.name: part.kept(record) for part in self.parts if part.name in parts}
        differing = [
            p for p in self.parts if p.name in parts and not p.unchanged(kept[p.name], parts[p.name])
        ]
        row.act = Act.CHANGE if changed or differing else Act.SAME
        if row.act == Act.SAME:
            return
        if version is not None and version != record.version:
            message = _("The record has changed since version %(version)s was exported. Export it again.")
            raise Refused(
                "stale", message % {"version": version}, {"version": [message % {"version": version}]}
            )
        row.before = {name: raw(was[name]) for name in changed}
        row.after = {name: raw(said) for name, said in changed.items()}
        row.before |= {part.name: raw(kept[part.name]) for part in differing}
        row.after |= {part.name: raw(parts[part.name]) for part in differing}
        new = {part.name: part.aligned(kept[part.name], parts[part.name]) for part in differing}
        row.version = write(self.member, record, changed, record.version, new).version

    def whole(self, name: str, was: Any, said: Any) -> Any:
        """A value that a file may say in part (`merged`), with what the record has beside it."""
        merged = getattr(self.register.field(name), "merged", None)
        return merged(was, said) if merged else said

    def same(self, name: str, was: Any, becomes: Any) -> bool:
        """Whether a row leaves a field as it is."""
        model_field = self.register.field(name)
        return (
            sorted(was) == sorted(becomes) if model_field.many_to_many else alike(model_field, was, becomes)
        )

    def error(self, place: int, cells: list[str], message: str) -> list[str]:
        """A message with the cell that it is about."""
        text = cells[place] if place < len(cells) else ""
        return [letter(place), column_name(self.headings, place), text[:SHOWN], message]

    def refused(self, refused: Refused, cells: list[str]) -> list[list[str]]:
        """The messages of the door, beside the columns they are about."""
        places = {column.name: place for place, column in self.columns.items()}
        found: list[list[str]] = []
        for name, messages in refused.fields.items():
            said = " ".join(str(message) for message in messages)
            prefix, dot, rest = name.partition(".")
            part = next((part for part in self.parts if dot and part.name == prefix), None)
            if name in places:
                found.append(self.error(places[name], cells, said))
            elif part is not None:
                found.append(part.explained(self.lines[prefix], rest, said))
            else:
                found.append(
                    ["", "" if name == NON_FIELD_ERRORS else label(self.register.model, name), "", said]
                )
        return found or [["", "", "", str(refused)]]


def current(register: Register, record: Record, name: str) -> Any:
    """What a field of a record holds; ids for references."""
    model_field = register.field(name)
    if model_field.many_to_many:
        return [target.pk for target in getattr(record, name).all()]
    return getattr(record, model_field.attname)


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The cells with something in them."""
    return {name: said for name, said in values.items() if said not in (None, "")}


def raw(said: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(said, list):
        return [raw(one) for one in said]
    if isinstance(said, dict):
        return {name: raw(one) for name, one in said.items()}
    return str(said) if isinstance(said, date | datetime | time | timedelta | Decimal | UUID) else said


def restored(register: Register, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that were kept as JSON, as fields take them; without parts."""
    kinds = {part_name(part) for part in register.parts}
    return {n: as_field(register.field(n), said) for n, said in values.items() if n not in kinds}


def parts_restored(register: Register, values: Mapping[str, Any]) -> Parts:
    """Parts that were kept as JSON, as the door takes them."""
    return {
        part_name(part): [_part_restored(part, row) for row in values[part_name(part)]]
        for part in register.parts
        if part_name(part) in values
    }


def _part_restored(part: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: said for name, said in row.items() if name != "id"}
    return {"id": row.get("id"), **{n: as_field(part._meta.get_field(n), said) for n, said in fields.items()}}


def as_field(model_field: Any, said: Any) -> Any:
    """A value that was kept as JSON, as the field takes it."""
    if said is None or model_field.many_to_many:
        return said
    return (model_field.target_field if model_field.many_to_one else model_field).to_python(said)
