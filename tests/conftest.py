"""Fixtures: a database made by its owner and used by the application's role, and people with a story."""

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from aims.organisation.acting import acting
from tests.garbage import pytest_collection_finish, pytest_configure
from tests.people import World, make_world
from tests.tiers import pytest_runtest_logreport, pytest_terminal_summary

__all__ = [  # hooks: pytest looks for them here
    "pytest_collection_finish",
    "pytest_configure",
    "pytest_runtest_logreport",
    "pytest_terminal_summary",
]

SILENCE = """
set role aims_journal;
alter table journal.entry disable trigger append_only;
truncate journal.entry, journal.queue, journal.sequence;
alter table journal.entry enable always trigger append_only;
reset role"""


def use_role(role: str) -> None:
    """Make the connection another role's; the database stays the tests' own."""
    connection.close()
    connection.settings_dict["USER"] = role


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """Made and migrated by the owner, used by the application's role."""
    with django_db_blocker.unblock():
        application = connection.settings_dict["USER"]
        use_role("aims_owner")
        old = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        with connection.cursor() as cursor:
            cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'journal_truncate'")
            for (table,) in cursor.fetchall():
                cursor.execute(f"alter table {table} disable trigger journal_truncate")
        use_role(application)
        connection.ops.execute_sql_flush = flush  # type: ignore[method-assign]
        yield
        use_role("aims_owner")
        teardown_databases(old, verbosity=0)


def owner_connection() -> psycopg.Connection[Any]:
    """A connection of the tables' owner to the tests' database."""
    address = settings.ROLE_ADDRESSES["owner"]
    return psycopg.connect(address, dbname=connection.settings_dict["NAME"], autocommit=True)


def flush(sql_list: Iterable[str]) -> None:
    """After transactional tests only: the application may not truncate, and a trigger refuses it to the owner."""
    with owner_connection() as owner:
        for statement in (*sql_list, *SILENCE.strip().split(";")):
            owner.execute(statement)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Any, settings: Any) -> None:
    """Files and mails of a test go to a folder of its own; passwords are hashed cheaply."""
    settings.AIMS_DATA = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_BROKER_URL = "memory://"
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    for name in ("evidence", "packs"):
        storages[name] = {**storages[name], "OPTIONS": {"location": str(tmp_path / name)}}
    settings.STORAGES = storages


@pytest.fixture
def world(db: None) -> World:
    """Two organisations: Orvanne with a person in each role, and Brindle, whose officer must see nothing of it."""
    return make_world()


@pytest.fixture
def inside(world: World) -> Iterator[World]:
    """The world, with the transaction acting for Orvanne's compliance officer."""
    with acting(world.orvanne.pk, world.officer.actor):
        yield world
