"""Drafts of what the AI Act wants written down (Annexes IV and VIII), filled from the records: each entry names its source.

Which record answers which point is data (`ai_act_support.yaml`). What nothing answers is listed, with the field in which it
is written. A draft is not kept: it is what the records say at the moment.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.catalogue.ai_act_support import ActForm, FormPoint
from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.records.access import may_change, visible
from aims.records.base import Record
from aims.records.display import Named, first_letter_up, label, raw, words
from aims.records.registry import register_of
from context import ml_description
from context.models import AISystem, SystemVersion
from planning.act_answered import Holder, holders, named
from planning.act_sheet import questions, spoken
from planning.ai_act import reasons
from planning.models import AIActAnswer, ImpactAssessment
from planning.models.conformity import ConformityFile

MOST, LONG = 20, 600  # records of a kind in a draft, and characters of each
EXEMPTION = "Q10"
# outcome → the forms of its provider, and those of a public deployer
PROVIDERS = {
    "HIGH_RISK_ANNEX_I": ("annex-iv",),
    "HIGH_RISK_ANNEX_III": ("annex-iv", "annex-viii-a"),
    "ANNEX_III_EXEMPT": ("annex-viii-b",),
}
PUBLIC_DEPLOYERS = {"HIGH_RISK_ANNEX_III": ("annex-viii-c",)}
KINDS: dict[str, type[Record]] = {
    "version": SystemVersion,
    "impact": ImpactAssessment,
    "file": ConformityFile,
    "sheet": AIActAnswer,
}


@dataclass(frozen=True)
class Entry:
    """Something that the records say for a point: in words, with what it is and where it stands."""

    text: str
    source: str
    url: str


@dataclass(frozen=True)
class Wanting:
    """A source that says nothing: what it is called, and where it would be written."""

    label: str
    url: str


@dataclass(frozen=True)
class Filled:
    """A point of a form with what the records say."""

    point: FormPoint
    heading: str
    title: str
    asks: str
    entries: tuple[Entry, ...]
    wanting: tuple[Wanting, ...]

    @property
    def missing(self) -> bool:
        """Whether nothing answers a point that must be answered."""
        return not self.entries and not self.point.optional


@dataclass(frozen=True)
class Draft:
    """A form, filled for a system."""

    form: ActForm
    system: AISystem
    points: tuple[Filled, ...]

    @property
    def missing(self) -> list[Filled]:
        """The points that nothing answers."""
        return [point for point in self.points if point.missing]

    @property
    def title(self) -> str:
        """What the paper is called."""
        return f"{spoken(self.form.title)}: {self.system.title}"

    @property
    def answered(self) -> int:
        """How many of the points that must be answered are."""
        return self.wanted - len(self.missing)

    @property
    def wanted(self) -> int:
        """How many points must be answered."""
        return sum(not point.point.optional or bool(point.entries) for point in self.points)


def forms_for(outcomes: Iterable[str], provided: bool, public: bool = False) -> list[ActForm]:
    """The forms that a class asks of whoever provides the system, or of a public body that deploys it."""
    tables = [table for table, asked in ((PROVIDERS, provided), (PUBLIC_DEPLOYERS, public)) if asked]
    listed = list(outcomes)
    codes = dict.fromkeys(form for table in tables for code in listed for form in table.get(code, ()))
    found = (edition().act_support.form(code) for code in codes)
    return [form for form in found if form]


def draft(member: Member, system: AISystem, form: ActForm) -> Draft:
    """A form filled for a system, as the member sees its records."""
    filler = Filler(member, system, form)
    return Draft(form, system, tuple(filler.filled(point) for point in form.points))


@dataclass
class Filler:
    """Reads what a form needs, each record and each kind once."""

    member: Member
    system: AISystem
    form: ActForm

    @cached_property
    def names(self) -> Named:
        """Names of rows referred to."""
        return Named(self.member)

    @cached_property
    def about(self) -> dict[str, Record | None]:
        """The records of which single fields are read: the newest of each kind, one that holds before a draft."""
        asked = {source.partition(".")[0] for point in self.form.points for source in point.sources}
        found: dict[str, Record | None] = {"system": self.system}
        found |= {key: self.newest(kind) for key, kind in KINDS.items() if key in asked}
        return found

    def newest(self, kind: type[Record]) -> Record | None:
        """The record of a kind that speaks for the system."""
        known: Any = visible(self.member, kind)
        rows = list(known.filter(system=self.system).exclude(state="withdrawn"))
        order = ("superseded", "draft", "in_review", "validated", "approved", "in_force", "released")
        return max(
            rows, key=lambda row: (order.index(row.state) if row.state in order else 1, row.pk), default=None
        )

    @cached_property
    def kinds(self) -> dict[str, list[Record]]:
        """The records about the system of each kind that the form lists."""
        asked = {
            s.removeprefix("record:") for p in self.form.points for s in p.sources if s.startswith("record:")
        }
        found: dict[str, list[Record]] = defaultdict(list)
        for kind in sorted(asked):
            for holder in holders(kind):
                found[kind] += self.listed(holder)
        return found

    def listed(self, holder: Holder) -> list[Record]:
        """The live records of a register about the system; of one that names no system all."""
        rows: Any = visible(self.member, holder.register.model).filter(holder.narrowed)
        rows = rows.exclude(state__in=("withdrawn", "superseded"))
        if holder.system:
            rows = rows.filter(Q(**{holder.system: self.system.pk}))
        return list(rows.order_by("ref").distinct()[:MOST])

    def filled(self, point: FormPoint) -> Filled:
        """A point with what its sources say."""
        entries, wanting = [], []
        for source in point.sources:
            said = self.said(source)
            entries += [one for one in said if isinstance(one, Entry)]
            wanting += [one for one in said if isinstance(one, Wanting)]
        heading, title, asks = (spoken(text) for text in (point.heading, point.title, point.asks))
        return Filled(point, heading, title, asks, tuple(entries), tuple(wanting))

    def said(self, source: str) -> Sequence[Entry | Wanting]:
        """What one source says, or that it says nothing."""
        if source.startswith("record:"):
            return self.records(source.removeprefix("record:"))
        of, _dot, name = source.partition(".")
        if of == "organisation":
            return [Entry(self.member.organisation_name, _("Organisation"), reverse("act law"))]
        if of == "ml":
            return described(self.member, self.system, name)
        if of == "sheet" and name in COMPUTED:
            return self.computed(name)
        return [self.field(of, name)]

    def records(self, kind: str) -> Sequence[Entry | Wanting]:
        """The records of a kind, each with its first words."""
        rows = self.kinds[kind]
        if not rows:
            known = holders(kind)
            url = reverse("new", args=[known[0].register.path]) + f"?system={self.system.pk}" if known else ""
            return [Wanting(named(kind), url)]
        return [Entry(summary(row), f"{named(kind)}, {row.ref}", record_url(row)) for row in rows]

    def field(self, of: str, name: str) -> Entry | Wanting:
        """A field of a record about the system."""
        record = self.about.get(of)
        kind: type[Record] = AISystem if of == "system" else KINDS[of]
        if name == "ref" and record:
            return Entry(record.ref, first_letter_up(str(register_of(record).name)), record_url(record))
        called = f"{first_letter_up(str(register_of(kind).name))}: {label(kind, name)}"
        if record is None:
            return Wanting(
                called, reverse("new", args=[register_of(kind).path]) + f"?system={self.system.pk}"
            )
        field = register_of(kind).field(name)
        text = words(field, raw(record, field), self.names)
        if text:
            return Entry(text, f"{called}, {record.ref}", record_url(record))
        return Wanting(called, place_of(self.member, record, name))

    def computed(self, name: str) -> Sequence[Entry | Wanting]:
        """What follows from the answers of the classification: conditions of Art. 6(3), and why they hold."""
        sheet = self.about.get("sheet")
        text = COMPUTED[name](sheet) if isinstance(sheet, AIActAnswer) else ""
        called = _("Classification, question %(code)s") % {"code": EXEMPTION}
        if text and sheet:
            return [Entry(text, f"{called}, {sheet.ref}", record_url(sheet))]
        return [
            Wanting(called, record_url(sheet) if sheet else reverse("new", args=["ai-act-answer-sheets"]))
        ]


def place_of(member: Member, record: Record, name: str) -> str:
    """Where a field is written; the record's page where it is locked."""
    locked = register_of(record).lifecycle.state(record.state).locked
    if locked or not may_change(member, record):
        return record_url(record)
    return reverse("edit", args=[register_of(record).path, record.pk]) + f"#id_{name}"


