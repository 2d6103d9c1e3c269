"""A database made from the models in one go is the one that the migrations make, table by table."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.conftest import use_role

SHAPE = """
select 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
  from information_schema.columns
  where table_schema = 'public'
union all select 'constraint', conrelid::regclass::text, pg_get_constraintdef(oid), contype::text, '', ''
  from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
union all select 'index', tablename, regexp_replace(indexdef, '^CREATE (UNIQUE )?INDEX \\S+', '\\1'), '', '', ''
  from pg_indexes where schemaname = 'public'
order by 1, 2, 3, 4"""


@pytest.fixture
def other_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """An empty database beside the tests' own, and the connection turned to it as the owner."""
    name, application = connection.settings_dict["NAME"], connection.settings_dict["USER"]
    other = f"{name}_replayed"
    with psycopg.connect(settings.ROLE_ADDRESSES["owner"], dbname=name, autocommit=True) as owner:
        owner.execute(f'drop database if exists "{other}"')
        owner.execute(f'create database "{other}"')
        with django_db_blocker.unblock():
            use_role("aims_owner")
            connection.settings_dict["NAME"] = other
            yield other
            use_role(application)
            connection.settings_dict["NAME"] = name
        owner.execute(f'drop database "{other}"')


def shape(database: str) -> list[tuple[str, ...]]:
    with psycopg.connect(settings.ROLE_ADDRESSES["owner"], dbname=database) as owner:
        return owner.execute(SHAPE).fetchall()


@pytest.mark.nightly
def test_replaying_the_migrations_gives_the_same_tables(other_database: str) -> None:
    call_command("migrate", verbosity=0, replay=True)
    replayed = shape(other_database)
    assert len(replayed) > 1000
    assert set(replayed) ^ set(shape(other_database.removesuffix("_replayed"))) == set()


def test_migrating_again_changes_nothing(django_db_setup: None, django_db_blocker: Any) -> None:
    name = connection.settings_dict["NAME"]
    before = shape(name)
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
    assert shape(name) == before
