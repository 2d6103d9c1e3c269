"""A whole year with the clock moved: what comes up, audit, findings, their actions, the review, its signature, the pack.

The Celery tasks run as the beat would run them, late and twice; people do the rest through the one door.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from aims.organisation.mailing import HEADER, Sort
from aims.organisation.models import Person
from aims.pack.asking import ask_pack
from aims.pack.collect import collect
from aims.records.changes import create, move, write
from aims.records.origins import came_from, led_to
from aims.records.signatures import standing
from aims.schedule import tasks as beat
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import lay_obligations
from evaluation import tasks as evaluating
from evaluation.inputs import earlier_actions
from evaluation.models import Audit, Finding, ManagementReview
from improvement import tasks as improving
from improvement.inputs import nonconformity_trends
from improvement.models import CorrectiveAction, EffectivenessReview, Improvement, Nonconformity
from improvement.picture import picture
from tests.evaluation.story import again, competent, row, told
from tests.people import PASSWORD, World
from tests.records.authenticators import code_now, codes_for
from tests.schedule.story import asked

Clock = Callable[[date], None]
FOUNDED = date(2027, 1, 4)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Moves the clock of the whole application to the morning of a day."""

    def move_to(day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    yield move_to


@pytest.fixture
def year(inside: World, clock: Clock, settings: Any) -> World:
    """Orvanne at its founding, with an audit due in September and a review in November."""
    settings.SITE_ADDRESS = "https://aims.test"
    clock(FOUNDED)
    lay_obligations(inside.officer)
    competent(inside, inside.auditor)
    for code, anchor in (("SR02", date(2026, 9, 15)), ("SR01", date(2026, 11, 15))):
        Obligation.objects.filter(code=code).update(anchor=anchor)
    return inside


def beats(clock: Clock, day: date) -> None:
    """A day's beat, twice: who comes late finds it done."""
    clock(day)
    for _ in range(2):
        evaluating.schedule_audits()
        evaluating.schedule_management_reviews()
        improving.follow_up_nonconformities()
        beat.tick()


def occurrences(code: str) -> list[tuple[date, str]]:
    """The dates of an obligation in the organisation, with how far each is."""
    rows = Occurrence.objects.filter(obligation__code=code).order_by("due")
    return list(rows.values_list("due", "state"))


def people(world: World, words: str) -> set[str]:
    """Who is asked for what has these words in it."""
    return {who for who, what in asked(world.orvanne) if words in what}


def audited(world: World, clock: Clock) -> Finding:
    """The audit that came up by itself, carried out by Hugo, with one minor nonconformity."""
    audit = Audit.objects.get()
    plan = {"lead": row(world.auditor), "scope": "Everything", "independence": "Hugo owns nothing of it."}
    dates = {"starts_on": date(2027, 9, 6), "ends_on": date(2027, 9, 8)}
    clock(date(2027, 9, 6))
    audit = move(world.officer, write(world.officer, audit, {**plan, **dates}), "start")
    hugo = again(world.auditor)
    words = {"title": "Alarm analysed late", "code": "9.1", "grade": "minor", "text": "After 16 days."}
    finding = create(hugo, Finding, {"audit": audit, "owner": row(world.officer), **words})
    clock(date(2027, 9, 8))
    audit = move(hugo, audit, "finish")
    report = {"conclusion": "Effective but for one alarm.", "reported_on": date(2027, 9, 15)}
    clock(date(2027, 9, 15))
    audit = write(hugo, audit, {**report, "recipients": [row(world.executive)]})
    move(hugo, audit, "report")
    return Finding.objects.get(pk=finding.pk)


def understood(world: World, clock: Clock, case: Nonconformity) -> CorrectiveAction:
    """The case corrected and its cause found, with an action of Yuki's that is due on 15 October."""
    clock(date(2027, 9, 21))
    case = move(world.officer, write(world.officer, case, {"correction": "Analysed at once."}), "contain")
    known = {
        "root_cause": "The alarm goes to one person",
        "cause_category": "people",
        "similar_cases": "No other alarm goes to one person.",
        "effect_criterion": "No alarm waits for longer than a day in October.",
        "effect_from": date(2027, 11, 1),
        "checker": row(world.executive),
    }
    case = move(world.officer, write(world.officer, case, known), "analyse")
    values = {"nonconformity": case, "title": "Alarm to the group", "owner": row(world.contributor)}
    goal = {"due": date(2027, 10, 15), "criterion": "Drill answered within an hour"}
    action = create(world.officer, CorrectiveAction, {**values, **goal})
    move(world.officer, case, "run")
    return action


def effective(world: World, clock: Clock, case: Nonconformity, action: CorrectiveAction) -> Nonconformity:
    """The action done late, its effect judged by Claire when it was agreed, the case closed."""
    clock(date(2027, 10, 18))
    action = move(world.contributor, action, "start")
    result = {"done_on": date(2027, 10, 18), "result": "Group set up."}
    move(world.contributor, write(world.contributor, action, result), "complete")
    case = move(world.officer, Nonconformity.objects.get(pk=case.pk), "check")
    beats(clock, date(2027, 11, 2))
    assert "Claire Vasseur" in people(world, "Check the effect")
    values = {"nonconformity": case, "result": "effective", "seen": "No alarm waited in October."}
    review = create(world.executive, EffectivenessReview, {**values, "reviewed_on": date(2027, 11, 2)})
    move(world.executive, review, "confirm")
    return move(world.executive, case, "close")


def reviewed(world: World, clock: Clock) -> ManagementReview:
    """The review that came up by itself, held and signed by Claire."""
    clock(date(2027, 11, 12))
    review = move(world.officer, ManagementReview.objects.get(), "prepare")
    decisions = [
        {
            "kind": "improvement",
            "text": "Drill alarms monthly",
            "owner": world.contributor.id,
            "due": date(2028, 3, 1),
        }
    ]
    values = {
        "held_on": date(2027, 11, 15),
        "chair": row(world.executive),
        "attendees": [row(world.executive), row(world.officer)],
        "minutes": "The committee discussed the late alarm.",
        **dict.fromkeys(("suitability", "adequacy", "effectiveness"), "confirmed"),
    }
    clock(date(2027, 11, 15))
    review = write(world.officer, review, values, parts={"inputs": told(review), "decisions": decisions})
    review = move(world.officer, review, "hold")
    assert "Claire Vasseur" in people(world, "Sign:")
    sign_from_mail(world, review)
    return ManagementReview.objects.get(pk=review.pk)


def sign_from_mail(world: World, review: ManagementReview) -> None:
    """Claire opens the link of the mail that comes at once, reads, and signs with her password and a code."""
    mail.outbox.clear()
    beat.send_digests()
    (told_at_once,) = [m for m in mail.outbox if m.subject == f"[AIMS] Sign: {review}"]
    assert told_at_once.to == ["claire@orvanne.test"] and told_at_once.extra_headers[HEADER] == Sort.SIGN_OFF
    (link,) = re.findall(r"https://aims\.test(\S*/sign/sign/)", str(told_at_once.body))
    cache.clear()
    codes_for(world.executive)
    claire = Client()
    claire.force_login(Person.objects.get(pk=world.executive.person_id))
    page = claire.get(link).content.decode()
    assert "Drill alarms monthly" in page and "1 opened" in page  # what she signs is before her
    form = dict(re.findall(r'<input type="hidden" name="(version|shown)" value="([^"]*)"', page))
    answer = claire.post(link, {**form, "password": PASSWORD, "one_time": code_now()})
    assert answer.status_code == 302, answer.content.decode()[-2000:]


def test_the_audit_and_the_review_come_up_by_themselves_once(year: World, clock: Clock) -> None:
    beats(clock, FOUNDED)
    assert occurrences("SR02") == [(date(2027, 9, 15), "planned")]
    assert occurrences("SR01") == [(date(2027, 11, 15), "planned")]
    assert not Audit.objects.exists()
    for day in (date(2027, 8, 1), date(2027, 10, 1)):  # a pause of two months leaves one of each
        beats(clock, day)
    assert [audit.ends_on for audit in Audit.objects.all()] == [date(2027, 9, 15)]
    assert [review.period_to for review in ManagementReview.objects.all()] == [date(2027, 11, 15)]
    assert people(year, "internal audit") | people(year, "nternal audit") == {
        "Nadia Benhaddou",
        "Claire Vasseur",
    }


def test_a_finding_becomes_a_case_whose_actions_are_chased(year: World, clock: Clock) -> None:
    beats(clock, date(2027, 8, 1))
    finding = audited(year, clock)
    case = Nonconformity.objects.get()
    assert (came_from(year.officer, case), case.opened_on) == ([finding], date(2027, 9, 8))
    assert occurrences("SR30") == [(date(2027, 9, 13), "planned")]
    beats(clock, date(2027, 9, 20))
    late = f"Late with Nadia Benhaddou: Correct the nonconformity: {case}"
    assert ("Claire Vasseur", late) in asked(year.orvanne)
    action = understood(year, clock, case)
    assert [state for _due, state in occurrences("SR30") + occurrences("SR31")] == ["done", "done"]
    beats(clock, date(2027, 10, 1))
    assert people(year, str(action)) == {"Yuki Tanaka"}
    beats(clock, date(2027, 10, 17))
    assert ("Nadia Benhaddou", f"Late with Yuki Tanaka: {action}") in asked(year.orvanne)
    case = effective(year, clock, case, action)
    beats(clock, date(2027, 11, 3))
    left = [what for _who, what in asked(year.orvanne) if case.ref in what or action.ref in what]
    assert left == [], "nobody is asked any more"


def test_the_review_collects_the_year_and_the_executive_signs(year: World, clock: Clock) -> None:
    beats(clock, date(2027, 8, 1))
    finding = audited(year, clock)
    case = Nonconformity.objects.get()
    case = effective(year, clock, case, understood(year, clock, case))
    assert nonconformity_trends(year.officer)[0] == "0"
    review = reviewed(year, clock)
    heard = {item.code: item.text for item in review.inputs.all()}
    assert "1 opened since the last review" in heard["9.3.2-d"] or any(
        "1 opened" in t for t in heard.values()
    )
    assert any("1 audit reported" in text for text in heard.values())
    [(signature, holds)] = standing(review)
    assert (signature.signer_id, holds) == (year.executive.id, True)
    idea = Improvement.objects.get()
    decision = review.decisions.get()
    assert led_to(year.officer, [decision.pk]) == {decision.pk: [idea]}
    assert people(year, "Drill alarms monthly") == {"Yuki Tanaka"}
    assert "Drill alarms monthly" in earlier_actions(year.officer)[1], "the next review begins with it"
    beats(clock, date(2027, 11, 20))
    assert occurrences("SR02")[0] == (date(2027, 9, 15), "done")
    assert occurrences("SR01")[0] == (date(2027, 11, 15), "done")
    assert (date(2028, 11, 15), "planned") in occurrences("SR01")
    pack = collect(year.officer, ask_pack(year.officer))
    contents = repr(pack)
    for record in (finding, case, review, idea, Audit.objects.get(), CorrectiveAction.objects.get()):
        assert record.title in contents, record
    assert [(row.subject, row.name, row.stands) for row in pack.signatures] == [
        (str(review), "Claire Vasseur", True)
    ]
    table = next(t for one in pack.summaries for t in one.tables if t.caption == "Clause by clause")
    assert next(row[3:5] for row in table.rows if str(row[0]).startswith("9 ")) == ["1", "1"]


def test_the_picture_of_the_year_has_what_happened(year: World, clock: Clock) -> None:
    beats(clock, date(2027, 8, 1))
    audited(year, clock)
    case = Nonconformity.objects.get()
    effective(year, clock, case, understood(year, clock, case))
    clock(date(2027, 12, 31))
    found = {figures.code: figures for figures, _level in picture(year.officer).clauses}
    assert found["9"].audited
    assert (found["9"].opened, found["9"].open_majors, found["9"].recurring) == (1, 0, 0)


def test_a_year_leaves_no_heap_of_tasks(year: World, clock: Clock) -> None:
    """Nobody does anything: still each thing is asked for once, and its escalation told once."""
    day = FOUNDED
    while day < date(2027, 4, 1):
        beats(clock, day)
        day += timedelta(days=30)
    rows = Task.objects.filter(state=Task.State.OPEN).values_list("member_id", "title", "due")
    assert len(rows) == len(set(rows))
