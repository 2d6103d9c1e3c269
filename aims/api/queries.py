"""The query of a request: declared names only, each value checked before it reaches the database.

A register's filters are its declared ones, every relation and choice among its fields, and what all records have.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.request import Request

from aims.api.fields import MOMENT
from aims.api.problems import Malformed
from aims.records.changes import part_name
from aims.records.registry import Register
from aims.records.represent import columns

LIMIT, MOST = 100, 200
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class Filter:
    """A query parameter: the condition on `r` that it makes, and how one of its values is read."""

    name: str
    condition: str
    read: Callable[[str], Any]
    schema: tuple[tuple[str, Any], ...] = (("type", "string"),)
    several: bool = True  # the parameter may be repeated: any of its values


@dataclass(frozen=True)
class Page:
    """What a list request asks for."""

    where: list[str]
    values: list[Any]
    limit: int
    names: tuple[str, ...]


def refuse(name: str, message: str) -> Malformed:
    """A 400 that names the parameter."""
    return Malformed(message, name)


def check_names(request: Request, allowed: Mapping[str, Any]) -> None:
    """Refuse parameters that the address does not know, and those given twice that stand for one value.

    `allowed` maps names to their JSON schemas.
    """
    for name, values in request.query_params.lists():
        if name not in allowed:
            raise refuse(name[:60], _("There is no such parameter here."))
        if len(values) > 1 and allowed[name].get("type") != "array":
            raise refuse(name, _("It can be given once."))
        if any("\x00" in value for value in values):
            raise refuse(name, _("It contains the character NUL."))


def whole(request: Request, name: str, default: int, least: int = 0, most: int = 2**63 - 1) -> int:
    """A parameter that is a whole number."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise refuse(
            name, _("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
        )
    return int(text)


def yes(request: Request, name: str) -> bool:
    """A parameter that is true or false; not given is false."""
    text = request.query_params.get(name, "false")
    if text not in TRUTHS:
        raise refuse(name, _("Write true or false."))
    return TRUTHS[text]


def limit_of(request: Request) -> int:
    """How many rows a page shall have."""
    return whole(request, "limit", LIMIT, 1, MOST)


def key(text: str) -> uuid.UUID:
    """A UUID with hyphens. ValueError for anything else."""
    if len(text) != 36:
        raise ValueError(_("Write an id."))
    return uuid.UUID(text)


def key_of(request: Request, name: str) -> uuid.UUID | None:
    """A parameter that is an id, or None where it is not given."""
    text = request.query_params.get(name)
    try:
        return key(text) if text is not None else None
    except ValueError as error:
        raise refuse(name, _("Write an id.")) from error


def moment(text: str) -> datetime.datetime:
    """A time with its offset, in UTC: PostgreSQL knows no offsets beyond 15 hours. ValueError for anything else."""
    value = parse_datetime(text) if MOMENT.fullmatch(text) else None
    if value is None or not 1 < value.year < 9999:
        raise ValueError(_("Write a time with its offset, such as 2026-01-31T08:00:00Z."))
    return value.astimezone(datetime.UTC)


def truth(text: str) -> bool:
    """true or false. ValueError for anything else."""
    if text not in TRUTHS:
        raise ValueError(_("Write true or false."))
    return TRUTHS[text]


def text(value: str) -> str:
    """A text as it is."""
    return value


def one_of(choices: Iterable[Any]) -> Callable[[str], str]:
    """Reads one of some words."""
    known = [str(choice) for choice in choices]

    def read(value: str) -> str:
        if value not in known:
            raise ValueError(_("Write one of: %(words)s.") % {"words": ", ".join(w for w in known if w)})
        return value

    return read


@lru_cache
def filters(register: Register) -> dict[str, Filter]:
    """The filters of a register's list, by the names of their parameters."""
    names = dict.fromkeys([*register.filters, *register.fields, *register.model.settled, "owner"])
    states = [state.code for state in register.lifecycle.all_states]
    found = [
        Filter("state", 'r."state" = any(%s)', one_of(states), _words(states)),
        Filter("ref", 'r."ref" = any(%s)', text),
        Filter("external_id", 'r."external_id" = any(%s)', text),
        Filter(
            "updated_since",
            'r."changed_at" >= %s',
            moment,
            (("type", "string"), ("format", "date-time")),
            False,
        ),
    ]
    if "code" in columns(register):
        found.append(Filter("code", 'r."code" = any(%s)', text))
    found += [made for name in names if name != "state" and (made := _filter(register.field(name)))]
    return {made.name: made for made in found}


def _words(choices: Iterable[Any]) -> tuple[tuple[str, Any], ...]:
    return (("type", "string"), ("enum", [str(choice) for choice in choices]))


def _filter(field: Any) -> Filter | None:
    """The filter for a field, where its type makes one: relations, choices, yes or no, codes of the standard."""
    name, column = field.name, f'r."{field.column}"'
    if field.many_to_many:
        through = field.remote_field.through._meta.db_table
        mine, theirs = field.m2m_column_name(), field.m2m_reverse_name()
        rows = f'select t."{mine}" from "{through}" t where t."{theirs}" = any(%s)'
        return Filter(name, f"r.id in ({rows})", key, (("type", "string"), ("format", "uuid")))
    if field.is_relation:
        return Filter(name, f"{column} = any(%s)", key, (("type", "string"), ("format", "uuid")))
    if field.choices:
        choices = [choice for choice, _label in field.flatchoices]
        return Filter(name, f"{column}::text = any(%s)", one_of(choices), _words(choices))
    if isinstance(field, models.BooleanField):
        return Filter(name, f"{column} = any(%s)", truth, (("type", "boolean"),))
    return None


def page(request: Request, register: Register) -> Page:
    """What a list request asks for; a value that cannot be is a 400. The names are checked already."""
    known = filters(register)
    where, values = [], []
    for name in request.query_params:
        if made := known.get(name):
            where.append(made.condition)
            values.append(_values(request, made))
    if cursor := key_of(request, "cursor"):
        where.append("r.id > %s")
        values.append(cursor)
    return Page(where, values, limit_of(request), names_of(request, register))


def _values(request: Request, made: Filter) -> Any:
    given = request.query_params.getlist(made.name)
    try:
        values = [made.read(value) for value in given]
    except ValueError as error:
        raise refuse(made.name, str(error)) from error
    return values if made.several else values[0]


def names_of(request: Request, register: Register) -> tuple[str, ...]:
    """The fields that the client wants, or none for all."""
    asked = request.query_params.get("fields")
    if asked is None:
        return ()
    names = tuple(dict.fromkeys(name.strip() for name in asked.split(",")))
    known = {*columns(register), *(part_name(part) for part in register.parts)}
    if unknown := [name for name in names if name not in known]:
        raise refuse("fields", _("There is no field “%(name)s”.") % {"name": unknown[0][:60]})
    return names


def next_link(request: Request, name: str, value: Any) -> str:
    """The address of the next page: this one with another cursor."""
    query = request.query_params.copy()
    query[name] = str(value)
    return f"{request.path}?{query.urlencode()}"
