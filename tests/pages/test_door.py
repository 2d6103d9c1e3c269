"""Who comes in, and what a stranger, a lost address or a broken request sees."""

import re
import uuid

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Membership, Person
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from aims.records.changes import create
from context.models import AISystem
from tests.pages.conftest import Browser
from tests.people import World, join

PAGES = [
    "/",
    "/calendar/",
    "/journal/",
    "/settings/",
    "/search/",
    "/registers/",
    "/registers/ai-systems/",
    "/evidence/",
]


def plain(body: bytes) -> str:
    """A page without what differs between two requests."""
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", body.decode())


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_sign_in_and_back(world: World, path: str) -> None:
    answer = Client().get(path, {"q": "x"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=%2F")
    assert "q%3Dx" in answer["Location"]


def test_a_part_asked_for_by_htmx_takes_the_whole_page_to_the_sign_in(world: World) -> None:
    answer = Client().get("/registers/ai-systems/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/")


def test_a_bearer_token_opens_no_page(inside: World) -> None:
    _token, secret = make_token(Membership.objects.get(pk=inside.officer.id), "robot")
    answer = Client().get("/registers/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 302


@pytest.mark.parametrize("path", ["/healthz", "/accounts/login/"])
def test_what_is_on_the_list_is_open(db: None, path: str) -> None:
    assert Client().get(path).status_code == 200


def test_who_belongs_to_no_organisation_is_told_so(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.create_user("new@orvanne.test", "x", name="New"))
    answer = client.get("/")
    assert answer.status_code == 403 and b"You belong to no organisation yet" in answer.content


@pytest.mark.parametrize("path", PAGES)
def test_every_role_gets_each_page_or_a_clear_no(world: World, browser: Browser, path: str) -> None:
    for role, member in world.members.items():
        status = browser(member).get(path).status_code
        may = path != "/journal/" or role in (Role.ADMINISTRATOR, Role.OFFICER, Role.EXECUTIVE)
        assert status == (200 if may else 403), role


def test_another_organisations_record_answers_like_one_that_is_nowhere(
    world: World, browser: Browser
) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        record = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    bruno = browser(world.stranger)
    for page in ("", "edit/", "history/", "move/withdraw/"):
        theirs = bruno.get(f"/registers/ai-systems/{record.pk}/{page}")
        nowhere = bruno.get(f"/registers/ai-systems/{uuid.uuid4()}/{page}")
        assert theirs.status_code == nowhere.status_code == 404
        assert plain(theirs.content) == plain(nowhere.content)


@pytest.mark.parametrize(
    "path",
    ["/nothing/", "/registers/nothing/", "/registers/ai-systems/123/", "/clauses/99/", "/clauses/%E2%82%AC/"],
)
def test_a_lost_address_is_a_page_of_ours(nadia: Client, path: str) -> None:
    answer = nadia.get(path)
    assert answer.status_code == 404 and b"There is nothing here" in answer.content


@pytest.mark.parametrize(
    "path", ["/registers/ai-systems/?q=%00", "/search/?q=a%00b", "/clauses/%00/", "/?%00=1"]
)
def test_nul_bytes_in_an_address_are_refused(nadia: Client, path: str) -> None:
    assert nadia.get(path).status_code == 400


def test_a_form_from_elsewhere_changes_nothing(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    answer = client.post("/registers/ai-systems/new/", {"title": "x", "purpose": "x"})
    assert answer.status_code == 403 and b"The form is too old" in answer.content


def test_the_policy_forbids_what_the_pages_do_not_use(nadia: Client) -> None:
    answer = nadia.get("/")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert (
        b"<script>" not in answer.content
        and b" style=" not in answer.content
        and b" onclick" not in answer.content
    )


def test_a_person_of_two_organisations_changes_between_them(world: World, browser: Browser) -> None:
    join(world.brindle, "Nadia Benhaddou", "nadia@orvanne.test", Role.READER)
    client = browser(world.officer)
    assert client.post("/organisation/", {"organisation": str(world.orvanne.pk)}).status_code == 302
    assert b"<b>Orvanne Medical</b>" in client.get("/").content
    client.post("/organisation/", {"organisation": str(world.brindle.pk)})
    assert b"<b>Brindle Bank</b>" in client.get("/").content
    assert client.post("/organisation/", {"organisation": str(uuid.uuid4())}).status_code == 404


def test_a_person_chooses_the_language(nadia: Client, world: World) -> None:
    answer = nadia.post("/language/", {"language": "fr", "next": "https://elsewhere.test/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert Person.objects.get(pk=world.officer.person_id).language == "fr"
    assert b'<html lang="fr"' in nadia.get("/").content
    assert nadia.post("/language/", {"language": "xx"}).status_code == 422


def test_the_browsers_language_is_spoken_before_the_sign_in(db: None) -> None:
    answer = Client().get("/accounts/login/", headers={"Accept-Language": "fr"})
    assert b'<html lang="fr"' in answer.content
