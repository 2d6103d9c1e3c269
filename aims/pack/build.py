"""The job that builds a pack: read once, gather the files, set the document, and make it the pack's in one transaction."""

from pathlib import Path

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
from aims.pack.page import page
from aims.pack.snapshot import snapshot
from aims.pages.templatetags.marks import inlined_icons
from aims.records.evidence import digest
from aims.records.heartbeat import Progress, beating
from aims.records.jobs import Lost, finishing
from aims.records.models import Job


def build_pack(job: Job) -> None:
    """Build the pack that a job names. Raises Refused when it cannot be built, Lost when another worker has the job."""
    with beating(job) as progress, press.workplace(f"{job.pk}-{job.fence}") as folder:
        pack, member = asked(job)
        with translation.override(pack.language), timezone.override(member.time_zone), inlined_icons():
            progress.say(5, _("Reading the records"))
            with snapshot(member, f"task:{job.task}"):
                contents = collect(member, pack)
            pages = written(folder, contents, progress)
        progress.say(95, "")
        deliver(job, pack, contents, folder / "pack.pdf", pages)


def asked(job: Job) -> tuple[Pack, Member]:
    """The pack of a job, and who asked for it as the member is today. Raises Refused when that member may no more."""
    with acting(job.organisation_id, f"task:{job.task}"):
        pack = Pack.objects.select_related("job").get(job_id=job.pk)
        person = Membership.objects.get(pk=pack.asked_by_id).person_id
        member = next((m for m in members_of(person) if m.id == pack.asked_by_id), None)
        if member is None or not rights.may_use(member, "write"):
            raise Refused("forbidden", _("Who asked for this pack may no longer have it."))
    return pack, member


def written(folder: Path, contents: Contents, progress: Progress) -> int:
    """Gather the files, write the page, set it; answers the number of pages."""
    enclosed = enclose(folder, contents, progress)
    progress.say(press.FIRST, _("Setting the document"))
    html = page(contents, enclosed)
    job = {"identifier": contents.identifier, "enclosures": press.as_json(enclosed.files, folder)}
    return press.typeset(folder, html, job, progress)


def deliver(job: Job, pack: Pack, contents: Contents, path: Path, pages: int) -> None:
    """Keep the file under a name of this attempt, and make it the pack's together with the end of the job.

    Nothing points to the file before; what other attempts left is removed.
    """
    storage, place = storages["packs"], f"{pack.organisation_id}/{pack.pk}"
    with path.open("rb") as file:
        sha256, size = digest(file)
        name = storage.save(f"{place}/{job.fence}.pdf", File(file))
    values = {"position": contents.position, "file": name, "sha256": sha256, "size": size, "pages": pages}
    try:
        with finishing(job):
            Pack.objects.filter(pk=pack.pk).update(**values)
    except Lost:
        storage.delete(name)
        raise
    for other in storage.listdir(place)[1]:
        if f"{place}/{other}" != name:
            storage.delete(f"{place}/{other}")
