"""The calendar over REST: everybody's own tasks, done once, and what falls due."""

import datetime

import pytest
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.schedule.models import Obligation, Occurrence, Task
from tests.callers import Caller
from tests.people import World

TODAY = datetime.date(2026, 3, 1)


@pytest.fixture
def task(world: World) -> Task:
    """Nadia is asked for the yearly review."""
    owned = {"organisation": world.orvanne}
    with acting(world.orvanne.pk, "task:tests"):
        duty = Obligation.objects.create(**owned, code="own.review", title="Review", months=12, anchor=TODAY)
        due = Occurrence.objects.create(**owned, obligation=duty, due=TODAY, state=Occurrence.State.DUE)
        return Task.objects.create(
            **owned,
            title="Review",
            member=Membership.objects.get(pk=world.officer.id),
            occurrence=due,
            due=TODAY,
            source="tests",
            made_at=timezone.now(),
        )


def test_a_task_is_done_once_by_whom_it_was_given(officer: Caller, reader: Caller, task: Task) -> None:
    assert reader.get("tasks/").json()["results"] == []
    assert reader.post(f"tasks/{task.pk}/complete/").status_code == 404
    (mine,) = officer.get("tasks/?state=open").json()["results"]
    assert mine == officer.get(f"tasks/{task.pk}/").json() and mine["due"] == "2026-03-01"
    done = officer.post(f"tasks/{task.pk}/complete/")
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert officer.post(f"tasks/{task.pk}/complete/").json() == done.json()
    assert officer.get("tasks/?state=open").json()["results"] == []
    (occurrence,) = officer.get("occurrences/?state=done").json()["results"]
    assert (occurrence["title"], occurrence["obligation"]) == ("Review", "own.review")


def test_a_task_that_fell_away_is_not_done(officer: Caller, world: World, task: Task) -> None:
    with acting(world.orvanne.pk, "task:tests"):
        Task.objects.update(state=Task.State.CANCELLED)
    answer = officer.post(f"tasks/{task.pk}/complete/")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("path", ["tasks/?state=x", "tasks/?cursor=x", "occurrences/?limit=0", "tasks/?x=1"])
def test_what_cannot_be_asked_is_a_400(officer: Caller, path: str) -> None:
    assert officer.get(path).status_code == 400


def test_another_organisation_sees_none_of_it(stranger: Caller, task: Task) -> None:
    assert stranger.get("occurrences/").json()["results"] == []
    assert stranger.get(f"tasks/{task.pk}/").status_code == 404
