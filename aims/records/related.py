"""Everything that refers to a record, found through the registry: an earlier clause shows later ones without naming them.

Two statements in all, however many registers and records there are.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Q, QuerySet, Value

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.records.lifecycle import State
from aims.records.registry import Register, register, registers

MOST = 100  # rows that are read of each register; the number is exact all the same
GRAVITY = ("bad", "warn", "info", "idle", "seal", "ok")


@dataclass(frozen=True)
class Row:
    """A record that refers to another, as far as every kind has it."""

    key: UUID
    ref: str
    title: str
    state: str
    review_due: date | None


@dataclass(frozen=True)
class Related:
    """The live records of one register that refer to a record: how many in each state, and the latest of them."""

    register: Register
    states: dict[str, int]
    rows: list[Row]

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(self.states.values())

    @property
    def worst(self) -> State:
        """The state that most asks for somebody."""
        found = [self.register.lifecycle.state(code) for code in self.states]
        return min(found, key=lambda state: GRAVITY.index(state.tone))


@lru_cache
def referring(model: type[Record]) -> tuple[tuple[Register, tuple[str, ...]], ...]:
    """The registers whose records refer to a model, with the names of their relations."""
    found = []
    for known in registers():
        meta = known.model._meta
        names = [f.name for f in (*meta.concrete_fields, *meta.many_to_many) if f.related_model is model]
        if names:
            found.append((known, tuple(names)))
    return tuple(found)


def related(member: Member, record: Record) -> list[Related]:
    """What refers to a record, in the order of the clauses; registers without any are left out."""
    kinds = referring(type(record))
    live = [
        _live(member, record, *kind) for kind in kinds
    ]  # once: what is sealed asks the database who may see it
    counts = [some.order_by().values("path", "state") for some in live]
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _union([one.annotate(number=Count("pk")) for one in counts]):
        states[row["path"]][row["state"]] = row["number"]
    names = ("path", "pk", "ref", "title", "state", "review_due")
    latest = [some.order_by("-pk").values_list(*names)[:MOST] for some in live]
    rows: dict[str, list[Row]] = defaultdict(list)
    for path, *values in _union(latest):
        rows[path].append(Row(*values))
    known = [(found, states[path]) for path in states if (found := register(path))]
    order = [kind.path for kind, _names in kinds]
    return [
        Related(kind, number, rows[kind.path])
        for kind, number in sorted(known, key=lambda one: order.index(one[0].path))
    ]


def _union(parts: list[Any]) -> Any:
    return parts[0].union(*parts[1:], all=True) if parts else ()


def _live(member: Member, record: Record, kind: Register, names: tuple[str, ...]) -> "QuerySet[Any]":
    rule = Q()
    for name in names:
        rule |= Q(**{name: record})
    rows: QuerySet[Any] = visible(member, kind.model).filter(rule).exclude(state="withdrawn")
    named: QuerySet[Any] = rows.annotate(path=Value(kind.path, output_field=CharField()))
    return named
