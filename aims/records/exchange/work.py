"""Who does an import: a short one the request itself, a long one a worker."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.acting import acting
from aims.organisation.member import Member, members_of
from aims.organisation.refused import Refused
from aims.records import jobs
from aims.records.exchange.importing import BACK, held, perform
from aims.records.exchange.models import Import
from aims.records.heartbeat import beating
from aims.records.models import Job

AT_ONCE = 500  # rows; more are a worker's
TASK = f"{__name__}.do"


@transaction.atomic
def start(member: Member, of: Import, act: str) -> Import:
    """Check, apply or undo an import: at once, or by a worker when it has many rows."""
    of = held(member, of, act)
    lines = int(of.counts.get("rows", 0)) + sum(place["rows"] for place in of.parts.values())
    if lines <= AT_ONCE:
        perform(member, of, act, lambda done: None)
        return of
    of.job = jobs.ask(member, TASK, of=str(of.pk), act=act)
    of.state, of.error = Import.State.WORKING, ""
    of.save()
    return of


def do(job: Job) -> None:
    """Do the part of an import that a job asks for, as the member who asked."""
    member, of, act = _asked(job)
    try:
        with translation.override(member.language), timezone.override(member.time_zone):
            _do(job, member, of, act)
    except Refused as refused:
        with acting(job.organisation_id, f"task:{TASK}"):
            put_back(of, act, str(refused))
        raise


def _do(job: Job, member: Member, of: Import, act: str) -> None:
    """One transaction; the lease is held by a thread, for nobody sees what this transaction says before its end."""
    total = max(1, int(of.counts.get("rows", 0)))
    with acting(member.organisation_id, member.actor):
        with beating(job) as progress:
            perform(member, of, act, lambda done: progress.say(99 * done // total))
        with jobs.finishing(job):  # only if the job is still ours; else all of it is taken back
            pass


def _asked(job: Job) -> tuple[Member, Import, str]:
    with acting(job.organisation_id, f"task:{TASK}"):
        of = Import.objects.get(pk=job.arguments["of"])
        person = job.asked_by.person_id if job.asked_by else None
    member = next((m for m in members_of(person) if m.organisation_id == job.organisation_id), None)
    if member is None:
        raise Refused("forbidden", _("Who asked for this is no longer a member."))
    return member, of, str(job.arguments["act"])


def put_back(of: Import, act: str, error: str) -> None:
    """Put an import back to where the act began, with what went wrong."""
    Import.objects.filter(pk=of.pk, state=Import.State.WORKING).update(state=BACK[act], error=error)


def look(of: Import) -> Import:
    """The import as it is; one whose worker has given up is put back."""
    job = of.job if of.state == Import.State.WORKING else None
    if job and job.state == Job.State.FAILED:
        put_back(of, str(job.arguments["act"]), job.error)
        of.refresh_from_db()
    return of
