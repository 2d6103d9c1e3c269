"""From whatever goes wrong one click leads to a nonconformity, with its words carried over and traceable both ways."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.changes import create, move, write
from aims.records.origins import Source, came_from, led_to, prefill, sources, ways
from aims.records.registry import Register, register, register_of
from aims.schedule.models import Occurrence
from aims.schedule.obligations import sync
from context.models import AISystem
from evaluation.models import Measurement, Metric
from improvement.models import Nonconformity
from operation.models import Complaint, Concern, ExternalReport, Incident, Supplier
from tests.people import World
from tests.schedule.story import at

SECRET = "My manager changes the scores of applicants."


def cases() -> Register:
    """The register to which all lead."""
    found = register("nonconformities")
    assert found
    return found


def system(world: World) -> AISystem:
    """A system."""
    return create(world.officer, AISystem, {"title": "TalentSift", "purpose": "x"})


def incident(world: World, of: AISystem) -> Source:
    """An incident, as soon as it is there."""
    values = {"title": "Wrong list", "system": of, "happened_on": date(2026, 9, 1), "severity": "major"}
    return Source(create(world.officer, Incident, {**values, "description": "Sent to the wrong ward."}))


def complaint(world: World, of: AISystem) -> Source:
    """A complaint."""
    values = {"title": "Never invited", "system": of, "received_on": date(2026, 9, 1)}
    return Source(create(world.officer, Complaint, {**values, "text": "I was never invited."}))


def outside_report(world: World, of: AISystem) -> Source:
    """A report from outside."""
    values = {
        "title": "Bias",
        "system": of,
        "received_on": date(2026, 9, 1),
        "text": "Women are scored lower.",
    }
    return Source(create(world.officer, ExternalReport, values))


def alarm(world: World, of: AISystem) -> Source:
    """A measurement beyond the alarm of its metric, which knows the system and the requirement."""
    limits = {"direction": "lower_is_better", "warning": 1, "alarm": 2}
    metric = create(world.officer, Metric, {"title": "Drift", "system": of, "codes": ["9.1"], **limits})
    return Source(
        create(world.officer, Measurement, {"metric": metric, "value": 3, "measured_on": date(2026, 9, 14)})
    )


def supplier_review(world: World, of: AISystem) -> Source:
    """A review of a supplier, while work with it goes on."""
    reviews = [{"dated": date(2026, 3, 1), "result": "insufficient_information", "seen": "No bias evidence"}]
    values = {"title": "HirePilot", "provides": "scores", "systems": [of]}
    kept = create(world.officer, Supplier, values, parts={"reviews": reviews})
    return sources(kept)[0]


MADE = [
    (incident, "incident", "Sent to the wrong ward."),
    (complaint, "complaint", "I was never invited."),
    (outside_report, "complaint", "Women are scored lower."),
    (alarm, "monitoring", "Drift"),
    (supplier_review, "supplier", "HirePilot, 2026-03-01: insufficient information. No bias evidence"),
]


@pytest.mark.parametrize(("make", "said", "words"), MADE)
def test_the_fields_are_carried_over(inside: World, make: Any, said: str, words: str) -> None:
    of = system(inside)
    source = make(inside, of)
    assert cases() in ways(inside.officer, source)
    given = prefill(source, cases())
    assert (given["source"], given["systems"]) == (said, [str(of.pk)])
    assert words in given["description"]
    assert given["title"]


def test_an_alarm_brings_the_requirements_of_its_metric(inside: World) -> None:
    assert prefill(alarm(inside, system(inside)), cases())["codes"] == ["9.1"]


def test_what_was_said_in_confidence_stays_there(inside: World) -> None:
    of = system(inside)
    values = {"title": "Scores are changed", "text": SECRET, "system": of, "received_on": date(2026, 9, 1)}
    concern = create(inside.officer, Concern, {**values, "owner": inside.officer.id})
    source = Source(concern)
    assert cases() in ways(inside.officer, source)
    assert prefill(source, cases()) == {"systems": [str(of.pk)], "source": "concern"}


@pytest.mark.parametrize("make", [make for make, _said, _words in MADE])
def test_one_click_and_save_is_traceable_both_ways(world: World, make: Any) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        source = make(world, system(world))
    browser = Client()
    browser.force_login(Person.objects.get(pk=world.members[Role.OFFICER].person_id))
    page = browser.get(f"/registers/{register_of(source.record).path}/{source.record.pk}/")
    address = f"/registers/nonconformities/new/?from={source.key.replace(':', '%3A')}"
    assert address in page.content.decode().replace("&amp;", "&")
    with acting(world.orvanne.pk, world.officer.actor):
        given = prefill(source, cases())
    sent = {**given, "grade": "minor", "opened_on": "2026-09-15", "codes": "9.1"}
    sent |= {
        f"{part}-{name}": "0" for part in ("causes", "elsewhere") for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    answer = browser.post(address, sent)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with acting(world.orvanne.pk, world.officer.actor):
        case = Nonconformity.objects.get()
        assert came_from(world.officer, case) == [source.record]
        key = source.part.pk if source.part else source.record.pk
        assert led_to(world.officer, [key]) == {key: [case]}


def test_what_was_withdrawn_leads_nowhere(inside: World) -> None:
    source = complaint(inside, system(inside))
    gone: Record = move(inside.officer, source.record, "withdraw", note="Sent twice")
    assert ways(inside.officer, Source(gone)) == []


# ── Complaints ───────────────────────────────────────────────────────────


def test_a_complaint_is_acknowledged_and_answered_in_time(inside: World) -> None:
    sync(inside.orvanne, at("2026-09-01"))
    row = complaint(inside, system(inside)).record
    found = Occurrence.objects.filter(obligation__code__in=["SR48", "SR49"]).order_by("due")
    assert [one.due for one in found] == [date(2026, 9, 8), date(2026, 10, 1)]
    row = write(inside.officer, row, {"acknowledged_on": date(2026, 9, 3)})
    row = move(inside.officer, row, "acknowledge")
    assert [one.state for one in found.all()] == ["done", "planned"]
    answer = {"judgement": "justified", "answer": "We are sorry.", "answered_on": date(2026, 9, 20)}
    move(inside.officer, write(inside.officer, row, answer), "answer")
    assert [one.state for one in found.all()] == ["done", "done"]


def test_a_complaint_is_not_answered_without_a_judgement(inside: World) -> None:
    row = complaint(inside, system(inside)).record
    row = write(inside.officer, row, {"acknowledged_on": date(2026, 9, 3)})
    row = move(inside.officer, row, "acknowledge")
    with pytest.raises(Refused) as refused:
        move(inside.officer, row, "answer")
    assert set(refused.value.fields) == {"judgement", "answer", "answered_on"}
