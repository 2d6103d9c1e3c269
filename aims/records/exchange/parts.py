"""Parts of records in a file: each kind on a sheet of its own, where one column says to which record a row belongs.

That is how the XLSX export writes them. A record is named by its number, its external id or its title; an empty cell
means the record above. The parts of a record that a sheet names become what the sheet says, in its order; those of a
record that it does not name stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import in_sight
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.exchange.columns import Column, columns_of_part
from aims.records.exchange.mapping import mapped, matched, simple
from aims.records.exchange.reading import Table, column_name, letter
from aims.records.exchange.values import Directory, alike, value
from aims.records.registry import Register

RECORD = "_record"  # what the column is mapped to that says whose part a row is
TAB = 28  # letters of a kind's name that the export writes on its tab
SHOWN = 200  # characters of a cell that are kept beside its error
Line = tuple[int, list[str]]  # the row's number in the sheet, and its cells
Place = dict[str, Any]  # sheet, header, headings, mapping


def fields_of_part(part: type[Part]) -> dict[str, str]:
    """What columns of a part's sheet may fill, with labels; first that which says whose part it is."""
    return {RECORD: _("which record"), **{column.name: column.label for column in columns_of_part(part)}}


def sheet_of(part: type[Part], sheets: Sequence[str], main: str) -> str:
    """The sheet that bears the name of a kind of part in any of our languages; empty when none does."""
    names = set()
    for language, _language in settings.LANGUAGES:
        with translation.override(language):
            names.add(simple(str(part._meta.verbose_name_plural)[:TAB]))
    return next((sheet for sheet in sheets if sheet != main and simple(sheet)[:TAB].strip() in names), "")


def place_of(part: type[Part], table: Table, header: int) -> Place:
    """Where the parts of one kind stand, with the mapping that the headings suggest."""
    headings = table.headings(header)
    return {
        "sheet": table.sheet[:100],
        "header": header,
        "headings": headings,
        "mapping": guess(part, headings),
        "rows": len(table.below(header)),
    }


def guess(part: type[Part], headings: Sequence[str]) -> dict[str, str]:
    """Position (as text) → field, by the names and labels of the part's fields; each field once."""
    known, owner = {simple(RECORD): RECORD}, part._meta.get_field(part.of)
    for language, _language in settings.LANGUAGES:
        with translation.override(language):
            known.setdefault(simple(_("record")), RECORD)
            for column in columns_of_part(part):
                known.setdefault(simple(column.label), column.name)
                known.setdefault(simple(column.name), column.name)
            # a part may call one of its own fields as the record is called
            known.setdefault(simple(str(owner.verbose_name)), RECORD)  # type: ignore[union-attr]
    return matched(headings, known)


def checked(part: type[Part], place: Place, chosen: Mapping[str, str]) -> dict[str, str]:
    """The mapping that a person chose for a sheet of parts; empty when none of it is to be imported."""
    mapping = mapped(fields_of_part(part), place["headings"], chosen)
    if mapping and RECORD not in mapping.values():
        kinds = part._meta.verbose_name_plural
        message = _("Choose the column that says to which record each row of “%(kinds)s” belongs.")
        raise Refused("invalid", message % {"kinds": kinds}, {"mapping": [message % {"kinds": kinds}]})
    return mapping if set(mapping.values()) - {RECORD} else {}


