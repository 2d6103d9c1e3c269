"""A record as JSON, made by PostgreSQL: one statement for a list, the same one for a single record.

Built once per register. What depends on the person comes in as a parameter, never into the kept SQL.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connection, models
from django.db.models import Field, QuerySet

from aims.organisation.member import Member
from aims.records.access import limits
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.registry import Register

HEAD = ("id", "ref", "external_id", "title", "state", "version")
TAIL = ("created_at", "created_by", "changed_at", "changed_by")
MOVING = frozenset({"id", "version", "state", "changed_at", "changed_by", "created_at", "created_by"})
PAGE = 100


def columns(register: Register) -> tuple[str, ...]:
    """The names of a record's own fields in JSON, in their order; parts come after them."""
    inner = [*register.fields, *register.model.settled]
    extra = [f.name for f in register.model._meta.local_fields if f.name in ("code",)]
    return tuple(dict.fromkeys([*HEAD, *extra, *inner, "owner", "effective_from", "review_due", *TAIL]))


def column_sql(field: "Field[Any, Any]", table: str) -> str:
    """One field as PostgreSQL writes it into JSON, the same text everywhere: UTC with Z, decimals as strings."""
    if field.many_to_many:
        return _several_sql(field, table)
    column = f'{table}."{field.column}"'
    if isinstance(field, models.DateTimeField):
        return f"""to_char({column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    if isinstance(field, models.FloatField):
        raise ImproperlyConfigured(f"{field}: floats have no exact text. Use a DecimalField.")
    return f"{column}::text" if isinstance(field, models.DecimalField) else column


def _several_sql(field: Any, table: str) -> str:
    through = field.remote_field.through._meta.db_table
    mine, theirs = field.m2m_column_name(), field.m2m_reverse_name()
    rows = f'select t."{theirs}" from "{through}" t where t."{mine}" = {table}.id order by 1'
    return f"""coalesce((select json_agg(x."{theirs}") from ({rows}) x), '[]')"""


def part_sql(part: type[Part], table: str) -> str:
    """The parts of a record as an array of objects, in their order."""
    names = ["id", *part.form, *part.settled]
    pairs = ", ".join(f"'{n}', {column_sql(_field(part, n), 'p')}" for n in names)
    of = _field(part, part.of).column
    return (
        f"coalesce((select json_agg(json_build_object({pairs}) order by p.position, p.id)"
        f' from "{part._meta.db_table}" p where p."{of}" = {table}.id), \'[]\')'
    )


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


@lru_cache
def record_sql(register: Register, names: tuple[str, ...] = ()) -> str:
    """`select id, json` of a register's rows, without conditions; `names` picks fields (all when empty)."""
    pairs = [(n, column_sql(_field(register.model, n), "r")) for n in columns(register)]
    pairs += [(part_name(part), part_sql(part, "r")) for part in register.parts]
    chosen = ", ".join(f"""{sql} as "{name}\"""" for name, sql in pairs if not names or name in names)
    return f'select row_to_json(o) as json, r.id as id from "{register.model._meta.db_table}" r, lateral (select {chosen}) o'


def listing(
    member: Member,
    register: Register,
    where: Sequence[str] = (),
    values: Sequence[Any] = (),
    limit: int = PAGE,
    names: tuple[str, ...] = (),
) -> tuple[str, int, uuid.UUID | None]:
    """A page of a register as JSON text, how many rows it has, and the id of the last one.

    `where` are conditions on `r` with `%s` for `values`.
    """
    conditions, parameters = conditions_for(member, register)
    sql = record_sql(register, names)
    rule = " and ".join(["r.organisation_id = %s", *conditions, *where])
    statement = (
        "select coalesce(json_agg(x.json order by x.id), '[]')::text, count(*), (array_agg(x.id order by x.id desc))[1]"
        f" from ({sql} where {rule} order by r.id limit %s) x"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [member.organisation_id, *parameters, *values, limit])
        text, count, last = cursor.fetchone()
        return text, count, last


def conditions_for(member: Member, register: Register) -> tuple[list[str], list[Any]]:
    """What a member may not see is left out by a sub-select; most members need none."""
    limit = limits(member, register)
    if limit is None:
        return [], []
    rows: QuerySet[Record] = register.model._default_manager.filter(limit).order_by()
    try:
        sql, parameters = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:  # an auditor without a grant
        return ["false"], []
    return [f"r.id in ({sql})"], list(parameters)


def represent(member: Member, register: Register, key: Any) -> dict[str, Any] | None:
    """One record as the lists show it, or None when it is not there for this member."""
    text, count, _ = listing(member, register, ["r.id = %s"], [key], limit=1)
    rows: list[dict[str, Any]] = json.loads(text)
    return rows[0] if count else None


def content(record: Record, register: Register) -> dict[str, Any]:
    """The content of a record and its parts, for signatures: what a person entered, nothing that moves by itself."""
    return contents(register, [record.pk])[str(record.pk)]


def contents(register: Register, keys: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The contents of some records by their id, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"{record_sql(register)} where r.id = any(%s)", [list(keys)])
        rows = [(key, json.loads(v) if isinstance(v, str) else v) for v, key in cursor.fetchall()]
    moving = MOVING.union(register.model.stamped)
    return {str(key): {n: item for n, item in row.items() if n not in moving} for key, row in rows}
