"""Watching a record and taking one's own last change back, over REST."""

from collections.abc import Callable

import pytest

from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.changes import create, write
from aims.records.watching import watches
from context.models import AISystem
from tests.callers import Caller
from tests.people import World


@pytest.fixture
def system(world: World) -> AISystem:
    with acting(world.orvanne.pk, world.officer.actor):
        return create(
            world.officer, AISystem, {"title": "ThoraScan", "purpose": "x", "owner": world.contributor.id}
        )


def test_watching_begins_and_ends(reader: Caller, world: World, system: AISystem) -> None:
    place = f"ai-systems/{system.pk}/watch/"
    for method, status, on in (
        ("GET", 200, False),
        ("POST", 200, True),
        ("POST", 200, True),
        ("DELETE", 204, False),
    ):
        answer = reader(method, place)
        assert answer.status_code == status, (method, answer.content)
        assert reader.get(place).json() == {"watching": on}
        with acting(world.orvanne.pk):
            assert watches(world.reader, system) is on


def test_an_owner_watches_until_they_say_otherwise(caller: Callable[..., Caller], system: AISystem) -> None:
    owner, place = caller(Role.CONTRIBUTOR), f"ai-systems/{system.pk}/watch/"
    assert owner.get(place).json() == {"watching": True}
    owner("DELETE", place)
    assert owner.get(place).json() == {"watching": False}


def test_ones_own_last_change_is_taken_back(officer: Caller, system: AISystem) -> None:
    place = f"ai-systems/{system.pk}/"
    officer.patch(place, {"title": "ThoraScan 2"}, 1)
    answer = officer.post(f"{place}undo/", None, 2)
    assert (answer.status_code, answer["ETag"], answer.json()["title"]) == (200, '"3"', "ThoraScan")


def test_undo_wants_the_version_that_was_seen(officer: Caller, system: AISystem) -> None:
    place = f"ai-systems/{system.pk}/"
    officer.patch(place, {"title": "ThoraScan 2"}, 1)
    assert officer.post(f"{place}undo/").status_code == 428
    stale = officer.post(f"{place}undo/", None, 1)
    assert stale.status_code == 412 and stale.json()["current"]["title"] == "ThoraScan 2"


def test_changes_of_others_and_steps_are_not_taken_back(
    officer: Caller, world: World, system: AISystem
) -> None:
    place = f"ai-systems/{system.pk}/"
    assert officer.post(f"{place}undo/", None, 1).status_code == 409  # it was made, not changed
    with acting(world.orvanne.pk, world.contributor.actor):
        write(world.contributor, system, {"title": "Yuki's"}, 1)
    refused = officer.post(f"{place}undo/", None, 2)
    assert refused.status_code == 409 and "own last change" in refused.json()["detail"]


def test_who_may_not_change_may_not_undo(reader: Caller, stranger: Caller, system: AISystem) -> None:
    place = f"ai-systems/{system.pk}/"
    assert reader.post(f"{place}undo/", None, 1).status_code == 403
    assert stranger.post(f"{place}undo/", None, 1).status_code == 404
    assert (
        stranger.post(f"{place}watch/").status_code == stranger("DELETE", f"{place}watch/").status_code == 404
    )


def test_both_stand_in_the_schema(officer: Caller) -> None:
    paths = officer.get("schema/?format=json").json()["paths"]
    assert set(paths["/api/v1/ai-systems/{id}/watch/"]) >= {"get", "post", "delete"}
    undo = paths["/api/v1/ai-systems/{id}/undo/"]["post"]
    assert {"200", "409", "412", "428"} <= set(undo["responses"])
