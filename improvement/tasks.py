"""Celery tasks of clause 10, for all organisations: safe to run late, twice, or by two beats at once."""

from celery import shared_task
from django.utils import timezone

from aims.organisation.everyone import each_organisation
from improvement.follow_up import follow_up


@shared_task
def follow_up_nonconformities() -> None:
    """Bring open nonconformities and corrective actions before the people who answer for them."""
    now = timezone.now()
    each_organisation("follow_up_nonconformities", lambda organisation: follow_up(organisation, now))
