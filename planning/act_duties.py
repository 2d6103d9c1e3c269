"""The duties under the AI Act with what answers them: for one system, and for the organisation as a whole.

Which duties there are follows from class and roles (`planning.proposals_act`); what answers them from the records; what a
certificate of ISO/IEC 42001 leaves open is said duty by duty. That a record is there does not say that the duty is met: this
people judge in the legal register.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings

from aims.catalogue import AIAct, edition
from aims.catalogue.ai_act_support import DutyAnswer
from aims.organisation.member import Member
from aims.records.access import visible
from context.gaps import today_there
from planning import act_rules
from planning.act_answered import Counted, Kind, counted, kind_of
from planning.models import LegalRequirement
from planning.proposals import Facts, gather
from planning.proposals_accept import named
from planning.proposals_act import Duty, duties

STANDINGS = ("nothing", "partly", "answered")


@dataclass(frozen=True)
class Answered:
    """A duty, what answers it, and how the legal register judges it."""

    duty: Duty
    answer: DutyAnswer | None
    kinds: tuple[Kind, ...]
    legal: LegalRequirement | None
    today: date

    @property
    def standing(self) -> str:
        """`answered` when each kind of record that answers it is there, `partly` when some is, else `nothing`."""
        standings = Counter(kind.standing for kind in self.kinds)
        if self.kinds and standings["answered"] == len(self.kinds):
            return "answered"
        return "partly" if standings["answered"] or standings["begun"] else "nothing"

    @property
    def in_force(self) -> bool:
        """Whether it applies today."""
        return bool(self.duty.applies and self.duty.applies <= self.today)

    @property
    def unanswered(self) -> bool:
        """Whether it applies today and nothing answers it."""
        return self.in_force and self.standing == "nothing" and self.legal is None

    @property
    def code(self) -> str:
        """The first clause or control of ISO/IEC 42001 that carries it; the one on requirements where none is named."""
        return self.answer.codes[0] if self.answer and self.answer.codes else "4.2"


@dataclass
class Duties:
    """All duties of a member's organisation, asked in a number of statements that does not grow with the systems."""

    member: Member
    act: AIAct = field(default_factory=act_rules.current)

    @cached_property
    def facts(self) -> Facts:
        """Systems, roles, profile."""
        return gather(self.member)

    @cached_property
    def found(self) -> tuple[Duty, ...]:
        """What the Act asks for."""
        return duties(self.facts, self.act)

    @cached_property
    def counts(self) -> Counted:
        """What records there are of the kinds that answer these duties."""
        specs = (spec for duty in self.found if (row := answer_to(duty)) for spec in row.records)
        return counted(self.member, sorted(set(specs)))

    @cached_property
    def legal(self) -> dict[tuple[str, str], LegalRequirement]:
        """What the legal register keeps, by source and title."""
        rows = visible(self.member, LegalRequirement).exclude(state="withdrawn")
        return {(row.source, row.title): row for row in rows.order_by("-ref")}

    @cached_property
    def rows(self) -> list[Answered]:
        """Every duty with its answers, those in force first."""
        today = today_there(self.member)
        return [self._answered(duty, today) for duty in self.found]

    def _answered(self, duty: Duty, today: date) -> Answered:
        row = answer_to(duty)
        kinds = tuple(kind_of(self.counts, spec, duty.key) for spec in row.records) if row else ()
        keys = (named(duty, language) for language, _name in settings.LANGUAGES)
        legal = next((self.legal[key] for key in keys if key in self.legal), None)
        return Answered(duty, row, kinds, legal, today)

    def of(self, system: Any) -> list[Answered]:
        """The duties about one system, and those of everybody."""
        return [row for row in self.rows if row.duty.key in (system, None)]


def answer_to(duty: Duty) -> DutyAnswer | None:
    """The row of the table of answers that is about a duty."""
    return edition().act_support.answer(duty.ref)


def tally(rows: Iterable[Answered]) -> dict[str, int]:
    """How many duties are answered, in part, and not at all; what waits for a class is left out."""
    counts = Counter(row.standing for row in rows if not row.duty.waits)
    return {name: counts[name] for name in STANDINGS}


def next_day(rows: Sequence[Answered], today: date) -> date | None:
    """The next day on which a duty begins to apply."""
    return min((r.duty.applies for r in rows if r.duty.applies and r.duty.applies > today), default=None)
