"""Moving a date: its knock-on is said first, it needs a reason, stays where it was put, and the journal knows why."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from aims.journal.models import Entry
from aims.organisation.refused import Refused
from aims.schedule import moving
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import plan, sync
from aims.schedule.tick import begin, tick
from tests.people import World
from tests.schedule.story import at, dues, only

NOW = "2026-11-24"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))


def yearly(inside: World, **values: Any) -> Obligation:
    """A half-yearly obligation of the whole organisation, counted from 15 January 2026, planned."""
    given = {"anchor": date(2026, 1, 15), "months": 6, "days": 0, "lead_days": [30], **values}
    obligation = only(inside.orvanne, "SR05", **given)
    plan(inside.orvanne, at(NOW))
    return obligation


def next_one(obligation: Obligation) -> Occurrence:
    return (
        obligation.occurrences.filter(due__gte=date(2026, 11, 24))
        .select_related("obligation")
        .order_by("due")[0]
    )


def test_a_fixed_rhythm_keeps_its_later_dates(inside: World) -> None:
    one = next_one(yearly(inside))
    assert one.due == date(2027, 1, 15)
    found = moving.knock_on(one, date(2027, 3, 1), date(2026, 11, 24))
    assert (found.follows, found.moves, found.announced) == ([], 1, date(2027, 1, 30))


def before_the_review(inside: World) -> tuple[Occurrence, Obligation]:
    """The management review of 15 January 2027, with the review of the context thirty days before it."""
    sync(inside.orvanne, at(NOW))
    Obligation.objects.exclude(code__in=["SR01", "SR04"]).update(active=False)
    Obligation.objects.update(anchor=date(2026, 1, 15), own=["lead_days"], lead_days=[30])
    plan(inside.orvanne, at(NOW))
    return next_one(Obligation.objects.get(code="SR01")), Obligation.objects.get(code="SR04")


def test_what_lies_before_it_moves_with_it(inside: World) -> None:
    review, context = before_the_review(inside)
    begin(inside.orvanne, at(NOW))
    found = moving.knock_on(review, date(2027, 2, 26), date(2026, 11, 24))
    assert [(f.before, f.after) for f in found.ahead] == [(date(2026, 12, 16), date(2027, 1, 27))]
    assert found.moves == 2 and dues(context) == [date(2026, 12, 16)]
    moving.move(inside.officer, review.pk, date(2027, 2, 26), "The auditor is ill")
    assert dues(context) == [date(2027, 1, 27)]
    assert Task.objects.get(occurrence__obligation=context).due == date(2027, 1, 27)
    tick(inside.orvanne, at("2026-11-25"))
    assert dues(context) == [date(2027, 1, 27)]


def test_what_lies_before_it_does_not_move_into_the_past_and_stays_where_somebody_put_it(
    inside: World,
) -> None:
    review, context = before_the_review(inside)
    found = moving.knock_on(review, date(2026, 12, 10), date(2026, 11, 24))
    assert [f.after for f in found.ahead] == [date(2026, 11, 24)]
    moving.move(inside.officer, next_one(context).pk, date(2026, 12, 1), "Sooner")
    assert moving.knock_on(review, date(2027, 2, 26), date(2026, 11, 24)).ahead == []


def test_the_law_is_named_where_it_gives_less_time(inside: World) -> None:
    obligation = only(inside.orvanne, "SR43")
    row = Occurrence(organisation_id=inside.orvanne.pk, obligation=obligation, due=date(2026, 12, 8))
    Occurrence.objects.bulk_create([row])
    found = moving.knock_on(row, date(2026, 12, 9), date(2026, 11, 24))
    assert found.warnings == ["It then comes later than AI Act Art. 73(2) allows after the event."]


def test_a_deadline_in_hours_that_is_moved_is_one_of_a_day(inside: World) -> None:
    obligation = only(inside.orvanne, "SR46")
    row = Occurrence(organisation_id=inside.orvanne.pk, obligation=obligation, due=date(2026, 11, 27))
    row.due_at = at("2026-11-27")
    Occurrence.objects.bulk_create([row])
    moving.move(inside.officer, row.pk, date(2026, 11, 26), "Sooner")
    assert Occurrence.objects.values_list("due", "due_at").get() == (date(2026, 11, 26), None)


def test_a_public_holiday_is_pointed_out(inside: World) -> None:
    found = moving.knock_on(next_one(yearly(inside)), date(2026, 12, 25), date(2026, 11, 24))
    assert "public holiday" in found.warnings[0]


def test_where_doing_it_moves_the_next_the_later_ones_follow(inside: World) -> None:
    one = next_one(yearly(inside, moves_anchor=True))
    found = moving.knock_on(one, date(2027, 3, 1), date(2026, 11, 24))
    assert [(f.before, f.after) for f in found.follows] == [(date(2027, 7, 15), date(2027, 9, 1))]
    assert one.due == date(2027, 1, 15) and dues(one.obligation, pk=one.pk) == [date(2027, 1, 15)]


def test_a_moved_date_stays_where_it_was_put(inside: World) -> None:
    obligation = yearly(inside)
    one = next_one(obligation)
    moving.move(inside.officer, one.pk, date(2027, 2, 3), "The auditor is ill", date(2027, 1, 15))
    for _twice in range(2):
        tick(inside.orvanne, at("2026-11-25"))
    assert [d for d in dues(obligation) if d > date(2026, 11, 24)] == [date(2027, 2, 3), date(2027, 7, 15)]
    one.refresh_from_db()
    assert (one.moved_from, one.moved_why) == (date(2027, 1, 15), "The auditor is ill")
    moving.move(inside.officer, one.pk, date(2027, 2, 10), "Again")
    one.refresh_from_db()
    assert (one.due, one.moved_from) == (date(2027, 2, 10), date(2027, 1, 15))


def test_the_journal_knows_who_moved_it_and_why(inside: World) -> None:
    one = next_one(yearly(inside))
    moving.move(inside.officer, one.pk, date(2027, 2, 3), "The auditor is ill")
    entry = Entry.objects.filter(kind="schedule_occurrence", pk_text=str(one.pk)).order_by("-id").first()
    assert entry is not None and entry.state is not None
    assert (entry.action, entry.actor) == ("U", inside.officer.actor)
    assert "The auditor is ill" in str(entry.state) and "2027-02-03" in str(entry.state)


def test_open_tasks_get_the_new_date(inside: World) -> None:
    obligation = yearly(inside, lead_days=[90])
    begin(inside.orvanne, at(NOW))
    one = next_one(obligation)
    assert moving.knock_on(one, date(2027, 2, 3), date(2026, 11, 24)).tasks == 1
    moving.move(inside.officer, one.pk, date(2027, 2, 3), "Later")
    assert Task.objects.get(occurrence=one).due == date(2027, 2, 3)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 11, 1), "past"),
        (date(2027, 1, 15), "already"),
        (date(2027, 7, 15), "must be before 15 July 2027"),
        (date(2040, 1, 1), "too far"),
    ],
)
def test_dates_that_make_no_sense(inside: World, due: date, words: str) -> None:
    one = next_one(yearly(inside))
    with pytest.raises(Refused) as refused:
        moving.knock_on(one, due, date(2026, 11, 24))
    assert words in str(refused.value) and "due" in refused.value.fields


def test_what_to_be_careful_of(inside: World) -> None:
    obligation = yearly(inside)
    one = next_one(obligation)
    Occurrence.objects.create(
        organisation_id=inside.orvanne.pk,
        obligation=obligation,
        due=date(2026, 7, 16),
        done_on=date(2026, 7, 20),
        state="done",
    )
    found = moving.knock_on(
        one, date(2027, 1, 30), date(2026, 11, 24)
    )  # a Saturday, ten days over six months
    assert (
        len(found.warnings) == 2 and "weekend" in found.warnings[0] and "10 days later" in found.warnings[1]
    )


def test_who_may_not_and_what_is_stale(inside: World) -> None:
    one = next_one(yearly(inside))
    for member in (inside.reader, inside.contributor, inside.auditor, inside.executive):
        with pytest.raises(Refused) as refused:
            moving.move(member, one.pk, date(2027, 2, 3), "x")
        assert refused.value.code == "forbidden"
    with pytest.raises(Refused) as refused:
        moving.move(inside.officer, one.pk, date(2027, 2, 3), "  ")
    assert "why" in refused.value.fields
    with pytest.raises(Refused) as refused:
        moving.move(inside.officer, one.pk, date(2027, 2, 3), "x", seen=date(2027, 1, 14))
    assert refused.value.code == "stale"
    one.refresh_from_db()
    assert one.due == date(2027, 1, 15)


def test_another_organisations_date_is_not_there(world: World, inside: World) -> None:
    one = next_one(yearly(inside))
    with pytest.raises(Refused) as refused:
        moving.move(world.stranger, one.pk, date(2027, 2, 3), "x")
    assert refused.value.code == "not_found"
