"""What a clause contributes, declared; and the registry through which everybody finds it.

A `Register` is the one declaration of a kind of record: its pages, forms, REST, history, import, export, section of the
evidence pack and promise tests are all made from it. An earlier clause that needs a later one asks here, never by import.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Field, Q
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.text import slugify

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.roles import WRITERS, Role
from aims.records.base import Part, Record
from aims.records.lifecycle import IN_FORCE, Lifecycle, Words

S = TypeVar("S")
Section = tuple[Words, tuple[str, ...]]  # a heading of the form and the fields below it


@dataclass(frozen=True)
class Register:
    """One kind of record. `sealed` gives the rows of the kind that a member may see at all (None: no seal)."""

    model: type[Record]
    answers: tuple[str, ...]  # the clauses, requirements and controls that its records answer
    columns: tuple[str, ...]  # of the list
    form: tuple[Section, ...]
    filters: tuple[str, ...] = ("state", "owner")
    lifecycle: Lifecycle = IN_FORCE
    parts: tuple[type[Part], ...] = ()
    record_types: tuple[str, ...] = ()  # of the catalogue, parts' types included
    writers: frozenset[Role] = WRITERS  # who adds records, and changes any of them
    sealed: Callable[[Member], Q] | None = None
    icon: str = "file-text"
    about: Words = ""  # one sentence: what belongs here

    @cached_property
    def path(self) -> str:
        """Its name in addresses: the plural, in kebab case (`ai-systems`)."""
        with translation.override("en"):
            return slugify(str(self.model._meta.verbose_name_plural))

    @property
    def views(self) -> tuple["View", ...]:
        """The other pages of its records, in the order of the clauses."""
        return views(self.path)

    @property
    def name(self) -> Words:
        """What one record is called."""
        return self.model._meta.verbose_name or ""

    @property
    def plural(self) -> Words:
        """What the register is called."""
        return self.model._meta.verbose_name_plural or ""

    @property
    def clause(self) -> str:
        """The top clause under which the register stands: that of its app, or of what it answers first."""
        return edition().top(self.answers[0]) if self.answers else ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that people enter, in the order of the form."""
        return tuple(name for _, names in self.form for name in names)

    def field(self, name: str) -> "Field[Any, Any]":
        """The model's field of this name."""
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def serves(self, code: str) -> bool:
        """Whether its records answer this clause, requirement or control."""
        return any(code == answer or code.startswith((f"{answer}-", f"{answer}.")) for answer in self.answers)


Test = Callable[[Any], bool]  # of a record: whether something concerns it


@dataclass(frozen=True)
class Event:
    """What starts a clock: a step `register.transition`, of the records for which `when` holds.

    `name` is the trigger's in the catalogue. `about` leads from the record to what the obligation is about where no
    relation of its own does ("metric.system"). `members.join`, `.move` and `.leave` are the steps of people.
    """

    name: str
    step: str
    when: Test | None = None
    about: str = ""


@dataclass(frozen=True)
class Variant:
    """Another interval of a periodic obligation, in months, for the records for which `when` holds."""

    name: str
    months: int
    when: Test
    related: tuple[str, ...] = ()  # relations that `when` reads


@dataclass(frozen=True)
class Need:
    """What must be there before something else: met or not, in words, and where it is done."""

    code: str
    title: Words
    met: Callable[[Member], bool]
    url: Words


@dataclass(frozen=True)
class ObligationRule:
    """Something that must be done again or in time, with our default.

    kind `periodic`: every `months`, or `before_days` before each date of the obligation `before`; `after`: within
    `days`, `months` or `hours` after a record of `register` took the transition `event`; `trigger`: asked at once when
    one of the `events` comes, to be done within `days`; `retention`: kept `months` at least, counted from `since`;
    `precondition`: `needs` come before the step `event`.
    `role` is who is asked when there is no owner. `event` and `done_by` name a transition of the register's records
    ("create" is one), or `register.transition` of another's. `of` is the rule of the catalogue that it holds
    (certification.md §8), where its own code says more.
    """

    code: str
    title: Words
    clause: str
    kind: str
    role: Role
    months: int = 0
    days: int = 0
    register: str = ""  # path of the register whose records it is about
    event: str = ""  # transition that starts the clock (after), or that has needs (precondition)
    done_by: str = ""  # transition that fulfils it
    lead_days: tuple[int, ...] = (30, 7)
    moves_anchor: bool = False  # whether doing it late moves the next date
    hours: int = 0  # counted to the minute from the event, where the record says the time
    when: Test | None = None  # the records that `event` concerns
    events: tuple[Event, ...] = ()
    variants: tuple[Variant, ...] = ()
    before: str = ""  # the obligation before whose dates it lies
    before_days: int = 0
    since: Callable[[Any], date | None] | None = None  # the day from which a record is kept
    target_months: int = 0  # when to aim for, where `months` is the last day
    needs: tuple[Need, ...] = ()
    of: str = ""

    @property
    def holds(self) -> str:
        """The code of the catalogue's rule that it holds."""
        return self.of or self.code


