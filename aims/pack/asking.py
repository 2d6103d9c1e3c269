"""Asking for a pack, and handing out the finished file: the same for pages and REST."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pack.models import Pack
from aims.pack.rights import may_use
from aims.pack.scope import spelled_out
from aims.records.access import require, visible
from aims.records.changes import refusal
from aims.records.jobs import ask
from aims.records.models import Job
from context.models import AISystem

TASK = "aims.pack.build.build_pack"
WAITING = 20  # packs of one organisation that may wait or be built at once


@transaction.atomic
def ask_pack(
    member: Member,
    title: str = "",
    codes: Iterable[Any] = (),
    language: str = "",
    *,
    systems: Iterable[Any] = (),
    since: date | None = None,
    until: date | None = None,
) -> Pack:
    """A new pack, waiting for a worker. `codes` may name top clauses (`6`, `A`) for all that is under them; `systems`
    (ids of AI systems) and the period from `since` to `until` limit it further.

    Raises Refused: forbidden, invalid with the field, or too_many when many packs wait already.
    """
    require(may_use(member, "write"))
    _refuse_crowd(member)
    pack = Pack(
        organisation_id=member.organisation_id,
        title=title.strip() or _("Evidence pack"),
        scope=_scope(codes),
        language=language or member.language,
        since=since,
        until=until,
        asked_by_id=member.id,
    )
    try:
        pack.full_clean(exclude=["job", "organisation", "asked_by"])
    except ValidationError as error:
        raise refusal(error) from error
    pack.job = ask(member, TASK)
    pack.save()
    pack.systems.set(_open_to(member, systems))
    return pack


def again(member: Member, pack: Pack) -> Pack:
    """Ask for the same once more: for a pack that could not be built."""
    systems = [system.pk for system in pack.systems.all()]
    return ask_pack(
        member, pack.title, pack.scope, pack.language, systems=systems, since=pack.since, until=pack.until
    )


def _open_to(member: Member, systems: Iterable[Any]) -> list[AISystem]:
    """AI systems that a member sees. A token's other scopes do not matter, as for all that goes into a pack."""
    wanted = set(systems)
    seen = visible(replace(member, scopes=None), AISystem)
    found = list(seen.filter(pk__in=wanted)) if wanted else []
    if len(found) != len(wanted):
        raise Refused(
            "invalid",
            _("Check the marked fields."),
            {"systems": [_("There is no such record, or it is not open to you.")]},
        )
    return found


def _scope(codes: Iterable[Any]) -> list[Any]:
    given = list(codes)
    if any(not isinstance(code, str) for code in given):
        return given  # the field refuses it with words
    return spelled_out(code for code in given) if given else []


def _refuse_crowd(member: Member) -> None:
    waiting = Pack.objects.filter(
        organisation_id=member.organisation_id, job__state__in=(Job.State.QUEUED, Job.State.BUILDING)
    )
    if waiting.count() >= WAITING:
        raise Refused("too_many", _("Many packs are being built already. Wait until one is done."))


@dataclass(frozen=True)
class Finished:
    """One finished file of a pack, as it is handed out."""

    name: str
    stored: str
    sha256: str


def finished(pack: Pack, volume: str = "") -> Finished:
    """The file of a pack, or a further one by its number from 2. Raises Refused while there is none, or no such one."""
    if pack.state != Job.State.DONE or not pack.file:
        raise Refused("conflict", _("The pack is not done: there is no file yet."))
    if volume in ("", "1"):
        return Finished(pack.file_name, pack.file, pack.sha256)
    numbered = {str(number): one for number, one in enumerate(pack.volumes, 2)}
    if volume not in numbered:
        raise Refused("not_found", _("The pack has no such volume."))
    one = numbered[volume]
    name = PurePosixPath(pack.file_name)
    return Finished(f"{name.stem}-{volume}{PurePosixPath(one['file']).suffix}", one["file"], one["sha256"])


def opened(file: Finished) -> "File[bytes]":
    """The content of a finished file. Raises Refused when the storage has lost it."""
    try:
        return storages["packs"].open(file.stored)
    except FileNotFoundError as error:
        raise Refused("not_found", _("The file is missing from the storage.")) from error


def handed_out(file: Finished) -> FileResponse:
    """A finished file, for saving."""
    kind = "application/zip" if file.name.endswith(".zip") else "application/pdf"
    response = FileResponse(opened(file), as_attachment=True, filename=file.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
