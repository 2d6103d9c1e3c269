"""What the tests of exchange share: files as people bring them, and an import walked from file to end."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile

from aims.organisation.member import Member
from aims.records.exchange.export import all_rows, csv_lines, workbook
from aims.records.exchange.importing import choose_mapping, take_in
from aims.records.exchange.models import Import
from aims.records.exchange.work import start
from aims.records.registry import Register, registers

Rows = Sequence[Sequence[Any]]


def csv_file(
    rows: Rows, name: str = "list.csv", encoding: str = "utf-8", delimiter: str = ","
) -> "ContentFile[bytes]":
    """Rows as a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return ContentFile(stream.getvalue().encode(encoding), name=name)


def xlsx_file(sheets: Mapping[str, Rows], name: str = "list.xlsx") -> "ContentFile[bytes]":
    """Sheets of rows as a spreadsheet; texts stay texts."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in sheets.items():
            page = book.add_worksheet(title)
            for line, row in enumerate(rows):
                for place, value in enumerate(row):
                    if hasattr(value, "year"):
                        page.write_datetime(line, place, value, day)
                    elif value is not None:
                        page.write(line, place, value)
    return ContentFile(stream.getvalue(), name=name)


def exported(member: Member, register: Register, ending: str) -> "ContentFile[bytes]":
    """A register's export as a file that can be imported."""
    rows = all_rows(member, register)
    as_csv = "".join(csv_lines(member, register, rows)).encode() if ending == "csv" else b""
    return ContentFile(as_csv or workbook(member, register, rows), name=f"{register.path}.{ending}")


def parsed(text: str) -> list[dict[str, str]]:
    """The rows of an exported CSV, by field."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def checked(member: Member, register: Register, file: Any, mapping: dict[str, str] | None = None) -> Import:
    """A file taken in, mapped as guessed or as told, and checked."""
    of = take_in(member, register, file)
    return start(member, choose_mapping(member, of, of.mapping if mapping is None else mapping), "check")


def imported(member: Member, register: Register, file: Any, mapping: dict[str, str] | None = None) -> Import:
    """A file imported as a whole."""
    return start(member, checked(member, register, file, mapping), "apply")


def messages(of: Import) -> list[tuple[int, str, str]]:
    """What is wrong: row, column's letter, message."""
    return [(row.number, error[0], error[3]) for row in of.rows.all() for error in row.errors]


def all_registers() -> list[Register]:
    """Every register, for parametrised tests."""
    return list(registers())