@dataclass(frozen=True)
class ReviewInput:
    """What the management review must hear from a clause (9.3.2). `gather` answers (figure, sentence).

    `url` is where the rows behind the figure are listed; `better` says which way a figure should go ("up", "down").
    """

    code: str
    title: Words
    gather: Callable[[Member], tuple[str, str]]
    url: Words = ""
    better: str = ""


@dataclass(frozen=True)
class Indicator:
    """A figure for Today, with the place where its rows are listed."""

    code: str
    title: Words
    count: Callable[[Member], int]
    url: str
    tone: str = "idle"


@dataclass(frozen=True)
class Gap:
    """What an auditor would find: which record, in which words, and the finding it would cause.

    `stage` is the audit of a certification that would come upon it first: 1 reads documents and plans, 2 looks at what
    was really done. Where a rule does not say, it follows from the line of the standard (`evaluation.readiness`).
    """

    code: str
    title: str
    grade: str  # major, minor, observation
    url: str
    ref: str = ""
    stage: int = 0


@dataclass(frozen=True)
class Rule:
    """A consistency rule of a clause; every gap that `find` yields breaks it."""

    code: str
    find: Callable[[Member], Iterable[Gap]]


@dataclass(frozen=True)
class Panel:
    """What a clause adds to the page of a kind of record, its own or another clause's, where the fields alone do not
    tell it.

    `gather` answers the context of `template`, or None where there is nothing to show. A `step` in it (label, value,
    chip, url) stands in the chain on top.
    """

    register: str  # path of the register whose records' page it is on
    template: str
    gather: Callable[[Member, Record], dict[str, Any] | None]
    wide: bool = False  # above the columns


@dataclass(frozen=True)
class View:
    """Another page of a register's records, beside their list: a map, a matrix. `address` is the name of its URL."""

    register: str  # path of the register in whose list it is offered
    label: Words
    address: str
    icon: str


@dataclass(frozen=True)
class Guard:
    """What a clause asks before a step `register.transition` is taken, beside what the step itself asks.

    `check` raises `Refused`, or lets the step go on. It runs under the record's lock, before the step is signed.
    """

    step: str
    check: Callable[[Member, Any], None]


@dataclass(frozen=True)
class Observer:
    """What a clause looks at when records of a register are created or written, its own or another clause's.

    `look` answers the record as it is, before and after; `told` acts on the difference in the same transaction and answers
    what followed, in words for a person (`Effect`). Nothing is asked for kinds that nobody observes.
    """

    register: str  # path of the register whose records are observed
    look: Callable[[Any], dict[str, Any]]
    told: Callable[[Member, Any, dict[str, Any], dict[str, Any]], list["Effect"]]


@dataclass(frozen=True)
class Effect:
    """What follows from a change elsewhere: a kind for programs, words for people, and the record that it touches."""

    code: str
    text: str
    ref: str = ""
    url: str = ""


@dataclass(frozen=True)
class Basis:
    """What a decision about a record rests on: an assessment that holds today, written down with the decision.

    `about` and `kind` are paths of registers: of the record decided about, and of the assessment. `find` answers the
    assessment that holds now, or None.
    """

    about: str
    kind: str
    find: Callable[[Member, Any], Record | None]


