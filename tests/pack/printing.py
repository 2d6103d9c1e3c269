"""Sets packs in this process, without a worker."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from aims.pack.contents import Contents
from aims.pack.enclosing import Enclosed, enclose
from aims.pack.enclosure import Enclosure
from aims.pack.page import page
from aims.pack.press import SAME_BYTES
from aims.pack.typeset import write_pdf
from aims.records.heartbeat import Progress


class Quiet(Progress):
    """Progress that tells nobody."""

    def __init__(self) -> None:
        self.said: list[tuple[int, str]] = []

    def say(self, percent: int, doing: str = "") -> None:
        """Remember."""
        self.said.append((percent, doing))


def gathered(folder: Path, contents: Contents) -> Enclosed:
    """The files of a pack in a folder."""
    folder.mkdir(exist_ok=True)
    return enclose(folder, contents, Quiet())


def printed(folder: Path, contents: Contents) -> bytes:
    """The PDF of a pack."""
    enclosed = gathered(folder, contents)
    return pdf(folder, page(contents, enclosed), contents.identifier, enclosed.files)


def pdf(folder: Path, html: str, identifier: str = "x", files: Sequence[Enclosure] = ()) -> bytes:
    """The PDF of a page."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SAME_BYTES.items():
            patch.setenv(name, value)
        write_pdf(html, folder / "out.pdf", identifier, files)
    return (folder / "out.pdf").read_bytes()


def text_of(content: bytes) -> str:
    """All words of a PDF."""
    return "\n".join(found.extract_text() for found in PdfReader(BytesIO(content)).pages)


def contents_entries(reader: PdfReader, page: Any) -> list[tuple[str, str, int]]:
    """The lines on a page of the contents: where each leads, the number at its end, the page of that place."""
    words = placed_words(page)
    found = []
    for name, (_left, bottom, right, top) in links(page).items():
        led = reader.get_destination_page_number(reader.named_destinations[name])
        ends = [w for x, y, w in words if right - 30 < x < right and bottom < y < top]
        found.append((name, "".join(ends), (led or 0) + 1))
    return found


def placed_words(page: Any) -> list[tuple[float, float, str]]:
    """The pieces of text of a page with their places."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], *_font: Any) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip():
            found.append((x, y, text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def links(page: Any) -> dict[str, tuple[float, float, float, float]]:
    """Where the lines of the contents stand, by the name of the place to which they lead."""
    found: dict[str, tuple[float, float, float, float]] = {}
    for note in (note.get_object() for note in page["/Annots"]):
        one, two, three, four = (float(number) for number in note["/Rect"])
        box = (min(one, three), min(two, four), max(one, three), max(two, four))
        old = found.get(str(note["/Dest"]), box)
        # a line has several boxes: its block, its words
        found[str(note["/Dest"])] = (
            min(old[0], box[0]),
            min(old[1], box[1]),
            max(old[2], box[2]),
            max(old[3], box[3]),
        )
    return found
