"""How mature a clause is, 0 to 5, by rules that figures decide; nobody types a level (10.1, 9.3.2).

0 nothing is answered.
1 begun: a line of the clause at least is worked on.
2 described: half of its lines at least are ready.
3 lived: nine of ten lines are ready, and of what fell due in the year four of five were done in time.
4 checked: as 3, audited in the year, and no major nonconformity on it is open.
5 getting better: as 4, and in the year a nonconformity on it was closed as effective or an improvement measured, while
  nothing on it came back.
Where nothing fell due, "in time" holds. A level needs all levels below it; the reason names what the next one lacks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aims.records.coverage import Tally

Rule = tuple[Callable[["Year"], bool], Promise]


@dataclass(frozen=True)
class Year:
    """The figures of a clause over a year."""

    code: str
    tally: Tally
    due: int = 0  # obligations that fell due
    in_time: int = 0  # of them done in time
    audited: bool = False
    opened: int = 0  # nonconformities opened
    closed: int = 0  # nonconformities closed as effective
    open_majors: int = 0
    recurring: int = 0
    improved: int = 0  # improvements with a measured effect

    @property
    def ready(self) -> float:
        """The share of its lines that are ready."""
        return self.tally.ready / self.tally.total if self.tally.total else 0.0

    @property
    def punctual(self) -> float:
        """The share of what fell due that was done in time."""
        return self.in_time / self.due if self.due else 1.0


@dataclass(frozen=True)
class Level:
    """A level with what the next one lacks."""

    number: int
    reason: Promise | str


RULES: tuple[tuple[Rule, ...], ...] = (
    ((lambda year: year.tally.ready + year.tally.partly > 0, _("No line is answered yet.")),),
    ((lambda year: year.ready >= 0.5, _("Fewer than half of the lines are ready.")),),
    (
        (lambda year: year.ready >= 0.9, _("Fewer than nine of ten lines are ready.")),
        (lambda year: year.punctual >= 0.8, _("Less than four fifths of what was due was done in time.")),
    ),
    (
        (lambda year: year.audited, _("It was not audited in the year.")),
        (lambda year: not year.open_majors, _("A major nonconformity is open.")),
    ),
    (
        (
            lambda year: year.closed + year.improved > 0,
            _("No nonconformity was closed as effective and no improvement was measured in the year."),
        ),
        (lambda year: not year.recurring, _("A nonconformity came back.")),
    ),
)


def level(year: Year) -> Level:
    """The level that the figures give."""
    for number, rules in enumerate(RULES):
        for holds, lacks in rules:
            if not holds(year):
                return Level(number, lacks)
    return Level(len(RULES), _("All rules are met."))
