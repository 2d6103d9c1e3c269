"""Files that are no tables but tell of one record: a clause names who reads them for a register (`settings.DOCUMENTS`).

What a document says becomes the cells of one row, so that it is mapped, checked, applied and undone like any other import.
Records that belong to the row's record come after it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from aims.records.exchange.reading import SIZE, Table, refusal


@dataclass(frozen=True)
class More:
    """A record of another register that belongs to the row's: it refers to it by `of`; the same `key` is not made twice."""

    path: str
    of: str
    key: str
    values: Mapping[str, Any]
    parts: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """What a file says: its kind in words, its cells by field, what has no place, and what comes with it."""

    kind: str
    cells: Mapping[str, str]
    told: tuple[str, ...] = ()
    more: tuple[More, ...] = ()

    def table(self, ref: str = "") -> Table:
        """One row below its headings; with the number of the record that it goes into, where one was chosen."""
        cells = {"ref": ref, **self.cells} if ref else dict(self.cells)
        return Table((), "", [list(cells), [str(said) for said in cells.values()]])


Reader = Callable[[bytes, str], Document | None]


def reader_of(path: str) -> Reader | None:
    """Who reads documents for a register, or None."""
    name = settings.DOCUMENTS.get(path)
    return import_string(name) if name else None


def document(path: str, content: bytes, name: str) -> Document | None:
    """A file as a document of a register; None for a table. Raises `Refused` for what cannot be read."""
    reader = reader_of(path)
    if len(content) > SIZE:
        raise refusal("size")
    return reader(content, name) if reader and content.strip() else None
