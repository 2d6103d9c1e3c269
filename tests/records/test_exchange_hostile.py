"""Broken and hostile files: each gets a clear refusal, changes nothing, and takes nobody down."""

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.base import ContentFile

from aims.organisation.refused import Refused
from aims.records.exchange import reading
from aims.records.exchange.importing import take_in
from aims.records.exchange.models import Import
from aims.records.exchange.reading import table
from aims.records.registry import register_of
from context.models import AISystem
from tests.people import World
from tests.records.exchanging import checked, csv_file, messages, xlsx_file

SYSTEMS = register_of(AISystem)
GOOD = [["title", "purpose"], ["x", "y"]]


def refused(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        table(content, "file")
    assert "file" in caught.value.fields
    return str(caught.value)


def sheet_with(xml: bytes) -> bytes:
    """A spreadsheet whose only sheet is this XML."""
    source, stream = io.BytesIO(xlsx_file({"a": GOOD}).read()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return stream.getvalue()


def cells_at(*places: str) -> bytes:
    rows = "".join(
        f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'
        for place in places
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return sheet_with(f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode())


def bomb(size: int) -> bytes:
    return sheet_with(b"<worksheet>" + b" " * size + b"</worksheet>")


def lying(content: bytes) -> bytes:
    """The same zip, its directory telling that every file unpacks to ten bytes."""
    data = bytearray(content)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<L", data, place + 24, 10)
        place = data.find(b"PK\x01\x02", place + 4)
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n\t \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a,b\n1,\x002\n", "NUL"),
        (b'title,purpose\n"never closed,x\n', "CSV"),
        (b'title,purpose\n"a"b,c\n', "CSV"),
        (b"x" * 5_000_001, "5 MB"),
        (b"title\n" + b"x" * 4_000_000, "too much text"),
        (b'title\n"' + b"x" * 110_000 + b'"\n', "too much text"),
        (b"a\n" * 20_100, "20,000"),
        (b"," * 300 + b"a\n", "200"),
        (b"PK\x03\x04 no zip at all", "spreadsheet"),
        (b"%PDF-1.7 ...", "no CSV or XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old xls", "no CSV or XLSX"),
        (b"\xff\xfea", "NUL"),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_a_bad_text_file_is_refused(content: bytes, said: str) -> None:
    assert said in refused(content)


def test_a_zip_bomb_is_not_opened() -> None:
    assert "unpacks" in refused(bomb(160_000_000))
    assert "unpacks" in refused(bomb(20_000_000))  # small enough, but a thousandth of its size


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    assert refused(lying(bomb(160_000_000)))


def test_a_zip_of_too_many_files_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(600):
            archive.writestr(f"{number}.xml", "x")
    assert "unpacks" in refused(stream.getvalue())


def test_an_encrypted_or_cut_zip_is_refused() -> None:
    content = xlsx_file({"a": GOOD}).read()
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    assert "password" in refused(bytes(data))
    assert "spreadsheet" in refused(content[: len(content) // 2])
    middle = len(content) // 3
    assert refused(content[:middle] + b"\x00" * 50 + content[middle + 50 :])


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD1"])
def test_cells_at_far_corners_do_not_eat_the_memory(far: str) -> None:
    started = time.monotonic()
    assert refused(cells_at("A1", far))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<worksheet>",
        b'<!DOCTYPE x [<!ENTITY a "'
        + b"x" * 1000
        + b'"><!ENTITY b "'
        + b"&a;" * 1000
        + b'">]><worksheet>&b;</worksheet>',
        b"<worksheet>" + b"<a>" * 50_000 + b"</worksheet>",
    ],
)
def test_broken_xml_is_refused(xml: bytes) -> None:
    assert refused(sheet_with(xml))


def test_a_spreadsheet_without_content_is_refused() -> None:
    assert "empty" in refused(xlsx_file({"a": []}).read())


def test_a_reader_that_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "dies.py"
    script.write_text("import os; os.abort()")
    monkeypatch.setattr(reading, "READER", script)
    assert "spreadsheet" in refused(xlsx_file({"a": GOOD}).read())


def test_a_formula_gives_its_value_and_never_itself() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["title", "purpose"])
        page.write_formula(1, 0, "=HYPERLINK()", None, "shown")
    assert table(stream.getvalue(), "x").rows[1][0] == "shown"


@pytest.mark.parametrize("code", ["#REF!", "#DIV/0!", "#N/A", "#NAME?"])
def test_the_error_of_a_formula_is_named(inside: World, code: str) -> None:
    of = checked(inside.officer, SYSTEMS, csv_file([["title", "purpose"], [code, "y"]]))
    assert messages(of) == [(2, "A", f"The cell shows the error of a formula: {code}.")]


def test_headings_twice_fill_a_field_once(inside: World) -> None:
    of = take_in(inside.officer, SYSTEMS, csv_file([["Title", "Title", "Purpose"], ["a", "b", "c"]]))
    assert sorted(of.mapping.values()) == ["title"] or of.mapping["0"] == "title"
    assert list(of.mapping.values()).count("title") == 1


def test_merged_headings_leave_columns_without_name(inside: World) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 1, "Title")
        page.write(0, 2, "Intended purpose")
        page.write_row(1, 0, ["a", "b", "c"])
    of = take_in(inside.officer, SYSTEMS, ContentFile(stream.getvalue(), name="m.xlsx"))
    assert of.headings == ["Title", "", "Intended purpose"]
    assert of.mapping == {"0": "title", "2": "purpose"}


@pytest.mark.parametrize("row", [["x", "y", "z", "too", "many"], ["x"]])
def test_ragged_rows_are_read_as_far_as_they_go(inside: World, row: list[str]) -> None:
    of = checked(inside.officer, SYSTEMS, csv_file([["title", "purpose"], row]))
    assert of.counts["rows"] == 1


def test_a_refused_file_leaves_nothing(inside: World) -> None:
    with pytest.raises(Refused):
        take_in(inside.officer, SYSTEMS, ContentFile(b"title\n", name="x.csv"))
    assert not Import.objects.exists()


def test_a_name_with_folders_and_signs_is_cleaned(inside: World) -> None:
    file = csv_file(GOOD, name="list.csv")
    file.name = "..\\..\\etc/pass\u202ewd\x07.csv"
    assert take_in(inside.officer, SYSTEMS, file).name == "passwd.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_separators_are_found(encoding: str, delimiter: str) -> None:
    rows = [["Système", "Finalité d’usage"], ["Tri, des; radios", "œuvre\nà 5 €"]]
    content = csv_file(rows, encoding=encoding, delimiter=delimiter).read()
    assert table(content, "x.csv").rows == rows
