"""One's own last change can be taken back for a day: fields, relations and parts, with an entry of its own."""

from datetime import timedelta
from typing import Any

import pytest

from aims.journal.history import history
from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records import undoing
from aims.records.base import Record
from aims.records.changes import create, move, part_name, write
from aims.records.models import Answer
from aims.records.registry import Register, register_of, registers
from aims.records.represent import content
from aims.records.undoing import undo, undoable
from context.models import AISystem, InterestedParty
from improvement.models import Nonconformity
from tests.factory import make, writer
from tests.people import World


def party(world: World) -> InterestedParty:
    rows: Any = [
        {"text": "A doctor decides"},
        {"text": "Equal quality", "addressed": False},
        {"text": "A reply"},
    ]
    return create(world.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})


def texts(record: InterestedParty) -> list[tuple[str, bool]]:
    return list(record.requirements.values_list("text", "addressed"))


def refusal(world: World, record: Record, version: int, member: Any = None) -> Refused:
    with pytest.raises(Refused) as refused:
        undo(member or world.officer, record, version)
    return refused.value


def test_fields_are_as_they_were_and_the_journal_tells_of_it(inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})
    write(inside.officer, record, {"title": "Other", "review_due": "2030-01-31"}, 1)
    assert undoable(inside.officer, AISystem.objects.get(), history(record))
    back = undo(inside.officer, record, 2)
    assert (back.title, back.review_due, back.version) == ("ThoraScan", None, 3)
    latest = Entry.objects.filter(pk_text=str(record.pk)).latest("id")
    assert (latest.action, latest.version, latest.actor) == ("U", 3, inside.officer.actor)


def test_an_undo_can_be_undone(inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})
    write(inside.officer, record, {"title": "Other"}, 1)
    undo(inside.officer, record, 2)
    assert undo(inside.officer, record, 3).title == "Other"


def test_parts_that_came_went_and_changed_are_as_they_were_in_their_order(inside: World) -> None:
    record = party(inside)
    before = texts(record)
    first, _second, third = record.requirements.all()
    rows = [
        {"id": str(third.pk), "text": "A quick reply"},
        {"text": "New"},
        {"id": str(first.pk), "text": first.text},
    ]
    write(inside.officer, record, {"title": "All patients"}, 1, {"requirements": rows})
    assert texts(record) != before
    undo(inside.officer, record, 2)
    assert (
        texts(record) == before == [("A doctor decides", before[0][1]), ("Equal quality", False), before[2]]
    )
    assert InterestedParty.objects.get().title == "Patients"


def test_what_is_part_of_no_change_stays(inside: World) -> None:
    record = party(inside)
    write(inside.officer, record, {"title": "All patients"}, 1)
    undo(inside.officer, record, 2)
    assert len(texts(record)) == 3


def test_relations_to_several_are_as_they_were(inside: World) -> None:
    systems = [make(inside, AISystem, title=name) for name in ("One", "Two", "Three")]
    record = make(inside, Nonconformity, systems=systems[:2])
    write(inside.officer, record, {"systems": systems[1:]}, 1)
    undo(inside.officer, record, 2)
    assert set(record.systems.values_list("title", flat=True)) == {"One", "Two"}


@pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
def test_every_kind_is_undone_to_the_letter(register: Register, world: World) -> None:
    """What was entered before stands again: every field emptied or changed, every part gone, then undone."""
    record = make(world, register.model, full=True)
    member = writer(world, register)
    if register.lifecycle.state(record.state).locked:
        pytest.skip("its first state is closed")
    with acting(world.orvanne.pk, member.actor):
        before = content(record, register)
        values = {name: None for name in register.fields if optional(register.field(name))}
        parts: dict[str, Any] = (
            {} if register.model.fixed else {part_name(part): [] for part in register.parts}
        )
        try:
            write(member, record, {**values, "external_id": "changed"}, record.version, parts)
        except Refused:  # its rules want what was emptied
            write(member, record, {"external_id": "changed", "review_due": "2031-05-05"}, record.version)
        record = register.model._default_manager.get(pk=record.pk)
        undo(member, record, record.version)
        assert without_ids(content(record, register)) == without_ids(before)


def optional(field: Any) -> bool:
    return bool(field.null and not field.many_to_many and field.editable)


def without_ids(value: Any) -> Any:
    """Parts that went and came again have new ids."""
    if isinstance(value, list):
        return [without_ids(one) for one in value]
    if isinstance(value, dict):
        return {name: without_ids(one) for name, one in value.items() if name != "id"}
    return value


def test_nobody_undoes_anothers_change_or_one_that_somebody_built_on(inside: World) -> None:
    record = create(
        inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort", "owner": inside.contributor.id}
    )
    write(inside.officer, record, {"title": "Other"}, 1)
    with acting(inside.orvanne.pk, inside.contributor.actor):
        assert refusal(inside, record, 2, inside.contributor).code == "conflict"
        write(inside.contributor, record, {"title": "Third"}, 2)
    stale = refusal(inside, record, 2)
    assert (stale.code, stale.status) == ("stale", 412) and "Somebody else" in str(stale)
    assert refusal(inside, record, 3).code == "conflict"
    assert AISystem.objects.get().title == "Third"


def test_neither_the_beginning_nor_a_step_nor_yesterdays_change(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})
    assert refusal(inside, record, 1).code == "conflict"
    write(inside.officer, record, {"title": "Other"}, 1)
    monkeypatch.setattr(undoing, "WITHIN", timedelta(seconds=-1))
    assert refusal(inside, record, 2).code == "conflict"
    monkeypatch.undo()
    code = register_of(AISystem).lifecycle.leaving(record.state)[0].code
    record = AISystem.objects.get()
    move(inside.officer, record, code, 2, note="why")
    assert refusal(inside, record, 3).code == "conflict"


def test_a_closed_state_and_a_reader_are_refused(inside: World) -> None:
    record = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})
    write(inside.officer, record, {"title": "Other"}, 1)
    assert refusal(inside, record, 2, inside.reader).code == "forbidden"
    AISystem.objects.update(state="withdrawn")
    assert not undoable(inside.officer, AISystem.objects.get(), history(record))
    assert refusal(inside, record, 2).code == "conflict"


def test_an_answer_that_was_typed_over_comes_back(inside: World) -> None:
    record = make(inside, Answer)
    write(inside.officer, record, {"text": "We do **this**."}, 1)
    write(inside.officer, record, {"text": "Oh"}, 2)
    undo(inside.officer, record, 3)
    assert Answer.objects.get(pk=record.pk).text == "We do **this**."
