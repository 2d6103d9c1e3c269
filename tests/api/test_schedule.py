"""The calendar over REST: everybody's own tasks, done once, and what falls due."""

import datetime
from collections.abc import Callable

import pytest
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.organisation.roles import Role
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


def test_a_task_is_handed_over_and_taken_back(
    officer: Caller, caller: Callable[..., Caller], world: World, task: Task
) -> None:
    contributor = caller(Role.CONTRIBUTOR)
    answer = officer.post(f"tasks/{task.pk}/hand/", {"to": str(world.contributor.id), "why": "You know it"})
    assert answer.status_code == 200 and answer.json()["given_by"] == str(world.officer.id)
    assert officer.get("tasks/").json()["results"] == []
    (theirs,) = contributor.get("tasks/").json()["results"]
    assert (theirs["member"], theirs["given_why"]) == (str(world.contributor.id), "You know it")
    assert contributor.post(f"tasks/{task.pk}/back/").status_code == 404
    assert officer.post(f"tasks/{task.pk}/back/").json()["given_by"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"why": "x"}, "to"),
        ({"to": "nobody", "why": "x"}, "to"),
        ({"to": "01890a5d-ac96-774b-bcce-b302099a8057", "why": "x"}, "to"),
        ({"to": None, "why": ""}, "why"),
    ],
)
def test_handing_over_says_what_is_wrong(
    officer: Caller, task: Task, body: dict[str, object], field: str
) -> None:
    answer = officer.post(f"tasks/{task.pk}/hand/", body)
    assert answer.status_code == 422 and field in [error["field"] for error in answer.json()["errors"]]


def test_an_absence_over_rest(
    officer: Caller, caller: Callable[..., Caller], world: World, task: Task
) -> None:
    contributor, day = caller(Role.CONTRIBUTOR), timezone.localdate()
    body = {"to": str(world.contributor.id), "since": str(day), "until": str(day)}
    made = officer.post("absences/", body)
    assert (made.status_code, made.json()["stand_in"]) == (201, str(world.contributor.id))
    assert contributor.get("absences/").json() == officer.get("absences/").json()
    assert [row["id"] for row in contributor.get("tasks/").json()["results"]] == [str(task.pk)]
    key = made.json()["id"]
    assert contributor.post(f"absences/{key}/end/").status_code == 404
    assert officer.post(f"absences/{key}/end/").json()["ended_at"]
    assert [row["id"] for row in officer.get("tasks/").json()["results"]] == [str(task.pk)]
    assert officer.post("absences/", {**body, "until": "2020-01-01"}).status_code == 422
