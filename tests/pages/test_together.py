"""Watching, calling names, taking one's last change back: on the pages."""

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.records.changes import comment, create, write
from aims.records.collaboration import Watch
from aims.schedule.models import Task
from context.models import AISystem, InterestedParty
from tests.pages.conftest import Browser
from tests.people import World

UNDO = "Undo my last change"


@pytest.fixture
def system(inside: World) -> AISystem:
    return create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})


def at(record: AISystem, part: str = "") -> str:
    return f"/registers/ai-systems/{record.pk}/{part}"


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_name_in_a_comment_is_offered_marked_and_told(
    nadia: Client, browser: Browser, inside: World, system: AISystem
) -> None:
    assert "data-names" in page(nadia, at(system)) and "Yuki Tanaka" in page(nadia, at(system))
    assert "Sync robot" not in page(nadia, at(system))
    nadia.post(at(system, "comment/"), {"text": "<i>@Yuki Tanaka</i> is this so?"})
    shown = page(nadia, at(system))
    assert "&lt;i&gt;<b>@Yuki Tanaka</b>&lt;/i&gt; is this so?" in shown
    with acting(inside.orvanne.pk, inside.contributor.actor):
        today = page(browser(inside.contributor), "/")
    assert "Nadia Benhaddou asks you about AIS-0001 ThoraScan" in today and at(system) in today


def test_a_reader_may_call_too_and_a_stranger_sees_nothing(
    paul: Client, browser: Browser, inside: World, system: AISystem
) -> None:
    paul.post(at(system, "comment/"), {"text": "@Nadia Benhaddou?"})
    assert Task.objects.get().member_id == inside.officer.id
    bruno = browser(inside.stranger)
    assert bruno.post(at(system, "comment/"), {"text": "@Nadia Benhaddou"}).status_code == 404
    assert bruno.post(at(system, "watch/"), {"on": "1"}).status_code == 404
    assert bruno.post(at(system, "undo/"), {"version": "1"}).status_code == 404


def test_the_button_begins_and_ends_watching(
    paul: Client, nadia: Client, inside: World, system: AISystem
) -> None:
    assert "Stop watching" not in page(paul, at(system))
    assert paul.post(at(system, "watch/"), {"on": "1"}).status_code == 302
    assert "Stop watching" in page(paul, at(system)) and "Stop watching" not in page(nadia, at(system))
    paul.post(at(system, "watch/"))
    assert "Stop watching" not in page(paul, at(system)) and Watch.objects.count() == 1
    assert paul.get(at(system, "watch/")).status_code == 405
    write(inside.officer, system, {"owner": inside.officer.id}, 1)
    assert "Stop watching" in page(nadia, at(system))


def test_ones_last_change_is_taken_back(nadia: Client, inside: World, system: AISystem) -> None:
    assert UNDO not in page(nadia, at(system))
    write(inside.officer, system, {"title": "Other"}, 1)
    for place in (at(system), at(system, "history/")):
        assert UNDO in page(nadia, place)
    reply = nadia.post(at(system, "undo/"), {"version": "2"}, follow=True)
    assert "Your change is undone" in reply.content.decode()
    assert AISystem.objects.get().title == "ThoraScan"
    assert AISystem.objects.get().version == 3


def test_nobody_is_offered_anothers_change(
    nadia: Client, paul: Client, inside: World, system: AISystem
) -> None:
    write(inside.officer, system, {"title": "Other"}, 1)
    assert UNDO not in page(paul, at(system))
    assert paul.post(at(system, "undo/"), {"version": "2"}).status_code == 403
    assert AISystem.objects.get().title == "Other"


@pytest.mark.parametrize(("version", "status"), [("1", 412), ("", 428), ("x", 428), ("9" * 30, 428)])
def test_a_change_on_top_of_it_refuses_in_the_words_of_every_conflict(
    nadia: Client, inside: World, system: AISystem, version: str, status: int
) -> None:
    write(inside.officer, system, {"title": "Other"}, 1)
    reply = nadia.post(at(system, "undo/"), {"version": version})
    assert reply.status_code == status
    assert version != "1" or "Somebody else changed this record" in reply.content.decode()
    assert AISystem.objects.get().title == "Other"


def test_parts_come_back_and_a_withdrawn_record_is_left_alone(nadia: Client, inside: World) -> None:
    rows = [{"text": "A doctor decides"}, {"text": "Equal quality"}]
    party = create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
    where = f"/registers/interested-parties/{party.pk}/"
    write(inside.officer, party, {}, 1, {"requirements": rows[:1]})
    assert UNDO in page(nadia, where)
    nadia.post(f"{where}undo/", {"version": "2"})
    assert list(party.requirements.values_list("text", flat=True)) == ["A doctor decides", "Equal quality"]
    nadia.post(f"{where}move/withdraw/", {"version": "3", "note": "gone"})
    assert UNDO not in page(nadia, where)
    assert nadia.post(f"{where}undo/", {"version": "4"}).status_code == 409


def test_a_comment_is_no_change_to_take_back(nadia: Client, inside: World, system: AISystem) -> None:
    write(inside.officer, system, {"title": "Other"}, 1)
    comment(inside.officer, system, "Renamed")
    nadia.post(at(system, "undo/"), {"version": "2"})
    assert AISystem.objects.get().title == "ThoraScan" and "Renamed" in page(nadia, at(system))
