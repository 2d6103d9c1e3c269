"""The certification cycle: the dates that follow from the decision, the body's findings, and what it must be told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.schedule.dates import add_months
from context.models import ScopeStatement
from evaluation.certification import Milestone, late_answers, milestones, not_told, untold
from evaluation.models import BodyFinding, CertificationCycle
from planning.models import ChangePlan
from tests.evaluation.story import row
from tests.people import World

DECIDED = date(2026, 3, 31)


def cycle_of(world: World, **given: Any) -> CertificationCycle:
    """A certificate since the last of March."""
    data = {"title": "Certificate", "body": "A body", "decided_on": DECIDED, "scope": "AI triage", **given}
    return move(world.officer, create(world.officer, CertificationCycle, data), "certify")


def found(world: World, cycle: CertificationCycle, grade: str, **given: Any) -> BodyFinding:
    """A finding of the body from an audit that closed on 31 August."""
    data = {"title": "Supplier", "cycle": cycle, "grade": grade, "closed_on": date(2026, 8, 31), **given}
    return create(world.officer, BodyFinding, data)


def days(cycle: CertificationCycle, today: date = date(2026, 6, 1)) -> dict[str, Milestone]:
    """The dates of a cycle by their codes."""
    return {row_.code: row_ for row_ in milestones(cycle, today)}


# ── What follows from the decision ───────────────────────────────────────


def test_the_dates_follow_from_the_decision(inside: World) -> None:
    line = days(cycle_of(inside))
    assert {code: one.day for code, one in line.items()} == {
        "decision": DECIDED,
        "surveillance_1": date(2027, 3, 31),
        "surveillance_2": date(2028, 3, 31),
        "recertification": date(2028, 11, 30),  # the month has no 31st
        "end": date(2029, 3, 30),
        "restore": date(2029, 9, 30),
    }
    assert line["surveillance_2"].last == date(2028, 12, 31)


def test_what_was_entered_goes_before_what_follows(inside: World) -> None:
    line = days(cycle_of(inside, surveillance_1_on=date(2027, 2, 10), valid_until=date(2029, 3, 31)))
    assert line["surveillance_1"].day == date(2027, 2, 10) and line["end"].day == date(2029, 3, 31)


def test_surveillance_planned_after_the_twelfth_month_is_late_at_once(inside: World) -> None:
    line = days(cycle_of(inside, surveillance_1_on=date(2027, 4, 1)))
    assert line["surveillance_1"].tone(date(2026, 6, 1)) == "bad"


@pytest.mark.parametrize(
    ("today", "tone"),
    [
        (date(2026, 6, 1), "info"),
        (date(2027, 1, 1), "warn"),
        (date(2027, 3, 31), "warn"),
        (date(2027, 4, 1), "bad"),
    ],
)
def test_a_date_is_planned_soon_or_late(inside: World, today: date, tone: str) -> None:
    assert days(cycle_of(inside))["surveillance_1"].tone(today) == tone


def test_what_was_passed_is_done(inside: World) -> None:
    cycle = move(inside.officer, cycle_of(inside), "surveillance_1_done")
    assert cycle.surveillance_1_done_on == timezone.localdate()
    assert days(cycle)["surveillance_1"].tone(date(2029, 1, 1)) == "ok"
    assert days(cycle)["surveillance_2"].tone(date(2029, 1, 1)) == "bad"


def test_an_ended_certificate_can_be_restored(inside: World) -> None:
    cycle = move(inside.officer, cycle_of(inside), "expire", note="Recertification was late")
    assert move(inside.officer, cycle, "restored", note="Finished within six months").state == "certified"


# ── What the body found ──────────────────────────────────────────────────


def test_deadlines_follow_from_grade_and_closing_meeting(inside: World) -> None:
    cycle = cycle_of(inside)
    major = found(inside, cycle, "major")
    closed = date(2026, 8, 31)
    assert major.plan_due == closed + timedelta(days=30) and major.evidence_due == closed + timedelta(days=90)
    assert major.verify_due == date(2027, 2, 28)
    minor = found(inside, cycle, "minor")
    assert (minor.plan_due, minor.evidence_due, minor.verify_due) == (major.plan_due, None, None)
    assert found(inside, cycle, "strength").plan_due is None


def test_the_body_may_set_others(inside: World) -> None:
    mine = found(inside, cycle_of(inside), "major", plan_due=date(2026, 9, 14))
    assert mine.plan_due == date(2026, 9, 14) and mine.evidence_due


def test_nothing_is_sent_before_it_was_found_nor_without_an_answer(inside: World) -> None:
    mine = found(inside, cycle_of(inside), "major")
    with pytest.raises(Refused) as refused:
        write(inside.officer, mine, {"plan_sent_on": date(2026, 8, 1)})
    assert "plan_sent_on" in refused.value.fields
    with pytest.raises(Refused) as refused:
        move(inside.officer, mine, "send_plan")
    assert set(refused.value.fields) == {"plan_sent_on", "answer"}


def test_an_answer_that_is_late_is_a_gap(inside: World) -> None:
    cycle, today = cycle_of(inside), timezone.localdate()
    closed = today - timedelta(days=40)
    mine = found(inside, cycle, "major", closed_on=closed, body_ref="NC1")
    found(inside, cycle, "minor", closed_on=today)
    (gap,) = late_answers(inside.officer)
    assert gap.grade == "major" and "NC1" in gap.title
    mine = write(inside.officer, mine, {"plan_sent_on": today, "answer": "Causes and plan"})
    move(inside.officer, mine, "send_plan")
    assert list(late_answers(inside.officer)) == []


# ── What the body must be told ───────────────────────────────────────────


def changed(world: World, on: date, **given: Any) -> ChangePlan:
    """A change of the AIMS that was done."""
    plan = create(world.officer, ChangePlan, {"title": "Site in Porto", "purpose": "x", **given})
    ChangePlan.objects.filter(pk=plan.pk).update(done_on=on)
    return ChangePlan.objects.get(pk=plan.pk)


def test_a_change_without_notice_is_a_gap_until_the_body_is_told(inside: World) -> None:
    cycle = cycle_of(inside)
    changed(inside, DECIDED - timedelta(days=1), title="Before the decision")
    plan = changed(inside, DECIDED + timedelta(days=40))
    (gap,) = not_told(inside.officer)
    assert plan.ref in gap.title and gap.ref == cycle.ref
    notice = {"change": f"{plan.ref} Porto", "changed_on": plan.done_on}
    cycle = write(inside.officer, cycle, {}, parts={"notices": [notice]})
    assert [change.ref for change in untold(inside.officer, cycle)] == [plan.ref]  # entered, not told
    told = {**notice, "told_on": date(2026, 6, 1), "told_by": inside.officer.id}
    write(inside.officer, cycle, {}, parts={"notices": [told]})
    assert list(not_told(inside.officer)) == []


def test_a_new_scope_must_be_told(inside: World) -> None:
    cycle_of(inside)
    scope = create(
        inside.officer,
        ScopeStatement,
        {
            "title": "Scope 2",
            "edition": "2",
            "effective_from": DECIDED + timedelta(days=9),
            "owner": row(inside.officer),
        },
    )
    assert list(not_told(inside.officer)) == []  # a draft changes nothing
    ScopeStatement.objects.filter(pk=scope.pk).update(state="approved")
    (gap,) = not_told(inside.officer)
    assert scope.ref in gap.title


def test_a_notice_of_something_else_covers_nothing_later(inside: World) -> None:
    cycle = cycle_of(inside)
    early = changed(inside, DECIDED + timedelta(days=5), title="New site")
    late = changed(inside, DECIDED + timedelta(days=90), title="New system")
    notice = {"change": early.title, "changed_on": early.done_on, "told_on": early.done_on}
    cycle = write(inside.officer, cycle, {}, parts={"notices": [notice]})
    assert [change.ref for change in untold(inside.officer, cycle)] == [late.ref]


def test_without_a_certificate_nobody_must_be_told(inside: World) -> None:
    create(inside.officer, CertificationCycle, {"title": "Ahead"})
    changed(inside, timezone.localdate())
    assert list(not_told(inside.officer)) == []


# ── The page ─────────────────────────────────────────────────────────────


def test_the_page_shows_the_line_the_findings_and_what_was_not_told(world: World, nadia: Client) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        cycle = cycle_of(world)
        finding = found(world, cycle, "major")
        plan = changed(world, DECIDED + timedelta(days=40))
    page = nadia.get(f"/registers/certification-cycles/{cycle.pk}/").content.decode()
    assert (
        '<svg class="cycle"' in page and "Surveillance 1" in page and "style=" not in page.split("<svg")[-1]
    )
    assert finding.ref in page and plan.ref in page and "AI triage" in page
    with acting(world.orvanne.pk, "task:tests"):
        assert str(add_months(DECIDED, 12).year) in page


def test_an_empty_cycle_says_what_to_enter(world: World, nadia: Client) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        cycle = create(world.officer, CertificationCycle, {"title": "Ahead"})
    page = nadia.get(f"/registers/certification-cycles/{cycle.pk}/").content.decode()
    assert "No dates yet" in page
