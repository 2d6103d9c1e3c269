"""What is in a file of evidence, to read beside the requirement: text, a table, or the text of a Word document.

Files come from anybody, so nothing is unpacked or parsed before its size is known, and never more than these limits.
"""

import csv
import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO
from xml.parsers import expat

from aims.records.evidence import opened
from aims.records.models import Revision


class Refused(Exception):
    """The document holds what no Word document needs: a document type, with which entities come."""


TEXT = 200_000  # bytes of a text that are read
ROWS, COLUMNS, CELL = 200, 40, 300  # of a table

MEMBERS = 2_000  # files in a Word document
UNPACKED = 20_000_000  # bytes of its main part
RATIO = 200  # how far it may be compressed; real ones reach about 20
LETTERS = 100_000  # of its text
PIECE = 65_536
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    KeyError,  # no main part
    NotImplementedError,  # packed in a way of its own
    RuntimeError,  # with a password
    ValueError,
    OSError,
    Refused,
)
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True)
class Preview:
    """How a file is shown. `kind`: pdf, image, text, table, or nothing; `cut` says that there is more in the file."""

    kind: str = ""
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    cut: bool = False


def preview(revision: Revision) -> Preview:
    """The preview of a file; one that cannot be read, or is not what its name says, has none."""
    if revision.media_type == "application/pdf":
        return Preview("pdf")
    if revision.media_type in IMAGES:
        return Preview("image")
    ending = PurePath(revision.name).suffix.lower()
    try:
        with opened(revision) as file:
            if ending == ".docx":
                return word_text(file)
            if ending in (".csv", ".tsv") and revision.media_type.startswith(("text/", "application/octet")):
                return table(file)
            return plain(file) if revision.media_type == "text/plain" else Preview()
    except FileNotFoundError:
        return Preview()


def decoded(file: IO[bytes]) -> tuple[str, bool]:
    """The first part of a text, and whether there is more. Old spreadsheets write Windows' code page."""
    data = file.read(TEXT + 1)
    cut, data = len(data) > TEXT, data[:TEXT]
    try:
        return data.decode("utf-8-sig", "ignore" if cut else "strict"), cut
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), cut


def plain(file: IO[bytes]) -> Preview:
    """A text."""
    text, cut = decoded(file)
    return Preview("text", text, cut=cut)


def table(file: IO[bytes]) -> Preview:
    """A table of comma, semicolon or tab separated values: its first rows."""
    text, cut = decoded(file)
    if "\x00" in text:
        return Preview()
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(rows) == ROWS:
                return Preview("table", rows=rows, cut=True)
            cut = cut or len(row) > COLUMNS
            rows.append([cell[:CELL] for cell in row[:COLUMNS]])
    except csv.Error:
        return Preview("text", text, cut=cut)
    return Preview("table", rows=rows, cut=cut)


def word_text(file: IO[bytes]) -> Preview:
    """The text of a Word document, a line a paragraph."""
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > MEMBERS or not modest(main := archive.getinfo("word/document.xml")):
                return Preview()
            with archive.open(main) as part:
                return letters(part)
    except BROKEN:
        return Preview()


def modest(member: zipfile.ZipInfo) -> bool:
    """Whether a member of an archive says that it stays small, and is not suspiciously well compressed."""
    return member.file_size <= UNPACKED and member.file_size <= RATIO * max(member.compress_size, 1)


class Enough(Exception):
    """As much text as is shown has been read."""


class Reader:
    """Collects the letters of a document while its XML is read in pieces."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length, self.inside = 0, False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.take

    def refuse(self, *_declared: object) -> None:
        """No document type, so no entities that grow or reach out."""
        raise Refused

    def begin(self, name: str, _attributes: object) -> None:
        """Text stands in `t` only; tabs and breaks are elements."""
        self.inside = name == f"{WORD} t"
        if name in (f"{WORD} tab", f"{WORD} br"):
            self.add("\t" if name.endswith("tab") else "\n")

    def end(self, name: str) -> None:
        """A paragraph ends its line."""
        self.inside = False
        if name == f"{WORD} p":
            self.add("\n")

    def take(self, text: str) -> None:
        """Letters."""
        if self.inside:
            self.add(text)

    def add(self, text: str) -> None:
        """Keep some, and stop when there are enough."""
        self.parts.append(text)
        self.length += len(text)
        if self.length > LETTERS:
            raise Enough


def letters(part: IO[bytes]) -> Preview:
    """Read the main part in pieces; what it says about its size is not trusted."""
    reader, read = Reader(), 0
    try:
        while piece := part.read(PIECE):
            read += len(piece)
            if read > UNPACKED:
                return Preview()
            reader.parser.Parse(piece, False)
        reader.parser.Parse(b"", True)
    except Enough:
        return Preview("text", "".join(reader.parts)[:LETTERS], cut=True)
    return Preview("text", "".join(reader.parts).strip("\n"))
