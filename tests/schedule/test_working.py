"""The organisation's own week: weekend, public holidays of its country, days of its own; dates kept on working days."""

from datetime import date

import pytest

from aims.schedule.dates import Week
from aims.schedule.models import FreeDay, Obligation
from aims.schedule.obligations import plan
from aims.schedule.working import choose_week, keep_of, public_holidays, week_of
from tests.people import World
from tests.schedule.story import at, dues, only

FRANCE_2027 = [
    date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8), date(2027, 5, 17),
    date(2027, 7, 14), date(2027, 8, 15), date(2027, 11, 1), date(2027, 11, 11), date(2027, 12, 25),
]  # fmt: skip


def test_the_public_holidays_of_france() -> None:
    assert sorted(public_holidays("FR", 2027)) == FRANCE_2027


def test_a_country_that_nobody_knows_has_none() -> None:
    assert public_holidays("ZZ", 2027) == frozenset()


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        # monthly on the 25th: Christmas 2026 is a Friday, 25 April 2027 a Sunday, 25 July a Sunday, 25 September a Saturday
        ("", ["2026-12-25", "2027-01-25", "2027-02-25", "2027-03-25", "2027-04-25", "2027-05-25", "2027-06-25",
              "2027-07-25", "2027-08-25", "2027-09-25", "2027-10-25", "2027-11-25", "2027-12-25"]),
        ("next_working_day", ["2026-12-28", "2027-01-25", "2027-02-25", "2027-03-25", "2027-04-26", "2027-05-25",
              "2027-06-25", "2027-07-26", "2027-08-25", "2027-09-27", "2027-10-25", "2027-11-25", "2027-12-27"]),
        ("last_working_day", ["2026-12-24", "2027-01-25", "2027-02-25", "2027-03-25", "2027-04-23", "2027-05-25",
              "2027-06-25", "2027-07-23", "2027-08-25", "2027-09-24", "2027-10-25", "2027-11-25", "2027-12-24"]),
    ],
)  # fmt: skip
def test_a_year_of_dates_kept_on_working_days(inside: World, shift: str, expected: list[str]) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2026, 11, 25), months=1, shift=shift)
    plan(inside.orvanne, at("2026-11-26"))
    assert [day.isoformat() for day in dues(rule)] == expected
    plan(inside.orvanne, at("2026-11-26"))
    assert len(dues(rule)) == len(expected)


def test_days_of_its_own_and_its_own_weekend(inside: World) -> None:
    choose_week(inside.orvanne, frozenset({4, 5}), closed_on_holidays=False)  # Friday and Saturday
    FreeDay.objects.create(organisation=inside.orvanne, day=date(2026, 12, 27), name="Between the years")
    week = week_of(inside.orvanne)
    assert [week.works(date(2026, 12, day)) for day in (24, 25, 26, 27, 28)] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert week.next(date(2026, 12, 25)) == date(2026, 12, 28)
    assert week.previous(date(2026, 12, 27)) == date(2026, 12, 24)
    assert week.works(date(2026, 12, 13))  # a Sunday


def test_a_week_of_rest_alone_is_not_taken(inside: World) -> None:
    choose_week(inside.orvanne, frozenset(range(7)), closed_on_holidays=True)
    assert week_of(inside.orvanne).works(date(2026, 11, 24))


def test_a_new_free_day_moves_what_is_only_planned(inside: World) -> None:
    rule = only(inside.orvanne, "SR17", anchor=date(2026, 8, 25), months=6, shift="last_working_day")
    plan(inside.orvanne, at("2026-11-26"))
    assert dues(rule) == [date(2027, 2, 25), date(2027, 8, 25)]
    FreeDay.objects.create(organisation=inside.orvanne, day=date(2027, 2, 25))
    plan(inside.orvanne, at("2026-11-26"))
    assert dues(rule) == [date(2027, 2, 24), date(2027, 8, 25)]


def test_an_obligation_says_which_way() -> None:
    week, saturday = Week(), date(2026, 11, 28)
    kept = [keep_of(Obligation(shift=shift), week)(saturday) for shift in Obligation.Shift.values]
    assert kept == [saturday, date(2026, 11, 30), date(2026, 11, 27)]
