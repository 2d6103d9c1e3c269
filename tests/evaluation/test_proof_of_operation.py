"""Proof of operation tells who works steadily from who wrote everything for the audit, and from who has stopped."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.changes import create, lay, move, write
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import Register, register_of
from aims.schedule.dates import add_months
from aims.schedule.models import Obligation, Occurrence
from aims.schedule.obligations import sync
from evaluation import proof_of_operation as proof
from evaluation.mandatory import STANDS, keeping
from evaluation.models import Audit, AuditProgramme, Measurement, Metric
from evaluation.proof_of_operation import Picture, Piece, Proof, cadences, picture
from leadership.models import AIPolicy
from tests.evaluation.story import row
from tests.factory import make
from tests.people import World

TODAY = datetime.now(UTC).date()
Days = Callable[[int], list[date]]


def back(months: int, days: int = 0) -> date:
    return add_months(TODAY, -months) - timedelta(days=days)


def steadily(interval: int) -> list[date]:
    """One in each interval for two years, the last one about a month ago, never on the same day."""
    step = interval or 6
    return [back(step * turn, 25 + turn) for turn in range(max(3, 24 // step))]


def for_the_audit(interval: int) -> list[date]:
    """All of it in the last three weeks."""
    return [TODAY - timedelta(days=number * 5) for number in range(4)]


def until_it_stopped(interval: int) -> list[date]:
    """Steadily once, and nothing for 33 months."""
    return [back(33, number * 9) for number in range(4)]


def kept() -> list[Register]:
    """The registers that keep what requirements ask for; rows of fixed kinds are laid, not made."""
    found = {r.path: r for line in edition().requirements.values() for r in keeping(line)}
    return [register for register in found.values() if not register.model.fixed]


def fill(world: World) -> None:
    """Three records in every register, whenever."""
    with acting(world.orvanne.pk, world.officer.actor):
        sync(world.orvanne, timezone.now())
    for register in kept():
        for _number in range(3):
            make(world, register.model)
    evidenced(world)


def made_up(world: World, days: Days, roles: Iterable[Role] = (Role.OFFICER, Role.CONTRIBUTOR)) -> Picture:
    """The organisation as if each record had happened and been typed in on these days, by these people in turn."""
    who = [world.members[role].id for role in roles]
    with acting(world.orvanne.pk, world.officer.actor):
        months = cadences(world.officer)
        for register in (*kept(), register_of(Evidence)):
            dated(register, days(months.get(register.path, 0)), who)
        Occurrence.objects.update(
            record_kind=""
        )  # what the calendar took as done today while this was made up
        return picture(world.officer)


def dated(register: Register, days: list[date], who: list[Any]) -> None:
    """Set back when the rows of a register happened, when they were typed in, and by whom."""
    done = next((s.code for s in register.lifecycle.states if s.tone in STANDS), register.lifecycle.initial)
    for number, key in enumerate(register.model._default_manager.order_by("pk").values_list("pk", flat=True)):
        day = days[number % len(days)]
        named = [*register.model.event_dates.values(), *(n for n in proof.DAYS if n in register.fields)]
        happened = dict.fromkeys(named, day)
        register.model._default_manager.filter(pk=key).update(
            **happened,
            state=done,
            effective_from=day,
            created_at=datetime.combine(day, time(9), UTC),
            created_by_id=who[number % len(who)],
            changed_by_id=who[number % len(who)],
        )


def flags(found: Picture) -> dict[str, tuple[str, ...]]:
    return {one.code: one.flags for one in found.proofs if one.flags}


def evidenced(world: World) -> None:
    """Evidence for the lines that only rows of a fixed kind answer (the implementations of controls)."""
    only = [line for line in edition().requirements.values() if all(r.model.fixed for r in keeping(line))]
    with acting(world.orvanne.pk, world.officer.actor):
        for line in only:
            answer = answered(world, line.code)
            for _number in range(3):
                paper = create(world.officer, Evidence, {"title": "Paper"})
                Link.objects.create(
                    organisation_id=world.orvanne.pk, evidence=paper, kind="answers", record_id=answer.pk
                )


def answered(world: World, code: str) -> Answer:
    return lay(world.officer, Answer, code, {"title": code})


def test_steady_stale_and_crammed_are_ranked_in_this_order_and_steady_has_no_sign(world: World) -> None:
    fill(world)
    steady, stale, crammed = (made_up(world, days) for days in (steadily, until_it_stopped, for_the_audit))
    assert flags(steady) == {} and steady.score == 100
    assert len(steady.proofs) > 60
    assert steady.score > stale.score > crammed.score
    expected = {one.code for one in steady.proofs if one.months}
    assert {one.code for one in stale.proofs if proof.STALE in one.flags} == expected and len(expected) > 10
    assert not any(proof.CRAMMED in one.flags for one in stale.proofs)
    assert all(proof.CRAMMED in one.flags for one in crammed.proofs) and len(crammed.proofs) > 60
    assert not any(proof.STALE in one.flags for one in crammed.proofs)

    alone = made_up(world, steadily, roles=[Role.OFFICER])
    assert {flag for one in alone.proofs for flag in one.flags} == {proof.SINGLE}
    assert steady.score > alone.score > crammed.score
    machine = made_up(world, steadily, roles=[Role.API_CLIENT])
    assert flags(machine) == {}


def of(pieces: Iterable[date], months: int = 12, until: date = TODAY) -> tuple[str, ...]:
    """The signs against records of these days, each by somebody else."""
    judge = proof.Judge(until, until, frozenset(), True)
    shown = [Piece(day) for day in pieces]
    line = edition().requirements["9.3.1-a"]
    return judge.proof(line, [], months, shown, ()).flags


@pytest.mark.parametrize(
    ("days_before", "months", "expected"),
    [
        ((20,), 12, (proof.CRAMMED,)),
        ((21,), 12, ()),
        ((1, 5, 20), 1, (proof.CRAMMED,)),
        ((1, 5, 22), 1, ()),
        ((365,), 12, ()),
        ((365 + 80,), 12, ()),
        ((365 + 100,), 12, (proof.STALE,)),
        ((31 + 10,), 1, ()),
        ((31 + 20,), 1, (proof.STALE,)),
        ((3000,), 0, ()),
        ((), 12, (proof.NONE,)),
    ],
)
def test_where_each_sign_begins(days_before: tuple[int, ...], months: int, expected: tuple[str, ...]) -> None:
    assert of([TODAY - timedelta(days=n) for n in days_before], months) == expected


def measured(world: World, day: date) -> Measurement:
    metric = Metric.objects.first() or create(world.officer, Metric, {"title": "Drift"})
    return create(world.officer, Measurement, {"metric": metric, "measured_on": day, "value": "1"})


def shown(world: World, code: str) -> Proof:
    return next(one for one in picture(world.officer).proofs if one.code == code)


def test_the_day_counts_on_which_it_happened_not_that_on_which_it_was_typed(inside: World) -> None:
    sync(inside.orvanne, timezone.now())
    for months in (1, 4, 7):
        measured(inside, back(months))
    found = shown(inside, "9.1-d")
    assert [piece.day for piece in found.pieces] == [back(7), back(4), back(1)]
    assert (found.months, found.expected, found.seen, found.flags) == (3, 4, 3, (proof.SINGLE,))


def test_what_lies_ahead_and_what_is_a_draft_shows_nothing(inside: World) -> None:
    make(inside, Audit, kind="internal", starts_on=back(-1), ends_on=back(-1))
    make(inside, AIPolicy)
    measured(inside, back(-1))
    for code in ("9.1-d", "9.2.2-f", "5.2-e"):
        assert shown(inside, code).flags == (proof.NONE,), code


def test_the_organisations_own_interval_counts(inside: World) -> None:
    sync(inside.orvanne, timezone.now())
    measured(inside, back(5))
    assert proof.STALE in shown(inside, "9.1-d").flags
    Obligation.objects.filter(code="SR16").update(months=6)
    assert shown(inside, "9.1-d").flags == ()
    Obligation.objects.filter(code="SR16").update(active=False)
    assert shown(inside, "9.1-d").months == 0


def test_three_weeks_are_counted_back_from_an_audit_that_is_past(inside: World) -> None:
    make(inside, Audit, kind="stage_2", starts_on=back(2))
    measured(inside, back(2, 10))
    assert shown(inside, "9.1-d").flags == (proof.CRAMMED,)
    measured(inside, back(3))
    assert shown(inside, "9.1-d").flags == ()
    measured(inside, TODAY)  # after the audit: it proves nothing to it
    assert shown(inside, "9.1-d").seen == 2


def test_three_weeks_are_counted_back_from_an_audit_that_is_ahead(inside: World) -> None:
    audit = make(inside, Audit, kind="stage_2", starts_on=TODAY + timedelta(days=60))
    measured(inside, TODAY - timedelta(days=3))
    assert shown(inside, "9.1-d").flags == ()  # there is time enough to work
    Audit.objects.filter(pk=audit.pk).update(starts_on=TODAY + timedelta(days=17))
    assert shown(inside, "9.1-d").flags == (proof.CRAMMED,)


def test_who_approves_is_an_author_too(inside: World) -> None:
    rows = [measured(inside, back(months)) for months in (1, 2, 3)]
    assert proof.SINGLE in shown(inside, "9.1-d").flags
    Measurement.objects.filter(pk=rows[0].pk).update(changed_by_id=inside.contributor.id)
    assert shown(inside, "9.1-d").flags == ()


def test_an_approval_older_than_the_content_is_read_from_the_journal(inside: World) -> None:
    policy = make(inside, AIPolicy, title="AI policy", effective_from=back(3))
    kind = type(policy)
    kind.objects.filter(pk=policy.pk).update(state="approved", version=F("version") + 1)
    assert proof.BEFORE not in shown(inside, "5.2-e").flags
    kind.objects.filter(pk=policy.pk).update(review_due=back(-9), version=F("version") + 1)
    assert proof.BEFORE not in shown(inside, "5.2-e").flags  # a date beside the content
    kind.objects.filter(pk=policy.pk).update(title="Another policy", version=F("version") + 1)
    found = shown(inside, "5.2-e")
    assert proof.BEFORE in found.flags and found.edited == (policy.ref,)
    kind.objects.filter(pk=policy.pk).update(state="draft", version=F("version") + 1)
    kind.objects.filter(pk=policy.pk).update(state="approved", version=F("version") + 1)
    assert proof.BEFORE not in shown(inside, "5.2-e").flags  # approved again, as it is now


def test_work_through_the_door_is_never_approved_before_it_was_written(inside: World) -> None:
    values = {"title": "2026", "period_from": back(6), "period_to": back(-6)}
    fixed = dict.fromkeys(("frequency", "methods", "responsibilities", "importance"), "Fixed.")
    programme = create(inside.officer, AuditProgramme, {**values, **fixed})
    programme = move(inside.officer, programme, "put_in_force")
    assert proof.BEFORE not in shown(inside, "9.2.2-a").flags
    write(inside.officer, programme, {"methods": "Something else."})  # in force stays open to edits
    assert shown(inside, "9.2.2-a").edited == (programme.ref,)


def test_it_asks_as_much_for_many_records_as_for_few(inside: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            picture(inside.officer)
        return len(captured)

    measured(inside, back(1))
    asked()
    few = asked()
    for number in range(30):
        measured(inside, back(2, number))
    assert asked() == few < 25


def test_a_team_of_one_is_not_blamed_for_its_one_author(inside: World) -> None:
    for months in (1, 2, 3):
        measured(inside, back(months))
    assert proof.SINGLE in shown(inside, "9.1-d").flags
    type(row(inside.officer)).objects.exclude(pk=inside.officer.id).update(active=False)
    assert shown(inside, "9.1-d").flags == ()
