"""The nightly check: every file of evidence is read again. What is wrong stands until a later check finds it well."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import robot
from aims.organisation.models import Organisation
from aims.records.collaboration import Damage
from aims.records.evidence import rehash
from aims.records.heartbeat import beating
from aims.records.jobs import ask, finishing
from aims.records.models import Job, Revision

TASK = "aims.records.checking.check"
OPEN = (Job.State.QUEUED, Job.State.BUILDING)


def ask_check(organisation: Organisation) -> Job | None:
    """Ask for a check of an organisation's files, unless one is under way."""
    if Job.objects.filter(organisation=organisation, task=TASK, state__in=OPEN).exists():
        return None
    return ask(robot(organisation, "rehash_evidence"), TASK)


def check(job: Job) -> None:
    """The work of the job: read the files outside of any transaction, then keep what was found in one."""
    with acting(job.organisation_id, "task:rehash_evidence"):
        revisions = list(Revision.objects.filter(organisation_id=job.organisation_id).order_by("id"))
    found: list[tuple[Revision, str, str]] = []
    with beating(job) as progress:
        for number, row in enumerate(rehash(revisions), start=1):
            progress.say(99 * number // len(revisions), row[0].name)
            found.append(row)
    with finishing(job):
        for revision, what, sha256 in found:
            keep(revision, what, sha256)


def keep(revision: Revision, what: str, sha256: str) -> None:
    """Note a damage once, and that it is mended when the file is well again."""
    now = timezone.now()
    standing = Damage.objects.filter(revision=revision, mended_at=None)
    standing.exclude(what=what, found_sha256=sha256).update(mended_at=now)
    if what and not standing.exists():
        Damage.objects.create(
            organisation_id=revision.organisation_id,
            evidence_id=revision.evidence_id,
            revision=revision,
            what=what,
            found_sha256=sha256,
            found_at=now,
        )


def last_check(organisation_id: Any) -> Job | None:
    """The last check that was done."""
    rows = Job.objects.filter(organisation_id=organisation_id, task=TASK, state=Job.State.DONE)
    return rows.order_by("-finished_at").first()


def damages(evidence_id: Any) -> Iterator[Damage]:
    """What is wrong with the files of a piece of evidence now."""
    return (
        Damage.objects.filter(evidence_id=evidence_id, mended_at=None).select_related("revision").iterator()
    )