def summary(record: Record) -> str:
    """A record in its title and its first words."""
    register = register_of(record)
    texts = (register.field(name) for name in register.fields if name != "title")
    long = (str(getattr(record, f.name)) for f in texts if isinstance(f, models.TextField))
    first = next((text for text in long if text), "")
    return f"{record.heading}. {Truncator(first).chars(LONG)}" if first else record.heading


def described(member: Member, system: AISystem, name: str) -> Sequence[Entry | Wanting]:
    """A field of the ML description (ISO/IEC 23053) of a system; of several models or data sets each."""
    kept = _("Description after ISO/IEC 23053")
    found = [line for line in ml_description.lines(system.ml) if line.path[2] == name]
    if found:
        return [
            Entry(line.words, f"{kept}: {line.heading}, {line.label}, {system.ref}", record_url(system))
            for line in found
        ]
    called = next((f.label for f in edition().machine_learning.fields() if f.code == name), name)
    return [Wanting(f"{kept}: {spoken(called)}", place_of(member, system, "ml"))]


def conditions(sheet: AIActAnswer) -> str:
    """The conditions of Art. 6(3) that were ticked."""
    asked: Iterable[Any] = questions(sheet.answers, sheet.act)
    return next((one.said for one in asked if one.node.code == EXEMPTION), "")


def exemption(sheet: AIActAnswer) -> str:
    """Why the exemption holds."""
    return reasons(sheet.answers).get(EXEMPTION, "")


COMPUTED: dict[str, Callable[[AIActAnswer], str]] = {"conditions": conditions, "exemption": exemption}
