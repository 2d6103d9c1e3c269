"""A simulated audit is kept with its result, and held against the run before."""

from typing import Any

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.changes import create, move
from evaluation import rehearsing
from evaluation.models import SimulatedAudit
from evaluation.simulated_audit import Step
from tests.evaluation.test_readiness import fleet
from tests.people import World


def ran(world: World, title: str = "Rehearsal") -> SimulatedAudit:
    """A run by Nadia."""
    return move(world.officer, create(world.officer, SimulatedAudit, {"title": title}), "run")


def step(title: str, shown: bool) -> Step:
    """A link."""
    return Step(title, "4.1-e", shown, "/")


def test_kinds_of_links_are_counted_worst_first() -> None:
    now = [step("Data", False), step("Data", False), step("Risk", False), step("Owner", True)]
    then = [step("Data", True), step("Risk", False), step("Owner", True), step("Gone", False)]
    told = [
        (row["title"], row["lacking"], row["asked"], row["lacked"]) for row in rehearsing.kinds(now, then)
    ]
    assert told == [("Data", 2, 2, 0), ("Risk", 1, 1, 1), ("Gone", 0, 0, 1)]


def test_a_run_is_kept_with_what_was_drawn_by_whom_and_what_was_lacking(inside: World) -> None:
    fleet(inside, 3)
    record = ran(inside)
    record.refresh_from_db()
    assert record.run_at and record.run_by_id == inside.officer.id and len(record.seed) == 64
    assert (record.population, record.state) == (3, "drawn") and record.asked == 14 * 3
    threads = rehearsing.threads(record, "systems")
    assert sum(len(thread.lacking) for thread in threads) == (record.lacking or 0) > 0
    assert rehearsing.compared(inside.officer, record) is None
    with pytest.raises(Refused):
        move(inside.officer, record, "run")  # a result is not drawn away


def test_the_next_run_says_what_was_mended_and_what_was_lost(inside: World) -> None:
    (system,) = fleet(inside, 1)
    first = ran(inside)
    for row in first.result["systems"][0]["steps"]:
        row["shown"] = not row["shown"]  # as if all of it had been the other way then
    SimulatedAudit.objects.filter(pk=first.pk).update(result=first.result, lacking=14 - (first.lacking or 0))
    second = ran(inside, "Another")
    found = rehearsing.compared(inside.officer, second)
    assert found and found.before == first
    assert len(found.lost) == second.lacking and len(found.mended) == 14 - (second.lacking or 0)
    assert found.better < 0 and all(line.startswith(f"{system.ref}: ") for line in found.lost)
    assert [one.title for one in rehearsing.history(inside.officer)] == ["Another", "Rehearsal"]


def test_it_is_read_by_who_reads_everything(inside: World) -> None:
    record = ran(inside)
    for role in (Role.OFFICER, Role.EXECUTIVE, Role.ADMINISTRATOR):
        assert record in visible(inside.members[role], SimulatedAudit), role
    assert record not in visible(inside.auditor, SimulatedAudit)


def test_the_page_draws_keeps_and_lists(nadia: Client, world: World, browser: Any) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        fleet(world, 2)
    for _turn in range(2):
        answer = nadia.post("/readiness/simulation/")
        assert answer.status_code == 302
    page = nadia.get(answer.headers["Location"]).content.decode()
    assert "Against the run before" in page and "How it was drawn" in page and "Nadia Benhaddou" in page
    listed = nadia.get("/readiness/simulation/").content.decode()
    assert listed.count("SIM-000") == 2
    assert browser(world.reader).post("/readiness/simulation/").status_code == 403
