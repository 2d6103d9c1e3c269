"""Celery tasks of clause 9, for all organisations: safe to run late, twice, or by two beats at once."""

from celery import shared_task
from django.utils import timezone

from aims.organisation.everyone import each_organisation
from evaluation import requests, scheduling


@shared_task
def schedule_audits() -> None:
    """Make the audits that come up."""
    now = timezone.now()
    each_organisation("schedule_audits", lambda one: scheduling.schedule_audits(one, now))


@shared_task
def schedule_management_reviews() -> None:
    """Make the management reviews that come up."""
    now = timezone.now()
    each_organisation(
        "schedule_management_reviews", lambda one: scheduling.schedule_management_reviews(one, now)
    )


@shared_task
def follow_requests() -> None:
    """Keep the tasks of what auditors ask for right, whoever owns it now."""
    now = timezone.now()
    each_organisation("follow_requests", lambda one: requests.follow_up(one, now))
