"""Imports: what each row would do, all or nothing, and the way back."""

from datetime import date
from typing import Any

import pytest

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.exchange.columns import taken
from aims.records.exchange.importing import choose_mapping, choose_place, imports, take_in
from aims.records.exchange.models import Import
from aims.records.exchange.work import start
from aims.records.models import Answer, Comment, Counter, Evidence
from aims.records.registry import Register, register_of
from aims.records.workspace import lay_answers
from context.models import AISystem, InterestedParty
from tests.factory import make, writer
from tests.people import World
from tests.records.exchanging import (
    all_registers,
    checked,
    csv_file,
    exported,
    imported,
    messages,
    xlsx_file,
)

SYSTEMS, PARTIES = register_of(AISystem), register_of(InterestedParty)
HEAD = ["title", "purpose", "owner", "stage", "review_due", "in_scope", "external_id"]


def system(world: World, **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", **data})


def acts(of: Import) -> list[str]:
    return [row.act for row in of.rows.all()]


def test_the_check_says_what_each_row_would_do_and_changes_nothing(inside: World) -> None:
    system(inside, title="Same", external_id="s")
    system(inside, title="Old title", external_id="c")
    before = (
        Entry.objects.exclude(kind__startswith="records_import").count(),
        Counter.objects.get(prefix="AIS").last,
    )
    rows = [
        ["external_id", "title", "purpose"],
        ["n", "New one", "Reads letters"],
        ["s", "Same", "Sort X-rays"],
        ["c", "New title", "Sort X-rays"],
        ["", "No purpose", ""],
    ]
    of = checked(inside.officer, SYSTEMS, csv_file(rows))
    assert acts(of) == ["create", "same", "change", "error"]
    assert messages(of) == [(5, "C", "This field cannot be blank.")]
    change = of.rows.get(act="change")
    assert (change.before, change.after) == ({"title": "Old title"}, {"title": "New title"})
    after = (
        Entry.objects.exclude(kind__startswith="records_import").count(),
        Counter.objects.get(prefix="AIS").last,
    )
    assert after == before and AISystem.objects.count() == 2


def test_with_one_bad_row_nothing_is_imported(inside: World) -> None:
    of = checked(inside.officer, SYSTEMS, csv_file([["title", "purpose"], ["Good", "Yes"], ["Bad", ""]]))
    with pytest.raises(Refused) as refused:
        start(inside.officer, of, "apply")
    assert "Nothing was changed" in str(refused.value) and not AISystem.objects.exists()


def test_it_creates_through_the_one_door(inside: World) -> None:
    row = ["ThoraScan", "Sort X-rays", "yuki tanaka", "Deployment", "31/12/2027", "no", "X-1"]
    of = imported(inside.officer, SYSTEMS, csv_file([HEAD, row]))
    record = AISystem.objects.get()
    assert (record.ref, record.owner_id, record.stage) == ("AIS-0001", inside.contributor.id, "deployment")
    assert (record.review_due, record.in_scope, record.external_id) == (date(2027, 12, 31), False, "X-1")
    assert (record.created_by_id, record.state) == (inside.officer.id, "draft")
    assert of.state == "applied" and of.counts == {"rows": 1, "create": 1}
    entry = Entry.objects.get(kind="context_aisystem", pk_text=str(record.pk))
    assert entry.actor == inside.officer.actor


@pytest.mark.parametrize("register", [SYSTEMS, PARTIES, register_of(Evidence)], ids=lambda r: r.path)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_exported_is_the_same_when_imported(inside: World, register: Register, ending: str) -> None:
    nasty = [
        "=1+1",
        "-5",
        "'=x",
        "+33 1",
        " padded ",
        "line\nbreak",
        "line\r\nbreak",
        "a,b;c\td",
        'quo"te',
        "œuvre ＝",
    ]
    for number, text in enumerate(nasty):
        data: dict[str, Any] = {"title": text, "external_id": f"e{number}", "owner": inside.contributor.id}
        data |= {"purpose": text * 3, "shows": text, "roles": text, "review_due": date(2027, 1, number + 1)}
        create(inside.officer, register.model, data)
    of = checked(inside.officer, register, exported(inside.officer, register, ending))
    assert set(acts(of)) == {"same"}, messages(of)
    assert len(of.mapping) >= 5


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("register", all_registers(), ids=lambda r: r.path)
def test_every_register_comes_back_as_it_went(world: World, register: Register, ending: str) -> None:
    make(world, register.model, full=True)
    make(world, register.model)
    member = writer(world, register)
    with acting(world.orvanne.pk, member.actor):
        of = checked(member, register, exported(member, register, ending))
        assert set(acts(of)) == {"same"}, messages(of) + [row.after for row in of.rows.all()]
        assert {*taken(register), "ref", "version"} == set(of.mapping.values())


@pytest.mark.parametrize("register", all_registers(), ids=lambda r: r.path)
def test_every_register_can_be_exported_and_read_again(inside: World, register: Register) -> None:
    file = exported(inside.officer, register, "csv")
    heading = file.read().decode("utf-8-sig").splitlines()[0]
    file.seek(0)
    with pytest.raises(Refused) as refused:  # there are no rows yet, and it says so
        take_in(inside.officer, register, file)
    assert "no rows" in str(refused.value) and '"ref"' in heading


def test_a_change_touches_only_the_columns_of_the_file(inside: World) -> None:
    record = system(inside, oversight="A doctor", review_due=date(2027, 1, 1))
    imported(inside.officer, SYSTEMS, csv_file([["Number", "Title"], ["AIS-0001", "ThoraScan 2"]]))
    record.refresh_from_db()
    assert (record.title, record.oversight, record.version) == ("ThoraScan 2", "A doctor", 2)


def test_an_empty_cell_empties_a_field_of_a_record_that_is_there(inside: World) -> None:
    record = system(inside, oversight="A doctor", review_due=date(2027, 1, 1), owner=inside.reader.id)
    rows = [["ref", "oversight", "review_due", "owner"], ["AIS-0001", "", "", ""]]
    imported(inside.officer, SYSTEMS, csv_file(rows))
    record.refresh_from_db()
    assert (record.oversight, record.review_due, record.owner_id) == ("", None, None)


def test_an_unknown_number_is_refused_in_its_cell(inside: World) -> None:
    of = checked(inside.officer, SYSTEMS, csv_file([["ref", "title"], ["AIS-0042", "x"]]))
    assert messages(of) == [(2, "A", "There is no AIS-0042 here. Leave the number empty for a new record.")]


def test_two_rows_about_one_record_are_refused(inside: World) -> None:
    system(inside, external_id="a")
    rows = [
        ["external_id", "title", "purpose"],
        ["a", "x", "y"],
        ["a", "z", "y"],
        ["b", "1", "y"],
        ["b", "2", "y"],
    ]
    of = checked(inside.officer, SYSTEMS, csv_file(rows))
    assert acts(of) == ["change", "error", "create", "error"]
    assert [m[2] for m in messages(of)] == [
        "Row 2 is about the same record.",
        "Row 4 is about the same record.",
    ]


def test_a_record_changed_since_the_export_is_not_overwritten(inside: World) -> None:
    record = system(inside)
    file = exported(inside.officer, SYSTEMS, "csv")
    content = file.read().replace(b"Sort X-rays", b"Sort scans")
    write(inside.officer, record, {"title": "Theirs"}, 1)
    of = checked(inside.officer, SYSTEMS, type(file)(content, name="old.csv"))
    assert acts(of) == ["error"] and "since version 1" in messages(of)[0][2]


def test_what_changed_between_check_and_import_is_seen(inside: World) -> None:
    record = system(inside)
    of = checked(inside.officer, SYSTEMS, csv_file([["ref", "title"], ["AIS-0001", "Mine"]]))
    write(inside.officer, record, {"title": "Theirs"}, 1)
    with pytest.raises(Refused) as refused:
        start(inside.officer, of, "apply")
    record.refresh_from_db()
    assert refused.value.code == "conflict" and record.title == "Theirs"
    assert start(inside.officer, start(inside.officer, of, "check"), "apply").state == "applied"


def test_it_is_imported_once(inside: World) -> None:
    of = imported(inside.officer, SYSTEMS, csv_file([["title", "purpose"], ["x", "y"]]))
    with pytest.raises(Refused):
        start(inside.officer, of, "apply")
    assert AISystem.objects.count() == 1


def test_undo_withdraws_what_came_and_gives_back_what_was(inside: World) -> None:
    record = system(inside, external_id="c", owner=inside.reader.id, review_due=date(2027, 1, 1))
    rows = [
        ["external_id", "title", "purpose", "owner", "review_due"],
        ["c", "Changed", "Sort X-rays", "Nadia Benhaddou", ""],
        ["n", "New", "New", "", ""],
    ]
    of = start(inside.officer, imported(inside.officer, SYSTEMS, csv_file(rows)), "undo")
    record.refresh_from_db()
    assert (record.title, record.owner_id, record.review_due) == (
        "ThoraScan",
        inside.reader.id,
        date(2027, 1, 1),
    )
    new = AISystem.objects.get(title="New")
    assert (new.state, of.state) == ("withdrawn", "undone")
    assert "was undone" in Comment.objects.get(record_id=new.pk).text
    again = imported(inside.officer, SYSTEMS, csv_file(rows))  # and the file can come again
    assert again.counts == {"rows": 2, "change": 1, "create": 1}


def test_undo_is_refused_as_a_whole_when_somebody_went_on(inside: World) -> None:
    of = imported(inside.officer, SYSTEMS, csv_file([["title", "purpose"], ["One", "x"], ["Two", "x"]]))
    two = AISystem.objects.get(title="Two")
    write(inside.officer, two, {"purpose": "y"}, two.version)
    with pytest.raises(Refused) as refused:
        start(inside.officer, of, "undo")
    assert refused.value.details["refs"] == [two.ref] and two.ref in str(refused.value)
    assert set(AISystem.objects.values_list("state", flat=True)) == {"draft"}


def test_a_moved_record_holds_the_undo_too(inside: World) -> None:
    of = imported(inside.officer, SYSTEMS, csv_file([["title", "purpose"], ["One", "x"]]))
    move(inside.officer, AISystem.objects.get(), "put_in_force", 1)
    with pytest.raises(Refused):
        start(inside.officer, of, "undo")


def test_a_locked_record_is_an_error_of_its_row(inside: World) -> None:
    move(inside.officer, system(inside), "withdraw", 1, note="never built")
    of = checked(inside.officer, SYSTEMS, csv_file([["ref", "title"], ["AIS-0001", "x"]]))
    assert acts(of) == ["error"] and "closed" in messages(of)[0][2]


def test_readers_and_strangers_import_nothing(inside: World) -> None:
    file = csv_file([["title", "purpose"], ["x", "y"]])
    for member in (inside.reader, inside.contributor, inside.executive):
        with pytest.raises(Refused) as refused:
            take_in(member, SYSTEMS, file)
        assert refused.value.code == "forbidden"
    of = take_in(inside.officer, SYSTEMS, file)
    assert not imports(inside.reader).exists() and imports(inside.officer).get() == of
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert not imports(inside.stranger).exists()
        with pytest.raises(Refused):
            start(inside.stranger, of, "check")


def test_a_row_cannot_refer_to_what_belongs_to_others(inside: World) -> None:
    of = checked(
        inside.officer, SYSTEMS, csv_file([["title", "purpose", "owner"], ["x", "y", "bruno@brindle.test"]])
    )
    assert messages(of) == [(2, "C", "There is no “bruno@brindle.test” here.")]


def test_answers_are_changed_and_never_added(inside: World) -> None:
    lay_answers(inside.officer)
    code = Answer.objects.order_by("code").values_list("code", flat=True)[0]
    file = csv_file([["ref", "text"], [code, "We did"], ["", "New"]])
    of = checked(inside.officer, register_of(Answer), file)
    assert acts(of) == ["change", "error"] and "role" in messages(of)[0][2]


def test_the_mapping_is_guessed_and_then_remembered(inside: World) -> None:
    rows = [["Nom", "Finalité", "Responsable"], ["A", "B", "Yuki Tanaka"]]
    of = take_in(inside.officer, SYSTEMS, csv_file(rows))
    assert of.mapping == {"0": "title", "2": "owner"}  # "Finalité" is nobody's name yet
    of = choose_mapping(inside.officer, of, {**of.mapping, "1": "purpose"})
    start(inside.officer, start(inside.officer, of, "check"), "apply")
    again = take_in(inside.officer, SYSTEMS, csv_file([["finalite", "Nom"], ["B", "A"]]))
    assert again.mapping == {"0": "purpose", "1": "title"}


@pytest.mark.parametrize(
    "chosen",
    [
        {"0": "title", "1": "title"},
        {"9": "title"},
        {"0": "state"},
        {"0": "organisation"},
        {"x": "title"},
        {},
        {"0": ""},
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(inside: World, chosen: dict[str, str]) -> None:
    of = take_in(inside.officer, SYSTEMS, csv_file([["a", "b"], ["x", "y"]]))
    with pytest.raises(Refused):
        choose_mapping(inside.officer, of, chosen)


def test_sheet_and_headings_can_be_chosen(inside: World) -> None:
    sheets: dict[str, Any] = {
        "Read me": [["Made by", "us"], ["x", "y"]],
        "Systems": [
            ["Our systems"],
            [None],
            ["Title", "Purpose", "Review due"],
            ["A", "B", date(2027, 5, 1)],
        ],
    }
    of = take_in(inside.officer, SYSTEMS, xlsx_file(sheets))
    assert of.headings == ["Made by", "us"]
    of = choose_place(inside.officer, of, "Systems", 3)
    assert of.headings == ["Title", "Purpose", "Review due"]
    with pytest.raises(Refused):
        choose_place(inside.officer, of, "Systems", 2)
    of = choose_mapping(inside.officer, of, {"0": "title", "1": "purpose", "2": "review_due"})
    start(inside.officer, start(inside.officer, of, "check"), "apply")
    assert AISystem.objects.get().review_due == date(2027, 5, 1)


def test_fields_that_nobody_enters_cannot_be_imported(inside: World) -> None:
    system(inside)
    rows = [["ref", "state", "created_by", "id", "title"], ["AIS-0001", "in_force", "Paul Girard", "7", "x"]]
    of = imported(inside.officer, SYSTEMS, csv_file(rows))
    assert set(of.mapping.values()) == {"ref", "external_id", "title"}
    assert AISystem.objects.get().state == "draft"


def test_a_row_with_an_error_is_called_by_its_title(inside: World) -> None:
    of = checked(
        inside.officer, SYSTEMS, csv_file([["title", "purpose", "review_due"], ["Alpha", "x", "soon"]])
    )
    assert of.rows.get().title == "Alpha"
