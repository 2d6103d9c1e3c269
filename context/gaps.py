"""Gaps from rows: what the rules of the clauses share."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from aims.organisation.member import Member
from aims.records.access import may_change
from aims.records.base import Record
from aims.records.registry import Gap, register_of
from aims.schedule.dates import today
from aims.schedule.places import place


def today_there(member: Member) -> date:
    """Today in the member's organisation."""
    return today(member.time_zone, timezone.now())


def gaps(
    code: str, grade: str, rows: "QuerySet[Any]", title: str, at: str = "", by: Member | None = None
) -> Iterator[Gap]:
    """One gap for each row, in the order of their numbers. `at` is what mends it: a field, or parts as `rows-name`; the
    link leads there for who may change the record (`by`), else to the record."""
    for row in rows.order_by("ref"):
        yield Gap(code, title, grade, where(row, at, by), row.ref)


def where(row: Record, at: str = "", by: Member | None = None) -> str:
    """Where a gap of a record is mended: the field in its form, else the page of the record."""
    register = register_of(row)
    open_ = not register.lifecycle.state(row.state).locked
    if not (at and by and open_ and may_change(by, row)):
        return place(register.path, row.pk)
    anchor = at if at.startswith("rows-") else f"id_{at}"
    return f"{reverse('edit', args=[register.path, row.pk])}#{anchor}"


def missing(code: str, grade: str, kind: type[Record], title: str) -> Gap:
    """A gap because a register has no record that it must have."""
    return Gap(code, title, grade, place(register_of(kind).path))
