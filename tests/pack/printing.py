"""Sets packs in this process, without a worker."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from aims.pack.contents import Contents
from aims.pack.enclosing import Enclosed, enclose
from aims.pack.heartbeat import Progress
from aims.pack.page import page
from aims.pack.press import SAME_BYTES
from aims.pack.typeset import Enclosure, write_pdf


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
