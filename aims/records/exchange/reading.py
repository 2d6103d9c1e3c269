"""A file that somebody brings, as a table of texts. Broken and hostile files are refused with what is wrong.

At most 5 MB, 20,000 rows and 200 columns. CSV: UTF-8, UTF-16 with its mark, else Windows-1252; commas, semicolons or
tabs. XLSX: looked through as a zip first, then read by `sheet_reader` in a process of its own.
"""

import csv
import io
import json
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.organisation.refused import Refused
from aims.records.exchange.neutral import restore

SIZE, ROWS, COLUMNS = 5_000_000, 20_000, 200
MEMBERS, UNPACKED, RATIO = 500, 150_000_000, 300  # of a spreadsheet, which is a zip
CELL = 100_000  # characters
SCANNED = 50  # rows among which the headings may stand
SECONDS = 30
READER = Path(__file__).with_name("sheet_reader.py")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

SAID: dict[str, Promise] = {
    "empty": gettext_lazy("The file is empty."),
    "size": gettext_lazy("The file is too large: at most 5 MB. Split it."),
    "rows": gettext_lazy("The file has too many rows: at most 20,000. Split it."),
    "columns": gettext_lazy("The file has too many columns: at most 200."),
    "cell": gettext_lazy("A cell holds too much text: at most 100,000 characters."),
    "nul": gettext_lazy("The file is no text: it holds NUL bytes. Save it as CSV in UTF-8, or as XLSX."),
    "csv": gettext_lazy(
        "The file cannot be read as CSV: a quoted cell has no end, or the lines are mixed up."
    ),
    "broken": gettext_lazy(
        "The file cannot be read as a spreadsheet. Open it, save it as XLSX and try again."
    ),
    "password": gettext_lazy("The file is protected by a password. Save it without one."),
    "bomb": gettext_lazy("The file unpacks to far more than a spreadsheet holds. It was not opened."),
    "old": gettext_lazy("This is no CSV or XLSX file. Save it as one of them."),
    "headings": gettext_lazy("There are no headings in this row. Choose the row in which they stand."),
    "no_rows": gettext_lazy("There are no rows below the headings."),
}


@dataclass(frozen=True)
class Table:
    """A file's content: the names of its sheets (none for CSV), which one was read, and its rows as texts."""

    sheets: tuple[str, ...]
    sheet: str
    rows: list[list[str]]

    def headings(self, header: int) -> list[str]:
        """The headings in a row (counted from 1), one for each column that any row uses."""
        if not 1 <= header <= len(self.rows) or not any(cell.strip() for cell in self.rows[header - 1]):
            raise refusal("headings", "header")
        width = max(len(row) for row in self.rows[header - 1 :])
        row = [" ".join(cell.split())[:200] for cell in self.rows[header - 1]]
        return row + [""] * (width - len(row))

    def below(self, header: int) -> list[tuple[int, list[str]]]:
        """The rows below the headings with their numbers in the file, without empty ones."""
        rows = enumerate(self.rows[header:], start=header + 1)
        found = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
        if not found:
            raise refusal("no_rows", "file")
        return found


def refusal(code: str, field: str = "file") -> Refused:
    """Why a file is not taken."""
    message = str(SAID[code])
    return Refused("too_large" if code == "size" else "invalid", message, {field: [message]})


def table(content: bytes, name: str, sheet: str = "") -> Table:
    """Read a file. What it is, is told from its bytes, not from its name."""
    if not content.strip():
        raise refusal("empty")
    if len(content) > SIZE:
        raise refusal("size")
    if content.startswith(b"PK"):
        found = spreadsheet(content, sheet)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"{\\rtf")):
        raise refusal("old")
    else:
        found = Table((), "", text_rows(content))
    check_shape(found.rows)
    return found


def check_shape(rows: list[list[str]]) -> None:
    """Refuse a table beyond the limits, and one with nothing in it."""
    if not any(cell.strip() for row in rows for cell in row):
        raise refusal("empty")
    if len(rows) > ROWS + SCANNED:
        raise refusal("rows")
    if max(len(row) for row in rows) > COLUMNS:
        raise refusal("columns")
    if any(len(cell) > CELL for row in rows for cell in row):
        raise refusal("cell")


def text_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    text = decoded(content)
    if "\x00" in text:
        raise refusal("nul")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append([restore(cell) for cell in row])
            if len(rows) > ROWS + SCANNED:
                raise refusal("rows")
    except csv.Error as error:
        raise refusal("cell" if "limit" in str(error) else "csv") from error
    return rows


def decoded(content: bytes) -> str:
    """The text of a file in the encoding that its mark tells, in UTF-8, or in that of Windows."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8" and b"\x00" not in content:
            return content.decode("cp1252", errors="replace")
        raise refusal("nul") from None


def delimiter(text: str) -> str:
    """The separator that stands most often outside quotes in the first line that has any."""
    for line in text.splitlines()[:SCANNED]:
        bare = "".join(line.split('"')[::2])
        counts = {mark: bare.count(mark) for mark in ",;\t"}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return ","


def spreadsheet(content: bytes, sheet: str) -> Table:
    """The rows of one sheet of an XLSX file."""
    look_through(content)
    arguments = [sys.executable, "-I", str(READER), sheet, str(ROWS + SCANNED), str(COLUMNS)]
    try:
        done = subprocess.run(arguments, input=content, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise refusal("broken") from error
    answer: dict[str, Any] = json.loads(done.stdout)
    if code := answer.get("refused"):
        raise refusal(code)
    if any("\x00" in cell for row in answer["rows"] for cell in row):
        raise refusal("nul")
    return Table(tuple(answer["sheets"]), answer["sheet"], answer["rows"])


def look_through(content: bytes) -> None:
    """Refuse a zip that is broken, encrypted, or unpacks to more than it says or than we want."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            total = sum(member.file_size for member in members)
            if len(members) > MEMBERS or total > UNPACKED or total > RATIO * len(content):
                raise refusal("bomb")
            if any(member.flag_bits & 1 for member in members):
                raise refusal("password")
            if archive.testzip() is not None:  # reads everything: a wrong size is a wrong checksum
                raise refusal("broken")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise refusal("broken") from error


def letter(position: int) -> str:
    """What spreadsheets call a column: 0 is A, 26 is AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_name(headings: list[str], position: int) -> str:
    """What a column is called in messages."""
    heading = headings[position] if position < len(headings) else ""
    return heading or _("Column %(letter)s") % {"letter": letter(position)}
