"""Dates keep their anchor day, take the last day of a short month, and begin in the organisation's own midnight."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aims.schedule.dates import (
    Interval,
    Week,
    add_months,
    deadline,
    falling,
    hours_after,
    moment,
    periodic,
    today,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
LAST_DAYS_2027 = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
LAST_DAYS_2028 = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def take(anchor: date, interval: Interval, times: int) -> list[date]:
    dates = periodic(anchor, interval)
    return [next(dates) for _ in range(times)]


def test_monthly_from_the_31st_takes_every_month_for_ten_years() -> None:
    dates = take(date(2026, 12, 31), Interval(1), 120)
    assert [d.day for d in dates[:12]] == LAST_DAYS_2027
    assert [d.day for d in dates[12:24]] == LAST_DAYS_2028
    assert [(d.year, d.month) for d in dates] == [(2027 + n // 12, n % 12 + 1) for n in range(120)]
    februaries = [d.day for d in dates if d.month == 2]
    assert februaries == [28, 29, 28, 28, 28, 29, 28, 28, 28, 29]


def test_yearly_from_29_february_returns_to_the_29th() -> None:
    assert take(date(2028, 2, 29), Interval(12), 10) == [
        date(2029, 2, 28),
        date(2030, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
        date(2033, 2, 28),
        date(2034, 2, 28),
        date(2035, 2, 28),
        date(2036, 2, 29),
        date(2037, 2, 28),
        date(2038, 2, 28),
    ]


def test_quarterly_from_30_november_for_ten_years() -> None:
    dates = take(date(2026, 11, 30), Interval(3), 40)
    assert {d.month for d in dates} == {2, 5, 8, 11}
    assert [d.day for d in dates if d.month != 2] == [30] * 30
    assert [d.day for d in dates if d.month == 2] == [28, 29, 28, 28, 28, 29, 28, 28, 28, 29]


def test_half_yearly_from_31_august() -> None:
    assert take(date(2026, 8, 31), Interval(6), 4) == [
        date(2027, 2, 28),
        date(2027, 8, 31),
        date(2028, 2, 29),
        date(2028, 8, 31),
    ]


@given(DAYS, st.integers(-600, 600))
def test_months_change_the_month_and_keep_the_day_or_clamp(start: date, months: int) -> None:
    found = add_months(start, months)
    assert found.year * 12 + found.month == start.year * 12 + start.month + months
    assert found.day == start.day or (found.day < start.day and (found + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(1, 36), st.integers(1, 60))
def test_dates_rise_and_never_drift_from_their_anchor(anchor: date, months: int, times: int) -> None:
    dates = take(anchor, Interval(months), times)
    assert dates == sorted(set(dates))
    assert dates[-1] == add_months(anchor, months * times)


@given(DAYS, st.integers(1, 24), st.integers(0, 800), st.integers(0, 800))
def test_falling_gives_exactly_the_dates_between(anchor: date, months: int, a: int, b: int) -> None:
    after, until = anchor + timedelta(days=a), anchor + timedelta(days=a + b)
    expected = [d for d in take(anchor, Interval(months), 60) if after < d <= until]
    assert falling(anchor, Interval(months), after, until) == expected


@given(DAYS)
def test_a_weekend_moves_to_monday_or_friday_and_a_working_day_stays(day: date) -> None:
    week = Week()
    after, before = week.next(day), week.previous(day)
    assert after.weekday() < 5 and before.weekday() < 5
    assert 0 <= (after - day).days <= 2 and 0 <= (day - before).days <= 2
    assert (after == day) == (before == day) == (day.weekday() < 5)


@given(DAYS, st.frozensets(st.integers(0, 6), max_size=6), st.frozensets(DAYS, max_size=8))
def test_a_shifted_date_is_the_nearest_working_day(
    day: date, rest: frozenset[int], free: frozenset[date]
) -> None:
    week = Week(rest, free.__contains__)
    for found, step in ((week.next(day), 1), (week.previous(day), -1)):
        assert week.works(found)
        between = [day + timedelta(days=step * n) for n in range(abs((found - day).days))]
        assert not any(week.works(one) for one in between)


def test_a_week_without_work_hangs_nothing() -> None:
    never = Week(frozenset(range(7)))
    assert never.next(date(2026, 11, 24)) == never.previous(date(2026, 11, 24)) == date(2026, 11, 24)


def test_the_shift_does_not_move_the_dates_that_follow() -> None:
    week, anchor, end = Week(), date(2026, 12, 31), date(2027, 4, 30)
    # 31 January 2027 and 28 February 2027 are Sundays
    assert falling(anchor, Interval(1), anchor, end, week.next) == [
        date(2027, 2, 1),
        date(2027, 3, 1),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]
    assert falling(anchor, Interval(1), anchor, end, week.previous) == [
        date(2027, 1, 29),
        date(2027, 2, 26),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


@pytest.mark.parametrize(
    ("zone", "day", "clock", "end", "due"),
    [
        # 72 hours over the night in which Paris goes to winter time: the wall shows an hour less
        ("Europe/Paris", date(2026, 10, 23), time(14, 30), datetime(2026, 10, 26, 12, 30, tzinfo=UTC), date(2026, 10, 26)),
        # and over the night in which it goes to summer time
        ("Europe/Paris", date(2027, 3, 26), time(14, 30), datetime(2027, 3, 29, 13, 30, tzinfo=UTC), date(2027, 3, 29)),
        # only the day is known: counted from its beginning, so it must be done on the third day
        ("Europe/Paris", date(2026, 11, 24), None, datetime(2026, 11, 26, 23, 0, tzinfo=UTC), date(2026, 11, 26)),
        # Lord Howe's clocks move half an hour on 4 October 2026
        ("Australia/Lord_Howe", date(2026, 10, 2), time(9, 0), datetime(2026, 10, 4, 22, 30, tzinfo=UTC), date(2026, 10, 5)),
        ("Asia/Kathmandu", date(2027, 2, 27), time(23, 59), datetime(2027, 3, 2, 18, 14, tzinfo=UTC), date(2027, 3, 2)),
        # Apia left out 30 December 2011: 72 hours end a day later on the calendar
        ("Pacific/Apia", date(2011, 12, 28), time(12, 0), datetime(2011, 12, 31, 22, 0, tzinfo=UTC), date(2012, 1, 1)),
        # a time that summer time left out (02:30 on 28 March 2027 in Paris)
        ("Europe/Paris", date(2027, 3, 28), time(2, 30), datetime(2027, 3, 31, 1, 30, tzinfo=UTC), date(2027, 3, 31)),
        # 29 February
        ("UTC", date(2028, 2, 27), time(8, 5), datetime(2028, 3, 1, 8, 5, tzinfo=UTC), date(2028, 3, 1)),
    ],
)  # fmt: skip
def test_hours_are_counted_to_the_minute(
    zone: str, day: date, clock: time | None, end: datetime, due: date
) -> None:
    assert hours_after(moment(day, clock, zone), 72, zone) == (end, due)


TEN_YEARS = {
    # anchor: the day of the month of the 40 quarters from it
    date(2026, 11, 30): "28 30 30 30 29 30 30 30 28 30 30 30 28 30 30 30 28 30 30 30 "
    "29 30 30 30 28 30 30 30 28 30 30 30 28 30 30 30 29 30 30 30",
    date(2026, 8, 31): "30 28 31 31 30 29 31 31 30 28 31 31 30 28 31 31 30 28 31 31 "
    "30 29 31 31 30 28 31 31 30 28 31 31 30 28 31 31 30 29 31 31",
    date(2028, 2, 29): "29 29 29 28 29 29 29 28 29 29 29 28 29 29 29 29 29 29 29 28 "
    "29 29 29 28 29 29 29 28 29 29 29 29 29 29 29 28 29 29 29 28",
}


@pytest.mark.parametrize("anchor", TEN_YEARS)
@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Paris"])
def test_ten_years_of_quarters_are_the_same_list_in_every_zone(anchor: date, zone: str) -> None:
    """The local noon of each date lies on that date, whatever the zone does with its clocks meanwhile."""
    dates = take(anchor, Interval(3), 40)
    assert " ".join(str(day.day) for day in dates) == TEN_YEARS[anchor]
    assert [day.year * 12 + day.month for day in dates] == [
        anchor.year * 12 + anchor.month + 3 * number for number in range(1, 41)
    ]
    assert [today(zone, moment(day, time(12), zone)) for day in dates] == dates


def test_ten_years_over_the_day_that_apia_left_out() -> None:
    """Monthly on the 30th from 2006: thirty December 2011 stays on the list, and is due when the 31st begins."""
    dates = take(date(2006, 12, 30), Interval(1), 120)
    left_out = date(2011, 12, 30)
    assert [d.day for d in dates if d.month != 2] == [30] * 110
    assert [d.day for d in dates if d.month == 2] == [28, 29, 28, 28, 28, 29, 28, 28, 28, 29]
    local = [today("Pacific/Apia", moment(day, time(12), "Pacific/Apia")) for day in dates]
    assert [(d, seen) for d, seen in zip(dates, local, strict=True) if d != seen] == [
        (left_out, date(2011, 12, 31))
    ]


def test_ten_years_of_half_hours_begin_each_day_at_its_own_midnight() -> None:
    """Lord Howe is at +11 in summer and +10:30 in winter: each 1 January, April, July and October for ten years."""
    dates = take(date(2026, 10, 1), Interval(3), 40)
    starts = [moment(day, None, "Australia/Lord_Howe") for day in dates]
    winter = {
        4: (13, 0),
        7: (13, 30),
        10: (13, 30),
        1: (13, 0),
    }  # both changes come after the first of the month
    assert [(s.hour, s.minute) for s in starts] == [winter[day.month] for day in dates]
    assert [today("Australia/Lord_Howe", s) for s in starts] == dates
    before = [today("Australia/Lord_Howe", s - timedelta(seconds=1)) for s in starts]
    assert before == [day - timedelta(days=1) for day in dates]


@pytest.mark.parametrize(
    ("event", "interval", "last_day"),
    [
        (date(2026, 10, 8), Interval(days=5), date(2026, 10, 13)),
        (date(2026, 10, 8), Interval(days=30), date(2026, 11, 7)),
        (date(2026, 10, 8), Interval(days=90), date(2027, 1, 6)),
        (date(2027, 8, 31), Interval(months=6), date(2028, 2, 29)),
        (date(2026, 11, 30), Interval(months=3), date(2027, 2, 28)),
        (date(2028, 2, 29), Interval(months=120), date(2038, 2, 28)),
        (date(2026, 1, 31), Interval(months=1, days=1), date(2026, 3, 1)),
    ],
)
def test_deadlines_after_an_event(event: date, interval: Interval, last_day: date) -> None:
    assert deadline(event, interval) == last_day


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Europe/Paris", datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        ("Europe/Paris", datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Paris", datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        # Lord Howe: half an hour of summer time, +10:30 and +11
        ("Australia/Lord_Howe", datetime(2026, 6, 30, 13, 29, tzinfo=UTC), date(2026, 6, 30)),
        ("Australia/Lord_Howe", datetime(2026, 6, 30, 13, 30, tzinfo=UTC), date(2026, 7, 1)),
        ("Australia/Lord_Howe", datetime(2026, 12, 30, 12, 59, tzinfo=UTC), date(2026, 12, 30)),
        ("Australia/Lord_Howe", datetime(2026, 12, 30, 13, 0, tzinfo=UTC), date(2026, 12, 31)),
        # Apia left out 30 December 2011
        ("Pacific/Apia", datetime(2011, 12, 30, 9, 59, tzinfo=UTC), date(2011, 12, 29)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC), date(2011, 12, 31)),
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 10, 0, tzinfo=UTC), date(2027, 1, 1)),
        ("Asia/Kathmandu", datetime(2026, 12, 31, 18, 15, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_is_the_organisations_own(zone: str, now: datetime, day: date) -> None:
    assert today(zone, now) == day


def test_a_date_that_a_zone_left_out_still_comes_due() -> None:
    days = {today("Pacific/Apia", datetime(2011, 12, 28, tzinfo=UTC) + timedelta(hours=h)) for h in range(96)}
    assert date(2011, 12, 30) not in days
    assert any(day >= date(2011, 12, 30) for day in days)  # what is due is compared with <=, never with ==


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        today("Europe/Paris", datetime(2026, 1, 1))


def test_no_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="interval"):
        periodic(date(2026, 1, 1), Interval())
