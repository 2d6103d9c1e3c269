"""A register's input as a serialiser made from its declaration; the same class gives the shape of its answers.

Answers themselves are made by PostgreSQL (`aims.records.represent`). Here is shape only: permission is asked of `access`,
rules are the model's, changes go through `changes`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from aims.api import fields
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.fields import CodesField
from aims.records.registry import Register
from aims.records.represent import columns

PARTS = 1000  # parts of one kind in one record


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, and those that only AIMS sets."""

    @classmethod
    def read(cls, data: Any) -> dict[str, Any]:
        """The values of a body, or a refusal."""
        serializer = cls(data=data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def to_internal_value(self, data: Any) -> Any:
        """The values by field."""
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"non_field_errors": [_("Write an object.")]})
        errors = {name: [self._why_not(name)] for name in data if not self._takes(name)}
        if errors:
            raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _takes(self, name: str) -> bool:
        return name in self.fields and not self.fields[name].read_only

    def _why_not(self, name: str) -> str:
        if name in self.fields:
            return _("AIMS sets this. Leave it out.")
        return _("There is no such field.")


class RecordSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """DRF's fields from the model, in their strict form, without its checks for uniqueness (the model has them)."""

    serializer_related_field = fields.Reference
    serializer_choice_field = fields.Choice
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: fields.Text,
        models.TextField: fields.Text,
        models.SlugField: fields.Text,
        models.URLField: fields.Address,
        models.EmailField: fields.Mail,
        models.BooleanField: fields.YesNo,
        models.IntegerField: fields.Whole,
        models.BigIntegerField: fields.Whole,
        models.SmallIntegerField: fields.Whole,
        models.PositiveIntegerField: fields.Whole,
        models.PositiveSmallIntegerField: fields.Whole,
        models.DecimalField: fields.Exact,
        models.DateField: fields.Day,
        models.DateTimeField: fields.Moment,
        models.UUIDField: fields.Key,
        models.JSONField: fields.Anything,
        CodesField: fields.Codes,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """DRF's choice of field; a scale of whole numbers keeps its type."""
        kind, options = super().build_standard_field(field_name, model_field)
        if kind is fields.Choice and isinstance(model_field, models.IntegerField):
            options.pop("allow_blank", None)
            kind = fields.Number
        return kind, options

    def get_uniqueness_extra_kwargs(self, *args: Any) -> Any:
        """None: DRF would make keys required and ask the database."""
        return args[2], {}


def _meta(model: type[models.Model], names: Sequence[str], read_only: Sequence[str]) -> type:
    return type(
        "Meta",
        (),
        {"model": model, "fields": list(names), "read_only_fields": list(read_only), "validators": []},
    )


def class_name(model: type[models.Model]) -> str:
    """What the serialiser of a model is called. In the schema “AuditRequest” is also the input of an “Audit”."""
    return f"{model.__name__}{'Record' * model.__name__.endswith('Request')}Serializer"


@lru_cache
def part_serializer(part: type[Part]) -> type[RecordSerializer]:
    """The input of a part: its declared fields, and `id` for a row that stays."""
    body = {
        "id": fields.Key(required=False),
        "Meta": _meta(part, ["id", *part.form, *part.settled], part.settled),
        "__doc__": str(part._meta.verbose_name),
    }
    return type(class_name(part), (RecordSerializer,), body)


@lru_cache
def record_serializer(register: Register) -> type[RecordSerializer]:
    """The input and shape of a register's records."""
    entered = {*register.fields, "external_id"}
    names = columns(register)
    body: dict[str, Any] = {"__doc__": str(register.about or register.name)}
    nested = {
        part_name(part): part_serializer(part)(many=True, required=False, max_length=PARTS)  # type: ignore[call-arg]
        for part in register.parts
    }
    read_only = [name for name in names if name not in entered]
    meta = _meta(register.model, [*names, *nested], read_only)
    return type(class_name(register.model), (RecordSerializer,), {**body, **nested, "Meta": meta})


Input = tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]


def parse(
    member: Member, register: Register, data: Any, record: Record | None = None, whole: bool = True
) -> Input:
    """The fields and parts in a body. `whole` asks for all that must be filled (POST, PUT); PATCH takes what is given."""
    serializer = record_serializer(register)(data=data, partial=not whole, context={"member": member})
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(serializer.validated_data)
    if values.get("external_id") == "":
        values["external_id"] = None  # unique where it is given
    names = [part_name(part) for part in register.parts]
    parts = {name: values.pop(name) for name in names if name in values}
    for part in register.parts:
        _check_ids(part, record, parts.get(part_name(part), []))
    return values, parts


def _check_ids(part: type[Part], record: Record | None, rows: Sequence[Mapping[str, Any]]) -> None:
    """A row's id is one of this record's parts, and comes once."""
    given = [str(row["id"]) for row in rows if "id" in row]
    if not given:
        return
    known = part._default_manager.filter(**{part.of: record}) if record else part._default_manager.none()
    left = {str(key) for key in known.values_list("pk", flat=True)}
    for number, row in enumerate(rows):
        if "id" in row and str(row["id"]) not in left:
            message = _("This record has no such part, or it is named twice.")
            raise Refused(
                "invalid", _("Check the marked fields."), {f"{part_name(part)}.{number}.id": [message]}
            )
        left.discard(str(row.get("id", "")))


def empty(register: Register) -> Input:
    """What a record holds where nothing is given, so that PUT replaces all of it."""
    values: dict[str, Any] = {"external_id": None}
    for name in register.fields:
        field = register.field(name)
        values[name] = [] if field.many_to_many else field.get_default()
    return values, {part_name(part): [] for part in register.parts}
