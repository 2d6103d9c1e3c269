"""Dates of obligations, computed without a database: months with an anchor day, days, hours, working days, and today.

An interval in months keeps the anchor's day of the month and takes the last day where a month is too short:
monthly from 31 January gives 28 or 29 February, 31 March, 30 April; yearly from 29 February gives 28 February,
and 29 February again in leap years. Each date is counted from the anchor, never from the date before it, so
nothing drifts. (An RRULE would leave short months out.)
"""

import calendar
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

DAY = timedelta(days=1)
LONGEST = 60  # days: no organisation rests longer; a week without a working day must not hang anything
Keep = Callable[[date], date]  # where a computed date is put: on itself, or on a working day


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


def _never(day: date) -> bool:
    return False


@dataclass(frozen=True)
class Week:
    """When an organisation works: not on the days of `rest` (0 is Monday), nor where `free` says so."""

    rest: frozenset[int] = frozenset({5, 6})
    free: Callable[[date], bool] = _never

    def works(self, day: date) -> bool:
        """Whether people work on a day."""
        return day.weekday() not in self.rest and not self.free(day)

    def next(self, day: date) -> date:
        """The day itself where people work, else the next on which they do."""
        return self._found(day, 1)

    def previous(self, day: date) -> date:
        """The day itself where people work, else the last before it on which they do."""
        return self._found(day, -1)

    def _found(self, day: date, step: int) -> date:
        found = (day + DAY * step * n for n in range(LONGEST))
        return next((one for one in found if self.works(one)), day)


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


def stays(day: date) -> date:
    """A date that is kept as it was computed."""
    return day


def periodic(anchor: date, interval: Interval, first: int = 1) -> Iterator[date]:
    """The dates anchor + first × interval, + (first + 1) × interval, … without end."""
    if not interval:
        raise ValueError("a periodic obligation needs an interval of at least a day")
    return ((interval * times).after(anchor) for times in count(first))


def falling(anchor: date, interval: Interval, after: date, until: date, keep: Keep = stays) -> list[date]:
    """The due dates later than `after` and not later than `until`, counted from `anchor` (itself none of them)."""
    found: list[date] = []
    for day in periodic(anchor, interval):
        if day > until:
            return found
        if day > after:
            found.append(keep(day))
    raise AssertionError("periodic dates have no end")


def deadline(event: date, interval: Interval, keep: Keep = stays) -> date:
    """The last day for something that must be done within an interval after the day of an event."""
    return keep(interval.after(event))


def moment(day: date, clock: time | None, time_zone: str) -> datetime:
    """The instant of an event. Where only its day is known, the day's beginning: a deadline in hours then ends
    early rather than late. A time that summer time left out is read as the instant that the clocks showed next."""
    local = datetime.combine(day, clock or time.min, zoneinfo.ZoneInfo(time_zone))
    return local.astimezone(UTC)


def hours_after(event: datetime, hours: int, time_zone: str) -> tuple[datetime, date]:
    """The last instant of a deadline in hours, to the minute, and the local day on which it must be done.

    Hours are counted on the clock of the world, not on the wall: a night of summer time makes them neither more nor
    fewer. An end at midnight belongs to the day before it.
    """
    end = event.astimezone(UTC) + timedelta(hours=hours)
    return end, today(time_zone, end - timedelta(minutes=1))
