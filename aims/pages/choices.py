"""What relations may refer to. Up to MOST rows stand in a form; of more, others are found by typing (`find_url`).

Whatever was chosen stays a choice: what the record refers to already, and what was typed, as far as the member sees it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.lookups import Contains
from django.urls import reverse

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.records.access import in_sight
from aims.records.base import Part, Record
from aims.records.registry import registers

MOST = 50  # rows that a form lists


class Choices:
    """What relations may refer to, one query per model, one more for what is chosen beyond the first `most`."""

    def __init__(self, member: Member, most: int | None = None) -> None:
        self.member, self.most = member, most
        self.kept: dict[type[Model], set[str]] = {}
        self.found: dict[type[Model], dict[str, Model]] = {}
        self.told: dict[str, Any] = {}  # what a kind of field reads once for a whole form (`asked`)
        self.cut: set[type[Model]] = set()  # models of which there are more rows than are listed

    def keep(self, model: type[Model], keys: Iterable[Any]) -> None:
        """Keep rows as choices that are no longer offered: a former member, a withdrawn record."""
        self.kept.setdefault(model, set()).update(str(key) for key in keys if key)

    def rows(self, model: type[Model]) -> dict[str, Model]:
        """The rows on offer by id."""
        if model not in self.found:
            ordered = self._ordered(model, offered(model) | Q(pk__in=self.kept.get(model, set())))
            rows = list(ordered[: self.most + 1] if self.most else ordered)
            if self.most and len(rows) > self.most:
                self.cut.add(model)
                rows = rows[: self.most]
            self.found[model] = {str(row.pk): row for row in rows}
            self.reach(model, self.kept.get(model, set()))
        return self.found[model]

    def reach(self, model: type[Model], keys: Iterable[Any]) -> None:
        """Take rows with these ids among the choices, where the member may choose them; nonsense finds nothing."""
        known = self.rows(model)
        missing = {str(key) for key in keys if key and str(key) not in known} if model in self.cut else set()
        if missing:
            rule = offered(model) | Q(pk__in=self.kept.get(model, set()))
            known.update(
                (str(row.pk), row) for row in self._ordered(model, rule & Q(pk__in=readable(model, missing)))
            )

    def matching(self, model: type[Model], text: str) -> dict[str, Model]:
        """The first rows on offer with a text in their number, title or name."""
        rows = self._ordered(model, offered(model) & naming(model, text))
        return {str(row.pk): row for row in rows[: self.most]}

    def _ordered(self, model: type[Model], rule: Q) -> "QuerySet[Any]":
        rows = in_sight(self.member, model).filter(rule)
        return rows if model._meta.ordering else rows.order_by("title", "pk")


def readable(model: type[Model], keys: Iterable[str]) -> list[Any]:
    """Those of the texts that can be ids of a model."""
    found = []
    for key in keys:
        try:
            found.append(model._meta.pk.to_python(key))
        except ValidationError:
            continue
    return found


def offered(model: type[Model]) -> Q:
    """Active members; records that are not withdrawn; else every row."""
    if issubclass(model, Membership):
        return Q(active=True)
    return ~Q(state="withdrawn") if issubclass(model, Record) else Q()


def naming(model: type[Model], text: str) -> Q:
    """Rows that a text names; accents and case do not matter, as in every search."""
    if issubclass(model, Record):
        return holds("title", text) | holds("ref", text)
    if issubclass(model, Part):
        return holds(f"{model.of}__title", text) | holds(f"{model.of}__ref", text)
    return holds("name", text) if any(f.name == "name" for f in model._meta.concrete_fields) else Q()


def holds(field: str, text: str) -> Q:
    """Rows whose field holds a text, both folded (`aims_fold`, aims/records/sql.py)."""
    folded = [Func(of, function="aims_fold", output_field=TextField()) for of in (F(field), Value(text))]
    return Q(Contains(*folded))


@lru_cache
def targets() -> dict[str, type[Model]]:
    """The models to which registers and their parts refer, by their label."""
    fields: list[Any] = [register.field(name) for register in registers() for name in register.fields]
    fields += [
        part._meta.get_field(n) for register in registers() for part in register.parts for n in part.form
    ]
    models = {field.related_model for field in fields if field.is_relation}
    return {model._meta.label_lower: model for model in models}


def find_url(model: type[Model], several: bool) -> str:
    """Where a form asks for other rows; the name of its field and what is typed are added."""
    return f"{reverse('choices')}?{urlencode({'of': model._meta.label_lower, 'none': '' if several else 1})}"
