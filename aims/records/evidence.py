"""Evidence files: kept under their SHA-256, streamed, never overwritten; a new file is a new revision."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import fetch, may_add, may_change, require
from aims.records.base import Record
from aims.records.changes import locked
from aims.records.models import Evidence, Link, Revision
from aims.records.registry import Register, register, register_of

CHUNK = 1024 * 1024
INERT = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"})


def digest(file: IO[bytes]) -> tuple[str, int]:
    """The SHA-256 and size in bytes of a file, read in pieces."""
    total, size = hashlib.sha256(), 0
    file.seek(0)
    for piece in iter(lambda: file.read(CHUNK), b""):
        total.update(piece)
        size += len(piece)
    file.seek(0)
    return total.hexdigest(), size


def media_type(file: IO[bytes], name: str) -> str:
    """The type found in the content, not the one claimed; plain text where it is text, else octet-stream."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    try:
        return puremagic.from_string(head, mime=True, filename=name) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "text/plain" if _is_text(head) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    try:
        return b"\x00" not in head and bool(head.decode("utf-8", errors="strict") or True)
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # cut in the middle of a character


def place(organisation_id: Any, sha256: str) -> str:
    """Where a file is kept."""
    return f"{organisation_id}/{sha256[:2]}/{sha256}"


@transaction.atomic
def add_revision(
    member: Member, evidence: Evidence, upload: "UploadedFile[Any]", claimed: str = ""
) -> Revision:
    """Keep a file as the next revision of a piece of evidence. `claimed` is the digest that a client says it has."""
    evidence = locked(member, evidence)
    require(may_change(member, evidence) or evidence.created_by_id == member.id)
    name = _clean_name(upload.name or "")
    sha256, size = _checked(upload, claimed)
    store(evidence.organisation_id, sha256, upload)
    last = evidence.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    return Revision.objects.create(
        organisation_id=evidence.organisation_id,
        evidence=evidence,
        number=last + 1,
        sha256=sha256,
        size=size,
        media_type=media_type(upload.file, name),  # type: ignore[arg-type]
        name=name,
        uploaded_by_id=member.id,
    )


def _checked(upload: "UploadedFile[Any]", claimed: str) -> tuple[str, int]:
    limit = settings.EVIDENCE_LIMIT
    if (upload.size or 0) > limit:
        message = _("The file is too large. At most %(mb)s MB can be kept.") % {"mb": limit // 1_000_000}
        raise Refused("too_large", message, {"file": [message]})
    sha256, size = digest(upload.file)  # type: ignore[arg-type]
    if not size:
        raise Refused("invalid", _("The file is empty."), {"file": [_("The file is empty.")]})
    if claimed and claimed.lower() != sha256:
        message = _("The file that arrived has another SHA-256 than you gave. Send it again.")
        raise Refused("invalid", message, {"sha256": [message]})
    return sha256, size


def _clean_name(name: str) -> str:
    """A file name without folders and control characters, at most 255 characters, its ending kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = (
        "".join(c for c in last if c.isprintable() and c not in '<>:"|?*\u202e\u202d').strip(". ") or "file"
    )
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= 200 else f"{stem[:180]}{dot}{ending[:15]}"


def store(organisation_id: Any, sha256: str, file: "File[bytes]") -> None:
    """Write a file to storage unless its content is there already."""
    storage, path = storages["evidence"], place(organisation_id, sha256)
    if not storage.exists(path):
        file.seek(0)
        storage.save(path, file)


def opened(revision: Revision) -> "File[bytes]":
    """The file of a revision, for reading."""
    return storages["evidence"].open(place(revision.organisation_id, revision.sha256))


def is_inert(revision: Revision) -> bool:
    """Whether a browser can show this type without running anything."""
    return revision.media_type in INERT


@transaction.atomic
def link(member: Member, evidence: Evidence, path: str, record_id: Any) -> Link:
    """Say that evidence speaks for a record. Who may change the record, or adds evidence, may say so."""
    target = linked_record(member, path, record_id)
    require(may_change(member, target) or may_add(member, register_of(Evidence)))
    fetch(member, Evidence, evidence.pk)
    row, _new = Link.objects.get_or_create(
        organisation_id=member.organisation_id,
        evidence=evidence,
        kind=path,
        record_id=target.pk,
        defaults={"linked_by_id": member.id},
    )
    return row


def linked_record(member: Member, path: str, record_id: Any) -> Record:
    """The record that a link names, if the member may see it."""
    found: Register | None = register(path)
    if found is None:
        raise Refused("invalid", _("There is no such register."), {"kind": [_("There is no such register.")]})
    return fetch(member, found.model, record_id)


@transaction.atomic
def unlink(member: Member, row: Link) -> None:
    """Take a link back; the evidence and the journal keep what was."""
    require(may_change(member, linked_record(member, row.kind, row.record_id)))
    row.delete()


def rehash(revisions: Iterable[Revision]) -> Iterator[tuple[Revision, str, str]]:
    """Read every file again, in pieces; yields each revision with what is wrong (`missing`, `changed`, or nothing) and
    the SHA-256 found."""
    for revision in revisions:
        try:
            with opened(revision) as file:
                found, _size = digest(file)
        except FileNotFoundError:
            yield revision, "missing", ""
            continue
        yield revision, "changed" if found != revision.sha256 else "", found
