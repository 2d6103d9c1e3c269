"""The year in figures: levels follow from figures, rule by rule; figures follow from records and journal."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.changes import create, lay, move, write
from aims.records.coverage import Tally
from aims.records.models import Answer
from aims.schedule.models import Occurrence
from aims.schedule.obligations import lay_obligations
from evaluation.inputs import now_there
from improvement import past
from improvement.maturity import Year, level
from improvement.models import Nonconformity
from improvement.past import first_reached, month_days, stood
from improvement.picture import audited_tops, effectiveness, picture, punctuality, tops
from planning.models import AIRisk
from tests.evaluation.story import begun, reported
from tests.improvement.story import checking, judged, opened
from tests.people import World

BEST = Year("9", Tally(ready=10), due=5, in_time=5, audited=True, opened=1, closed=1, improved=1)


def test_all_rules_met_is_five() -> None:
    assert level(BEST).number == 5


@pytest.mark.parametrize(
    ("change", "number", "reason"),
    [
        ({"tally": Tally(nothing=10)}, 0, "No line is answered yet."),
        ({"tally": Tally()}, 0, "No line is answered yet."),
        ({"tally": Tally(partly=10)}, 1, "Fewer than half of the lines are ready."),
        ({"tally": Tally(ready=4, nothing=6)}, 1, "Fewer than half of the lines are ready."),
        ({"tally": Tally(ready=5, nothing=5)}, 2, "Fewer than nine of ten lines are ready."),
        ({"tally": Tally(ready=89, nothing=11)}, 2, "Fewer than nine of ten lines are ready."),
        ({"due": 10, "in_time": 7}, 2, "Less than four fifths of what was due was done in time."),
        ({"audited": False}, 3, "It was not audited in the year."),
        ({"open_majors": 1}, 3, "A major nonconformity is open."),
        ({"closed": 0, "improved": 0}, 4, "No nonconformity was closed as effective and no improvement"),
        ({"recurring": 1}, 4, "A nonconformity came back."),
        ({"tally": Tally(ready=9, nothing=1), "due": 10, "in_time": 8}, 5, "All rules are met."),
        ({"due": 0, "in_time": 0}, 5, "All rules are met."),
    ],
)
def test_each_rule_holds_a_level_back(change: dict[str, Any], number: int, reason: str) -> None:
    found = level(replace(BEST, **change))
    assert found.number == number
    assert str(found.reason).startswith(reason)


def test_codes_that_the_edition_does_not_have_count_nowhere() -> None:
    assert tops(["9.1", "A.5.2", "99.9", ""]) == {"9", "A"}


def test_the_months_of_a_year_end_today() -> None:
    days = month_days(date(2028, 2, 29))
    assert (days[0], days[1], days[-1], len(days)) == (
        date(2027, 2, 28),
        date(2027, 3, 29),
        date(2028, 2, 29),
        13,
    )


def test_the_journal_knows_how_things_stood(inside: World) -> None:
    today = now_there(inside.officer)
    line = lay(inside.officer, Answer, "9.1-a", {"title": "x"})
    days = [today - timedelta(days=1), today]
    assert [list(there.values()) for there in stood(inside.officer, Answer, "state", days)] == [
        [],
        ["not_started"],
    ]
    written = write(
        inside.officer, line, {"text": "We measure.", "owner": inside.officer.id, "verdict": "conform"}
    )
    move(inside.officer, written, "ready")
    assert list(stood(inside.officer, Answer, "state", days)[1].values()) == ["ready"]
    assert picture(inside.officer).ready[-1] == 100.0


def test_what_nobody_may_see_is_not_counted(inside: World) -> None:
    lay(inside.officer, Answer, "9.1-a", {"title": "x"})
    day = now_there(inside.officer)
    assert len(stood(inside.officer, Answer, "state", [day])[0]) == 1
    assert stood(inside.stranger, Answer, "state", [day]) == [{}]


def test_time_to_close_is_from_opening_to_the_closing_that_held(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = checking(inside)
    judged(inside, case)
    case = move(inside.executive, case, "close")
    assert set(first_reached(inside.officer, Nonconformity, "closed")) == {str(case.pk)}
    found = picture(inside.officer)
    assert found.to_close == [(now_there(inside.officer) - case.opened_on).days]
    assert found.days_to_close == found.to_close[0]
    move(inside.officer, case, "reopen", note="It came back")
    assert first_reached(inside.officer, Nonconformity, "closed") == {}
    assert past.MONTHS == 12


def test_grave_risks_are_counted_as_they_stand(inside: World) -> None:
    high = dict.fromkeys(("residual_likelihood", "residual_organisation", "residual_individuals"), 5)
    risk = create(inside.officer, AIRisk, {"title": "Bias", **high, "residual_society": 1})
    assert picture(inside.officer).grave[-1] == 1
    move(inside.officer, risk, "withdraw", note="Merged")
    assert picture(inside.officer).grave[-1] == 0


def test_what_fell_due_is_in_time_or_not(inside: World) -> None:
    lay_obligations(inside.officer)
    opened(inside, opened_on=date(2026, 10, 8))
    Occurrence.objects.filter(obligation__code="SR30").update(state="done", done_on=date(2026, 10, 13))
    Occurrence.objects.filter(obligation__code="SR31").update(state="done", done_on=date(2026, 11, 8))
    due, in_time = punctuality(inside.officer, date(2026, 10, 1), date(2026, 12, 1))
    assert (due["10"], in_time["10"]) == (2, 1)
    assert punctuality(inside.officer, date(2026, 11, 7), date(2026, 12, 1))[0] == Counter()


def test_an_audit_counts_for_the_clauses_that_it_covered_once_it_is_reported(inside: World) -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    audit = begun(inside)
    assert audited_tops(inside.officer, *year) == set()
    reported(inside, audit)
    assert audited_tops(inside.officer, *year) >= {"8", "9"}
    assert audited_tops(inside.officer, date(2025, 1, 1), date(2025, 12, 31)) == set()


def test_the_review_hears_it(inside: World) -> None:
    lay(inside.officer, Answer, "9.1-a", {"title": "x"})
    figure, text = effectiveness(inside.officer)
    assert figure == "0–0"
    assert "- 9: maturity 0 of 5. No line is answered yet." in text
    assert "Ready: 0.0 % of the lines, 0.0 % a year ago." in text


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_may_look_sees_the_year(world: World, role: Role) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        opened(world, cause_category="people")
    browser = Client()
    browser.force_login(Person.objects.get(pk=world.members[role].person_id))
    answer = browser.get("/improvement/year/")
    assert answer.status_code == 200
    assert "The year in figures" in answer.content.decode()
