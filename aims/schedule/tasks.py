"""Celery tasks of the schedule, for all organisations: safe to run late, twice, or by two beats at once."""

from celery import shared_task
from django.utils import timezone

from aims.organisation.everyone import each_organisation
from aims.schedule import digests
from aims.schedule import tick as clock


@shared_task
def tick() -> None:
    """Plan ahead, ask for what comes up, remind, and tell who is above of what is late."""
    now = timezone.now()
    each_organisation("tick", lambda organisation: clock.tick(organisation, now))


@shared_task
def send_digests() -> None:
    """Write the mails that are due, then send those that wait: a broken mail server loses none."""
    now = timezone.now()
    each_organisation("send_digests", lambda organisation: digests.prepare(organisation, now))
    digests.send_waiting(now)
