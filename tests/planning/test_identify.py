"""Identification: the library's risks that a system's traits point to, why, and each in the register only once."""

from typing import Any

import pytest
from django.test import Client

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.changes import create
from context.models import AISystem
from planning.identify import TYPICAL, Traits, consequence_words, not_looked_at, offers, reasons
from planning.identify_views import identify, system_of
from planning.models import AIRisk
from tests.people import World

LIBRARY = {risk.code: risk for risk in edition().risk.example_risks}
URL = "/risks/identify/"
ALWAYS = {"R21", "R22", "R24", "R29", "R30"}


def offered(**traits: str) -> set[str]:
    return {offer.risk.code for offer in offers(Traits(**traits)) if offer.reasons}


def test_every_kind_of_system_of_the_library_is_known_by_a_trait() -> None:
    assert len(LIBRARY) == 30
    assert {kind for risk in LIBRARY.values() for kind in risk.typical_systems} == set(TYPICAL)


@pytest.mark.parametrize(
    ("traits", "more"),
    [
        ({}, set()),
        ({"approach": "none"}, set()),
        ({"approach": "supervised"}, {"R02", "R03", "R04", "R11"}),
        ({"approach": "reinforcement"}, {"R04", "R11", "R12", "R28"}),
        ({"task": "generation"}, {"R08", "R09", "R10", "R11", "R20", "R23", "R25"}),
        ({"task": "classification"}, {"R01"}),
        ({"automation": "assistance"}, {"R06"}),
        ({"automation": "full_automation"}, {"R06", "R07", "R09", "R17", "R20", "R27"}),
        ({"sourcing": "saas_feature"}, {"R15", "R16"}),
        ({"sourcing": "api_service"}, {"R14", "R15", "R16"}),
        ({"outcome": "HIGH_RISK_ANNEX_III"}, {"R07"}),
        ({"stage": "continuous_validation"}, {"R12", "R28"}),
        ({"text": "ranks applicants for a job"}, {"R01", "R05", "R10", "R17", "R18", "R19"}),
        ({"text": "sorts x-ray images"}, {"R01", "R06", "R13", "R20", "R26"}),
    ],
)
def test_a_system_is_offered_what_its_traits_point_to(traits: dict[str, str], more: set[str]) -> None:
    assert offered(**traits) == ALWAYS | more


def test_each_offer_says_why_once() -> None:
    said = reasons(LIBRARY["R17"], Traits(text="recruiting", automation="high_automation"))
    assert said == ("its description speaks of “recruit”", "its automation is high automation")
    assert reasons(LIBRARY["R21"], Traits(stage="retirement")) == (
        "concerns every AI system", "its stage is retirement",
    )  # fmt: skip


def test_sources_that_nobody_looked_at() -> None:
    assert not_looked_at([]) == [f"RS{n}" for n in range(1, 9)]
    assert not_looked_at(["RS1", "C.3.4", "RS8"]) == ["RS2", "RS3", "RS5", "RS6", "RS7"]


def test_consequences_are_said_for_those_whom_they_concern() -> None:
    assert consequence_words(LIBRARY["R14"], "en") == "For the organisation: Loss of IP"
    assert len(consequence_words(LIBRARY["R01"], "en").splitlines()) == 3


@pytest.fixture
def nadia(world: World) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    return client


def system(world: World, **given: Any) -> AISystem:
    data = {
        "title": "ThoraScan",
        "purpose": "Sorts X-rays",
        "approach": "supervised",
        "owner": world.contributor.id,
    }
    with acting(world.orvanne.pk, world.officer.actor):
        return create(world.officer, AISystem, {**data, **given})


def made(world: World) -> list[AIRisk]:
    with acting(world.orvanne.pk, world.officer.actor):
        return list(AIRisk.objects.select_related("system").order_by("library"))


def test_the_page_offers_and_creates_each_risk_once(nadia: Client, world: World) -> None:
    one = system(world)
    page = nadia.get(URL, {"system": one.ref}).content.decode()
    assert "its learning is supervised" in page and "Label errors in ground truth" in page
    chosen = {"system": one.ref, "picked": ["R02", "R04", "R99"], "cause-R02": "Two labels differ"}
    assert nadia.post(URL, chosen).status_code == 302
    assert nadia.post(URL, chosen).status_code == 302  # again: nothing new
    first, second = made(world)
    assert (first.library, first.cause, first.event) == ("R02", "Two labels differ", LIBRARY["R02"].event)
    assert (second.sources, second.objectives) == (["RS1", "RS4"], ["C.2.6", "C.2.8"])
    assert second.owner_id == world.contributor.id and second.system == one and second.state == "identified"
    assert first.ref in nadia.get(URL, {"system": one.ref}).content.decode()


def test_what_was_typed_stays_when_it_is_refused(nadia: Client, world: World) -> None:
    one = system(world)
    data = {"system": one.ref, "picked": ["R02", "R03"], "title-R03": "", "event-R03": "My own words"}
    answer = nadia.post(URL, data)
    page = answer.content.decode()
    assert answer.status_code == 422 and "My own words" in page and page.count(" checked") == 2
    assert made(world) == []  # all or nothing
    assert nadia.post(URL, {"system": one.ref}).status_code == 422
    assert nadia.post(URL, {"picked": ["R02"]}).status_code == 422


def test_systems_are_found_only_where_they_are_seen(nadia: Client, world: World) -> None:
    one = system(world)
    with acting(world.orvanne.pk, world.officer.actor):
        assert system_of(world.officer, str(one.pk)) == one and system_of(world.officer, "no\x00such") is None
        assert system_of(world.stranger, one.ref) is None
    assert nadia.get(URL).status_code == nadia.get(URL, {"system": "AIS-9999"}).status_code == 200
    reader = Client()
    reader.force_login(Person.objects.get(pk=world.reader.person_id))
    assert "Add the chosen risks" not in reader.get(URL, {"system": one.ref}).content.decode()
    assert reader.post(URL, {"system": one.ref, "picked": ["R02"]}).status_code == 403


def test_a_record_names_only_risks_of_the_library(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        create(inside.officer, AIRisk, {"title": "x", "library": "R31"})
    assert "library" in refused.value.fields and identify.__doc__
