"""The changes feed: what happened, to whom it is open, and nothing ever skipped."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from aims.api import feed
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.changes import write
from context.models import AISystem
from tests.callers import Caller, token_of
from tests.factory import make
from tests.people import World, make_world


def test_it_tells_created_changed_and_withdrawn(officer: Caller, world: World) -> None:
    start = officer.get("changes/").json()["next"]
    made = officer.post("ai-systems/", {"title": "x", "purpose": "y", "external_id": "e-1"}).json()
    officer.patch(f"ai-systems/{made['id']}/", {"title": "z", "roles": [{"role": "ai_user"}]}, 1)
    officer("DELETE", f"ai-systems/{made['id']}/?note=gone", version=2)
    page = officer.get(f"changes/?after={start}").json()
    told = [(c["kind"], c["id"], c["action"], c["version"]) for c in page["results"]]
    assert told == [
        ("ai-systems", made["id"], a, v) for a, v in (("created", 1), ("changed", 2), ("withdrawn", 3))
    ]
    assert page["results"][0]["ref"] == made["ref"] and page["results"][0]["external_id"] == "e-1"
    assert officer.get(f"changes/?after={page['next']}").json() == {"results": [], "next": page["next"]}


def test_pages_follow_each_other(officer: Caller, world: World) -> None:
    start = officer.get("changes/").json()["next"]
    made = {str(make(world, AISystem).pk) for _ in range(5)}
    seen: list[str] = []
    position = start
    for _ in range(4):
        page = officer.get(f"changes/?after={position}&limit=2").json()
        seen += [change["id"] for change in page["results"] if change["action"] == "created"]
        position = page["next"]
    assert len(seen) == 5 and set(seen) == made


def test_another_organisation_and_a_narrow_token_see_less(
    officer: Caller, stranger: Caller, caller: Callable[..., Caller], world: World
) -> None:
    make(world, AISystem)
    assert stranger.get("changes/").json()["results"] == []
    assert officer.get("changes/").json()["results"]
    assert caller(Role.OFFICER, "evidence:read").get("changes/").json()["results"] == []
    assert caller(Role.AUDITOR).get("changes/").json()["results"] == []


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=99999999999999999999", "limit=0", "since=1"])
def test_a_position_is_a_number(officer: Caller, query: str) -> None:
    assert officer.get(f"changes/?{query}").status_code == 400
    assert officer.get("changes/?after=9223372036854775807").json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_not_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer with a lower id is still open when one with a higher id has committed: the feed waits, then shows both."""
    monkeypatch.setattr(feed, "WAIT", 0.2)
    world = make_world()
    slow, quick = make(world, AISystem), make(world, AISystem)
    officer = Caller(token_of(world, world.officer))
    start = officer.get("changes/").json()["next"]
    wrote, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with acting(world.orvanne.pk, world.officer.actor):
            write(world.officer, slow, {"title": "slow"}, 1)
            wrote.set()
            may_end.wait(20)
        connection.close()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert wrote.wait(20)
    with acting(world.orvanne.pk, world.officer.actor):
        write(world.officer, quick, {"title": "quick"}, 1)
    held = officer.get(f"changes/?after={start}").json()
    may_end.set()
    writer.join()
    assert held == {"results": [], "next": start}
    told = officer.get(f"changes/?after={start}").json()["results"]
    assert [change["id"] for change in told] == [str(slow.pk), str(quick.pk)]


def test_waiting_ends_with_the_writers_it_began_with(monkeypatch: pytest.MonkeyPatch, inside: World) -> None:
    answers: list[Any] = [{"1/1", "2/2"}, {"2/2", "3/3"}, {"3/3"}]
    monkeypatch.setattr(feed, "_writers", lambda: answers.pop(0))
    make(inside, AISystem)
    assert feed.settled_bound(inside.officer, 0) > 0 and not answers
