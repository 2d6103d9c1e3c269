"""Steps that are taken with a button or with a reason."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from aims.organisation.acting import acting
from aims.records.changes import create, write
from context.models import AISystem
from tests.people import World


@pytest.fixture(autouse=True)
def fresh_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def system(world: World) -> AISystem:
    with acting(world.orvanne.pk, world.officer.actor):
        return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})


def at(record: AISystem, step: str) -> str:
    return f"/registers/ai-systems/{record.pk}/move/{step}/"


def test_a_step_is_taken_with_a_button(nadia: Client, system: AISystem, inside: World) -> None:
    first = nadia.get(f"/registers/ai-systems/{system.pk}/").content.decode()
    step = re.search(rf'action="({at(system, "[a-z_]+")})"', first)
    assert step
    assert nadia.post(step[1], {"version": "1"}).status_code == 302
    system.refresh_from_db()
    assert system.state != "draft"


def test_a_step_that_needs_a_reason_asks_for_it(nadia: Client, system: AISystem, inside: World) -> None:
    assert b"becomes" in nadia.get(at(system, "withdraw")).content
    refused = nadia.post(at(system, "withdraw"), {"version": "1", "note": ""})
    assert refused.status_code == 422 and b'id="id_note_error"' in refused.content
    assert nadia.post(at(system, "withdraw"), {"version": "1", "note": "Never built"}).status_code == 302
    system.refresh_from_db()
    assert system.state == "withdrawn"


def test_a_step_on_an_old_version_keeps_the_reason(nadia: Client, system: AISystem, inside: World) -> None:
    write(inside.officer, system, {"title": "Other"}, 1)
    answer = nadia.post(at(system, "withdraw"), {"version": "1", "note": "My reason"})
    assert answer.status_code == 412 and b"My reason" in answer.content


@pytest.mark.parametrize(("step", "status"), [("restore", 409), ("nothing", 404)])
def test_a_step_that_does_not_leave_this_state_is_refused(
    nadia: Client, system: AISystem, inside: World, step: str, status: int
) -> None:
    assert nadia.post(at(system, step), {"version": "1", "note": "x"}).status_code == status


def test_a_step_without_its_version_is_refused(nadia: Client, system: AISystem, inside: World) -> None:
    assert nadia.post(at(system, "withdraw"), {"note": "x"}).status_code == 422
    assert nadia.post(at(system, "withdraw"), {"note": "a\x00", "version": "1"}).status_code == 422


def test_a_reader_takes_no_step(paul: Client, system: AISystem) -> None:
    assert paul.post(at(system, "withdraw"), {"version": "1", "note": "x"}).status_code == 403
