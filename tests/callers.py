"""A client of the REST interface for each person."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token
from tests.people import World


@dataclass
class Caller:
    """Speaks JSON with a bearer token."""

    token: str = ""
    client: Client = field(default_factory=Client)

    def __call__(self, method: str, path: str, body: Any = None, version: Any = None, **headers: str) -> Any:
        """An answer. `version` becomes If-Match."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        kind = headers.pop("Content_Type", "application/json")
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        address = path if path.startswith("/") else f"/api/v1/{path}"
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.generic(method, address, data, kind if data else "", headers=given)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, version: Any = None, **headers: str) -> Any:
        """POST."""
        return self("POST", path, body, version, **headers)

    def patch(self, path: str, body: Any, version: Any = None, **headers: str) -> Any:
        """PATCH."""
        return self("PATCH", path, body, version, **headers)


def token_of(world: World, member: Member, *scopes: str, **options: Any) -> str:
    """A bearer token of a member."""
    organisation = member.organisation_id
    with acting(organisation, "task:tests"):
        holder = Membership.objects.get(pk=member.id)
        return make_token(holder, "tests", scopes or ("*",), **options)[1]


@pytest.fixture
def caller(world: World) -> Callable[..., Caller]:
    """Makes a caller for a role of Orvanne, limited to some scopes where they are given."""
    return lambda role, *scopes: Caller(token_of(world, world.members[role], *scopes))


@pytest.fixture
def officer(caller: Callable[..., Caller]) -> Caller:
    """Nadia's client."""
    return caller(Role.OFFICER)


@pytest.fixture
def reader(caller: Callable[..., Caller]) -> Caller:
    """Paul's client: he only reads."""
    return caller(Role.READER)


@pytest.fixture
def stranger(world: World) -> Caller:
    """Bruno's client: another organisation's officer."""
    return Caller(token_of(world, world.stranger))
