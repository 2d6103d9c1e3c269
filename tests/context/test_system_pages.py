"""The pages of a system's description: by section, with how far it is; nobody's words are lost; the next stage."""

from typing import Any

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create, write
from context.models import AISystem
from tests.pages.markup import Page
from tests.people import World

ML = {"purpose": {"domain": "health"}, "model": [{"model_name": "First"}, {"model_name": "Second"}]}


@pytest.fixture
def scan(world: World) -> AISystem:
    """A system with two models and a role."""
    with acting(world.orvanne.pk, world.officer.actor):
        data = {"title": "ThoraScan", "purpose": "Triage", "users": "Radiologists", "ml": ML}
        return create(world.officer, AISystem, data, {"roles": [{"role": "eu_provider"}]})


@pytest.fixture
def client(world: World) -> Client:
    return signed_in(world, world.officer)


def signed_in(world: World, member: Any) -> Client:
    found = Client()
    found.force_login(Person.objects.get(pk=member.person_id))
    return found


def at(scan: AISystem, more: str = "description/") -> str:
    return f"/systems/{scan.pk}/{more}"


def again(world: World, scan: AISystem) -> AISystem:
    with acting(world.orvanne.pk, world.officer.actor):
        return AISystem.objects.get(pk=scan.pk)


def seen(client: Client, address: str) -> dict[str, Any]:
    """What the form of a section sends back unchanged."""
    page = client.get(address)
    return {"seen": page.context["form"]["seen"].value()}


def test_all_sections_with_how_far_they_are(client: Client, scan: AISystem) -> None:
    answer = client.get(at(scan))
    words = Page(answer.content.decode()).words()
    assert answer.status_code == 200 and answer.context["whole"].total == 102
    assert "2. Purpose and context 4 / 12" in words  # purpose, users, a role of the Act, domain
    assert "Radiologists" in words and "Provider (AI Act)".lower() in words.lower()
    assert "Number 2" in words and "fields are open" in words


def test_a_section_is_saved_and_the_others_stay(world: World, client: Client, scan: AISystem) -> None:
    address = at(scan, "description/edit/?section=purpose")
    data = seen(client, address) | {
        "domain": "transport",
        "locations": "fr\nDE",
        "decision_effect": "recommends",
    }
    answer = client.post(address, data)
    assert answer.status_code == 302 and answer["Location"].endswith("#purpose")
    now = again(world, scan)
    assert now.ml["purpose"] == {
        "domain": "transport",
        "locations": ["FR", "DE"],
        "decision_effect": "recommends",
    }
    assert now.ml["model"] == ML["model"] and now.version == 2


def test_models_come_change_and_go(world: World, client: Client, scan: AISystem) -> None:
    edit = at(scan, "description/edit/?section=model&row=")
    assert client.post(f"{edit}3", seen(client, f"{edit}3") | {"model_name": "Third"}).status_code == 302
    assert client.post(f"{edit}1", seen(client, f"{edit}1") | {"model_name": "One"}).status_code == 302
    assert client.post(f"{edit}2", seen(client, f"{edit}2") | {"remove": "1"}).status_code == 302
    assert again(world, scan).ml["model"] == [{"model_name": "One"}, {"model_name": "Third"}]
    for wrong in ("0", "4", "x", "9999"):
        assert client.get(f"{edit}{wrong}").status_code == 404
    assert client.get(at(scan, "description/edit/?section=nowhere")).status_code == 404


def test_what_is_wrong_keeps_what_was_typed(client: Client, scan: AISystem) -> None:
    address = at(scan, "description/edit/?section=purpose")
    answer = client.post(address, seen(client, address) | {"locations": "France"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "two letters" in page and "France</textarea>" in page


def test_who_comes_second_keeps_their_words_and_reads_the_others(
    world: World, client: Client, scan: AISystem
) -> None:
    address = at(scan, "description/edit/?section=purpose")
    data = seen(client, address) | {"domain": "research"}
    with acting(world.orvanne.pk, world.officer.actor):
        write(world.officer, scan, {"ml": {**ML, "purpose": {"domain": "education"}}})
        write(
            world.officer,
            scan,
            {"ml": {**ML, "purpose": {"domain": "education"}, "task": {"biometric": False}}},
        )
    answer = client.post(address, data)
    words = Page(answer.content.decode()).words()
    assert answer.status_code == 409 and "What they wrote" in words and "education" in words
    assert answer.context["form"]["domain"].value() == "research"
    data["seen"] = answer.context["form"]["seen"].value()
    assert client.post(address, data).status_code == 302
    assert again(world, scan).ml["purpose"] == {"domain": "research"}


def test_another_section_is_no_conflict(world: World, client: Client, scan: AISystem) -> None:
    address = at(scan, "description/edit/?section=purpose")
    data = seen(client, address) | {"domain": "research"}
    with acting(world.orvanne.pk, world.officer.actor):
        write(world.officer, scan, {"title": "Renamed", "ml": {**ML, "task": {"biometric": False}}})
    assert client.post(address, data).status_code == 302
    now = again(world, scan)
    assert (now.title, now.ml["task"], now.ml["purpose"]["domain"]) == (
        "Renamed",
        {"biometric": False},
        "research",
    )


def test_who_only_reads_sees_no_way_to_edit(world: World, scan: AISystem) -> None:
    reader = signed_in(world, world.reader)
    page = reader.get(at(scan)).content.decode()
    assert "description/edit/" not in page
    assert reader.get(at(scan, "description/edit/")).status_code == 403
    assert reader.post(at(scan, "stage/"), {"stage": "design_development"}).status_code == 403
    assert signed_in(world, world.stranger).get(at(scan)).status_code == 404


def test_the_next_stage_is_one_press_away(world: World, client: Client, scan: AISystem) -> None:
    page = client.get(f"/registers/ai-systems/{scan.pk}/").content.decode()
    assert "Design and development" in page and 'value="design_development"' in page
    assert 'value="deployment"' not in page
    done = client.post(at(scan, "stage/"), {"stage": "design_development", "version": "1"}, follow=True)
    assert "The stage is changed." in Page(done.content.decode()).words()
    refused = client.post(at(scan, "stage/"), {"stage": "deployment", "version": "2"}, follow=True)
    assert "comes one of" in Page(refused.content.decode()).words()
    stale = client.post(at(scan, "stage/"), {"stage": "verification_validation", "version": "1"}, follow=True)
    assert "Somebody else changed this record" in Page(stale.content.decode()).words()
    assert again(world, scan).stage == "design_development"
