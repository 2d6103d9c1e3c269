"""What an auditor's grant leaves of a register when it is limited to some records (AI systems) and to a period."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from aims.organisation.models import Grant
from aims.records.base import Record
from aims.records.registry import Register
from aims.records.registry import register as register_at


def narrowed(grant: Grant, register: Register, time_zone: str) -> Q:
    """The rows of a register that belong to a grant's records and were there in its period."""
    rule = in_period(grant, register, time_zone)
    for path, keys in (grant.subjects or {}).items():
        target = register_at(path)
        rule &= belonging(register.model, target.model, keys) if target else Q(pk__in=[])
    return rule


def in_period(grant: Grant, register: Register, time_zone: str) -> Q:
    """Rows made by the end of the period that were not over before it began.

    A policy in force since earlier counts; what was closed or withdrawn before does not.
    """
    rule, zone = Q(), ZoneInfo(time_zone)
    if grant.period_to:
        rule &= Q(created_at__lt=midnight(grant.period_to + timedelta(days=1), zone))
    if grant.period_from:
        over = [
            state.code for state in register.lifecycle.all_states if state.locked and state.tone == "idle"
        ]
        rule &= ~Q(state__in=over, changed_at__lt=midnight(grant.period_from, zone))
        if any(field.name == "effective_until" for field in register.model._meta.concrete_fields):
            rule &= Q(effective_until=None) | Q(effective_until__gte=grant.period_from)
    return rule


def dated_in(grant: Grant, name: str, time_zone: str) -> Q:
    """Rows whose moment `name` lies in a grant's period, both days included."""
    rule, zone = Q(), ZoneInfo(time_zone)
    if grant.period_from:
        rule &= Q(**{f"{name}__gte": midnight(grant.period_from, zone)})
    if grant.period_to:
        rule &= Q(**{f"{name}__lt": midnight(grant.period_to + timedelta(days=1), zone)})
    return rule


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in a time zone."""
    return datetime.combine(day, time.min, zone)


def belonging(model: type[Record], target: type[Record], keys: Collection[Any]) -> Q:
    """Rows that are, or refer to, some records of a kind; and those that refer to none of that kind at all.

    Where a kind has no relation of its own, what it refers to is asked (a measurement by its metric).
    """
    if model is target:
        return Q(pk__in=keys)
    return direct(model, target, keys) or by_way_of_others(model, target, keys) or Q()


def direct(model: type[Record], target: type[Record], keys: Collection[Any]) -> Q:
    """By a relation of its own; an empty rule where it has none."""
    touching, free = Q(), Q()
    for field in relations(model, target):
        if field.many_to_many:
            through, mine, theirs = (
                field.remote_field.through,
                field.m2m_field_name(),
                field.m2m_reverse_field_name(),
            )
            there = through._default_manager.all()
            touching |= Q(pk__in=there.filter(**{f"{theirs}__in": keys}).values(mine))
            free &= ~Q(pk__in=there.values(mine))
        else:
            touching |= Q(**{f"{field.name}__in": keys})
            free &= Q(**{field.name: None})
    return touching | free if touching else Q()


def by_way_of_others(model: type[Record], target: type[Record], keys: Collection[Any]) -> Q:
    """By what it refers to; an empty rule where that has no relation either."""
    rule = Q()
    for field in relations(model, Record):
        if not field.many_to_many and (inner := direct(field.related_model, target, keys)):
            parents = field.related_model._default_manager.filter(inner)
            rule &= Q(**{f"{field.name}__in": parents.values("pk")}) | Q(**{field.name: None})
    return rule


def relations(model: type[Record], target: type[Any]) -> list[Any]:
    """The fields of a kind that refer to another."""
    fields: list[Any] = list(model._meta.get_fields())
    return [
        field
        for field in fields
        if field.concrete
        and field.is_relation
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, target)
    ]
