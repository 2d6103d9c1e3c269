"""The documented information that ISO/IEC 42001 asks for, and what of it is there: computed, never entered.

Which lines ask for it is read from the catalogue (`documented_information` of requirements, `documented` of controls that
apply). What shows it are the records whose kind the line names, and the evidence linked to its answer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, F, Value
from django.urls import reverse
from django.utils.translation import get_language

from aims.catalogue import Line, edition
from aims.catalogue.model import Requirement
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.coverage import documented
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import Register, registers
from aims.schedule.places import place
from planning.models import ControlImplementation

NOT_YET = ("draft", "planned", "asked", "not_started", "withdrawn", "private", "chosen")
STANDS = ("ok", "seal")  # tones of the states in which a document is approved, or in force


@dataclass(frozen=True)
class Item:
    """One line that asks for documented information: how many records and pieces of evidence show it."""

    code: str
    text: str
    kind: str  # document (kept up to date) or record (kept as it was)
    number: int
    evidence: int
    where: str  # the register in which it is kept
    url: str

    @property
    def shown(self) -> bool:
        """Whether there is something to show."""
        return bool(self.number or self.evidence)


def lines(member: Member) -> list[Line]:
    """The requirements that ask for documented information, and the controls that do and apply."""
    rows = visible(member, ControlImplementation).filter(applicable=False)
    left_out = set(rows.values_list("code", flat=True))
    return [line for line in edition().lines() if documented(line) and line.code not in left_out]


def keeping(line: Line) -> list[Register]:
    """The registers that keep what a line asks for: those of its kinds of record."""
    return [r for r in registers() if set(line.record_types) & set(r.record_types)]


def items(member: Member) -> list[Item]:
    """What is asked for in writing, in the order of the standard, with what shows it; in four statements."""
    asked = lines(member)
    kept = {line.code: keeping(line) for line in asked}
    counts = by_state(member, {r.path: r for found in kept.values() for r in found}.values())
    evidence = evidence_by_code(member)
    return [item(line, kept[line.code], counts, evidence[line.code]) for line in asked]


def item(line: Line, kept: list[Register], counts: dict[str, Counter[str]], evidence: int) -> Item:
    """One line: a document counts when it is approved or in force, a record when it is no draft."""
    kind = (line.di_kind or "document") if isinstance(line, Requirement) else "record"
    language = get_language() or "en"
    told = edition().text(line.code, "text" if isinstance(line, Requirement) else "title", language)
    number = sum(_standing(register, counts[register.path], kind) for register in kept)
    where = str(kept[0].plural) if kept else ""
    url = (
        place(kept[0].path) if kept and not kept[0].model.fixed else reverse("clause", args=[line.workspace])
    )
    return Item(line.code, told, kind, number, evidence, where, url)


def _standing(register: Register, states: Counter[str], kind: str) -> int:
    tones = {state.code: state.tone for state in register.lifecycle.all_states}
    if kind == "document":
        return sum(number for code, number in states.items() if tones.get(code) in STANDS)
    return sum(number for code, number in states.items() if code not in NOT_YET)


def by_state(member: Member, wanted: Iterable[Register]) -> dict[str, Counter[str]]:
    """How many records of some registers a member sees in each state, in one statement."""
    rows = [
        visible(member, register.model)
        .order_by()
        .values("state", path=Value(register.path, output_field=CharField()))
        .annotate(number=Count("pk"))
        .values_list("path", "state", "number")
        for register in wanted
    ]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for path, state, number in rows[0].union(*rows[1:], all=True) if rows else ():
        found[path][state] += number
    return found


def evidence_by_code(member: Member) -> Counter[str]:
    """How many pieces of evidence speak for the answer of each line."""
    links = Link.objects.filter(organisation_id=member.organisation_id, kind="answers")
    links = links.filter(evidence__in=visible(member, Evidence).exclude(state="withdrawn"))
    codes = dict(visible(member, Answer).values_list("pk", "code"))
    counted = links.values_list(F("record_id")).annotate(number=Count("pk"))
    return Counter({codes[key]: number for key, number in counted if key in codes})
