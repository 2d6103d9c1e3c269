"""Tokens: administrators make them for themselves or for API clients, never as another person."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.roles import Role
from tests.callers import Caller
from tests.people import World


@pytest.fixture
def administrator(caller: Callable[..., Caller]) -> Caller:
    return caller(Role.ADMINISTRATOR)


def test_a_token_is_shown_once_used_and_revoked(administrator: Caller, world: World) -> None:
    robot = str(world.members[Role.API_CLIENT].id)
    made = administrator.post("tokens/", {"name": "ERP", "scopes": ["evidence:read"], "member": robot})
    assert made.status_code == 201, made.content
    secret = made.json()["token"]
    assert secret not in administrator.get("tokens/").content.decode()
    client = Caller(secret)
    me = client.get("me/").json()
    assert (me["role"], me["scopes"]) == ("api_client", ["evidence:read"])
    assert client.get("evidence/").status_code == 200 and client.get("ai-systems/").status_code == 403
    assert administrator("DELETE", f"tokens/{made.json()['id']}/").status_code == 204
    assert client.get("me/").status_code == 401
    assert administrator("DELETE", f"tokens/{made.json()['id']}/").status_code == 204


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_makes_or_sees_them(caller: Callable[..., Caller], role: Role) -> None:
    client = caller(role)
    assert client.get("tokens/").status_code == 403
    assert client.post("tokens/", {"name": "x", "scopes": ["*"]}).status_code == 403


def test_nobody_makes_one_to_act_as_another_person(administrator: Caller, world: World) -> None:
    for who in (world.officer, world.stranger):
        answer = administrator.post("tokens/", {"name": "x", "scopes": ["*"], "member": str(who.id)})
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "member"


def test_a_narrow_token_makes_no_wider_one(caller: Callable[..., Caller]) -> None:
    client = caller(Role.ADMINISTRATOR, "tokens:write", "evidence:read")
    assert client.post("tokens/", {"name": "x", "scopes": ["*"]}).status_code == 422
    assert client.post("tokens/", {"name": "x", "scopes": ["evidence:read"]}).status_code == 201


def soon(**shift: int) -> str:
    return (timezone.now() + timedelta(**shift)).isoformat()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scopes", []),
        ("scopes", ["nonsense"]),
        ("scopes", "*"),
        ("scopes", ["*:delete"]),
        ("name", ""),
        ("expires_at", {"days": -1}),
        ("expires_at", {"days": 2000}),
        ("expires_at", "2026-13-01"),
        ("member", "x"),
        ("token", "mine"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(administrator: Caller, name: str, value: Any) -> None:
    given = soon(**value) if isinstance(value, dict) else value
    answer = administrator.post("tokens/", {"name": "x", "scopes": ["*"], name: given})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].split(".")[0] == name


def test_one_that_ends_soon_ends(
    administrator: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = administrator.post("tokens/", {"name": "x", "scopes": ["*"], "expires_at": soon(days=1)}).json()
    assert made["member"] == str(world.members[Role.ADMINISTRATOR].id)
    assert Caller(made["token"]).get("me/").status_code == 200
