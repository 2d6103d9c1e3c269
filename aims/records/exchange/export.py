"""Records as CSV and XLSX. Which rows is the caller's question (`rows`), what a member may see is asked again here."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

import xlsxwriter
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.base import Part, Record
from aims.records.display import first_letter_up
from aims.records.exchange.columns import (
    Cell,
    Column,
    Keys,
    cell,
    columns_of,
    columns_of_part,
    references,
    text,
)
from aims.records.exchange.neutral import neutral
from aims.records.registry import Register

LIMIT = 50_000  # rows of one sheet; a CSV has no limit
CELL = 32_767  # characters that a spreadsheet's cell holds
PORTION = 1000
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Echo:
    """A file that gives each line back at once."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_lines(member: Member, register: Register, rows: "QuerySet[Any]") -> Iterator[str]:
    """The lines of a CSV file, asked for while it is sent: in a transaction of their own, for the first is over then.

    UTF-8 with the mark that spreadsheet programs look for; every cell in quotes; the names of fields as headings.
    """
    columns = columns_of(register)
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff" + writer.writerow([column.name for column in columns])
    with acting(member.organisation_id, member.actor, member.token):
        for row, keys in with_keys(member, columns, seen(member, register, rows)):
            yield writer.writerow([neutral(text(column, row, keys)) for column in columns])


def seen(member: Member, register: Register, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Those of the rows that the member may see, in their order."""
    return rows.filter(pk__in=visible(member, register.model).order_by().values("pk"))


def with_keys(
    member: Member, columns: Sequence[Column], rows: "QuerySet[Any]"
) -> Iterator[tuple[Model, Keys]]:
    """The rows, each with what its references are called; asked for in portions."""
    keys = Keys(member)
    several = [column.name for column in columns if column.several]
    every: Iterator[Model] = rows.prefetch_related(*several).iterator(chunk_size=PORTION)
    while portion := list(islice(every, PORTION)):
        for column in columns:
            if column.refers:
                keys.load(column, [key for row in portion for key in references(column, row)])
        yield from ((row, keys) for row in portion)


def workbook(member: Member, register: Register, rows: "QuerySet[Any]") -> bytes:
    """An XLSX file: the records, a sheet for each kind of part, and which field each heading stands for."""
    rows = seen(member, register, rows)
    count = rows.count()
    if count > LIMIT:
        message = _(
            "A spreadsheet of %(count)s rows is too large: at most %(limit)s. Filter the list, or take CSV."
        )
        raise Refused("too_large", message % {"count": count, "limit": LIMIT})
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        writer = _Book(book, member)
        writer.sheet(str(register.plural), columns_of(register), rows)
        for part in register.parts:
            parts = part._default_manager.filter(**{f"{part.of}__in": rows.order_by()})
            name = str(part._meta.verbose_name_plural)
            writer.sheet(name, columns_of_part(part), parts.select_related(part.of), part)
        writer.fields()
    return stream.getvalue()


class _Book:
    """The sheets of one workbook."""

    def __init__(self, book: Any, member: Member) -> None:
        self.book, self.member = book, member
        self.names: list[str] = ["history"]  # a name that Excel keeps for itself
        self.places: list[tuple[str, list[Column]]] = []
        self.head: Format = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    def sheet(
        self, name: str, columns: list[Column], rows: "QuerySet[Any]", part: type[Part] | None = None
    ) -> None:
        """One sheet of rows; parts have the number of their record in front."""
        page = self._page(name, [*([_("record")] if part else []), *[column.label for column in columns]])
        self.places.append((page.get_name(), columns))
        for line, (row, keys) in enumerate(with_keys(self.member, columns, rows), start=1):
            first: list[Cell] = [getattr(row, part.of).ref] if part else []
            for place, value in enumerate([*first, *(cell(column, row, keys) for column in columns)]):
                self._write(page, line, place, value)

    def fields(self) -> None:
        """Which field each heading stands for, for machines."""
        page = self._page(_("fields"), [_("sheet"), _("heading"), _("field")])
        lines = [(sheet, column.label, column.name) for sheet, columns in self.places for column in columns]
        for line, values in enumerate(lines, start=1):
            for place, value in enumerate(values):
                page.write_string(line, place, value)

    def _page(self, name: str, headings: list[str]) -> Worksheet:
        page: Worksheet = self.book.add_worksheet(self._tab(name))
        page.freeze_panes(1, 0)
        page.set_column(0, len(headings) - 1, 22)
        for place, heading in enumerate(headings):
            page.write_string(0, place, first_letter_up(heading), self.head)
        return page

    def _tab(self, name: str) -> str:
        """A name that a sheet may have, once: at most 31 characters, none of []:*?/\\."""
        plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in first_letter_up(name))
        plain = plain.strip("' ")[:28]
        again = sum(used == plain.lower() for used in self.names)
        self.names.append(plain.lower())
        return f"{plain} {again + 1}" if again else plain

    def _write(self, page: Worksheet, line: int, place: int, value: Cell) -> None:
        """One cell by its type; text is never taken for a formula, an address or a number."""
        if isinstance(value, bool):
            page.write_boolean(line, place, value)
        elif isinstance(value, int | float):
            page.write_number(line, place, value)
        elif isinstance(value, date):
            page.write_datetime(line, place, value, self.moment if isinstance(value, datetime) else self.day)
        elif value:
            _fits(value)
            page.write_string(line, place, value)


def _fits(value: str) -> None:
    if len(value) > CELL:
        message = _("A text has %(count)s characters, and a spreadsheet's cell holds %(limit)s. Take CSV.")
        raise Refused("too_large", message % {"count": len(value), "limit": CELL})


def file_name(register: Register, ending: str, today: date) -> str:
    """The name of an exported file."""
    return f"{register.path}-{today.isoformat()}.{ending}"


def all_rows(member: Member, register: Register) -> "QuerySet[Record]":
    """Every row of a register that a member may see, by number."""
    return visible(member, register.model).order_by("ref")
