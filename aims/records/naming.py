"""Numbers and titles of records of any kinds, in one statement: who names sixty kinds does not ask sixty times."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from django.db.models import CharField, Value

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.records.registry import register, register_of


@lru_cache
def called_plainly(model: type) -> bool:
    """Whether rows of a model are called by number and title alone, as records are unless they say otherwise."""
    return issubclass(model, Record) and (model.__str__, model.heading) == (Record.__str__, Record.heading)


def heads(member: Member, wanted: Mapping[type[Record], Collection[Any]]) -> list[Record]:
    """The records that a member may see among those wanted, of plain kinds: only id, number and title are read."""
    parts = [
        visible(member, model)
        .filter(pk__in=list(keys))
        .annotate(path=Value(register_of(model).path, output_field=CharField()))
        .order_by()
        .values_list("path", "pk", "ref", "title")
        for model, keys in wanted.items()
        if keys
    ]
    if not parts:
        return []
    found = []
    for path, key, ref, title in parts[0].union(*parts[1:], all=True):
        known = register(path)
        if known:
            found.append(known.model(id=key, ref=ref, title=title, organisation_id=member.organisation_id))
    return found
