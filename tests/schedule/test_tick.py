"""The tick asks who is responsible, reminds, tells who is above, and makes each thing once."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import create, write
from aims.records.registry import obligation_rule
from aims.schedule import models, tasks
from aims.schedule.fulfilment import complete, finish
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import plan
from aims.schedule.tick import begin, tick
from evaluation.models import Measurement, Metric
from tests.people import World, make_world
from tests.schedule.story import asked, at, dues, only, states


def evaluation_rule(world: World, **values: object) -> Obligation:
    return only(world.orvanne, "SR17", **{"anchor": date(2026, 9, 30), "months": 3, **values})


def test_it_asks_when_the_first_announcement_has_come(inside: World) -> None:
    rule = evaluation_rule(inside)  # due 30 December, announced 14 days before
    tick(inside.orvanne, at("2026-12-15"))
    assert asked(inside.orvanne) == []
    tick(inside.orvanne, at("2026-12-16"))
    assert asked(inside.orvanne) == [("Nadia Benhaddou", "Evaluation of performance")]
    assert states(rule) == [(date(2026, 12, 30), "due")]
    tick(inside.orvanne, at("2026-12-16"))
    assert Task.objects.count() == 1


def test_the_organisations_midnight_decides(inside: World) -> None:
    evaluation_rule(inside)
    tick(inside.orvanne, at("2026-12-15", 22))  # 23:00 in Paris
    assert not Task.objects.exists()
    tick(inside.orvanne, at("2026-12-15", 23))
    assert Task.objects.count() == 1


def test_the_owner_of_the_record_is_asked_before_the_role(inside: World) -> None:
    only(inside.orvanne, "SR16")
    metric = create(inside.officer, Metric, {"title": "Drift", "review_due": date(2026, 12, 1)})
    write(inside.officer, metric, {"owner": Membership.objects.get(pk=inside.contributor.id)})
    tick(inside.orvanne, at("2026-11-30"))
    assert asked(inside.orvanne) == [("Yuki Tanaka", f"Measure: {metric}")]


def test_the_obligations_owner_is_asked_before_everybody(inside: World) -> None:
    rule = evaluation_rule(inside, owner_id=inside.executive.id)
    tick(inside.orvanne, at("2026-12-20"))
    assert asked(inside.orvanne) == [("Claire Vasseur", rule.label)]


def test_who_left_is_not_asked(inside: World) -> None:
    evaluation_rule(inside)
    Membership.objects.filter(pk=inside.officer.id).update(active=False)
    tick(inside.orvanne, at("2026-12-20"))
    assert asked(inside.orvanne) == [("Claire Vasseur", "Evaluation of performance")]


def test_people_are_asked_in_their_language(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = evaluation_rule(inside)
    declared = obligation_rule("SR17")
    assert declared
    worded = replace(declared, title=gettext_lazy("January"))
    monkeypatch.setattr(models, "obligation_rule", lambda code: worded)
    person = Membership.objects.get(pk=inside.officer.id).person
    person.language = "fr"
    person.save()
    begin_all(inside, rule)
    assert Task.objects.get().title == "janvier"


def begin_all(world: World, rule: Obligation) -> None:
    plan(world.orvanne, at("2026-12-20"))
    begin(world.orvanne, at("2026-12-20"), [rule.code])


def test_reminders_follow_the_announcements_then_every_week(inside: World) -> None:
    rule = evaluation_rule(inside, lead_days=[30, 7])
    days = []
    for offset in range(0, 60):
        now = at("2026-11-28") + timedelta(days=offset)
        tick(inside.orvanne, now)
        reminded = Task.objects.filter(occurrence__obligation=rule, source__startswith="occurrence")
        if reminded.filter(reminded_at=now).exists():
            days.append(now.date())
    assert days == [
        date(2026, 12, 23),
        date(2026, 12, 30),
        date(2027, 1, 6),
        date(2027, 1, 13),
        date(2027, 1, 20),
    ]


def test_what_is_late_is_told_above_once(inside: World) -> None:
    evaluation_rule(inside)
    tick(inside.orvanne, at("2026-12-20"))
    tick(inside.orvanne, at("2026-12-30"))
    assert [name for name, _ in asked(inside.orvanne)] == ["Nadia Benhaddou"]
    for day in ("2026-12-31", "2027-01-01", "2027-01-09"):
        tick(inside.orvanne, at(day))
    assert asked(inside.orvanne) == [
        ("Claire Vasseur", "Late with Nadia Benhaddou: Evaluation of performance"),
        ("Nadia Benhaddou", "Evaluation of performance"),
    ]
    assert Task.objects.get(member_id=inside.executive.id).urgent


def test_when_the_next_has_come_the_earlier_is_missed_and_one_task_asks(inside: World) -> None:
    rule = evaluation_rule(inside, months=1, lead_days=[5])
    tick(inside.orvanne, at("2026-11-01"))
    tick(inside.orvanne, at("2026-11-30"))
    assert states(rule) == [(date(2026, 10, 30), "missed"), (date(2026, 11, 30), "due")]
    assert [task.due for task in Task.objects.filter(state="open")] == [date(2026, 11, 30)]


def test_a_late_beat_catches_up(inside: World) -> None:
    rule = evaluation_rule(inside)
    tick(inside.orvanne, at("2026-11-24"))
    tick(inside.orvanne, at("2027-02-10"))
    assert states(rule) == [(date(2026, 12, 30), "due")]


def test_done_late_keeps_the_anchor(inside: World) -> None:
    rule = evaluation_rule(inside)
    tick(inside.orvanne, at("2027-01-10"))
    complete(rule.occurrences.get(state="due"), None, date(2027, 1, 10))
    tick(inside.orvanne, at("2027-01-10"))
    assert dues(rule, state="planned")[0] == date(2027, 3, 30)
    assert Task.objects.filter(state="open").count() == 0


def test_done_late_moves_the_anchor_where_the_rule_says_so(inside: World) -> None:
    rule = evaluation_rule(inside, moves_anchor=True)
    tick(inside.orvanne, at("2027-01-10"))
    complete(rule.occurrences.get(state="due"), None, date(2027, 1, 10))
    tick(inside.orvanne, at("2027-01-10"))
    assert dues(rule, state="planned") == [date(2027, month, 10) for month in (4, 7, 10)] + [
        date(2028, 1, 10)
    ]


def test_done_early_counts_for_this_period_only(inside: World) -> None:
    rule = only(inside.orvanne, "SR16")
    metric = create(inside.officer, Metric, {"title": "Drift", "every_months": 1})
    today = timezone.now().date()
    Metric.objects.update(effective_from=today - timedelta(days=10))
    tick(inside.orvanne, timezone.now())
    for value in (1, 2):
        create(inside.officer, Measurement, {"metric": metric, "measured_on": today, "value": value})
    done = rule.occurrences.filter(state="done")
    assert [(row.due, row.done_on) for row in done] == [(dues(rule)[0], today)]
    first = Measurement.objects.order_by("ref").first()
    assert first and done.get().record_id == first.pk


def test_a_person_finishes_a_task_that_no_record_fulfils(inside: World) -> None:
    rule = evaluation_rule(inside, done_by="", own=["done_by"])
    tick(inside.orvanne, at("2026-12-20"))
    finish(inside.contributor, Task.objects.get())
    assert rule.occurrences.filter(state="due").exists(), "somebody else's task is not theirs to finish"
    finish(inside.officer, Task.objects.get())
    assert rule.occurrences.get(due=date(2026, 12, 30)).state == "done"


def test_ticking_off_does_not_replace_the_record(inside: World) -> None:
    rule = evaluation_rule(inside)
    tick(inside.orvanne, at("2026-12-20"))
    finish(inside.officer, Task.objects.get())
    assert rule.occurrences.get(due=date(2026, 12, 30)).state == "due"


def test_another_organisations_calendar_is_untouched(inside: World) -> None:
    tick(inside.orvanne, at("2026-12-20"))
    with acting(inside.brindle.pk, "task:tests"):
        assert not Obligation.objects.exists() and not Occurrence.objects.exists()


def test_the_celery_task_serves_every_organisation(world: World) -> None:
    tasks.tick()
    for organisation in (world.orvanne, world.brindle):
        with acting(organisation.pk, "task:tests"):
            assert Occurrence.objects.filter(obligation__code="SR01").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one() -> None:
    world = make_world()
    with acting(world.orvanne.pk, "task:tests"):
        evaluation_rule(world)
    barrier = threading.Barrier(4)
    errors: list[BaseException] = []

    def beat() -> None:
        try:
            barrier.wait()
            with acting(world.orvanne.pk, "task:tick"):
                tick(world.orvanne, at("2026-12-20"))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join(30)
    assert errors == []
    with acting(world.orvanne.pk, "task:tests"):
        rule = Obligation.objects.get(code="SR17")
        assert dues(rule) == sorted(set(dues(rule))) and len(dues(rule)) == 5
        assert asked(world.orvanne) == [("Nadia Benhaddou", "Evaluation of performance")]


def test_nothing_begins_twice(inside: World) -> None:
    evaluation_rule(inside)
    tick(inside.orvanne, at("2026-12-15"))
    assert len(begin(inside.orvanne, at("2026-12-16"))) == 1
    assert begin(inside.orvanne, at("2026-12-16")) == []
