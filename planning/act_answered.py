"""Which records answer a duty under the AI Act: asked of the registers that keep a kind of record, whatever their clause.

A kind (`ai_risk`) means every register that declares it; `kind:field` only those records in which a field is filled. All is
counted in one statement, however many systems and records there are. What names no system holds for all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Count, F, Field, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.display import first_letter_up, label
from aims.records.registry import Register, registers
from context.models import AISystem

GOOD = ("ok", "seal", "info")  # tones of the states in which a record speaks for something
EMPTY = ("", "no")  # what a text or choice says that answers nothing
Counted = dict[
    str, dict[Any, Counter[tuple[str, str]]]
]  # kind → system (None: all) → (register, state) → how many


@dataclass(frozen=True)
class Holder:
    """A register that keeps a kind of record, and how its records lead to an AI system ("" where they do not)."""

    register: Register
    spec: str
    system: str
    narrowed: Q


@dataclass(frozen=True)
class Holding:
    """What a register holds for a kind: how many records, how many of them good, and where they are listed."""

    label: str
    number: int
    good: int
    url: str


@dataclass(frozen=True)
class Kind:
    """A kind of record that can answer a duty, with what there is of it for one system."""

    spec: str
    label: str
    holdings: tuple[Holding, ...]
    new_url: str

    @property
    def standing(self) -> str:
        """`answered`, `begun` (nothing of it holds yet) or `nothing`."""
        if any(holding.good for holding in self.holdings):
            return "answered"
        return "begun" if any(holding.number for holding in self.holdings) else "nothing"


@lru_cache
def holders(spec: str) -> tuple[Holder, ...]:
    """The registers that keep a kind of record, in the order of the clauses."""
    kind, _colon, name = spec.partition(":")
    found = [register for register in registers() if kind in register.record_types]
    return tuple(
        Holder(one, spec, system_field(one), narrowing(one, kind, name))
        for one in found
        if not name or name in one.fields
    )


def system_field(register: Register) -> str:
    """The relation of a register's records to AI systems; `pk` for the systems themselves."""
    if register.model is AISystem:
        return "pk"
    fields = (*register.model._meta.concrete_fields, *register.model._meta.many_to_many)
    return next((field.name for field in fields if field.related_model is AISystem), "")


def narrowing(register: Register, kind: str, name: str) -> Q:
    """Of a register with several kinds those of one kind; with a field those in which it is filled."""
    rule = Q()
    sort = {f.name: f for f in register.model._meta.concrete_fields}.get("kind")
    if sort is not None and kind in {value for value, _label in sort.flatchoices or ()}:
        rule &= Q(kind=kind)
    return rule & filled(register.field(name)) if name else rule


def filled(field: "Field[Any, Any]") -> Q:
    """The records in which a field says something."""
    if field.get_internal_type() in ("CharField", "TextField"):
        return ~Q(**{f"{field.name}__in": EMPTY})
    return Q(**{f"{field.name}__isnull": False})


def counted(member: Member, specs: Iterable[str]) -> Counted:
    """How many live records there are of some kinds, by system and state, in one statement."""
    parts = [_part(member, holder) for spec in dict.fromkeys(specs) for holder in holders(spec)]
    found: Counted = defaultdict(lambda: defaultdict(Counter))
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        found[row["spec"]][row["about"]][row["path"], row["state"]] += row["number"]
    return found


def _part(member: Member, holder: Holder) -> "QuerySet[Any, Any]":
    about: Any = F(holder.system) if holder.system else Cast(Value(None), UUIDField())
    rows = visible(member, holder.register.model).filter(holder.narrowed).exclude(state="withdrawn")
    named = rows.order_by().annotate(
        path=Value(holder.register.path, output_field=CharField()),
        spec=Value(holder.spec, output_field=CharField()),
        about=about,
    )
    grouped: QuerySet[Any, Any] = named.values("path", "spec", "about", "state")
    summed: QuerySet[Any, Any] = grouped.annotate(number=Count("pk", distinct=True))
    return summed


def kind_of(found: Counted, spec: str, system: Any) -> Kind:
    """What there is of a kind for one system, or of a kind that names none."""
    rows = found.get(spec, {})
    states = rows.get(system, Counter()) + (rows.get(None, Counter()) if system else Counter())
    known = holders(spec)
    holdings = tuple(holding(one, states, system) for one in known)
    return Kind(spec, named(spec), tuple(one for one in holdings if one.number), new_url(known, spec, system))


def holding(holder: Holder, states: "Counter[tuple[str, str]]", system: Any) -> Holding:
    """The records of one register, those that were replaced by newer ones left out."""
    register, number, good = holder.register, 0, 0
    for (path, code), count in states.items():
        if path != register.path:
            continue
        state = register.lifecycle.state(code)
        number += 0 if state.locked and state.tone == "idle" else count
        good += count if state.tone in GOOD else 0
    return Holding(first_letter_up(str(register.plural)), number, good, list_url(holder, system))


def list_url(holder: Holder, system: Any) -> str:
    """Where the records are listed; of the system itself its page."""
    register = holder.register
    if holder.system == "pk" and system:
        return reverse("record", args=[register.path, system])
    asked = f"?system={system}" if system and "system" in register.filters else ""
    return reverse("register", args=[register.path]) + asked


def new_url(known: tuple[Holder, ...], spec: str, system: Any) -> str:
    """Where what is missing is entered."""
    if not known:
        return ""
    first = known[0]
    if first.system == "pk" and system:
        return reverse("edit", args=[first.register.path, system]) + f"#id_{spec.partition(':')[2]}"
    if first.register.model.fixed:
        return reverse("register", args=[first.register.path])
    return reverse("new", args=[first.register.path]) + (f"?system={system}" if system else "")


def named(spec: str) -> str:
    """What a kind is called: its register, with the sort or the field that is meant."""
    kind, _colon, name = spec.partition(":")
    known = holders(spec)
    if not known:
        return kind
    register = known[0].register
    said = first_letter_up(str(register.plural))
    if name:
        return f"{said}: {label(register.model, name)}"
    sort = {f.name: f for f in register.model._meta.concrete_fields}.get("kind")
    words = dict(sort.flatchoices).get(kind) if sort is not None and sort.flatchoices else None
    return f"{said}: {words}" if words else said
