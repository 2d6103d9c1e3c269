"""The files that travel inside a pack: evidence as far as there is room, the records as data, and a list of all of it."""

import hashlib
import json
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.utils.translation import gettext as _

from aims.pack.contents import Contents
from aims.pack.enclosure import Enclosure
from aims.pack.press import FIRST
from aims.records.evidence import CHUNK, opened
from aims.records.heartbeat import Progress
from aims.records.models import Revision

FORM = "aims-pack/1"
ARCHIVE = "evidence.zip"
START = 12  # percent of the whole work when the first file is copied


@dataclass
class Enclosed:
    """The files of a pack: inside the PDF, or where they are too large for that in the ZIP at `beside`.

    `kept_out` says of revisions by their id why their file is in neither.
    """

    files: list[Enclosure] = field(default_factory=list)
    kept_out: dict[Any, str] = field(default_factory=dict)
    names: dict[Any, str] = field(default_factory=dict)  # the name in the pack by revision
    beside: Path | None = None

    @property
    def altered(self) -> list[str]:
        """What is wrong with files in storage."""
        return [why for why in self.kept_out.values() if why in (missing(), changed())]


def missing() -> str:
    """A file that is gone."""
    return _("missing from storage")


def changed() -> str:
    """A file whose content is not what was uploaded."""
    return _("changed in storage: the SHA-256 is another now")


def enclose(folder: Path, contents: Contents, progress: Progress) -> Enclosed:
    """Copy the files into the folder, each checked against its SHA-256; then the records and the list.

    WeasyPrint holds what it encloses in memory: above `PACK_ENCLOSED` bytes all evidence goes into a ZIP instead.
    """
    enclosed = Enclosed()
    revisions = [(e.shown.ref, revision) for e in contents.exhibits for revision in e.revisions]
    too_large = sum(revision.size for _ref, revision in revisions) > settings.PACK_ENCLOSED
    enclosed.beside = folder / ARCHIVE if too_large else None
    with archive(enclosed.beside) as target:
        for number, (ref, revision) in enumerate(revisions):
            progress.say(START + (FIRST - START) * number // len(revisions), _("Copying evidence"))
            enclose_revision(folder, ref, revision, enclosed, target)
    enclose_lists(folder, contents, enclosed)
    return enclosed


@contextmanager
def archive(path: Path | None) -> Iterator[ZipFile | None]:
    """A new ZIP at a path, without compression: evidence is mostly compressed already."""
    if path is None:
        yield None
        return
    with ZipFile(path, "w", ZIP_STORED) as target:
        yield target


def enclose_lists(folder: Path, contents: Contents, enclosed: Enclosed) -> None:
    """The records as data, and the list of everything with its digest."""
    at = contents.at.astimezone(UTC)
    records = as_json({"form": FORM, **about(contents), "records": contents.data})
    add(folder, enclosed, "records.json", _("The records as data"), records, at)
    listed = as_json(manifest(contents, enclosed, hashlib.sha256(records).hexdigest()))
    add(folder, enclosed, "manifest.json", _("The enclosed files with their SHA-256"), listed, at)


def enclose_revision(
    folder: Path, ref: str, revision: Revision, enclosed: Enclosed, target: ZipFile | None
) -> None:
    """Copy one file, or note why not. The same content under two names travels twice: each name stands in the list."""
    name = plain_name(f"{ref}-r{revision.number} {revision.name}")
    copy = folder / f"{revision.pk.hex}.file"
    why = copied(revision, copy)
    if why:
        copy.unlink(missing_ok=True)
        enclosed.kept_out[revision.pk] = why
        return
    enclosed.names[revision.pk] = name
    at = revision.uploaded_at.astimezone(UTC)
    if target is None:
        enclosed.files.append(Enclosure(copy, name, f"SHA-256 {revision.sha256}", at))
        return
    put_beside(target, name, copy, at)


def put_beside(target: ZipFile, name: str, copy: Path, at: datetime) -> None:
    """Move a file into the ZIP in pieces; it bears the time of its upload, so that the same files give the same bytes."""
    entry = ZipInfo(name.replace("/", "_"), at.timetuple()[:6])
    with copy.open("rb") as source, target.open(entry, "w", force_zip64=True) as place:
        shutil.copyfileobj(source, place, CHUNK)
    copy.unlink()


def plain_name(name: str) -> str:
    """A file name in ASCII, so that every reader of PDF shows and saves it alike; the list has the name as it was."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def copied(revision: Revision, target: Path) -> str:
    """Copy the file of a revision; answers what is wrong with it, empty when nothing is."""
    digest = hashlib.sha256()
    try:
        with opened(revision) as source, target.open("wb") as copy:
            for piece in pieces(source):
                digest.update(piece)
                copy.write(piece)
    except FileNotFoundError:
        return missing()
    return "" if digest.hexdigest() == revision.sha256 else changed()


def pieces(file: Any) -> Iterable[bytes]:
    """A file in pieces."""
    return iter(lambda: file.read(CHUNK), b"")


def add(folder: Path, enclosed: Enclosed, name: str, description: str, content: bytes, at: datetime) -> None:
    """Enclose a file of our own."""
    (folder / name).write_bytes(content)
    enclosed.files.append(Enclosure(folder / name, name, description, at, "Data"))


def about(contents: Contents) -> dict[str, Any]:
    """Which pack it is, of what."""
    return {
        "pack": contents.key,
        "organisation": contents.organisation,
        "title": contents.title,
        "scope": contents.scope,
        "systems": list(contents.systems),
        "since": contents.since.isoformat() if contents.since else None,
        "until": contents.until.isoformat() if contents.until else None,
        "edition": contents.edition,
        "asked_at": contents.at.isoformat(),
        "journal_position": contents.position,
    }


def manifest(contents: Contents, enclosed: Enclosed, records: str) -> dict[str, Any]:
    """Every file of the evidence with its SHA-256, inside or not, and the digest of the records."""
    files = [
        file_row(exhibit.shown.ref, revision, enclosed)
        for exhibit in contents.exhibits
        for revision in exhibit.revisions
    ]
    own = {"name": "records.json", "sha256": records}
    return {"form": FORM, **about(contents), "records": own, "files": files}


def file_row(ref: str, revision: Revision, enclosed: Enclosed) -> dict[str, Any]:
    """A file in the list."""
    return {
        "evidence": ref,
        "revision": revision.number,
        "name": enclosed.names.get(revision.pk),
        "original_name": revision.name,
        "sha256": revision.sha256,
        "size": revision.size,
        "media_type": revision.media_type,
        "uploaded_at": revision.uploaded_at.astimezone(UTC).isoformat(),
        "enclosed": revision.pk in enclosed.names and enclosed.beside is None,
        "beside": ARCHIVE if revision.pk in enclosed.names and enclosed.beside else None,
        "why_not": enclosed.kept_out.get(revision.pk, ""),
    }


def as_json(value: Any) -> bytes:
    """JSON for people and programs: indented, sorted, UTF-8."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode()
