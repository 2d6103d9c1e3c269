"""Celery tasks of clause 6, for all organisations: safe to run late, twice, or by two beats at once."""

from celery import shared_task
from django.utils import timezone

from aims.organisation.everyone import each_organisation
from planning import act_review, measured


@shared_task
def review_classifications() -> None:
    """Ask for a review where a newer version of the AI Act's rules makes something else of a classification."""
    now = timezone.now()
    each_organisation("review_classifications", lambda one: act_review.ask_everywhere(one, now))


@shared_task
def settle_objectives() -> None:
    """Settle how each objective goes: a date that passes changes it though nobody writes anything."""
    each_organisation("settle_objectives", measured.settle_all)
