"""The one door: who may, on which version, and what a refusal keeps."""

from typing import Any

import pytest

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.keys import uuid7
from aims.organisation.refused import Refused
from aims.records.changes import comment, create, move, write
from aims.records.registry import register_of
from aims.records.represent import listing, represent
from context.models import AISystem, InterestedParty
from tests.people import World


def system(world: World, **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", **data})


def test_it_creates_a_numbered_record_with_one_journal_entry(inside: World) -> None:
    record = system(inside)
    assert (record.ref, record.state, record.version) == ("AIS-0001", "draft", 1)
    entries = Entry.objects.filter(kind="context_aisystem", pk_text=str(record.pk))
    assert [(e.action, e.actor, e.version) for e in entries] == [("I", inside.officer.actor, 1)]


def test_it_refuses_a_stale_version_and_changes_nothing(inside: World) -> None:
    record = system(inside)
    write(inside.officer, record, {"title": "ThoraScan 2"}, version=1)
    with pytest.raises(Refused) as refused:
        write(inside.officer, record, {"title": "mine"}, version=1)
    assert (refused.value.code, refused.value.status) == ("stale", 412)
    record.refresh_from_db()
    assert (record.title, record.version) == ("ThoraScan 2", 2)


def test_a_reader_is_refused_before_validation(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        create(inside.reader, AISystem, {"title": ""})
    assert refused.value.code == "forbidden"


def test_a_contributor_changes_only_what_is_theirs(inside: World) -> None:
    record = system(inside)
    with pytest.raises(Refused):
        write(inside.contributor, record, {"title": "x"}, version=1)
    write(inside.officer, record, {"owner": inside.contributor.id}, version=1)
    assert write(inside.contributor, record, {"title": "Mine now"}, version=2).title == "Mine now"


def test_missing_fields_are_named(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        create(inside.officer, AISystem, {"title": ""})
    assert set(refused.value.fields) == {"title", "purpose"}


def test_another_organisation_sees_nothing(inside: World) -> None:
    record = system(inside)
    with acting(inside.brindle.pk, inside.stranger.actor), pytest.raises(Refused) as refused:
        write(inside.stranger, record, {"title": "stolen"}, version=1)
    assert refused.value.code == "not_found"


def test_parts_are_written_with_their_record_and_shown_in_order(inside: World) -> None:
    rows: list[dict[str, Any]] = [{"text": "A doctor decides"}, {"text": "Equal quality", "addressed": False}]
    party = create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
    shown = represent(inside.officer, register_of(InterestedParty), party.pk)
    assert shown and [r["text"] for r in shown["requirements"]] == ["A doctor decides", "Equal quality"]
    kept = shown["requirements"][1]
    write(
        inside.officer, party, {}, 1, {"requirements": [{"id": kept["id"], "text": "Equal quality for all"}]}
    )
    again = represent(inside.officer, register_of(InterestedParty), party.pk)
    assert again and [(r["id"], r["text"]) for r in again["requirements"]] == [
        (kept["id"], "Equal quality for all")
    ]


def test_a_bad_part_is_named_by_its_place(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        create(
            inside.officer,
            InterestedParty,
            {"title": "Patients"},
            {"requirements": [{"text": "x"}, {"text": ""}]},
        )
    assert "requirements.1.text" in refused.value.fields
    assert not InterestedParty.objects.exists()


def test_a_part_takes_its_declared_fields_only(inside: World) -> None:
    rows = [{"text": "x", "organisation_id": inside.brindle.pk, "position": 7, "pk": "nonsense"}]
    party = create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
    part = party.requirements.get()
    assert (part.organisation_id, part.position) == (inside.orvanne.pk, 0)


def test_a_reference_to_another_organisations_row_reads_like_an_unknown_one(inside: World) -> None:
    said = []
    for key in (inside.stranger.id, uuid7()):
        with pytest.raises(Refused) as refused:
            create(inside.officer, AISystem, {"title": "x", "purpose": "y", "owner": key})
        said.append((refused.value.code, dict(refused.value.fields)))
    assert said[0] == said[1] and "owner" in said[0][1]


def test_moves_follow_the_declared_arrows(inside: World) -> None:
    record = system(inside)
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "reopen", 1)
    assert refused.value.code == "transition"
    assert move(inside.officer, record, "put_in_force", 1).state == "in_force"


def test_withdrawing_needs_a_reason_and_locks(inside: World) -> None:
    record = system(inside)
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "withdraw", 1)
    assert "note" in refused.value.fields
    record = move(inside.officer, record, "withdraw", 1, note="Never built")
    with pytest.raises(Refused) as refused:
        write(inside.officer, record, {"title": "x"}, record.version)
    assert refused.value.code == "locked"


def test_list_and_single_record_are_the_same(inside: World) -> None:
    record = system(inside)
    comment(inside.reader, record, "Looks right")
    text, count, last = listing(inside.officer, register_of(AISystem))
    one = represent(inside.officer, register_of(AISystem), record.pk)
    import json  # noqa: PLC0415

    assert json.loads(text) == [one] and count == 1 and last == record.pk
    assert one and one["created_at"].endswith("Z")
