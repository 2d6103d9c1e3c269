"""The list of a register: filters, order and pages by keyset, so that the last page costs what the first costs."""

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.pages.choices import Choices
from aims.records.base import Record
from aims.records.display import AnyField, first_letter_up, label
from aims.records.registry import Register
from aims.records.search import rule as words_rule

SIZE = 50
WITHDRAWN = "withdrawn"
KNOWN = ("q", "state", "sort", "after", "before")


@dataclass(frozen=True)
class Order:
    """By which path, of which field, and in which direction. `pk` alone is the order of making."""

    name: str
    path: str
    field: AnyField
    descending: bool = False

    def turned(self, queryset: QuerySet[Any], back: bool) -> QuerySet[Any]:
        """The rows in this order; against it when walking back. Empty values come last."""
        down = self.descending != back
        sign = "-" if down else ""
        if self.path == "pk":
            return queryset.order_by(f"{sign}pk")
        nulls = {"nulls_first": True} if back else {"nulls_last": True}
        key = F(self.path).desc(**nulls) if down else F(self.path).asc(**nulls)
        return queryset.order_by(key, f"{sign}pk")

    def beyond(self, value: Any, key: uuid.UUID, back: bool) -> Q:
        """What comes after a row in this order, or before it when walking back."""
        step = "lt" if self.descending != back else "gt"
        if self.path == "pk":
            return Q(**{f"pk__{step}": key})
        empty = Q(**{f"{self.path}__isnull": True})
        if value is None:
            here = empty & Q(**{f"pk__{step}": key})
            return here | ~empty if back else here
        rule = Q(**{f"{self.path}__{step}": value}) | Q(**{self.path: value, f"pk__{step}": key})
        return rule if back else rule | empty


def sortable(register: Register, name: str) -> Order | None:
    """The order by a column, or None where a column has none that means something."""
    if name == "ref":
        return Order(name, name, register.field(name))
    found = register.field(name) if name in ("title", "state", *register.columns) else None
    if found is None or found.many_to_many or isinstance(found, models.JSONField | models.TextField):
        return None
    if found.many_to_one:
        related: Any = found.related_model
        leaf = "name" if issubclass(related, Membership) else "title" if issubclass(related, Record) else ""
        return Order(name, f"{name}__{leaf}", related._meta.get_field(leaf)) if leaf else None
    return Order(name, name, found)


def order_of(register: Register, asked: str) -> Order:
    """The order asked for (`-title` goes down), else the newest first, or as laid for kinds that are fixed."""
    found = sortable(register, asked.removeprefix("-")) if asked else None
    if found is None:
        return Order("", "pk", register.field("id"), not register.model.fixed)
    return Order(found.name, found.path, found.field, asked.startswith("-"))


@dataclass
class Page:
    """The rows of a page and the cursors to its neighbours."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def cursor_of(order: Order, row: Model) -> str:
    """The place of a row in an order, as text for an address."""
    value: Any = row
    for name in order.path.split("__") if order.path != "pk" else ():
        value = getattr(value, name) if value is not None else None
    text = None if value is None or value is row else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, str(row.pk)]).encode()).decode().rstrip("=")


def read_cursor(order: Order, cursor: str) -> tuple[Any, uuid.UUID] | None:
    """What a cursor says, or None where it says nothing (somebody typed it)."""
    try:
        text, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(text, str) and "\x00" in text:
            return None
        return (None if text is None else order.field.to_python(text)), uuid.UUID(key)
    except (ValueError, TypeError, AttributeError, binascii.Error, ValidationError):
        return None


def page_of(rows: QuerySet[Any], order: Order, after: str = "", before: str = "", size: int = SIZE) -> Page:
    """A page of rows after or before a cursor; the first where the cursor cannot be read."""
    back = bool(before)
    place = read_cursor(order, before or after) if before or after else None
    back = back and place is not None
    if place:
        rows = rows.filter(order.beyond(*place, back))
    found = list(order.turned(rows, back)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([])
    earlier = more if back else place is not None
    later = True if back else more
    return Page(
        found,
        cursor_of(order, found[0]) if earlier else "",
        cursor_of(order, found[-1]) if later else "",
    )


@dataclass
class Filter:
    """A filter of the list as a select: `options` are (value, label, chosen)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]


@dataclass
class Question:
    """What a list was asked: the conditions, what to show of them, and what could not be understood."""

    rule: Q = field(default_factory=Q)
    filters: list[Filter] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    state: str = ""
    words: str = ""
    narrowed: bool = False


def question(member: Member, register: Register, asked: QueryDict) -> Question:
    """Read the filters of a list. What it does not know is left out and said."""
    found, choices = Question(), Choices(member)
    _words(found, register, asked.get("q", ""))
    _state(found, register, asked.get("state", ""))
    for name in register.filters:
        if name != "state":
            _filter(found, register.field(name), choices, asked.get(name, ""))
    known = {*KNOWN, *register.filters}
    found.notices += [_leave_out(name) for name in asked if name not in known]
    return found


def _leave_out(name: str) -> str:
    return _("“%(name)s” is no filter of this list and was left out.") % {"name": name[:60]}


def _words(found: Question, register: Register, words: str) -> None:
    found.words = words.strip()[:200]
    if found.words:
        found.rule &= words_rule(register, found.words)
        found.narrowed = True


def _state(found: Question, register: Register, state: str) -> None:
    known = {s.code for s in register.lifecycle.all_states}
    if state and state not in known:
        found.notices.append(_leave_out(state))
    if state in known:
        found.state = state
        found.rule &= Q(state=state)
    else:
        found.rule &= ~Q(state=WITHDRAWN)


def _filter(found: Question, of: AnyField, choices: Choices, value: str) -> None:
    options = options_of(of, choices)
    if not options:
        return
    chosen = value if value in dict(options) else ""
    if value and not chosen:
        found.notices.append(_leave_out(value))
    found.filters.append(
        Filter(
            of.name,
            first_letter_up(str(of.verbose_name)),
            [(key, words, key == chosen) for key, words in options],
        )
    )
    if chosen:
        found.narrowed = True
        found.rule &= Q(**{of.name: chosen == "yes" if isinstance(of, models.BooleanField) else chosen})


def options_of(of: AnyField, choices: Choices) -> list[tuple[str, str]]:
    """What a filter offers."""
    if of.many_to_one or of.many_to_many:
        return [(key, str(row)) for key, row in choices.rows(of.related_model).items()]  # type: ignore[arg-type]
    if isinstance(of, models.BooleanField):
        return [("yes", _("yes")), ("no", _("no"))]
    return [(str(value), str(words)) for value, words in of.flatchoices if value not in ("", None)]


def sort_links(
    register: Register, order: Order, asked: Mapping[str, str], names: list[str]
) -> list[dict[str, Any]]:
    """The heads of the columns, with where a click on them leads."""
    return [head(register, order, asked, name) for name in names]


def head(register: Register, order: Order, asked: Mapping[str, str], name: str) -> dict[str, Any]:
    """The head of one column."""
    sorted_ = ("descending" if order.descending else "ascending") if order.name == name else ""
    turn = f"-{name}" if sorted_ == "ascending" else name
    url = link(asked, sort=turn) if sortable(register, name) else ""
    return {"label": label(register.model, name), "sort_url": url, "sorted": sorted_, "css": "small"}


def link(asked: Mapping[str, str], **changes: str) -> str:
    """The same list with something else; a new order or filter begins at the first page."""
    kept = {name: value for name, value in asked.items() if name not in ("after", "before") and value}
    values = {name: value for name, value in {**kept, **changes}.items() if value}
    return "?" + urlencode(values)
