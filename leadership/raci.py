"""Who is accountable, responsible, consulted and informed, activity by activity (5.3, A.3.2).

Pure: from role assignments, each with four lists of codes, to a matrix and what is wrong with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from leadership.models import RoleAssignment

# the activities of an AIMS, by the clause or area that asks for them
ACTIVITIES = (
    "4.1", "4.2", "4.3", "4.4", "5.2", "5.3", "6.1.2", "6.1.3", "6.1.4", "6.2", "6.3", "7.1", "7.2", "7.3", "7.4",
    "7.5.2", "7.5.3", "8.1", "8.2", "8.3", "8.4", "9.1", "9.2.2", "9.3.1", "10.1", "10.2",
    "A.3.3", "A.6", "A.7", "A.8", "A.9", "A.10",
)  # fmt: skip
PARTS = ("accountable", "responsible", "consulted", "informed")


@dataclass(frozen=True)
class Row:
    """An activity: of each assignment, in the order of the columns, the parts it has in it."""

    code: str
    cells: tuple[tuple[str, ...], ...]
    accountable: int  # distinct people who answer for the same thing
    nobody: bool

    @property
    def several(self) -> bool:
        """Whether more than one person answers for the same thing: then nobody does."""
        return self.accountable > 1


@dataclass(frozen=True)
class Matrix:
    """The activities by the assignments that are in force."""

    columns: tuple[RoleAssignment, ...]
    rows: tuple[Row, ...]

    @property
    def without(self) -> list[str]:
        """The activities for which nobody answers."""
        return [row.code for row in self.rows if row.nobody]

    @property
    def shared(self) -> list[str]:
        """The activities for which more than one person answers."""
        return [row.code for row in self.rows if row.several]


def matrix(assignments: Iterable[RoleAssignment], day: date) -> Matrix:
    """The matrix on a day. An assignment that has ended, or that nobody holds any more, answers for nothing."""
    columns = tuple(one for one in assignments if any(getattr(one, part) for part in PARTS))
    return Matrix(columns, tuple(_row(code, columns, day) for code in activities(columns)))


def activities(columns: Sequence[RoleAssignment]) -> list[str]:
    """The activities of every AIMS, and what else the assignments name."""
    named = {code for one in columns for part in PARTS for code in getattr(one, part)}
    more = sorted(code for code in named if not any(covers(code, known) for known in ACTIVITIES))
    return [*ACTIVITIES, *more]


def covers(code: str, activity: str) -> bool:
    """Whether a code that an assignment names is an activity, or a part of the standard in which it lies."""
    return activity == code or activity.startswith((f"{code}.", f"{code}-"))


def _row(code: str, columns: Sequence[RoleAssignment], day: date) -> Row:
    cells = tuple(tuple(part for part in PARTS if in_part(one, part, code)) for one in columns)
    by_system: dict[Any, set[Any]] = defaultdict(set)
    for one, parts in zip(columns, cells, strict=True):
        if "accountable" in parts and holds(one, day):
            by_system[one.system_id].add(one.holder_id)
    most = max((len(people) for people in by_system.values()), default=0)
    return Row(code, cells, most, not by_system)


def in_part(one: RoleAssignment, part: str, activity: str) -> bool:
    """Whether an assignment has a part in an activity."""
    return any(covers(code, activity) for code in getattr(one, part))


def holds(one: RoleAssignment, day: date) -> bool:
    """Whether somebody holds the role on a day: it has begun and not ended, and the person is still here."""
    begun = one.effective_from is None or one.effective_from <= day
    return begun and not ended(one, day) and not empty(one)


def ended(one: RoleAssignment, day: date) -> bool:
    """Whether the last day of the assignment is over."""
    return one.until is not None and one.until < day


def empty(one: RoleAssignment) -> bool:
    """Whether nobody holds the role: no one is named, or who is has left."""
    return one.holder is None or not one.holder.active


def alone(one: RoleAssignment) -> bool:
    """Whether nobody stands in: no one is named, who is has left, or it is the holder."""
    return one.deputy is None or not one.deputy.active or one.deputy_id == one.holder_id
