"""The four roles and the database: made once, bound by row security, on servers of other people as well."""

import json
import stat
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from aims.machine import addresses, bootstrap, postgres, services
from aims.machine.places import Places, Unusable

ROLES = ("aims_app", "aims_owner", "aims_system", "aims_journal")


def as_role(server: Places, role: str, database: str = "aims") -> psycopg.Connection:
    return psycopg.connect(postgres.address(server, role, database), autocommit=True)


@pytest.fixture
def bare(server: Places) -> Iterator[Places]:
    """The server without anything of AIMS."""
    yield server
    with as_role(server, "postgres", "postgres") as connection:
        connection.execute("reset role")
        for database in ("aims", "theirs"):
            connection.execute(f"drop database if exists {database} with (force)")
        for role in ("administrator", "weak", *ROLES):
            if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(f"drop owned by {role} cascade")
                connection.execute(f"drop role {role}")


@pytest.fixture
def prepared(bare: Places) -> Places:
    """The server with roles and database."""
    bootstrap.prepare_embedded(bare, postgres.address(bare))
    return bare


def test_none_of_the_roles_is_powerful(prepared: Places) -> None:
    with as_role(prepared, "postgres") as connection:
        rows = connection.execute(
            "select rolname, rolsuper or rolbypassrls or rolcreaterole or rolreplication, rolcreatedb, rolcanlogin"
            " from pg_roles where rolname like 'aims%%' order by 1"
        ).fetchall()
    assert rows == [
        ("aims_app", False, False, True),
        ("aims_journal", False, False, False),
        ("aims_owner", False, True, True),
        ("aims_system", False, False, True),
    ]


def test_everything_can_be_run_again(prepared: Places) -> None:
    with as_role(prepared, "aims_owner") as connection:
        connection.execute("create table kept (n int)")
    bootstrap.prepare_embedded(prepared, postgres.address(prepared))
    with as_role(prepared, "aims_owner") as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


