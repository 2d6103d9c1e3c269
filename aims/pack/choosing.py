"""Which records go into a pack that is limited to some AI systems, to a period, or to both.

**Systems.** A record concerns an AI system when it is that system, or when a relation of it leads to it: at once, or over
other records where it names no system itself (a measurement over its metric, a corrective action over its nonconformity).
In goes what concerns one of the chosen systems, and what concerns none at all: that holds for the whole organisation. Out
goes what concerns other systems only. The parts of a record may bring it in (an impact on a chosen system), never keep it
out (the line of the Statement of Applicability that excludes another system stays).

**Period.** A record has days of its own (when it happened, was done, holds from) beside the day on which it was written
down. Out goes what began after the period, and what was over before it: withdrawn or in a state from which nothing leads
on, with its last own day (without any, its last change) before the first day. All else occurred, was changed or stood in
the period, and goes in. Rows that every organisation has from its founding (lines of the standard, the SoA) always do.

What is sealed never goes in, not even for who wrote it, since a pack is handed on: findings that are drafts still.

Either way records are shown as they are on the day of the pack, and the lines of the standard with their answers are
limited by clause only: they are the organisation's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import DateField, DateTimeField, Model, Q, QuerySet
from django.utils import timezone

from aims.pack.models import Pack
from aims.records.base import Record
from aims.records.lifecycle import WITHDRAWN, Lifecycle
from aims.records.registry import register_of, registers
from context.models import AISystem

SEALED = {"findings": ("draft",)}  # states in which only the auditors know of a record
Keys = dict[Any, set[Any]]  # ids of records, and to which others they lead


@dataclass(frozen=True)
class Choice:
    """The limits of a pack beside its clauses. `elsewhere` are the ids of records that concern other systems only."""

    systems: frozenset[Any] = frozenset()
    since: date | None = None
    until: date | None = None
    elsewhere: frozenset[Any] = frozenset()

    @property
    def limited(self) -> bool:
        """Whether AI systems or a period limit the pack."""
        return bool(self.systems or self.since or self.until)

    def rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a register that go in."""
        model: type[Record] = rows.model
        if sealed := SEALED.get(register_of(model).path):
            rows = rows.exclude(state__in=sealed)
        if self.elsewhere:
            rows = rows.exclude(pk__in=self.elsewhere)
        return rows if model.fixed else rows.filter(self.in_period(model))

    def in_period(self, model: type[Record]) -> Q:
        """What had begun by the last day and was not over before the first."""
        days = own_days(model)
        rule = Q()
        if self.until:
            begun = Q(created_at__lt=start(self.until + timedelta(days=1)))
            rule &= any_of((Q(**{f"{name}__lte": self.until}) for name in days), begun)
        if self.since:
            later = Q(changed_at__gte=start(self.since)) & Q(**{f"{name}__isnull": True for name in days})
            standing = ~Q(state__in=over(register_of(model).lifecycle)) | later
            rule &= any_of((Q(**{f"{name}__gte": self.since}) for name in days), standing)
        return rule


def choice(pack: Pack) -> Choice:
    """The limits of a pack, with what they keep out."""
    systems = frozenset(pack.systems.values_list("pk", flat=True))
    elsewhere = frozenset(concerning_others(pack.organisation_id, systems)) if systems else frozenset()
    return Choice(systems, pack.since, pack.until, elsewhere)


def any_of(rules: Iterable[Q], first: Q) -> Q:
    """One of several conditions."""
    for rule in rules:
        first |= rule
    return first


def start(day: date) -> datetime:
    """The first moment of a day in the time zone in force."""
    return timezone.make_aware(datetime.combine(day, time.min))


@lru_cache
def own_days(model: type[Record]) -> tuple[str, ...]:
    """The dates that a kind of record tells about itself; when it is to be looked at again is not one."""
    fields = (f for f in model._meta.concrete_fields if isinstance(f, DateField))
    return tuple(f.name for f in fields if not isinstance(f, DateTimeField) and f.name != "review_due")


def over(lifecycle: Lifecycle) -> list[str]:
    """The states in which a record is over: withdrawn, or locked with no way on to a later state."""
    order = [state.code for state in lifecycle.states]
    onward = {
        source
        for step in lifecycle.transitions
        for source in step.sources
        if {step.target, source} <= set(order) and order.index(step.target) > order.index(source)
    }
    return [WITHDRAWN.code, *(s.code for s in lifecycle.states if s.locked and s.code not in onward)]


def concerning_others(organisation: Any, systems: frozenset[Any]) -> Iterator[Any]:
    """The ids of the records that concern AI systems, but none of these. One query per relation, never per row."""
    own, others, brought = leads(organisation)
    names = spread(own, others)
    for key, named in names.items():
        within = named | {system for other in brought.get(key, ()) for system in names.get(other, ())}
        if not within & systems:
            yield key


def leads(organisation: Any) -> tuple[Keys, Keys, Keys]:
    """Of every record: the AI systems that it is or names, the other records that it names, what its parts name."""
    own, others, brought = (defaultdict[Any, set[Any]](set) for _each in range(3))
    for register in registers():
        for target, pairs in relations(register.model, "pk", organisation):
            kept = own if target is AISystem else others
            for key, other in pairs:
                kept[key].add(other)
        for part in register.parts:
            for _target, pairs in relations(part, f"{part.of}_id", organisation):
                for key, other in pairs:
                    brought[key].add(other)
    systems = AISystem.objects.filter(organisation_id=organisation).values_list("pk", flat=True)
    own.update({key: {key} for key in systems})
    return own, others, brought


def relations(model: type[Model], key: str, organisation: Any) -> Iterator[tuple[type[Model], Iterable[Any]]]:
    """The relations of a kind of row to records: the target, and pairs of the row's key and an id of the target."""
    rows = model._default_manager.filter(organisation_id=organisation)
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        target: Any = field.related_model
        if field.name != getattr(model, "of", "") and isinstance(target, type) and issubclass(target, Record):
            pairs = rows.filter(**{f"{field.name}__isnull": False})
            yield target, pairs.order_by().values_list(key, f"{field.name}__pk")


def spread(own: Keys, others: Keys) -> Keys:
    """The AI systems that each record concerns: those it names, else those of the records that it names.

    Ids without any are not in it. Chains may be long and may go in circles: passes are made until nothing is new.
    """
    names: Keys = {key: set(systems) for key, systems in own.items()}
    waiting = {key: leading for key, leading in others.items() if key not in own}
    grown = True
    while grown:
        grown = False
        for key, leading in waiting.items():
            found = set().union(*(names.get(other, ()) for other in leading))
            if len(found) > len(names.get(key, ())):
                names[key], grown = found, True
    return names
