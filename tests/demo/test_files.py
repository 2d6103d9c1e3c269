"""The files of the demo's evidence are what they say."""

import csv
import io
import zlib

import puremagic
import pytest
from pypdf import PdfReader

from aims.demo.files import content


def test_a_page_is_a_pdf_that_can_be_read() -> None:
    made = content({"page": ["Release record (3.2.1)", "Approved by Élodie – 12 May"]})
    words = PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "Release record (3.2.1)" in words and "Approved by Élodie – 12 May" in words


def test_bars_are_a_png_whose_sums_are_right() -> None:
    made = content({"bars": [1, 2, 3]})
    assert puremagic.from_string(made, mime=True) == "image/png"
    at = made.index(b"IDAT")
    size = int.from_bytes(made[at - 4 : at])
    assert zlib.crc32(made[at : at + 4 + size]) == int.from_bytes(made[at + 4 + size : at + 8 + size])
    assert len(zlib.decompress(made[at + 4 : at + 4 + size])) == 320 * (640 * 3 + 1)


def test_a_table_is_csv_and_text_is_text() -> None:
    assert list(csv.reader(io.StringIO(content({"table": [["a", 1], ["b", 2.5]]}).decode()))) == [
        ["a", "1"],
        ["b", "2.5"],
    ]
    assert content({"text": " # Words \n"}) == b"# Words\n"


def test_a_file_without_content_is_refused() -> None:
    with pytest.raises(LookupError, match="nothing says"):
        content({"name": "empty.txt"})
