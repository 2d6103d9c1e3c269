"""Parts of records in a file: out on a sheet of their own, and in again with their records."""

from typing import Any

import pytest

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.changes import create, part_name, write
from aims.records.exchange.export import all_rows, csv_lines
from aims.records.exchange.importing import choose_mapping, choose_place, take_in
from aims.records.exchange.models import Import
from aims.records.exchange.parts import RECORD, fields_of_part
from aims.records.exchange.work import start
from aims.records.registry import Register, register_of, registers
from context.models import InterestedParty
from tests.factory import make, writer
from tests.people import World
from tests.records.exchanging import checked, exported, imported, messages, xlsx_file

PARTIES = register_of(InterestedParty)
(PART,) = PARTIES.parts
NAME = part_name(PART)
WITH_PARTS = [register for register in registers() if register.parts]


def party(world: World, title: str, *said: str) -> InterestedParty:
    rows = {NAME: [{"text": text} for text in said]}
    return create(world.officer, InterestedParty, {"title": title}, rows)


def said(record: Record) -> list[str]:
    rows: Any = PART._default_manager.filter(**{PART.of: record}).order_by("position")
    return [row.text for row in rows]


def book(records: list[list[Any]], *parts: list[Any]) -> Any:
    """A spreadsheet of parties, with a sheet of their requirements."""
    plural = str(PART._meta.verbose_name_plural).capitalize()
    label = fields_of_part(PART)["text"]
    return xlsx_file({"Parties": records, plural: [["Record", label], *parts]})


def keys(record: Record) -> dict[str, Any]:
    rows: Any = PART._default_manager.filter(**{PART.of: record})
    return {row.text: row.pk for row in rows}


@pytest.mark.parametrize("register", WITH_PARTS, ids=lambda r: r.path)
def test_records_with_parts_come_back_as_they_went(world: World, register: Register) -> None:
    record = make(world, register.model, full=True)
    make(world, register.model)
    member = writer(world, register)
    with acting(world.orvanne.pk, member.actor):
        file = exported(member, register, "xlsx")
        of = checked(member, register, file)
        assert {row.act for row in of.rows.all()} == {"same"}, messages(of)
        with_rows = {part_name(p) for p in register.parts if p._default_manager.filter(**{p.of: record})}
        assert set(of.parts) == with_rows
        for part in register.parts:
            if part_name(part) in of.parts:
                assert set(of.parts[part_name(part)]["mapping"].values()) == {RECORD, *part.form}


@pytest.mark.parametrize("register", WITH_PARTS, ids=lambda r: r.path)
def test_what_left_with_its_parts_can_come_in_as_new(world: World, register: Register) -> None:
    make(world, register.model, full=True)
    member = writer(world, register)
    if register.model.fixed:
        return
    with acting(world.orvanne.pk, member.actor):
        before = {part: part._default_manager.count() for part in register.parts}
        of = take_in(member, register, exported(member, register, "xlsx"))
        mapping = {p: "" if n in ("ref", "version", "external_id") else n for p, n in of.mapping.items()}
        of = choose_mapping(member, of, mapping)
        # the sheet of parts names the old number, so it finds nobody: it says so and nothing is imported
        of = start(member, of, "check")
        errors = [row for row in of.rows.all() if row.sheet]
        assert len(errors) == sum(place["rows"] for place in of.parts.values())
        assert {part: part._default_manager.count() for part in register.parts} == before


def test_a_new_record_comes_with_its_parts(inside: World) -> None:
    file = book([["title", "external_id"], ["Patients", "p"], ["Doctors", "d"]],
                ["Patients", "Privacy"], ["", "Safety"], ["d", "Proof"])  # fmt: skip
    of = imported(inside.officer, PARTIES, file)
    patients, doctors = InterestedParty.objects.order_by("ref")
    assert (said(patients), said(doctors)) == (["Privacy", "Safety"], ["Proof"])
    assert of.rows.get(number=2).after[NAME] == [{"text": "Privacy"}, {"text": "Safety"}]
    assert of.counts == {"rows": 2, "create": 2}


def test_the_check_shows_parts_and_changes_none(inside: World) -> None:
    record = party(inside, "Patients", "Privacy")
    of = checked(inside.officer, PARTIES, book([["ref"], [record.ref]], [record.ref, "Speed"]))
    row = of.rows.get()
    assert row.act == "change" and row.after == {NAME: [{"text": "Speed"}]}
    assert [one["text"] for one in row.before[NAME]] == ["Privacy"] and said(record) == ["Privacy"]


