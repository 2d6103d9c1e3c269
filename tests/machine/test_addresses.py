"""Addresses of the three roles: what we write, libpq reads back the same."""

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from aims.machine import addresses, services
from aims.machine.places import Places, Unusable
from aims.settings import database

TEXT = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1, max_size=12
)
ANY = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1, max_size=12
)
HOSTS = st.sampled_from(["localhost", "10.0.0.1", "::1", "db.example.org", "/run/pg", "/a b/c&d", "h1,h2"])


@given(user=TEXT, password=ANY, name=TEXT, host=HOSTS, ssl=st.booleans())
@example(user="a@b", password="x:/?#[]@ %41", name="d/b?", host="::1", ssl=True)
def test_libpq_reads_back_what_was_written(user: str, password: str, name: str, host: str, ssl: bool) -> None:
    port = "1,2" if "," in host else "5433"
    parts = {"user": user, "password": password, "dbname": name, "host": host, "port": port}
    parts |= {"sslmode": "require"} if ssl else {}
    assert conninfo_to_dict(addresses.url(parts)) == parts


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"user": "u", "dbname": "d", "host": "h", "port": "1"}, "postgresql://u@h:1/d"),
        ({"user": "u", "password": "p", "dbname": "d", "host": "h"}, "postgresql://u:p@h/d"),
        ({"user": "u", "dbname": "d", "host": "::1", "port": "1"}, "postgresql://u@[::1]:1/d"),
        ({"user": "u", "dbname": "d", "host": "/s"}, "postgresql://u@/d?host=/s"),
    ],
)
def test_addresses_look_as_people_write_them(parts: dict[str, str], expected: str) -> None:
    assert addresses.url(parts) == expected


def test_the_embedded_server_has_three_roles_on_one_socket() -> None:
    found = addresses.embedded(Places(Path("/srv/aims"))).environment()
    read = {name: conninfo_to_dict(address) for name, address in found.items()}
    assert {name: part["user"] for name, part in read.items()} == {
        "DATABASE_URL": "aims_app",
        "DATABASE_OWNER_URL": "aims_owner",
        "DATABASE_SYSTEM_URL": "aims_system",
    }
    for part in read.values():
        assert (part["host"], part["dbname"], part["port"]) == ("/srv/aims/run", "aims", "5432")


def test_a_port_in_the_shell_does_not_change_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "9999")
    assert conninfo_to_dict(addresses.embedded(Places(Path("/srv"))).app)["port"] == "5432"


def test_another_servers_parameters_are_kept() -> None:
    server = {
        "host": "db",
        "port": "6432",
        "user": "admin",
        "password": "s",
        "dbname": "aims",
        "sslmode": "verify-full",
    }
    found = addresses.on_server(server, {"aims_app": "1", "aims_owner": "2", "aims_system": "3"})
    assert found.owner == "postgresql://aims_owner:2@db:6432/aims?sslmode=verify-full"
    assert "admin" not in found.app + found.owner + found.system


def test_three_given_addresses_are_used_as_they_are() -> None:
    environ = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "DATABASE_SYSTEM_URL": "c"}
    found = addresses.given(environ)
    assert found is not None
    assert found.environment() == environ


@pytest.mark.parametrize("missing", ["DATABASE_URL", "DATABASE_SYSTEM_URL"])
def test_an_owner_without_the_others_is_refused_by_name(missing: str) -> None:
    environ = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "DATABASE_SYSTEM_URL": "c", missing: ""}
    with pytest.raises(Unusable, match=missing):
        addresses.given(environ)


@pytest.mark.parametrize(
    ("environ", "own"),
    [
        ({}, True),
        ({"DATABASE_URL": ""}, True),
        ({"DATABASE_URL": "postgresql://x"}, False),
        ({"DATABASE_OWNER_URL": "postgresql://x"}, False),
    ],
)
def test_the_embedded_server_is_for_those_who_name_none(environ: dict[str, str], own: bool) -> None:
    assert services.uses_own_database(environ) is own


def test_django_reads_the_address_as_libpq_does() -> None:
    address = addresses.url({"user": "u", "password": "p/q", "dbname": "d", "host": "/s t", "port": "5432"})
    read = database(address)
    assert {k: read[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "d",
        "USER": "u",
        "PASSWORD": "p/q",
        "HOST": "/s t",
        "PORT": "5432",
    }


def test_these_tests_run_on_the_addresses_that_the_machine_made() -> None:
    users = {role: conninfo_to_dict(address)["user"] for role, address in settings.ROLE_ADDRESSES.items()}
    assert users == {"app": "aims_app", "owner": "aims_owner", "system": "aims_system"}
