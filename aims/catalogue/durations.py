"""Durations as the rules write them: a number and a unit, `12 months`, `90_days`, `72 hours`.

They stay in their unit: how a month is added to a date (anchor day, month end) is the schedule's to know.
"""

import re
from dataclasses import dataclass
from typing import Literal, cast

Unit = Literal["hours", "days", "weeks", "months", "years"]

FORM = re.compile(r"([1-9][0-9]*)[ _](hour|day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount (1 or more) of one unit."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        """Written as it is read: `1 month`, `12 months`."""
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"


def parse(text: str) -> Duration:
    """Read `12 months`, `90_days`, `1 month`; ValueError for anything else."""
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"not a duration: {text!r}")
    return Duration(int(match[1]), cast(Unit, match[2] + "s"))