def test_parts_that_stay_keep_their_place_in_the_world(inside: World) -> None:
    record = party(inside, "Patients", "Privacy", "Safety", "Speed")
    ids = keys(record)
    file = book(
        [["ref"], [record.ref]], [record.ref, "Speed"], ["", "Privacy"], ["", "Comfort"], ["", "More"]
    )
    imported(inside.officer, PARTIES, file)
    now = keys(record)
    assert said(record) == ["Speed", "Privacy", "Comfort", "More"]
    assert now["Speed"] == ids["Speed"] and now["Privacy"] == ids["Privacy"]
    assert now["Comfort"] == ids["Safety"] and now["More"] not in ids.values()


def test_who_is_not_named_on_the_sheet_of_parts_keeps_theirs(inside: World) -> None:
    one, other = party(inside, "Patients", "Privacy"), party(inside, "Doctors", "Proof")
    file = book([["ref", "title"], [one.ref, "Patients"], [other.ref, "Doctors 2"]], [one.ref, "Speed"])
    imported(inside.officer, PARTIES, file)
    assert (said(one), said(other)) == (["Speed"], ["Proof"])


def test_errors_name_sheet_and_cell(inside: World) -> None:
    file = book([["title"], ["Patients"]], ["Patients", "Privacy"], ["Patients", "x" * 5000])
    of = checked(inside.officer, PARTIES, file)
    ((place, name, _text, message),) = of.rows.get().errors
    assert place.endswith("!B3") and name == fields_of_part(PART)["text"] and "characters" in message
    with pytest.raises(Refused):
        start(inside.officer, of, "apply")
    assert not InterestedParty.objects.exists()


def test_rows_of_nobody_are_told_and_hold_up_the_import(inside: World) -> None:
    file = book(
        [["title"], ["Patients"]], ["", "Before anybody"], ["Patients", "Privacy"], ["Nobody", "Proof"]
    )
    of = checked(inside.officer, PARTIES, file)
    lost = [(row.number, row.act, bool(row.errors)) for row in of.rows.exclude(sheet="")]
    assert lost == [(2, "error", True), (4, "error", True)] and of.counts["error"] == 2


def test_a_title_that_stands_twice_names_nobody(inside: World) -> None:
    of = checked(
        inside.officer, PARTIES, book([["title"], ["Patients"], ["Patients"]], ["Patients", "Privacy"])
    )
    assert [row.act for row in of.rows.all()] == ["create", "error"]
    assert "external id" in messages(of)[0][2]


def test_undo_gives_the_parts_back(inside: World) -> None:
    record = party(inside, "Patients", "Privacy", "Safety")
    of = imported(inside.officer, PARTIES, book([["ref"], [record.ref]], [record.ref, "Speed"]))
    assert said(record) == ["Speed"]
    start(inside.officer, of, "undo")
    assert said(record) == ["Privacy", "Safety"]


def test_a_sheet_can_be_chosen_by_hand_and_its_columns_too(inside: World) -> None:
    file = xlsx_file(
        {"Who": [["title"], ["Patients"]], "What": [["x"], ["Party", "Wish"], ["Patients", "Speed"]]}
    )
    of = take_in(inside.officer, PARTIES, file)
    assert of.parts == {}
    of = choose_place(inside.officer, of, "Who", 1, {NAME: ("What", 2)})
    assert of.parts[NAME]["headings"] == ["Party", "Wish"]
    with pytest.raises(Refused) as refused:
        choose_mapping(inside.officer, of, of.mapping, {NAME: {"0": "", "1": "text"}})
    assert "belongs" in str(refused.value)
    of = choose_mapping(inside.officer, of, of.mapping, {NAME: {"0": RECORD, "1": "text"}})
    start(inside.officer, start(inside.officer, of, "check"), "apply")
    assert said(InterestedParty.objects.get()) == ["Speed"]


def test_a_sheet_of_which_nothing_is_mapped_changes_nothing(inside: World) -> None:
    record = party(inside, "Patients", "Privacy")
    of = take_in(inside.officer, PARTIES, book([["ref"], [record.ref]], [record.ref, "Speed"]))
    of = choose_mapping(inside.officer, of, of.mapping, {NAME: {}})
    assert start(inside.officer, of, "check").counts == {"rows": 1, "same": 1}


def test_a_csv_has_no_parts(inside: World) -> None:
    record = party(inside, "Patients", "Privacy")
    assert "Privacy" not in "".join(csv_lines(inside.officer, PARTIES, all_rows(inside.officer, PARTIES)))
    of = imported(inside.officer, PARTIES, exported(inside.officer, PARTIES, "csv"))
    assert isinstance(of, Import) and of.parts == {} and said(record) == ["Privacy"]


def test_parts_follow_the_version_that_was_seen(inside: World) -> None:
    record = party(inside, "Patients", "Privacy")
    write(inside.officer, record, {"title": "Patients today"}, 1)
    of = checked(inside.officer, PARTIES, book([["ref", "version"], [record.ref, 1]], [record.ref, "Speed"]))
    assert of.rows.get().act == "error" and "changed since version 1" in messages(of)[0][2]
