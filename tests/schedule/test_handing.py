"""Tasks are handed over one by one or for an absence; both sides know, digests and escalation follow."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.journal.models import Entry
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.records.changes import create, write
from aims.schedule import digests, handing
from aims.schedule.models import Absence, Mail, Task
from aims.schedule.tick import tick
from evaluation.models import Metric
from operation.models import Concern
from tests.people import World
from tests.schedule.story import asked, at, only

NOW = datetime(2026, 12, 20, 9, tzinfo=UTC)
CHRISTMAS: dict[str, Any] = {"since": date(2026, 12, 21), "until": date(2027, 1, 3), "why": "Holidays"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def a_task(world: World) -> Task:
    """The officer is asked for the evaluation of performance that is due on 30 December."""
    only(world.orvanne, "SR17", anchor=date(2026, 9, 30), months=3)
    tick(world.orvanne, at("2026-12-20"))
    return Task.objects.get()


def test_a_task_handed_over_is_the_others_and_both_know_why(inside: World) -> None:
    task = handing.hand_over(inside.officer, a_task(inside).pk, inside.contributor.id, "You did the last one")
    task.refresh_from_db()
    assert (task.member_id, task.given_by_id) == (inside.contributor.id, inside.officer.id)
    assert (task.given_why, task.given_at, task.given_until) == ("You did the last one", NOW, None)
    entry = Entry.objects.filter(kind="schedule_task", pk_text=str(task.pk)).latest("id")
    assert entry.actor == inside.officer.actor and "You did the last one" in str(entry.state)


def test_handed_on_the_first_giver_stays_known_and_handed_back_nothing_is_left(inside: World) -> None:
    task = handing.hand_over(inside.officer, a_task(inside).pk, inside.contributor.id, "A")
    handing.hand_over(inside.contributor, task.pk, inside.executive.id, "B")
    task.refresh_from_db()
    assert (task.member_id, task.given_by_id) == (inside.executive.id, inside.officer.id)
    handing.hand_over(inside.executive, task.pk, inside.officer.id, "Back")
    task.refresh_from_db()
    assert (task.member_id, task.given_by_id, task.given_why) == (inside.officer.id, None, "")


def test_it_is_taken_back_by_who_gave_it(inside: World) -> None:
    task = handing.hand_over(inside.officer, a_task(inside).pk, inside.contributor.id, "A")
    for member in (inside.contributor, inside.reader):
        with pytest.raises(Refused) as refused:
            handing.take_back(member, task.pk)
        assert refused.value.code == "forbidden"
    assert handing.take_back(inside.officer, task.pk).member_id == inside.officer.id


@pytest.mark.parametrize("name", ["contributor", "reader", "auditor", "executive"])
def test_nobody_hands_over_what_is_not_theirs(inside: World, name: str) -> None:
    task = a_task(inside)
    with pytest.raises(Refused) as refused:
        handing.hand_over(getattr(inside, name), task.pk, inside.contributor.id, "x")
    assert refused.value.code == "forbidden"


@pytest.mark.parametrize("name", ["reader", "auditor", "officer", "stranger"])
def test_only_others_who_work_here_take_a_task(inside: World, name: str) -> None:
    task = a_task(inside)
    with pytest.raises(Refused) as refused:
        handing.hand_over(inside.officer, task.pk, getattr(inside, name).id, "x")
    assert "to" in refused.value.fields


def test_it_needs_a_reason_and_must_be_open(inside: World) -> None:
    task = a_task(inside)
    with pytest.raises(Refused) as refused:
        handing.hand_over(inside.officer, task.pk, inside.contributor.id, " ")
    assert "why" in refused.value.fields
    Task.objects.update(state="done")
    with pytest.raises(Refused) as refused:
        handing.hand_over(inside.officer, task.pk, inside.contributor.id, "x")
    assert refused.value.code == "conflict"


def test_what_the_other_may_not_open_is_not_handed_to_them(inside: World) -> None:
    only(inside.orvanne, "SR40")
    data = {"title": "Raised in confidence", "received_on": date(2026, 12, 19), "text": "x"}
    create(inside.officer, Concern, data)
    tick(inside.orvanne, at("2026-12-20"))
    task = Task.objects.get()
    with pytest.raises(Refused) as refused:
        handing.hand_over(inside.officer, task.pk, inside.contributor.id, "x")
    assert "cannot open" in str(refused.value) and "to" in refused.value.fields


def test_another_organisations_task_is_not_there(world: World, inside: World) -> None:
    task = a_task(inside)
    with pytest.raises(Refused) as refused:
        handing.hand_over(world.stranger, task.pk, inside.contributor.id, "x")
    assert refused.value.code == "not_found"


def test_the_digest_of_the_taker_tells(inside: World) -> None:
    task = a_task(inside)
    digests.prepare(inside.orvanne, NOW)
    Mail.objects.all().delete()
    handing.hand_over(inside.officer, task.pk, inside.contributor.id, "A")
    digests.prepare(inside.orvanne, NOW + timedelta(days=1))
    mails = Mail.objects.filter(tasks__contains=[str(task.pk)])
    assert [mail.member_id for mail in mails] == [inside.contributor.id]


def test_when_it_is_late_who_gave_it_hears_of_it(inside: World) -> None:
    handing.hand_over(inside.officer, a_task(inside).pk, inside.executive.id, "A")
    tick(inside.orvanne, at("2026-12-31"))
    assert ("Nadia Benhaddou", "Late with Claire Vasseur: Evaluation of performance") in asked(inside.orvanne)


# ── Absences ─────────────────────────────────────────────────────────────


def test_in_an_absence_tasks_go_to_the_stand_in_and_come_back(inside: World) -> None:
    task = a_task(inside)
    handing.be_away(inside.officer, inside.contributor.id, **CHRISTMAS)
    holders = []
    for day in ("2026-12-20", "2026-12-21", "2027-01-03", "2027-01-04"):
        tick(inside.orvanne, at(day))
        task.refresh_from_db()
        holders.append((task.member_id, task.given_by_id, task.given_until))
    away = (inside.contributor.id, inside.officer.id, date(2027, 1, 3))
    there = (inside.officer.id, None, None)
    assert holders == [there, away, away, there]


def test_what_comes_up_meanwhile_goes_there_too(inside: World) -> None:
    only(inside.orvanne, "SR16")
    handing.be_away(inside.officer, inside.contributor.id, **CHRISTMAS)
    metric = create(inside.officer, Metric, {"title": "Drift", "review_due": date(2026, 12, 28)})
    write(inside.officer, metric, {"owner": Membership.objects.get(pk=inside.officer.id)})
    tick(inside.orvanne, at("2026-12-22"))
    assert asked(inside.orvanne) == [("Yuki Tanaka", f"Measure: {metric}")]


def test_an_absence_that_begins_today_begins_at_once_and_ends_early(inside: World) -> None:
    task = a_task(inside)
    row = handing.be_away(
        inside.officer, inside.contributor.id, date(2026, 12, 20), date(2026, 12, 31), "Ill"
    )
    task.refresh_from_db()
    assert (task.member_id, task.given_why) == (inside.contributor.id, "Ill")
    handing.end_absence(inside.officer, row.pk)
    task.refresh_from_db()
    assert task.member_id == inside.officer.id
    tick(inside.orvanne, at("2026-12-22"))
    task.refresh_from_db()
    assert task.member_id == inside.officer.id


def test_a_task_handed_over_by_hand_does_not_come_back_with_an_absence(inside: World) -> None:
    task = handing.hand_over(inside.officer, a_task(inside).pk, inside.executive.id, "Yours")
    row = handing.be_away(inside.officer, inside.executive.id, date(2026, 12, 20), date(2026, 12, 31), "")
    handing.end_absence(inside.officer, row.pk)
    task.refresh_from_db()
    assert task.member_id == inside.executive.id


def test_what_the_stand_in_may_not_open_stays(inside: World) -> None:
    only(inside.orvanne, "SR40")
    create(inside.officer, Concern, {"title": "C", "received_on": date(2026, 12, 19), "text": "x"})
    tick(inside.orvanne, at("2026-12-20"))
    handing.be_away(inside.officer, inside.contributor.id, date(2026, 12, 20), date(2026, 12, 31), "")
    assert Task.objects.get().member_id == inside.officer.id


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (date(2026, 12, 24), date(2026, 12, 23), "until"),
        (date(2026, 12, 1), date(2026, 12, 19), "until"),
        (date(2026, 12, 24), date(2028, 1, 1), "until"),
    ],
)
def test_days_that_make_no_sense(inside: World, since: date, until: date, field: str) -> None:
    with pytest.raises(Refused) as refused:
        handing.be_away(inside.officer, inside.contributor.id, since, until, "")
    assert field in refused.value.fields and not Absence.objects.exists()


def test_two_absences_at_once_and_two_who_stand_in_for_each_other_are_refused(inside: World) -> None:
    handing.be_away(inside.officer, inside.contributor.id, **CHRISTMAS)
    with pytest.raises(Refused) as refused:
        handing.be_away(inside.officer, inside.executive.id, **CHRISTMAS)
    assert "since" in refused.value.fields
    with pytest.raises(Refused) as refused:
        handing.be_away(inside.executive, inside.officer.id, **CHRISTMAS)
    assert "to" in refused.value.fields


def test_only_who_is_away_ends_an_absence(inside: World) -> None:
    row = handing.be_away(inside.officer, inside.contributor.id, **CHRISTMAS)
    with pytest.raises(Refused) as refused:
        handing.end_absence(inside.contributor, row.pk)
    assert refused.value.code == "forbidden"
    assert list(handing.absences(inside.contributor)) == list(handing.absences(inside.officer)) == [row]
