"""A register as CSV, in human words, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable
from io import StringIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.display import Named, label, shown
from aims.records.registry import Register

LIMIT = 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote before what would begin one."""
    return f"'{text}" if text.startswith(FORMULA) else text


def columns(register: Register) -> list[str]:
    """The columns of an export: number, title, state, then all fields that people enter."""
    return list(dict.fromkeys(["ref", "title", "state", *register.fields, *register.model.settled]))


def as_csv(member: Member, register: Register, rows: QuerySet[Record]) -> str:
    """The rows as CSV with a byte order mark, so that spreadsheets read UTF-8. Refuses more than LIMIT rows."""
    names = columns(register)
    several = [name for name in names if register.field(name).many_to_many]
    records = list(rows.prefetch_related(*several).order_by("ref", "pk")[: LIMIT + 1])
    if len(records) > LIMIT:
        words = _("More than %(limit)d rows cannot be exported at once. Narrow the list with filters.")
        raise Refused("too_large", words % {"limit": LIMIT})
    named = Named(member)
    for record in records:
        named.want(register.model, names, record)
    heads = [label(register.model, name) for name in names]
    return _text([heads, *(shown(record, names, named) for record in records)])


def _text(rows: Iterable[list[str]]) -> str:
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
