"""Celery tasks of the records room: the one that does jobs, and the sweep that wakes forgotten ones."""

from celery import shared_task
from django.utils.module_loading import import_string

from aims.organisation.everyone import each_organisation
from aims.records import checking, jobs


@shared_task
def do_job(organisation_id: str, job_id: str) -> None:
    """Do one job: its `task` names the function that takes the job."""
    jobs.run(organisation_id, job_id, lambda job: import_string(job.task)(job))


@shared_task
def sweep_jobs() -> None:
    """Wake workers for jobs that wait or whose worker has gone."""
    for organisation_id, job_id in jobs.forgotten():
        do_job.delay(str(organisation_id), str(job_id))


@shared_task
def rehash_evidence() -> None:
    """Ask, for every organisation, that all files of evidence are read again and compared with their SHA-256."""
    each_organisation("rehash_evidence", checking.ask_check)
