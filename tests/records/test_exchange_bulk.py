"""Many records at once: each through the door with the version that was seen, every refusal told, none holding another."""

from datetime import date
from typing import Any

import pytest

from aims.journal.models import Entry
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import create, move, write
from aims.records.exchange import bulk
from aims.records.exchange.bulk import Change, Pick, carry_out, fields_for, preview, steps_for
from aims.records.exchange.views import clean, keep, may_remove, remove, views_of
from aims.records.registry import register_of
from context.models import AISystem
from tests.people import World

SYSTEMS = register_of(AISystem)


def some(world: World, number: int = 3) -> list[AISystem]:
    return [create(world.officer, AISystem, {"title": f"S{n}", "purpose": "x"}) for n in range(number)]


def picks(records: list[AISystem], **versions: int) -> list[Pick]:
    return [Pick(str(record.pk), versions.get(record.title, record.version)) for record in records]


def test_all_get_the_owner_and_a_new_version(inside: World) -> None:
    records = some(inside)
    outcomes = carry_out(inside.officer, SYSTEMS, Change("owner", inside.contributor.id), picks(records))
    assert [(o.was, o.becomes, o.refusal) for o in outcomes] == [("", "Yuki Tanaka", "")] * 3
    assert set(AISystem.objects.values_list("owner", "version")) == {(inside.contributor.id, 2)}
    assert Entry.objects.filter(kind="context_aisystem", action="U").count() == 3


def test_a_preview_changes_nothing_and_says_the_same(inside: World) -> None:
    records = some(inside)
    write(inside.officer, records[1], {"title": "Theirs"}, 1)
    before = Entry.objects.count()
    change = Change("review_due", date(2027, 5, 1))
    foreseen = preview(inside.officer, SYSTEMS, change, picks(records))
    assert Entry.objects.count() == before
    assert not AISystem.objects.exclude(review_due=None).exists()
    done = carry_out(inside.officer, SYSTEMS, change, picks(records))
    assert [(o.becomes, o.refusal) for o in done] == [(o.becomes, o.refusal) for o in foreseen]


def test_one_that_is_refused_holds_up_no_other(inside: World) -> None:
    records = some(inside)
    write(inside.officer, records[1], {"title": "Theirs"}, 1)
    outcomes = carry_out(inside.officer, SYSTEMS, Change("put_in_force"), picks(records))
    assert [bool(o.refusal) for o in outcomes] == [False, True, False]
    assert "Somebody else" in outcomes[1].refusal
    assert sorted(AISystem.objects.values_list("state", flat=True)) == ["draft", "in_force", "in_force"]


def test_a_step_that_does_not_fit_says_so(inside: World) -> None:
    records = some(inside, 2)
    records[0] = move(inside.officer, records[0], "put_in_force", 1)
    first, second = carry_out(inside.officer, SYSTEMS, Change("put_in_force"), picks(records))
    assert "cannot be done while" in first.refusal and second.becomes == "in force"


def test_a_reason_is_asked_for_each(inside: World) -> None:
    records = some(inside, 2)
    assert all(o.refusal for o in carry_out(inside.officer, SYSTEMS, Change("withdraw"), picks(records)))
    outcomes = carry_out(inside.officer, SYSTEMS, Change("withdraw", note="Never built"), picks(records))
    assert [o.becomes for o in outcomes] == ["withdrawn"] * 2


def test_who_may_not_is_refused_row_by_row(inside: World) -> None:
    records = some(inside, 2)
    write(inside.officer, records[0], {"owner": inside.contributor.id}, 1)
    change = Change("review_due", date(2027, 5, 1))
    first, second = carry_out(inside.contributor, SYSTEMS, change, picks(records, S0=2))
    assert first.becomes and not first.refusal and "role" in second.refusal


def test_what_is_not_in_sight_is_left_out(inside: World) -> None:
    records = some(inside, 1)
    assert carry_out(inside.auditor, SYSTEMS, Change("owner", None), picks(records)) == []


def test_too_many_are_refused(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    with pytest.raises(Refused):
        carry_out(inside.officer, SYSTEMS, Change("owner", None), picks(some(inside)))


def test_what_is_offered_is_what_may_be_done(inside: World) -> None:
    records = some(inside, 1)
    assert [s.code for s in steps_for(inside.officer, SYSTEMS, records)] == ["put_in_force", "withdraw"]
    assert fields_for(inside.officer, SYSTEMS, records) == ["owner", "review_due"]
    assert (
        steps_for(inside.reader, SYSTEMS, records) == [] and fields_for(inside.reader, SYSTEMS, records) == []
    )


def test_views_are_kept_under_a_name(inside: World) -> None:
    view = keep(inside.reader, SYSTEMS, " Mine ", "?sort=title&after=abc&stage=deployment&q=")
    assert (view.name, view.query) == ("Mine", "sort=title&stage=deployment")
    assert keep(inside.reader, SYSTEMS, "Mine", "q=x").pk == view.pk
    assert list(views_of(inside.reader, SYSTEMS)) == [view] and not views_of(inside.officer, SYSTEMS).exists()


def test_shared_views_are_everybodys_and_removed_by_who_made_them(inside: World) -> None:
    view = keep(inside.officer, SYSTEMS, "High", "q=x", shared=True)
    assert list(views_of(inside.reader, SYSTEMS)) == [view]
    with pytest.raises(Refused):
        remove(inside.reader, view)
    remove(inside.officer, view)
    assert not views_of(inside.reader, SYSTEMS).exists()


def test_an_administrator_removes_shared_views_only(inside: World) -> None:
    admin = inside.members[Role.ADMINISTRATOR]
    assert may_remove(admin, keep(inside.reader, SYSTEMS, "a", "", shared=True))
    assert not may_remove(admin, keep(inside.reader, SYSTEMS, "b", ""))


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "x" * 61}, {"name": "x", "query": "q=" + "x" * 3000}]
)
def test_bad_views_are_refused(inside: World, data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        keep(inside.reader, SYSTEMS, data["name"], data.get("query", ""))


def test_a_query_is_cleaned() -> None:
    assert clean("?b=2&a=1&before=x&c=") == "a=1&b=2"
