"""Long imports: a worker does them in one transaction, and who has lost the lease changes nothing."""

from typing import Any

import pytest

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records import jobs
from aims.records.exchange import work
from aims.records.exchange.importing import take_in
from aims.records.exchange.models import Import
from aims.records.exchange.work import look, start
from aims.records.models import Job
from aims.records.registry import register_of
from context.models import AISystem
from tests.people import World, make_world
from tests.records.exchanging import csv_file

SYSTEMS = register_of(AISystem)
GOOD = [["title", "purpose"], ["One", "x"], ["Two", "y"], ["Three", "z"]]


@pytest.fixture
def crowd(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world for real transactions, where three rows are many."""
    monkeypatch.setattr(work, "AT_ONCE", 2)
    monkeypatch.setattr(jobs, "wake", lambda job: None)
    return make_world()


def ask(world: World, rows: Any, act: str = "check", of: Import | None = None) -> Import:
    with acting(world.orvanne.pk, world.officer.actor):
        return start(world.officer, of or take_in(world.officer, SYSTEMS, csv_file(rows)), act)


def run(world: World, of: Import) -> tuple[Import, Job]:
    jobs.run(world.orvanne.pk, of.job_id, work.do)
    with acting(world.orvanne.pk):
        return look(Import.objects.get(pk=of.pk)), Job.objects.get(pk=str(of.job_id))


def titles(world: World) -> list[str]:
    with acting(world.orvanne.pk):
        return sorted(AISystem.objects.exclude(state="withdrawn").values_list("title", flat=True))


def test_a_worker_checks_applies_and_undoes(crowd: World) -> None:
    of = ask(crowd, GOOD)
    assert of.state == "working" and titles(crowd) == []
    of, job = run(crowd, of)
    assert (of.state, job.state, job.progress, of.counts["create"]) == ("checked", "done", 100, 3)
    of, job = run(crowd, ask(crowd, GOOD, "apply", of))
    assert (of.state, job.state, titles(crowd)) == ("applied", "done", ["One", "Three", "Two"])
    with acting(crowd.orvanne.pk):
        assert AISystem.objects.values_list("created_by", flat=True).distinct().get() == crowd.officer.id
    of, job = run(crowd, ask(crowd, GOOD, "undo", of))
    assert (of.state, titles(crowd)) == ("undone", [])


def test_a_refusal_ends_the_job_and_gives_the_import_back(crowd: World) -> None:
    of, _job = run(crowd, ask(crowd, [*GOOD, ["Bad", ""]]))
    assert of.counts["error"] == 1
    of, job = run(crowd, ask(crowd, GOOD, "apply", of))
    assert (of.state, job.state) == ("checked", "failed")
    assert "Nothing was changed" in of.error == job.error and titles(crowd) == []


def test_who_has_lost_the_lease_changes_nothing(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    of, _job = run(crowd, ask(crowd, GOOD))
    of = ask(crowd, GOOD, "apply", of)
    late = jobs.claim(crowd.orvanne.pk, of.job_id)
    assert late
    with acting(crowd.orvanne.pk):
        Job.objects.filter(pk=late.pk).update(fence=late.fence + 1)  # the sweep has woken another
    with pytest.raises(jobs.Lost):
        work.do(late)
    assert titles(crowd) == []
    with acting(crowd.orvanne.pk):
        assert Import.objects.get(pk=of.pk).state == "working"


def test_while_it_works_nobody_begins_again(crowd: World) -> None:
    of = ask(crowd, GOOD)
    with pytest.raises(Exception, match="has gone on"):
        ask(crowd, GOOD, "check", of)


def test_an_import_that_was_given_up_can_begin_again(crowd: World) -> None:
    of = ask(crowd, GOOD)
    with acting(crowd.orvanne.pk):
        Job.objects.filter(pk=str(of.job_id)).update(state="failed", error="given up")
        of = look(Import.objects.get(pk=of.pk))
    assert (of.state, of.error) == ("read", "given up")
    assert run(crowd, ask(crowd, GOOD, "check", of))[0].state == "checked"


def test_nobody_works_for_a_member_who_has_left(crowd: World) -> None:
    of = ask(crowd, GOOD)
    with acting(crowd.orvanne.pk):
        Membership.objects.filter(pk=crowd.officer.id).update(active=False)
    _of, job = run(crowd, of)
    assert job.state == "failed" and "no longer a member" in job.error
