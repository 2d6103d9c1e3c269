"""Celery tasks of clause 5, for all organisations: safe to run late, twice, or by two beats at once."""

from celery import shared_task
from django.utils import timezone

from aims.organisation.everyone import each_organisation
from leadership.readers import chase


@shared_task
def chase_readers() -> None:
    """Ask who has not read the AI policy."""
    now = timezone.now()
    each_organisation("chase_readers", lambda one: chase(one, now))