class Unread(Exception):
    """Rows of parts that cannot be taken, as errors of the import's row."""

    def __init__(self, errors: list[list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass
class PartTaker:
    """The rows of one kind of part, by the record that each names."""

    member: Member
    part: type[Part]
    place: Place
    table: Table
    directory: Directory
    groups: dict[str, list[Line]] = field(default_factory=dict)
    stray: list[Line] = field(default_factory=list)  # rows before any record is named
    taken: dict[str, int] = field(default_factory=dict)  # group → row of the record
    columns: dict[int, Column] = field(init=False)
    present: dict[Any, list[Part]] = field(init=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in columns_of_part(self.part)}
        pairs = sorted((int(position), name) for position, name in self.place["mapping"].items())
        self.columns = {position: by_name[name] for position, name in pairs if name != RECORD}
        self._group(next(position for position, name in pairs if name == RECORD))
        self.present = {}
        for row in in_sight(self.member, self.part).order_by("position", "id"):
            self.present.setdefault(getattr(row, f"{self.part.of}_id"), []).append(row)

    def _group(self, who: int) -> None:
        said = ""
        for number, cells in self.table.below(self.place["header"]):
            said = (cells[who].strip().casefold() if who < len(cells) else "") or said
            (self.groups.setdefault(said, []) if said else self.stray).append((number, cells))

    @property
    def name(self) -> str:
        """Under which name the door takes these parts."""
        return part_name(self.part)

    def lines(self, number: int, called: Sequence[str]) -> list[Line] | None:
        """The rows of a record, by the first of its names that the sheet has; None when it has none of them."""
        group = next((name for name in map(str.casefold, called) if name and name in self.groups), "")
        if not group:
            return None
        if (before := self.taken.setdefault(group, number)) != number:
            message = _(
                "“%(name)s” of the sheet “%(sheet)s” may be this row or row %(row)s. Write the number or external id there."
            )
            said = {"name": group, "sheet": self.place["sheet"], "row": before}
            raise Refused("invalid", message % said, {self.name: [message % said]})
        return self.groups[group]

    def read(self, lines: Sequence[Line]) -> list[dict[str, Any]]:
        """The values of some rows by field. Raises Unread with every cell that cannot be read."""
        rows, errors = [], []
        for number, cells in lines:
            values: dict[str, Any] = {}
            for position, column in self.columns.items():
                text = cells[position] if position < len(cells) else ""
                try:
                    values[column.name] = value(column, text, self.directory)
                except ValidationError as error:
                    errors.append(self.error(number, position, text, " ".join(error.messages)))
            rows.append(values)
        if errors:
            raise Unread(errors)
        return rows

    def error(self, number: int, position: int | None, text: str, message: str) -> list[str]:
        """A message with the cell that it is about, as spreadsheets write it: `Requirements!B5`."""
        place = letter(position) if position is not None else ""
        name = column_name(self.place["headings"], position) if position is not None else ""
        return [f"{self.place['sheet']}!{place}{number}", name, text[:SHOWN], message]

    def explained(self, lines: Sequence[Line], rest: str, said: str) -> list[str]:
        """A refusal of the door about `position.field`, beside its cell."""
        index, _dot, name = rest.partition(".")
        number, cells = lines[int(index)]
        position = next((p for p, column in self.columns.items() if column.name == name), None)
        text = cells[position] if position is not None and position < len(cells) else ""
        return self.error(number, position, text, said)

    def kept(self, record: Record | None) -> list[dict[str, Any]]:
        """The parts that a record has, with their ids."""
        rows = self.present.get(record.pk, []) if record else []
        fields: list[Any] = [self.part._meta.get_field(name) for name in self.part.form]
        return [{"id": str(row.pk), **{f.name: getattr(row, f.attname) for f in fields}} for row in rows]

    def aligned(self, was: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with the ids of the parts that they go on: the same ones first, then in their order."""
        left = list(was)
        ids: dict[int, str] = {}
        for index, row in enumerate(rows):
            same = next((part for part in left if self.same(part, row)), None)
            if same is not None:
                left.remove(same)
                ids[index] = same["id"]
        for index in range(len(rows)):
            if index not in ids and left:
                ids[index] = left.pop(0)["id"]
        return [{**row, "id": ids[i]} if i in ids else row for i, row in enumerate(rows)]

    def same(self, was: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        """Whether a row says what a part has."""
        fields: dict[str, Any] = {name: self.part._meta.get_field(name) for name in row}
        return all(alike(fields[name], was[name], said) for name, said in row.items())

    def unchanged(self, was: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bool:
        """Whether the rows say what the record has, in the same order."""
        return len(was) == len(rows) and all(map(self.same, was, rows))

    def orphans(self) -> list[Line]:
        """The rows whose record is none of the file."""
        rows = [line for name, lines in self.groups.items() if name not in self.taken for line in lines]
        return [*self.stray, *rows]


def takers(
    member: Member,
    register: Register,
    places: Mapping[str, Place],
    tables: Mapping[str, Table],
    to: Directory,
) -> list[PartTaker]:
    """One taker for each kind of part that the import brings."""
    return [
        PartTaker(member, part, places[name], tables[name], to)
        for part in register.parts
        if (name := part_name(part)) in places and places[name]["mapping"]
    ]
