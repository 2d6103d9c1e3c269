"""The job that builds a pack: read once, gather the files, set the document, and make it the pack's in one transaction."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.pack import press, rights
from aims.pack.collect import collect
from aims.pack.contents import Contents
from aims.pack.enclosing import enclose
from aims.pack.models import Pack
from aims.pack.page import Volume, page, volume_page
from aims.pack.snapshot import snapshot
from aims.pages.templatetags.marks import inlined_icons
from aims.records.evidence import digest
from aims.records.heartbeat import Progress, beating
from aims.records.jobs import Lost, finishing
from aims.records.models import Job


@dataclass(frozen=True)
class Made:
    """A finished file: a volume, or the ZIP of evidence (`pages` None)."""

    title: str
    path: Path
    pages: int | None


def build_pack(job: Job) -> None:
    """Build the pack that a job names. Raises Refused when it cannot be built, Lost when another worker has the job."""
    with beating(job) as progress, press.workplace(f"{job.pk}-{job.fence}") as folder:
        pack, member = asked(job)
        with translation.override(pack.language), timezone.override(member.time_zone), inlined_icons():
            progress.say(5, _("Reading the records"))
            with snapshot(member, f"task:{job.task}"):
                contents = collect(member, pack)
            files = written(folder, contents, progress)
        progress.say(95, "")
        deliver(job, pack, contents.position, files)


def asked(job: Job) -> tuple[Pack, Member]:
    """The pack of a job, and who asked for it as the member is today. Raises Refused when that member may no more."""
    with acting(job.organisation_id, f"task:{job.task}"):
        pack = Pack.objects.select_related("job").get(job_id=job.pk)
        person = Membership.objects.get(pk=pack.asked_by_id).person_id
        member = next((m for m in members_of(person) if m.id == pack.asked_by_id), None)
        if member is None or not rights.may_use(member, "write"):
            raise Refused("forbidden", _("Who asked for this pack may no longer have it."))
    return pack, member


def written(folder: Path, contents: Contents, progress: Progress) -> list[Made]:
    """Gather the files, write the page, set it; answers the finished files, the pack itself first.

    A document of more than about `PACK_PAGES` pages becomes one volume per clause, and a first one with all else.
    """
    enclosed = enclose(folder, contents, progress)
    progress.say(press.FIRST, _("Setting the document"))
    html = page(contents, enclosed)
    job = {"identifier": contents.identifier, "enclosures": press.as_json(enclosed.files, folder)}
    made: list[Made] = []
    span = (press.FIRST, press.LAST)
    if press.expected(html) > settings.PACK_PAGES and len(contents.chapters) > 1:
        last = press.FIRST + (press.LAST - press.FIRST) * 9 // 10
        volumes, made = volumes_of(folder, contents, progress, (press.FIRST, last))
        html, span = page(contents, enclosed, volumes), (last, press.LAST)
    done = press.typeset(folder, html, job, progress, span)
    made.insert(0, Made(contents.title, folder / "pack.pdf", done["pages"]))
    if enclosed.beside:
        made.append(Made(_("Evidence files"), enclosed.beside, None))
    return made


def volumes_of(
    folder: Path, contents: Contents, progress: Progress, span: tuple[int, int]
) -> tuple[list[Volume], list[Made]]:
    """Each chapter as a volume, one after the other: two at once would need the memory of two."""
    volumes, made, whole = [], [], len(contents.chapters)
    for index, chapter in enumerate(contents.chapters):
        number, inner = index + 2, folder / f"volume-{index + 2}"
        ends = [span[0] + (span[1] - span[0]) * step // whole for step in (index, index + 1)]
        job: dict[str, Any] = {"identifier": f"{contents.identifier} {number}", "enclosures": []}
        html = volume_page(contents, number, chapter)
        done = press.typeset(inner, html, job, progress, (ends[0], ends[1]))
        volumes.append(Volume(number, chapter, done["where"]))
        title = f"{chapter.code} {chapter.title}" if chapter.code != "A" else chapter.title
        made.append(Made(title, inner / "pack.pdf", done["pages"]))
    return volumes, made


def deliver(job: Job, pack: Pack, position: int, files: list[Made]) -> None:
    """Keep the files under names of this attempt, and make them the pack's together with the end of the job.

    Nothing points to them before; what other attempts left is removed.
    """
    place = f"{pack.organisation_id}/{pack.pk}"
    kept = [
        keep(made, f"{place}/{job.fence}{f'-{number}' if number else ''}")
        for number, made in enumerate(files)
    ]
    first, *others = kept
    values = {name: first[name] for name in ("file", "sha256", "size")}
    pages = sum(one["pages"] or 0 for one in kept)
    try:
        with finishing(job):
            Pack.objects.filter(pk=pack.pk).update(position=position, pages=pages, volumes=others, **values)
    except Lost:
        for one in kept:
            storages["packs"].delete(one["file"])
        raise
    names = {one["file"] for one in kept}
    for other in storages["packs"].listdir(place)[1]:
        if f"{place}/{other}" not in names:
            storages["packs"].delete(f"{place}/{other}")


def keep(made: Made, name: str) -> dict[str, Any]:
    """Put a finished file into storage; answers what a pack keeps about it."""
    with made.path.open("rb") as file:
        sha256, size = digest(file)
        stored = storages["packs"].save(name + made.path.suffix, File(file))
    return {"title": made.title, "file": stored, "sha256": sha256, "size": size, "pages": made.pages}
