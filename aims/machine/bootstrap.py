"""Makes the database roles and the database of AIMS, on our embedded server or on one named by DATABASE_URL.

aims_owner owns the tables, aims_app runs the application and owns nothing, aims_system sees all organisations
by row policies of its own, aims_journal owns what captures changes and nobody signs in as it. None may bypass
row security. Everything can be run again.

As a program (`python -m aims.machine.bootstrap`, docker-compose.yml): the administrator is DATABASE_ADMIN_URL, and
the passwords are those of DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SYSTEM_URL.
"""

import json
import os
import secrets
import sys
from collections.abc import Mapping

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from aims.machine import addresses
from aims.machine.addresses import APP, DATABASE, JOURNAL, OWNER, SYSTEM, Addresses
from aims.machine.places import Places, Unusable, write_private

OLDEST = 15
MAINTENANCE = "postgres"
ONE_AT_A_TIME = 42_001
SIGN_IN_ROLES = {OWNER: "LOGIN CREATEDB", APP: "LOGIN", SYSTEM: "LOGIN"}
HOW_TO = (
    "Give DATABASE_URL a superuser or a role with CREATEROLE and CREATEDB, or have the roles aims_owner, "
    "aims_app, aims_system and aims_journal made (docker-compose.yml shows how) and set DATABASE_URL, "
    "DATABASE_OWNER_URL and DATABASE_SYSTEM_URL."
)


def prepare_embedded(places: Places, superuser: str) -> Addresses:
    """Roles and database on the embedded server, whose socket folder is the only lock they need."""
    prepare(superuser, DATABASE, {})
    return addresses.embedded(places)


def prepare_server(places: Places, administrator: str) -> Addresses:
    """Roles and database on another server; the roles' passwords are made once and kept in AIMS_DATA."""
    server = parameters(administrator)
    name = server.get("dbname", "")
    database = DATABASE if name in ("", MAINTENANCE, "template1") else name
    passwords = role_passwords(places)
    prepare(make_conninfo(administrator, dbname=MAINTENANCE), database, passwords)
    return addresses.on_server({**server, "dbname": database}, passwords)


def parameters(address: str) -> dict[str, str]:
    """The connection parameters of an address; Unusable when it is none that libpq understands."""
    try:
        return {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    except psycopg.ProgrammingError as problem:
        raise Unusable(
            f"DATABASE_URL is no address of a PostgreSQL database: {str(problem).strip()}. "
            "Write it as postgresql://role:password@host:5432/aims"
        ) from problem


def role_passwords(places: Places) -> dict[str, str]:
    """The passwords of the roles that sign in."""
    if not places.roles.exists():
        made = {role: secrets.token_urlsafe(24) for role in SIGN_IN_ROLES}
        write_private(places.roles, json.dumps(made))
    kept: dict[str, str] = json.loads(places.roles.read_text())
    return kept


def prepare(administrator: str, database: str, passwords: Mapping[str, str]) -> None:
    """Make what is missing of roles and database; Unusable when the address or its role does not do."""
    try:
        with psycopg.connect(administrator, autocommit=True, connect_timeout=10) as connection:
            check(connection)
            # two commands may start at once; the lock goes with the connection
            connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            make_roles(connection, passwords)
            make_database(connection, database)
            with psycopg.connect(make_conninfo(administrator, dbname=database), autocommit=True) as inside:
                open_schema(inside, database)
    except psycopg.OperationalError as problem:
        raise Unusable(f"The database cannot be reached: {problem}") from problem
    except psycopg.errors.InsufficientPrivilege as problem:
        raise Unusable(
            f"The role of DATABASE_URL may not prepare the database: {problem}. {HOW_TO}"
        ) from problem


def check(connection: Connection) -> None:
    """Refuse a server that is too old and a role that may not make roles."""
    if connection.info.server_version < OLDEST * 10_000:
        raise Unusable(
            f"AIMS needs PostgreSQL {OLDEST} or newer; this is {connection.info.server_version // 10_000}."
        )
    row = connection.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if not row or not row[0]:
        raise Unusable(
            f"The role {connection.info.user} of DATABASE_URL may not make roles and databases. {HOW_TO}"
        )


def make_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Make the four roles, set the passwords, and let the owner become the journal's role."""
    for role, attributes in {**SIGN_IN_ROLES, JOURNAL: "NOLOGIN"}.items():
        make_role(connection, role, attributes)
        refuse_powerful(connection, role)
        if role in passwords:
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
            connection.execute(statement.format(sql.Identifier(role), sql.Literal(passwords[role])))
    grant(connection, JOURNAL, sql.Identifier(OWNER), inherit=False)
    if not is_superuser(connection):
        # it hands the database over only to a role that it may become
        grant(connection, OWNER, sql.SQL("CURRENT_USER"), inherit=True)


def is_superuser(connection: Connection) -> bool:
    """Whether the administrator may do everything."""
    return connection.info.parameter_status("is_superuser") == "on"


def make_role(connection: Connection, role: str, attributes: str) -> None:
    """Make a role unless it is there."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        statement = sql.SQL("CREATE ROLE {} " + attributes)  # noqa: S608
        connection.execute(statement.format(sql.Identifier(role)))


def refuse_powerful(connection: Connection, role: str) -> None:
    """A role of that name which row security does not bind would take the second wall away."""
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    if row and row[0]:
        raise Unusable(
            f"The role {role} is not bound by row security. Type in psql: "
            f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
        )


def grant(connection: Connection, role: str, member: sql.Composable, inherit: bool) -> None:
    """Let a member become the role; from PostgreSQL 16 a grant says whether its rights hold at once."""
    options = ""
    if connection.info.server_version >= 160_000:
        options = f" WITH INHERIT {'TRUE' if inherit else 'FALSE'}, SET TRUE"
    statement = sql.SQL("GRANT {} TO {}" + options)  # noqa: S608
    connection.execute(statement.format(sql.Identifier(role), member))


def make_database(connection: Connection, database: str) -> None:
    """Make the database unless it is there; its owner is ours."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    # template0, so that nothing left in template1 comes along
    statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
    connection.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER)))


def open_schema(connection: Connection, database: str) -> None:
    """Let the owner make tables, the others use them, and nobody else make anything."""
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER)}
    users = {"app": sql.Identifier(APP), "system": sql.Identifier(SYSTEM), "journal": sql.Identifier(JOURNAL)}
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
        "GRANT ALL ON DATABASE {database} TO {owner}",
        "GRANT ALL ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}, {system}, {journal}",
    ):
        connection.execute(sql.SQL(statement).format(**names, **users))


def prepare_given(environ: Mapping[str, str]) -> None:
    """Make the roles with the passwords of the given addresses; their names must be ours."""
    chosen = addresses.given(environ)
    administrator = environ.get("DATABASE_ADMIN_URL")
    if chosen is None or not administrator:
        raise Unusable("Set DATABASE_ADMIN_URL, DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SYSTEM_URL.")
    found = {APP: chosen.app, OWNER: chosen.owner, SYSTEM: chosen.system}
    parts = {role: parameters(address) for role, address in found.items()}
    for role, part in parts.items():
        if part.get("user") != role or not part.get("password"):
            raise Unusable(f"One address must be that of {role}, with a password.")
    prepare(administrator, parts[APP].get("dbname", DATABASE), {r: p["password"] for r, p in parts.items()})


if __name__ == "__main__":
    try:
        prepare_given(os.environ)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
