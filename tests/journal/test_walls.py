"""The second wall, read from the database's own catalogue: row security, roles and pair keys of every table."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.utils import ProgrammingError

from aims.journal.walls import owned_models, pair_keys
from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import create
from context.models import AISystem, InterestedParty, PartyRequirement
from tests.people import World


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def tables_with_organisation() -> list[str]:
    return [
        t
        for (t,) in rows(
            "select table_name from information_schema.columns"
            " where table_schema = 'public' and column_name = 'organisation_id' order by 1"
        )
    ]


def test_every_table_with_an_organisation_forces_row_security(db: None) -> None:
    forced = {t for (t,) in rows("select relname from pg_class where relrowsecurity and relforcerowsecurity")}
    assert tables_with_organisation() and not set(tables_with_organisation()) - forced
    assert "organisation_organisation" in forced


def test_every_such_table_has_one_policy_for_each_role_and_no_more(db: None) -> None:
    for table in [*tables_with_organisation(), "organisation_organisation"]:
        found = rows(
            f"select policyname, roles::text from pg_policies where tablename = '{table}' order by 1"
        )
        assert found == [("owner", "{aims_owner}"), ("system", "{aims_system}"), ("tenant", "{aims_app}")], (
            table
        )


def test_the_models_and_the_database_agree_which_tables_those_are(db: None) -> None:
    assert {m._meta.db_table for m in owned_models()} == set(tables_with_organisation())


def test_the_roles_of_the_database_can_do_no_more_than_they_should(db: None) -> None:
    found = rows(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname in"
        " ('aims_app', 'aims_owner', 'aims_system', 'aims_journal')"
    )
    assert len(found) == 4 and not any(any(flags) for _, *flags in found)
    assert rows("select count(*) from pg_class where relowner = 'aims_app'::regrole") == [(0,)]
    assert rows("select current_user::text") == [("aims_app",)]


def test_references_inside_an_organisation_are_pair_keys_and_nothing_else(db: None) -> None:
    single = {
        (table, target)
        for table, target in rows(
            "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint"
            " where contype = 'f' and array_length(conkey, 1) = 1"
        )
    }
    pairs = dict.fromkeys(
        (table, column)
        for table, column in rows(
            "select c.conrelid::regclass::text, a.attname from pg_constraint c join pg_attribute a"
            " on a.attrelid = c.conrelid and a.attnum = c.conkey[2] where contype = 'f' and array_length(conkey, 1) = 2"
        )
    )
    owned = {m._meta.db_table for m in owned_models()}
    assert not [(t, target) for t, target in single if t in owned and target in owned]
    for model, column, target in wanted_pairs():
        assert (model._meta.db_table, column) in pairs, f"{model._meta.db_table}.{column} → {target}"


def wanted_pairs() -> Iterator[tuple[type[models.Model], str, str]]:
    for model in owned_models():
        for column, target in pair_keys(model):
            yield model, column, target


def test_a_row_of_another_organisation_cannot_be_referred_to(inside: World) -> None:
    foreign = inside.stranger.id
    record = create(inside.officer, AISystem, {"title": "x", "purpose": "y"})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update context_aisystem set owner_id = %s where id = %s", [foreign, record.pk])
        cursor.execute("set constraints all immediate")


def test_a_row_cannot_be_put_into_another_organisation(inside: World) -> None:
    party = create(inside.officer, InterestedParty, {"title": "x"})
    with pytest.raises(ProgrammingError), transaction.atomic():
        PartyRequirement.objects.create(organisation=inside.brindle, party=party, text="smuggled")
    with pytest.raises(ProgrammingError), transaction.atomic():
        InterestedParty.objects.filter(pk=party.pk).update(organisation=inside.brindle)


def test_nested_acting_puts_the_outer_organisation_back(inside: World) -> None:
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert set(Membership.objects.values_list("name", flat=True)) == {"Bruno Keller"}
    assert Membership.objects.count() == 7
