"""What changes nothing leaves no trace; numbers that are given count; parts are seen with their records."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.access import in_sight, visible
from aims.records.changes import create, write
from aims.records.jobs import ATTEMPTS, attempts_told
from aims.records.models import Job
from aims.records.registry import Register, registers
from aims.records.undoing import undo
from context.models import AISystem, InterestedParty, PartyRequirement
from tests.callers import Caller, caller, officer
from tests.factory import make, writer
from tests.people import World

__all__ = ["caller", "officer"]  # fixtures


def entries(record: Any) -> int:
    return Entry.objects.filter(pk_text=str(record.pk)).count()


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_writing_what_is_there_changes_nothing(world: World, register: Register) -> None:
    record = make(world, register.model, full=True)
    member = writer(world, register)
    with acting(world.orvanne.pk, member.actor):
        record = register.model._default_manager.get(pk=record.pk)
        if register.lifecycle.state(record.state).locked:
            return
        same = {
            name: list(getattr(record, name).all()) if field.many_to_many else getattr(record, field.attname)
            for name in register.fields
            if (field := register.field(name))
        }
        before, version = Entry.objects.count(), record.version
        after = write(member, record, same, version)
        assert (after.version, Entry.objects.count()) == (version, before)
        assert (after.edited_by_id, after.changed_at) == (record.edited_by_id, record.changed_at)


def test_a_patch_of_nothing_is_answered_with_the_same_tag(officer: Caller, world: World) -> None:
    record = make(world, AISystem, title="ThoraScan")
    for body in ({}, {"title": "ThoraScan"}, {"title": "  ThoraScan"[2:], "external_id": None}):
        answer = officer.patch(f"ai-systems/{record.pk}/", body, 1)
        assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    with acting(world.orvanne.pk):
        assert entries(record) == 1
    assert officer.patch(f"ai-systems/{record.pk}/", {"title": "Another"}, 1)["ETag"] == '"2"'


def test_nothing_is_still_refused_on_a_version_that_has_passed(inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    write(inside.officer, record, {"title": "ThoraScan 2"}, 1)
    with pytest.raises(Refused) as refused:
        write(inside.officer, record, {}, 1)
    assert refused.value.code == "stale"


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        ([("a", True), ("b", True)], False),
        ([("b", True), ("a", True)], True),
        ([("a", True)], True),
        ([("a", True), ("b", False)], True),
        ([("a", True), ("b", True), ("c", True)], True),
    ],
)
def test_parts_count_as_content(inside: World, rows: list[tuple[str, bool]], changes: bool) -> None:
    data = {"requirements": [{"text": "a"}, {"text": "b"}]}
    record = create(inside.officer, InterestedParty, {"title": "Patients"}, data)
    ids = {row.text: str(row.pk) for row in PartyRequirement.objects.filter(party=record)}
    given = [{"id": ids.get(text, ""), "text": text, "addressed": said} for text, said in rows]
    assert write(inside.officer, record, {}, 1, {"requirements": given}).version == 1 + changes


def test_what_cannot_be_read_is_still_refused(inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    with pytest.raises(Refused):
        write(inside.officer, record, {"review_due": "never"}, 1)
    assert write(inside.officer, record, {"review_due": "2027-01-31"}, 1).version == 2
    assert write(inside.officer, record, {"review_due": date(2027, 1, 31)}, 2).version == 2


def test_saving_twice_leaves_the_change_before_to_be_undone(inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    write(inside.officer, record, {"title": "ThoraScan 2"}, 1)
    write(inside.officer, record, {"title": "ThoraScan 2"}, 2)
    assert undo(inside.officer, record, 2).title == "ThoraScan"


@pytest.mark.parametrize(
    ("given", "following"),
    [("AIS-0007", "AIS-0008"), ("AIS-0001", "AIS-0002"), ("MINE-9", "AIS-0001"), ("AIS-x", "AIS-0001")],
)
def test_a_number_that_is_given_is_never_given_again(inside: World, given: str, following: str) -> None:
    create(inside.officer, AISystem, {"title": "a", "purpose": "x", "ref": given})
    assert create(inside.officer, AISystem, {"title": "b", "purpose": "x"}).ref == following


def test_a_lower_number_does_not_move_the_counter_back(inside: World) -> None:
    create(inside.officer, AISystem, {"title": "a", "purpose": "x", "ref": "AIS-0040"})
    create(inside.officer, AISystem, {"title": "b", "purpose": "x", "ref": "AIS-0003"})
    assert create(inside.officer, AISystem, {"title": "c", "purpose": "x"}).ref == "AIS-0041"


def test_parts_are_in_sight_with_their_records_only(inside: World) -> None:
    record = create(inside.officer, InterestedParty, {"title": "P"}, {"requirements": [{"text": "a"}]})
    assert [row.party_id for row in in_sight(inside.officer, PartyRequirement)] == [record.pk]
    limited = inside.officer.__class__(**{**vars(inside.officer), "scopes": ["ai-systems:read"]})
    assert not in_sight(limited, PartyRequirement).exists()


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_every_question_names_the_organisation_itself(inside: World, register: Register) -> None:
    """Row security would hide that a filter is lost; so the SQL is looked at, and asked where nothing else filters."""
    table = register.model._meta.db_table
    for member in inside.members.values():
        try:
            sql, values = visible(member, register.model).query.sql_with_params()
        except EmptyResultSet:
            continue  # nothing is open to them at all
        assert f'"{table}"."organisation_id" = %s' in sql, sql
        assert member.organisation_id in values


@pytest.mark.parametrize(("fence", "state", "told"), [
    (1, "building", ""), (2, "building", "attempt 2 of 5"), (9, "building", "attempt 5 of 5"), (3, "done", ""),
])  # fmt: skip
def test_who_waits_is_told_that_an_attempt_broke_off(fence: int, state: str, told: str) -> None:
    said = attempts_told(Job(fence=fence, state=state))
    assert (told in said) and bool(said) == bool(told) and ATTEMPTS == 5