@pytest.mark.parametrize("role", ["aims_app", "aims_system"])
@pytest.mark.parametrize(
    "statement",
    [
        "create table t (n int)",
        "create schema s",
        "create temporary table t (n int)",
        "create role r",
        "set role aims_owner",
        "set role aims_journal",
        "create database d",
    ],
)
def test_application_and_system_make_nothing(prepared: Places, role: str, statement: str) -> None:
    with as_role(prepared, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_the_owner_becomes_the_journal_but_has_not_its_rights(prepared: Places) -> None:
    with as_role(prepared, "aims_owner") as connection:
        connection.execute("create schema journal; grant all on schema journal to aims_journal")
        connection.execute("set role aims_journal; create table journal.entry (n int); reset role")
        if connection.info.server_version >= 160_000:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select * from journal.entry")


def test_the_owner_makes_databases_for_tests(prepared: Places) -> None:
    with as_role(prepared, "aims_owner") as connection:
        connection.execute("create database test_aims")
        connection.execute("drop database test_aims")


def test_trusted_extensions_are_the_owners_to_make(prepared: Places) -> None:
    with as_role(prepared, "aims_owner") as connection:
        connection.execute("create extension pg_trgm; create extension unaccent")


@pytest.mark.parametrize("attribute", ["superuser", "bypassrls"])
def test_a_role_of_that_name_that_row_security_does_not_bind_is_refused(bare: Places, attribute: str) -> None:
    with as_role(bare, "postgres", "postgres") as connection:
        connection.execute(f"create role aims_app login {attribute}")
    with pytest.raises(Unusable, match="aims_app is not bound by row security"):
        bootstrap.prepare_embedded(bare, postgres.address(bare))


def outside(server: Places, role: str, database: str = "postgres") -> str:
    """The server's address as a person would give it for a server that is not ours."""
    parts = {"user": role, "dbname": database, "host": str(server.sockets), "port": "5432"}
    return addresses.url(parts)


@pytest.mark.parametrize("database", ["postgres", "aims", "theirs"])
def test_a_superusers_address_is_enough(bare: Places, where: Places, database: str) -> None:
    found = services.database_addresses(where, {"DATABASE_URL": outside(bare, "postgres", database)})
    expected = "theirs" if database == "theirs" else "aims"
    for role, address in (
        ("aims_app", found.app),
        ("aims_owner", found.owner),
        ("aims_system", found.system),
    ):
        part = conninfo_to_dict(address)
        assert (part["user"], part["dbname"]) == (role, expected)
        with psycopg.connect(address) as connection:
            assert connection.execute("select current_user, current_database()").fetchone() == (
                role,
                expected,
            )


def test_a_role_that_may_make_roles_and_databases_is_enough(bare: Places, where: Places) -> None:
    with as_role(bare, "postgres", "postgres") as connection:
        connection.execute("create role administrator login createrole createdb")
    for _ in range(2):
        found = bootstrap.prepare_server(where, outside(bare, "administrator"))
        with psycopg.connect(found.owner, autocommit=True) as connection:
            connection.execute("create table if not exists t (n int); set role aims_journal")


def test_passwords_are_made_once_and_kept_to_ourselves(bare: Places, where: Places) -> None:
    first = bootstrap.prepare_server(where, outside(bare, "postgres"))
    assert bootstrap.prepare_server(where, outside(bare, "postgres")) == first
    kept = json.loads(where.roles.read_text())
    assert set(kept) == {"aims_app", "aims_owner", "aims_system"}
    assert len(set(kept.values())) == 3
    assert stat.S_IMODE(where.roles.stat().st_mode) == 0o600
    assert conninfo_to_dict(first.app)["password"] == kept["aims_app"]
    with as_role(bare, "postgres", "postgres") as connection:
        rows = connection.execute(
            "select rolpassword from pg_authid where rolname like 'aims%%' and rolcanlogin"
        )
        assert all(row[0].startswith("SCRAM-SHA-256$") for row in rows)


def test_a_weak_role_is_told_what_to_do(bare: Places, where: Places) -> None:
    with as_role(bare, "postgres", "postgres") as connection:
        connection.execute("create role weak login createdb")
    with pytest.raises(Unusable, match="weak of DATABASE_URL may not make roles.*DATABASE_OWNER_URL"):
        bootstrap.prepare_server(where, outside(bare, "weak"))


@pytest.mark.parametrize("address", ["nonsense", "mysql://x/y", "postgresql://[x"])
def test_what_is_no_address_is_refused(where: Places, address: str) -> None:
    with pytest.raises(Unusable, match="DATABASE_URL is no address"):
        bootstrap.prepare_server(where, address)


def test_a_server_that_does_not_answer_is_told(where: Places) -> None:
    with pytest.raises(Unusable, match="cannot be reached"):
        bootstrap.prepare_server(where, "postgresql://x@127.0.0.1:1/aims")


def test_in_containers_the_passwords_are_those_of_the_addresses(bare: Places) -> None:
    def signed_in(role: str) -> str:
        return make_conninfo(outside(bare, role, "aims"), password=f"p{role}")

    environ = {
        "DATABASE_ADMIN_URL": outside(bare, "postgres"),
        "DATABASE_URL": signed_in("aims_app"),
        "DATABASE_OWNER_URL": signed_in("aims_owner"),
        "DATABASE_SYSTEM_URL": signed_in("aims_system"),
    }
    bootstrap.prepare_given(environ)
    with psycopg.connect(environ["DATABASE_URL"]) as connection:
        assert connection.execute("select current_user").fetchone() == ("aims_app",)
    with pytest.raises(Unusable, match="aims_app"):
        bootstrap.prepare_given({**environ, "DATABASE_URL": environ["DATABASE_OWNER_URL"]})
    with pytest.raises(Unusable, match="DATABASE_ADMIN_URL"):
        bootstrap.prepare_given({**environ, "DATABASE_ADMIN_URL": ""})
