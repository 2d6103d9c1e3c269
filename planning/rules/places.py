"""Gaps that lead to the exact field: of the form where the record can be edited, else of the record's page."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from aims.records.base import Record
from aims.records.registry import Gap, register_of
from aims.schedule.places import place


def field_place(record: Record, name: str) -> str:
    """The field of a record's form; where its state is locked, the record."""
    register = register_of(record)
    if register.lifecycle.state(record.state).locked:
        return place(register.path, record.pk)
    return reverse("edit", args=[register.path, record.pk]) + f"#{name}"


def field_gaps(
    code: str, grade: str, rows: "QuerySet[Any]", title: str, name: str, stage: int = 0
) -> Iterator[Gap]:
    """One gap for each row that leads to a field, in the order of their numbers. `rows-…` names rows of parts."""
    anchor = name if name.startswith("rows-") else f"id_{name}"
    for row in rows.order_by("ref"):
        yield Gap(code, title, grade, field_place(row, anchor), row.ref, stage)
