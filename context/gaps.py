"""Gaps from rows: what the rules of the clauses share."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from aims.organisation.member import Member
from aims.records.base import Record
from aims.records.registry import Gap, register_of
from aims.schedule.dates import today
from aims.schedule.places import place


def today_there(member: Member) -> date:
    """Today in the member's organisation."""
    return today(member.time_zone, timezone.now())


def gaps(code: str, grade: str, rows: "QuerySet[Any]", title: str) -> Iterator[Gap]:
    """One gap for each row, in the order of their numbers."""
    for row in rows.order_by("ref"):
        yield Gap(code, title, grade, place(register_of(row).path, row.pk), row.ref)


def missing(code: str, grade: str, kind: type[Record], title: str) -> Gap:
    """A gap because a register has no record that it must have."""
    return Gap(code, title, grade, place(register_of(kind).path))
