"""How an objective goes, settled from its figures and dates: a pure function, the same for page, list and review (6.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ON_TRACK, AT_RISK, LATE = "on_track", "at_risk", "late"
SLACK = Decimal("0.2")  # of the way: how far behind an even course still counts as on track
SILENT = Decimal("0.5")  # of the time: by then there must be a value


@dataclass(frozen=True)
class Aim:
    """What an objective says: from where to where, from when to when, and which way is good ("" from baseline to target)."""

    baseline: Decimal | None
    target: Decimal | None
    begun: date
    due: date | None
    direction: str = ""
    overdue: Sequence[date] = field(default=())  # due dates of the steps that are not done

    @property
    def rising(self) -> bool:
        """Whether more is better. Without a baseline or a word about it, it is."""
        if self.direction:
            return self.direction == "higher"
        return self.baseline is None or self.target is None or self.target >= self.baseline

    def met(self, value: Decimal) -> bool:
        """Whether a value reaches the target."""
        if self.target is None:
            return False
        return value >= self.target if self.rising else value <= self.target


Point = tuple[date, Decimal]


def progress(aim: Aim, points: Iterable[Point], today: date) -> str:
    """on_track, at_risk, late, or nothing where there is nothing to judge by (no target or no date).

    Late: the date has passed and the target is not reached. At risk: behind an even course by more than `SLACK`, no value
    by half of the time, or a step of the plan past its date.
    """
    known = sorted(points)
    if aim.due is None:
        return ""
    if aim.target is None:  # not measurable: only the plan tells
        return LATE if today > aim.due else _by_plan(aim, today)
    if known and aim.met(known[-1][1]):
        return ON_TRACK
    if today > aim.due:
        return LATE
    if _by_plan(aim, today) == AT_RISK:
        return AT_RISK
    gone = share_of_time(aim, today)
    if not known:
        return AT_RISK if gone >= SILENT else ON_TRACK
    return AT_RISK if share_of_way(aim, known) + SLACK < gone else ON_TRACK


def _by_plan(aim: Aim, today: date) -> str:
    return AT_RISK if any(due < today for due in aim.overdue) else ON_TRACK


def share_of_time(aim: Aim, today: date) -> Decimal:
    """How much of the time is gone, from 0 to 1."""
    if aim.due is None:
        return Decimal(0)
    whole = (aim.due - aim.begun).days
    if whole <= 0:
        return Decimal(1)
    return min(Decimal(1), max(Decimal(0), Decimal((today - aim.begun).days) / whole))


def share_of_way(aim: Aim, points: Sequence[Point]) -> Decimal:
    """How much of the way to the target is done, from 0 to 1; without a baseline it counts from the first value.

    An objective to keep a value where it is (baseline and target the same) has no way: it is met or it is not.
    """
    if aim.target is None or not points:
        return Decimal(0)
    start = aim.baseline if aim.baseline is not None else points[0][1]
    way = aim.target - start
    if not way:
        return Decimal(0)
    return min(Decimal(1), max(Decimal(0), (points[-1][1] - start) / way))


def expected(aim: Aim, day: date) -> Decimal | None:
    """Where an even course from baseline to target is on a day; None without both."""
    if aim.baseline is None or aim.target is None:
        return None
    return aim.baseline + (aim.target - aim.baseline) * share_of_time(aim, day)
