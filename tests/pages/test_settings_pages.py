"""Settings: one's own choices, members, and tokens."""

import re

import pytest
from django.test import Client

from aims.organisation.models import ApiToken, Membership, Person
from aims.organisation.roles import Role
from tests.pages.conftest import Browser
from tests.people import World


@pytest.fixture
def ada(browser: Browser, world: World) -> Client:
    return browser(world.members[Role.ADMINISTRATOR])


def test_a_person_changes_their_own_choices(paul: Client, inside: World) -> None:
    paul.post("/settings/profile/", {"language": "fr", "digest": "on"})
    person = Person.objects.get(pk=inside.reader.person_id)
    assert (person.language, person.shortcuts, person.digest) == ("fr", False, True)
    assert b'data-shortcuts="off"' in paul.get("/settings/").content
    assert paul.post("/settings/profile/", {"language": "xx"}).status_code == 422


def test_only_an_administrator_sees_and_changes_members(nadia: Client, ada: Client, inside: World) -> None:
    assert b"Add a member" in ada.get("/settings/").content
    assert b"Add a member" not in nadia.get("/settings/").content
    assert nadia.post("/settings/members/", {}).status_code == 403
    assert nadia.post(f"/settings/members/{inside.reader.id}/", {"role": "administrator"}).status_code == 403


def test_a_member_is_added(ada: Client, inside: World) -> None:
    data = {"email": "New@Orvanne.test", "name": "New Person", "role": "reader"}
    assert ada.post("/settings/members/", data).status_code == 302
    row = Membership.objects.get(name="New Person")
    assert (row.person.email, row.role, row.person.has_usable_password()) == (
        "new@orvanne.test",
        "reader",
        False,
    )
    twice = ada.post("/settings/members/", data)
    assert twice.status_code == 422 and b"member already" in twice.content
    for wrong in ({**data, "email": "x"}, {**data, "role": "king"}, {**data, "name": "\x00"}):
        assert ada.post("/settings/members/", {**wrong, "title": "kept title"}).status_code == 422


def test_a_role_is_changed_and_a_membership_ended(ada: Client, browser: Browser, inside: World) -> None:
    where = f"/settings/members/{inside.reader.id}/"
    ada.post(where, {"role": "contributor", "active": "on"})
    assert Membership.objects.get(pk=inside.reader.id).role == "contributor"
    ada.post(where, {"role": "contributor"})
    assert browser(inside.reader).get("/").status_code == 403


def test_only_an_administrator_marks_an_outside_reviewer(nadia: Client, ada: Client, inside: World) -> None:
    where = f"/settings/members/{inside.reader.id}/"
    given = {"role": "reader", "active": "on", "outside_reviewer": "on"}
    assert nadia.post(where, given).status_code == 403
    assert not Membership.objects.get(pk=inside.reader.id).outside_reviewer
    assert ada.post(where, given).status_code == 302
    assert Membership.objects.get(pk=inside.reader.id).outside_reviewer
    ada.post(where, {"role": "reader", "active": "on"})
    assert not Membership.objects.get(pk=inside.reader.id).outside_reviewer
    new = {"email": "vera@holm.test", "name": "Vera Holm", "role": "reader", "outside_reviewer": "on"}
    ada.post("/settings/members/", new)
    assert Membership.objects.get(name="Vera Holm").outside_reviewer


def test_somebody_remains_administrator(ada: Client, inside: World) -> None:
    own = inside.members[Role.ADMINISTRATOR].id
    assert ada.post(f"/settings/members/{own}/", {"role": "reader", "active": "on"}).status_code == 409
    assert ada.post(f"/settings/members/{own}/", {"role": "administrator"}).status_code == 409
    assert ada.post(f"/settings/members/{inside.stranger.id}/", {"role": "reader"}).status_code == 404


def test_a_token_is_shown_once_and_revoked(nadia: Client, paul: Client, inside: World) -> None:
    made = nadia.post("/settings/tokens/", {"name": "CI", "may": "*:read", "days": "30"})
    secret = re.search(r"aims_[\w-]{40,}", made.content.decode())
    token = ApiToken.objects.get()
    assert secret and made["Cache-Control"] == "no-store" and token.scopes == ["*:read"]
    assert secret[0] not in nadia.get("/settings/").content.decode()
    assert paul.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert nadia.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize("wrong", [{"days": "0"}, {"days": "9999"}, {"may": "everything"}, {"name": ""}])
def test_a_token_that_makes_no_sense_is_refused(nadia: Client, inside: World, wrong: dict[str, str]) -> None:
    data = {"name": "CI", "may": "*:read", "days": "30", **wrong}
    assert nadia.post("/settings/tokens/", data).status_code == 422 and not ApiToken.objects.exists()
