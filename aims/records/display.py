"""Human words for what is kept: values, columns, rows that are referred to, and who did something.

Used by pages, exports and the evidence pack, so a value reads the same everywhere. Values come from records or from JSON
(the journal, a signed content): both are understood. Rows referred to are named in one query for all records, never per
row, and only if the member may see them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, pgettext

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.records.access import visible
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.fields import CodesField
from aims.records.lifecycle import Words
from aims.records.naming import called_plainly, heads
from aims.records.registry import register_of, registers

NOTHING = "–"
if TYPE_CHECKING:  # Django's Field takes no parameters at run time
    AnyField = Field[Any, Any]
else:
    AnyField = Field


@lru_cache
def model_of(table: str) -> type[Model] | None:
    """The model of a table, the tables between many-to-many relations included."""
    models_ = apps.get_models(include_auto_created=True)
    return next((model for model in models_ if model._meta.db_table == table), None)


def column(model: type[Model], name: str) -> AnyField | None:
    """The field of a name or a column (`owner` or `owner_id`), or None where the model has none such."""
    for candidate in (name, name.removesuffix("_id")):
        try:
            found = model._meta.get_field(candidate)
        except FieldDoesNotExist:
            continue
        return found if isinstance(found, Field) else None
    return None


def label(model: type[Model], name: str) -> str:
    """What a field, a column or the parts of a record are called."""
    field = column(model, name)
    if field is not None:
        return first_letter_up(str(field.verbose_name))
    if issubclass(model, Record):
        for part in register_of(model).parts:
            if part_name(part) == name:
                return first_letter_up(str(part._meta.verbose_name_plural))
    return first_letter_up(name.replace("_", " "))


def first_letter_up(text: str) -> str:
    """The text with a capital at its start; the rest as it is ("AI system" stays)."""
    return text[:1].upper() + text[1:]


def state_words(model: type[Model], code: str) -> Words:
    """What a state of a record's lifecycle is called."""
    states = register_of(model).lifecycle.all_states if issubclass(model, Record) else ()
    return next((state.label for state in states if state.code == code), code)


class Named:
    """Names of the rows that values refer to: told first which, then asked, all records in one statement, and what is
    no record (members, parts) in one per model."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.wanted: dict[type[Model], set[str]] = defaultdict(set)
        self.known: dict[tuple[type[Model], str], str] = {}

    def want(self, model: type[Model], names: Iterable[str], row: Any) -> None:
        """Note what the relations among `names` of a record, or of a row as JSON, refer to."""
        for name in names:
            field = column(model, name)
            if field is not None and (field.many_to_one or field.many_to_many):
                for key in keys_in(field, raw(row, field)):
                    self.note(field.related_model, key)  # type: ignore[arg-type]

    def note(self, model: type[Model], key: Any) -> None:
        """Note one row."""
        if (model, str(key)) not in self.known:
            self.wanted[model].add(str(key))

    def learn(self, rows: Iterable[Model]) -> None:
        """Take names of rows that are there already (the choices of a filter)."""
        for row in rows:
            self.known[type(row), str(row.pk)] = str(row)

    def name(self, model: type[Model], key: Any) -> str:
        """The words for a row; words that give nothing away where the member may not see it."""
        if self.wanted[model]:
            together = [one for one in self.wanted if called_plainly(one)]
            self._ask(together if called_plainly(model) else [model])
        if (model, str(key)) not in self.known:
            self.note(model, key)
            return self.name(model, key)
        return self.known[model, str(key)]

    def _ask(self, models_: Iterable[type[Model]]) -> None:
        """Read what is wanted of some models."""
        asked = {model: keys for model in models_ if (keys := self.wanted.pop(model, None))}
        records = {model: keys for model, keys in asked.items() if called_plainly(model)}
        self.learn(heads(self.member, records))  # type: ignore[arg-type]
        for model, keys in asked.items():
            if model not in records:
                self.learn(_seen(self.member, model, keys))
            for missing in keys:
                self.known.setdefault((model, missing), gettext("not open to you"))


def _seen(member: Member, model: type[Model], keys: set[str]) -> Iterable[Model]:
    if any(field.name == "organisation" for field in model._meta.concrete_fields):
        rows = visible(member, model).filter(pk__in=keys)
        return rows.select_related(*getattr(model, "named_by", ()))  # what their names are made of
    return model._default_manager.filter(pk__in=keys)


def raw(row: Any, field: AnyField) -> Any:
    """A field's value as it is kept: of a record (relations as ids), or of JSON by name or column."""
    if isinstance(row, Mapping):
        return row.get(field.name, row.get(field.attname))
    if field.many_to_many:
        return getattr(row, field.name).all()
    return getattr(row, field.attname)


