"""The pages of packs: the form, the list, live progress, the file, and another try."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aims.organisation.acting import acting
from aims.organisation.keys import uuid7
from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.pack.models import Pack
from tests.pack.conftest import acted, asked
from tests.pack.test_pack_api import FILE, finished
from tests.people import World


def signed_in(member: Member) -> Client:
    """A browser in which a member has signed in."""
    client = Client()
    client.force_login(
        Person.objects.get(pk=member.person_id), "allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.fixture
def browser(world: World) -> Client:
    """Nadia's browser."""
    return signed_in(world.officer)


@pytest.fixture
def pack(world: World) -> Pack:
    """A pack that waits."""
    with acting(world.orvanne.pk, world.officer.actor):
        return asked(world.officer, "6")


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_form_asks_for_a_pack_and_leads_to_it(world: World, browser: Client) -> None:
    answer = browser.post("/packs/", {"title": "Stage 1", "scope": ["6", "A"], "language": "en"})
    with acting(world.orvanne.pk, "task:tests"):
        made = Pack.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/packs/{made.pk}/"
    assert (made.title, made.scope[0], made.scope[-1]) == ("Stage 1", "6.1.1", "A.10")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"language": "en"}, "required"),
        ({"title": "x", "scope": ["B"], "language": "en"}, "B"),
        ({"title": "x"}, "required"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(
    browser: Client, data: dict[str, Any], said: str
) -> None:
    answer = browser.post("/packs/", {**data, "title": data.get("title", "")})
    assert answer.status_code == 422
    assert said in words(answer)
    assert f'value="{data["title"]}"' in answer.content.decode() if data.get("title") else True


def test_the_list_shows_what_is_built_and_what_is_done(world: World, browser: Client, pack: Pack) -> None:
    acted(pack, state="building", progress=37, doing="Setting page 9")
    with acting(world.orvanne.pk, world.officer.actor):
        done = asked(world.officer, title="Last year")
    finished(world, str(done.pk))
    said = words(browser.get("/packs/"))
    assert "Building “Stage 1”" in said
    assert "37 % · Setting page 9" in said
    assert "Last year sha256 abab … abab" in said
    assert reverse("pack_file", args=[done.pk]) in browser.get("/packs/").content.decode()


def test_an_empty_list_says_so(browser: Client) -> None:
    assert "No pack has been built yet." in words(browser.get("/packs/"))


def test_the_page_of_a_pack_asks_again_until_it_is_done(world: World, browser: Client, pack: Pack) -> None:
    place = reverse("pack", args=[pack.pk])
    first = browser.get(place)
    assert 'hx-trigger="every 2s"' in first.content.decode()
    assert "6" in words(first)
    acted(pack, state="building", progress=50)
    part = browser.get(place, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert 'value="50"' in part.content.decode()
    finished(world, str(pack.pk))
    last = browser.get(place, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in last
    assert "hx-swap-oob" in last
    assert "ab" * 32 in last


def test_the_file_comes_when_it_is_done(world: World, browser: Client, pack: Pack) -> None:
    place = reverse("pack_file", args=[pack.pk])
    assert browser.get(place).status_code == 409
    finished(world, str(pack.pk))
    answer = browser.get(place)
    assert b"".join(answer.streaming_content) == FILE  # type: ignore[attr-defined]
    assert "attachment" in answer["Content-Disposition"]


def test_a_failed_pack_shows_why_and_is_built_again(world: World, browser: Client, pack: Pack) -> None:
    acted(pack, state="failed", error="The document takes too long.")
    answer = browser.get(reverse("pack", args=[pack.pk]))
    assert "The document takes too long." in words(answer)
    assert "Build it again" in words(answer)
    again = browser.post(reverse("pack_again", args=[pack.pk]))
    assert again.status_code == 302
    assert again["Location"] != reverse("pack", args=[pack.pk])
    with acting(world.orvanne.pk, "task:tests"):
        assert Pack.objects.count() == 2


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR, Role.AUDITOR])
def test_who_may_not_is_told_so(world: World, role: Role) -> None:
    assert signed_in(world.members[role]).get("/packs/").status_code == 403


def test_another_organisations_pack_is_not_there(world: World, pack: Pack) -> None:
    client = signed_in(world.stranger)
    for name in ("pack", "pack_file"):
        theirs, none = (client.get(reverse(name, args=[key])) for key in (pack.pk, uuid7()))
        assert theirs.status_code == none.status_code == 404
    assert client.post(reverse("pack_again", args=[pack.pk])).status_code == 404
    assert Client().get("/packs/").status_code == 302


def test_the_policy_is_kept(browser: Client, pack: Pack) -> None:
    for place in ("/packs/", reverse("pack", args=[pack.pk])):
        html = browser.get(place).content.decode()
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)
        assert "<script>" not in html
