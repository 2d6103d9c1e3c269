"""A year passes: audits and management reviews come up by themselves, each once, whoever ticks and how often."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Organisation
from aims.schedule.models import Obligation, Task
from aims.schedule.obligations import sync
from aims.schedule.tick import tick
from evaluation import tasks
from evaluation.models import Audit, ManagementReview
from evaluation.scheduling import everything, schedule_audits, schedule_management_reviews
from tests.evaluation.story import held, signed
from tests.people import World, make_world
from tests.schedule.story import at

START = "2026-11-24"


def beat(organisation: Organisation, now: Any) -> None:
    """What the clock does in any five minutes."""
    tick(organisation, now)
    schedule_audits(organisation, now)
    schedule_management_reviews(organisation, now)


def test_they_come_up_sixty_days_before_the_anniversary(inside: World) -> None:
    sync(inside.orvanne, at(START))
    found: list[object] = []
    for offset in (*range(0, 290, 30), *range(290, 310), *range(310, 366, 15)):
        now = at(START) + timedelta(days=offset)
        schedule_audits(inside.orvanne, now)
        schedule_management_reviews(inside.orvanne, now)
        if not found and Audit.objects.exists():
            found = [now.date(), Audit.objects.count(), ManagementReview.objects.count()]
    assert found == [date(2027, 9, 25), 1, 1]
    audit, review = Audit.objects.get(), ManagementReview.objects.get()
    assert (audit.state, audit.title, audit.ends_on) == ("planned", "Internal audit 2027", date(2027, 11, 24))
    assert audit.codes == everything() and audit.owner_id == inside.officer.id
    assert (review.period_from, review.period_to) == (date(2026, 11, 24), date(2027, 11, 24))
    about = Task.objects.filter(record_id__in=[audit.pk, review.pk]).values_list("member_id", "kind")
    assert set(about) == {(inside.officer.id, "audits"), (inside.officer.id, "management-reviews")}


def test_what_a_task_asks_for_is_the_record_that_was_made(inside: World) -> None:
    sync(inside.orvanne, at(START))
    now = at("2027-10-01")
    tick(inside.orvanne, now)  # asks before there is a record
    schedule_audits(inside.orvanne, now)
    task = Task.objects.get(occurrence__obligation__code="SR02")
    assert (task.kind, task.record_id) == ("audits", Audit.objects.get().pk)


def test_it_is_made_by_the_task_and_nobody_else(inside: World) -> None:
    sync(inside.orvanne, at(START))
    schedule_audits(inside.orvanne, at("2027-10-01"))
    audit = Audit.objects.get()
    assert audit.created_by is None and audit.edited_by is None


def test_the_next_one_comes_up_after_the_signature(inside: World) -> None:
    sync(inside.orvanne, at(START))
    review = signed(inside, held(inside))
    Obligation.objects.filter(code="SR01").update(anchor=date(2025, 10, 20))
    for offset in range(0, 365, 30):
        beat(inside.orvanne, at("2026-11-24") + timedelta(days=offset))
    others = ManagementReview.objects.exclude(pk=review.pk)
    assert [row.period_to for row in others] == [date(2027, 10, 20)]


def test_the_celery_tasks_serve_every_organisation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for organisation in (world.orvanne, world.brindle):
        with acting(organisation.pk, "task:tests"):
            sync(organisation, timezone.now())
            Obligation.objects.update(anchor=timezone.now().date() - timedelta(days=330))
    for _ in range(2):
        tasks.schedule_audits()
        tasks.schedule_management_reviews()
    for organisation in (world.orvanne, world.brindle):
        with acting(organisation.pk, "task:tests"):
            assert (Audit.objects.count(), ManagementReview.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one_audit() -> None:
    world = make_world()
    with acting(world.orvanne.pk, "task:tests"):
        sync(world.orvanne, at(START))
    barrier, errors = threading.Barrier(4), []

    def one() -> None:
        try:
            barrier.wait()
            with acting(world.orvanne.pk, "task:schedule_audits"):
                schedule_audits(world.orvanne, at("2027-10-01"))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=one) for _ in range(4)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join(30)
    assert errors == []
    with acting(world.orvanne.pk, "task:tests"):
        assert [audit.title for audit in Audit.objects.all()] == ["Internal audit 2027"]
        assert Task.objects.filter(kind="audits").count() == 1