def keys_in(field: AnyField, value: Any) -> list[str]:
    """The ids that the value of a relation holds."""
    if value in (None, "", []):
        return []
    several = value if field.many_to_many else [value]
    return [str(item.pk if isinstance(item, Model) else item) for item in several]


def words(field: AnyField, value: Any, named: Named) -> str:
    """One value in words; empty where there is none."""
    own = getattr(field, "words", None)
    if own is not None:  # a field that knows better how it reads
        return str(own(value))
    if field.many_to_one or field.many_to_many:
        related: Any = field.related_model
        return ", ".join(named.name(related, key) for key in keys_in(field, value))
    if field.name == "state":
        return str(state_words(field.model, str(value)))
    if field.choices and not isinstance(value, list):
        return str(dict(field.flatchoices).get(value, "" if value is None else value))
    if isinstance(field, CodesField):
        return ", ".join(str(code) for code in value or [])
    return plain(parsed(field, value))


def parsed(field: AnyField, value: Any) -> Any:
    """The Python value of a field where JSON gave its text; what cannot be read stays text."""
    if isinstance(value, str) and isinstance(
        field, models.DateField | models.DecimalField | models.BooleanField
    ):
        try:
            return field.to_python(value)
        except ValidationError:
            return value
    return value


def plain(value: Any) -> str:
    """A value of no particular field in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(local, pgettext("date format", "j F Y, H:i"))
    if isinstance(value, date):
        return date_format(value, pgettext("date format", "j F Y"))
    if isinstance(value, int | float | Decimal):
        return number_format(value)
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def shown(record: Record, names: Sequence[str], named: Named) -> list[str]:
    """The values of a record's fields in words, in the order of `names`."""
    return [
        words(register_of(record).field(n), raw(record, register_of(record).field(n)), named) for n in names
    ]


def part_rows(part: type[Part], rows: Iterable[Any], named: Named) -> list[list[str]]:
    """Parts of a record in words, one list of values per part; `rows` are parts or their JSON."""
    names = (*part.form, *part.settled)
    fields: list[AnyField] = [part._meta.get_field(name) for name in names]  # type: ignore[misc]
    rows = list(rows)
    for row in rows:
        named.want(part, names, row)
    return [[words(field, raw(row, field), named) for field in fields] for row in rows]


def actor_names(named: Named, actors: Iterable[str]) -> dict[str, str]:
    """Who the journal's actors are: members by name (in the query of other names), tasks by theirs; empty for
    outside the application."""
    said = set(actors)
    for actor in said:
        if actor.startswith("member:"):
            named.note(Membership, actor.removeprefix("member:"))
    return {actor: _actor(named, actor) for actor in said}


def _actor(named: Named, actor: str) -> str:
    kind, _colon, name = actor.partition(":")
    if kind == "member":
        return named.name(Membership, name)
    return gettext("AIMS by itself (%(task)s)") % {"task": name} if kind == "task" else ""


@lru_cache
def kind_words(table: str) -> Words:
    """What a row of a journalled table is called: "AI system", "role", "link"."""
    model = model_of(table)
    if model is None:
        return table
    for register in registers():
        between = {f.remote_field.through: f for f in register.model._meta.many_to_many}
        if model in between:
            return between[model].verbose_name
    return model._meta.verbose_name or table
