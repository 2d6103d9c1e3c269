"""Long work as rows: asked for in the transaction of the change, done by whichever worker holds the lease.

A worker that dies lets its lease run out; the sweep wakes another. Who comes back late finds a newer fence and stops, so
the work is done once.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.models import Job

LEASE = timedelta(seconds=30)
ATTEMPTS = 5
log = logging.getLogger(__name__)


class Lost(Exception):
    """The lease has passed to another worker."""


def ask(member: Member, task: str, **arguments: Any) -> Job:
    """Put work on the list; a worker is woken when the transaction is through."""
    job = Job.objects.create(
        organisation_id=member.organisation_id, task=task, arguments=arguments, asked_by_id=member.id
    )
    transaction.on_commit(lambda: wake(job))
    return job


def wake(job: Job) -> None:
    """Tell Celery. With the broker away nothing is lost: the sweep finds the row."""
    try:
        current_app.send_task(
            "aims.records.tasks.do_job", [str(job.organisation_id), str(job.pk)], retry=False
        )
    except OperationalError as error:
        log.warning("the broker does not answer, the sweep will wake the job: %s", error)


def claim(organisation_id: Any, job_id: Any) -> Job | None:
    """Take a job that is queued or whose lease has run out, or None when somebody has it."""
    now = timezone.now()
    with acting(organisation_id, "task:jobs"):
        free = Q(state=Job.State.QUEUED) | Q(state=Job.State.BUILDING, lease_until__lt=now)
        taken = Job.objects.filter(free, pk=job_id).update(
            state=Job.State.BUILDING, fence=F("fence") + 1, lease_until=now + LEASE
        )
        return Job.objects.get(pk=job_id) if taken else None


def report(job: Job, progress: int, doing: str = "") -> None:
    """Say how far the work is (0–100) and hold the lease on. Raises Lost when another worker has it."""
    with acting(job.organisation_id, "task:jobs"):
        _held(job, progress=progress, doing=doing[:200], lease_until=timezone.now() + LEASE)


@contextmanager
def finishing(job: Job) -> Iterator[None]:
    """The last transaction of a job: its results and its end stand or fall together."""
    with acting(job.organisation_id, f"task:{job.task}"):
        _held(job, state=Job.State.DONE, progress=100, doing="", finished_at=timezone.now(), lease_until=None)
        yield


def fail(job: Job, error: str) -> None:
    """End a job that cannot be done; one that was begun too often ends as well."""
    with acting(job.organisation_id, "task:jobs"):
        _held(job, state=Job.State.FAILED, error=error[:2000], finished_at=timezone.now(), lease_until=None)


def _held(job: Job, **values: Any) -> None:
    if not Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.BUILDING).update(**values):
        raise Lost(f"job {job.pk} is no longer held under fence {job.fence}")


def run(organisation_id: Any, job_id: Any, do: Callable[[Job], None]) -> None:
    """Claim and do a job. A refusal ends it with its message; losing the lease ends only this attempt."""
    job = claim(organisation_id, job_id)
    if job is None:
        return
    try:
        if job.fence > ATTEMPTS:
            raise Refused("conflict", _("Given up after %(number)s attempts.") % {"number": ATTEMPTS})
        do(job)
    except Refused as refused:
        fail(job, str(refused))
    except Lost as lost:
        log.warning("%s", lost)


def attempts_told(job: Job) -> str:
    """For people: that earlier attempts broke off, and how many follow. Empty while it goes well."""
    if job.fence < 2 or job.state not in (Job.State.QUEUED, Job.State.BUILDING):
        return ""
    said = {"number": min(job.fence, ATTEMPTS), "most": ATTEMPTS}
    return _("The attempt before broke off. This is attempt %(number)d of %(most)d.") % said


def forgotten() -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Jobs of all organisations that wait, or whose worker has gone: (organisation, job)."""
    with connection.cursor() as cursor:
        cursor.execute("select organisation_id, job_id from jobs_due()")
        return [(row[0], row[1]) for row in cursor.fetchall()]
