"""The year as a table: a row for each clause, a column for each month, a mark for what falls due."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import pgettext

from aims.pages.context import top_title
from aims.records.coverage import TOPS
from aims.schedule.dates import add_months

MONTHS, MOST = 13, 6  # columns, and marks of a cell


@dataclass
class Mark:
    """What falls due on a day from one obligation: once, or for several records."""

    day: date
    label: str
    tone: str
    key: Any
    about: str = ""
    number: int = 1
    chosen: bool = False


@dataclass
class Cell:
    """A month of a row."""

    now: bool
    marks: list[Mark] = field(default_factory=list)

    @property
    def shown(self) -> list[Mark]:
        """As many marks as there is room for."""
        return self.marks[:MOST]

    @property
    def more(self) -> int:
        """How many have no room."""
        return max(0, len(self.marks) - MOST)


def months_from(day: date) -> list[date]:
    """The first days of thirteen months from this one."""
    return [add_months(day.replace(day=1), number) for number in range(MONTHS)]


def heads(day: date) -> list[tuple[str, bool]]:
    """The names of the months, the year with the first one and with each January; and which is now."""
    return [
        (
            date_format(
                month,
                pgettext("date format", "M Y")
                if number == 0 or month.month == 1
                else pgettext("date format", "M"),
            ),
            number == 0,
        )
        for number, month in enumerate(months_from(day))
    ]


def tone_of(row: dict[str, Any], soon: date) -> str:
    """What a mark asks for: late, soon, done, or nothing yet."""
    if row["late"]:
        return "bad"
    if row["state"] == "done":
        return "ok"
    return "warn" if row["day"] <= soon else "info"


def planner(
    rows: Iterable[dict[str, Any]], day: date, soon: date, chosen: Any = None
) -> list[tuple[str, str, list[Cell]]]:
    """Rows of `aims.pages.work.occurrence_rows` as the table: number, title, cells. Late ones stand in this month."""
    months = months_from(day)
    table: dict[str, list[Cell]] = {}
    for row in rows:
        month = max(row["day"].replace(day=1), months[0]) if row["late"] else row["day"].replace(day=1)
        if month in months:
            top = row["clause"].split(".")[0]
            cells = table.setdefault(top, [Cell(number == 0) for number in range(MONTHS)])
            _mark(cells[months.index(month)], row, tone_of(row, soon), chosen)
    order = [top for top in TOPS if top in table] + [top for top in table if top not in TOPS]
    return [(top, top_title(top) if top in TOPS else "", table[top]) for top in order]


def _mark(cell: Cell, row: dict[str, Any], tone: str, chosen: Any) -> None:
    same = (
        mark for mark in cell.marks if (mark.label, mark.day, mark.tone) == (row["label"], row["day"], tone)
    )
    found = next(same, None)
    if found is None:
        found = Mark(row["day"], row["label"], tone, row["key"], row["about"])
        cell.marks.append(found)
    else:
        found.number += 1
    found.chosen |= row["key"] == chosen