@dataclass(frozen=True)
class Measure:
    """Where a later clause has figures about an earlier one's records: dated values, the oldest first, each with its
    source. An objective asks so what was measured for it (6.2, 9.1)."""

    register: str  # path of the register whose records are measured
    series: Callable[[Iterable[Any]], dict[Any, list[tuple[date, Decimal, str]]]]  # by the records' ids


Seam = (
    View | Guard | Observer | Basis | Measure
)  # where a clause reaches into a register, its own or another clause's


@dataclass(frozen=True)
class Workspace:
    """What a clause contributes."""

    clause: str
    registers: tuple[Register, ...] = ()
    obligations: tuple[ObligationRule, ...] = ()
    review_inputs: tuple[ReviewInput, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    rules: tuple[Rule, ...] = ()
    panels: tuple[Panel, ...] = ()
    founding: tuple[Callable[[Member], None], ...] = ()  # what a new organisation starts with
    followers: tuple[Callable[[Member, Record, str], None], ...] = ()  # told of every step ("create" is one)
    seams: tuple[
        Seam, ...
    ] = ()  # views, guards, observers, bases and measures, each told from the others by its type


@lru_cache
def workspaces() -> tuple[Workspace, ...]:
    """All workspaces, in the order of the clauses."""
    return tuple(import_string(path) for path in settings.WORKSPACES)


@lru_cache
def registers() -> tuple[Register, ...]:
    """All registers, in the order of the clauses."""
    return tuple(register for workspace in workspaces() for register in workspace.registers)


@lru_cache
def followers() -> tuple[Callable[[Member, Record, str], None], ...]:
    """What is told, in the same transaction, that a record was created or took a transition."""
    return tuple(follower for workspace in workspaces() for follower in workspace.followers)


@lru_cache
def seams(kind: type[S]) -> tuple[S, ...]:
    """The seams of one kind, in the order of the clauses."""
    return tuple(one for workspace in workspaces() for one in workspace.seams if isinstance(one, kind))


@lru_cache
def views(path: str) -> tuple[View, ...]:
    """The other pages of a register's records."""
    return tuple(one for one in seams(View) if one.register == path)


@lru_cache
def guards(step: str) -> tuple[Guard, ...]:
    """What the clauses ask before a step `register.transition`."""
    return tuple(one for one in seams(Guard) if one.step == step)


@lru_cache
def observers(path: str) -> tuple[Observer, ...]:
    """Who looks at changes of a register's records."""
    return tuple(one for one in seams(Observer) if one.register == path)


@lru_cache
def bases(path: str) -> tuple[Basis, ...]:
    """The assessments on which a decision about a record of this register rests, in the order of the clauses."""
    return tuple(one for one in seams(Basis) if one.about == path)


@lru_cache
def _rules_by_code() -> dict[str, ObligationRule]:
    return {rule.code: rule for workspace in workspaces() for rule in workspace.obligations}


@lru_cache
def panels(path: str) -> tuple[Panel, ...]:
    """What the clauses add to the page of a register's records."""
    return tuple(p for workspace in workspaces() for p in workspace.panels if p.register == path)


@lru_cache
def measures(path: str) -> tuple[Measure, ...]:
    """Where figures about a register's records come from."""
    return tuple(one for one in seams(Measure) if one.register == path)


def obligation_rule(code: str) -> ObligationRule | None:
    """The declared obligation with this code, or None."""
    return _rules_by_code().get(code)


def obligation_rules() -> tuple[ObligationRule, ...]:
    """All declared obligations, in the order of the clauses."""
    return tuple(_rules_by_code().values())


@lru_cache
def _by_path() -> dict[str, Register]:
    return {register.path: register for register in registers()}


@lru_cache
def _by_model() -> dict[type, Register]:
    return {register.model: register for register in registers()}


def register(path: str) -> Register | None:
    """The register at this path, or None."""
    return _by_path().get(path)


def register_of(record: Record | type[Record]) -> Register:
    """The register to which a record, or its model, belongs."""
    return _by_model()[record if isinstance(record, type) else type(record)]


@lru_cache
def answering(code: str) -> tuple[Register, ...]:
    """The registers whose records answer a clause, requirement or control, or something below it."""
    below = (f"{code}.", f"{code}-")
    return tuple(r for r in registers() if r.serves(code) or any(a.startswith(below) for a in r.answers))
