"""Dates of obligations, computed without a database: months with an anchor day, days, working days, and today.

An interval in months keeps the anchor's day of the month and takes the last day where a month is too short:
monthly from 31 January gives 28 or 29 February, 31 March, 30 April; yearly from 29 February gives 28 February,
and 29 February again in leap years. Each date is counted from the anchor, never from the date before it, so
nothing drifts. (An RRULE would leave short months out.)
"""

import calendar
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count


@dataclass(frozen=True)
class Interval:
    """Months, days, or both (months first)."""

    months: int = 0
    days: int = 0

    def __bool__(self) -> bool:
        return bool(self.months or self.days)

    def __mul__(self, times: int) -> "Interval":
        return Interval(self.months * times, self.days * times)

    def after(self, start: date) -> date:
        """The date that lies this long after `start`."""
        return add_months(start, self.months) + timedelta(days=self.days)


def add_months(start: date, months: int) -> date:
    """The same day of the month so many months later (or earlier), or the month's last day where it has none."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def today(time_zone: str, now: datetime) -> date:
    """The date in an organisation's time zone at the instant `now` (aware)."""
    if now.tzinfo is None:
        raise ValueError("now must know its time zone")
    return now.astimezone(zoneinfo.ZoneInfo(time_zone)).date()


def next_working_day(day: date) -> date:
    """The day itself from Monday to Friday, else the Monday after it. Public holidays are not known here."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def shifted(day: date, working_day: bool) -> date:
    """A due date as it is kept: moved to the next working day where the obligation says so."""
    return next_working_day(day) if working_day else day


def periodic(anchor: date, interval: Interval, first: int = 1) -> Iterator[date]:
    """The dates anchor + first × interval, + (first + 1) × interval, … without end."""
    if not interval:
        raise ValueError("a periodic obligation needs an interval of at least a day")
    return ((interval * times).after(anchor) for times in count(first))


def falling(
    anchor: date, interval: Interval, after: date, until: date, working_day: bool = False
) -> list[date]:
    """The due dates later than `after` and not later than `until`, counted from `anchor` (itself none of them)."""
    found: list[date] = []
    for day in periodic(anchor, interval):
        if day > until:
            return found
        if day > after:
            found.append(shifted(day, working_day))
    raise AssertionError("periodic dates have no end")


def deadline(event: date, interval: Interval, working_day: bool = False) -> date:
    """The last day for something that must be done within an interval after the day of an event."""
    return shifted(interval.after(event), working_day)
