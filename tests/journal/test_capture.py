"""The journal sees every change, by whatever door, once; and nobody of the application can take it back."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DataError, ProgrammingError

from aims.journal.history import history
from aims.journal.models import Entry
from aims.journal.walls import owned_models
from aims.organisation.acting import acting
from aims.records.changes import create, write
from aims.records.models import Evidence, Link
from context.models import AISystem, InterestedParty, PartyRequirement
from tests.conftest import owner_connection
from tests.people import World


def entries(kind: str = "context_aisystem") -> list[tuple[str, str]]:
    return [(e.action, e.actor) for e in Entry.objects.filter(kind=kind).order_by("id")]


def system(world: World, title: str = "ThoraScan") -> AISystem:
    return create(world.officer, AISystem, {"title": title, "purpose": "Sort X-rays"})


def test_one_entry_for_each_kind_of_change(inside: World) -> None:
    first, second = system(inside), system(inside, "Orva Assist")
    AISystem.objects.filter(pk=first.pk).update(release="3.2")
    AISystem.objects.filter(pk=first.pk).update(release="3.2")  # nothing changes, nothing is written
    first.release, second.release = "4", "5"
    AISystem.objects.bulk_update([first, second], ["release"])
    with connection.cursor() as cursor:
        cursor.execute("update context_aisystem set release = '6' where id = %s", [first.pk])
    assert [action for action, _ in entries()] == ["I", "I", "U", "U", "U", "U"]
    assert {actor for _, actor in entries()} == {inside.officer.actor}


def test_parts_are_seen_when_they_go_with_their_record(inside: World) -> None:
    rows = [{"text": "one"}, {"text": "two"}]
    party = create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
    PartyRequirement.objects.filter(party=party).delete()
    found = Entry.objects.filter(parent=str(party.pk)).order_by("id")
    assert [(e.kind, e.action) for e in found] == [("context_partyrequirement", a) for a in "IIDD"]


def test_a_change_undone_leaves_no_entry(inside: World) -> None:
    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        system(inside)
        raise Undo
    assert entries() == []


def test_a_leaf_is_the_hash_of_salt_and_bytes(inside: World) -> None:
    system(inside)
    entry = Entry.objects.get(kind="context_aisystem")
    assert entry.state and entry.salt and len(entry.salt) == 16
    assert hashlib.sha256(b"\0" + bytes(entry.salt) + entry.state.encode()).digest() == bytes(entry.leaf)
    assert json.loads(entry.state)["title"] == "ThoraScan"


@pytest.mark.parametrize(
    "setting", ["TimeZone = 'Pacific/Apia'", "DateStyle = 'German'", "extra_float_digits = -3"]
)
def test_the_bytes_do_not_hang_on_the_session(inside: World, setting: str) -> None:
    record = system(inside)
    with connection.cursor() as cursor:
        cursor.execute(f"set local {setting}")
        cursor.execute("update context_aisystem set version = 2 where id = %s", [record.pk])
        cursor.execute("update context_aisystem set version = 1 where id = %s", [record.pk])
        cursor.execute("select state, leaf from journal.entry where kind = 'context_aisystem' order by id")
        first, _, last = cursor.fetchall()
    assert first[0] == last[0] and first[1] != last[1]


def test_the_owner_outside_the_application_is_named(inside: World) -> None:
    with owner_connection() as owner, owner.transaction(force_rollback=True):
        owner.execute(
            "insert into organisation_organisation (id, name, country, time_zone, edition, settings, created_at)"
            " values (gen_random_uuid(), 'X', 'FR', 'UTC', 'e', '{}', now())"
        )
        row = owner.execute("set role aims_journal; select actor from journal.entry order by id desc limit 1")
        while row.nextset():
            pass
        assert row.fetchone() == ("outside the application: aims_owner",)


FORBIDDEN = [
    "truncate context_aisystem",
    "alter table context_aisystem disable trigger journal_row",
    "drop trigger journal_row on context_aisystem",
    "set session_replication_role = replica",
    "update journal.entry set actor = 'somebody else'",
    "delete from journal.entry",
    "insert into journal.entry (at, actor, kind, pk, action, leaf) values (now(), 'x', 'x', 'x', 'I', '')",
    "delete from journal.queue",
    "create or replace function journal.capture() returns trigger language plpgsql as $$ begin return null; end $$",
    "create temp table t (id uuid); create trigger f after insert on t for each row execute function journal.capture()",
    "set row_security = off; select * from context_aisystem",
    "set role aims_owner",
    "set role aims_journal",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot_touch_the_journal(inside: World, statement: str) -> None:
    system(inside)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_owner_cannot_rewrite_it_either(world: World) -> None:
    with owner_connection() as owner:
        for statement in ("update journal.entry set actor = 'x'", "truncate context_aisystem_x"):
            with pytest.raises(psycopg.Error):
                owner.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="the journal would not see it"):
            owner.execute("set role aims_journal; delete from journal.entry")


def test_every_table_of_an_organisation_has_its_triggers_always_on(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger where tgname like 'journal%'"
        )
        found = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    for model in owned_models():
        if getattr(model, "journalled", True):
            for name in ("journal_row", "journal_update"):
                assert found.get((model._meta.db_table, name)) == "A", f"{model._meta.db_table} lacks {name}"


def test_each_live_row_equals_its_last_entry(inside: World) -> None:
    record = system(inside)
    write(inside.officer, record, {"misuse": "é\u2028\U0001f600", "review_due": "2027-02-28"}, 1)
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(r)::text from context_aisystem r where id = %s", [record.pk])
        live = json.loads(cursor.fetchone()[0])
    last = Entry.objects.filter(kind="context_aisystem").latest("id")
    kept = json.loads(last.state or "")
    assert {k: v for k, v in live.items() if not k.endswith("_at")} == {
        k: v for k, v in kept.items() if not k.endswith("_at")
    }


def test_history_tells_before_and_after_and_what_belongs_to_the_record(inside: World) -> None:
    record = system(inside)
    write(inside.officer, record, {"title": "ThoraScan Triage"}, 1)
    proof = create(inside.officer, Evidence, {"title": "Test report"})
    Link.objects.create(organisation=inside.orvanne, evidence=proof, kind="ai-systems", record_id=record.pk)
    changes = history(record)
    assert [(c.kind, c.action) for c in changes] == [
        ("records_link", "I"),
        ("context_aisystem", "U"),
        ("context_aisystem", "I"),
    ]
    assert [(d.column, d.before, d.after) for d in changes[1].differences] == [
        ("title", "ThoraScan", "ThoraScan Triage")
    ]
    paged = history(record, limit=1, before=changes[0].id)
    assert paged[0].differences == changes[1].differences


@pytest.mark.parametrize(("setting", "outcome"), [("", 0), ("00000000-0000-0000-0000-000000000000", 0)])
def test_without_the_organisation_no_row_is_seen(inside: World, setting: str, outcome: int) -> None:
    system(inside)
    with acting(setting):
        assert AISystem.objects.count() == Entry.objects.count() == outcome


def test_garbage_for_an_organisation_is_an_error(inside: World) -> None:
    with pytest.raises(DataError), acting("garbage"):
        AISystem.objects.count()


def test_the_other_organisation_sees_neither_rows_nor_entries(inside: World) -> None:
    record = system(inside)
    look: list[Callable[[], Any]] = [
        AISystem.objects.count,
        Entry.objects.filter(kind="context_aisystem").count,
    ]
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert [f() for f in look] == [0, 0]
        assert AISystem.objects.filter(pk=record.pk).update(title="stolen") == 0
