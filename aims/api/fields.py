"""Serialiser fields that take a value of their own type only: a number is no text, and “true” is no truth."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aims.records.access import visible

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
DECIMAL = r"^-?\d+(\.\d+)?$"
MANY = 1000  # references in one list
OUTER = ("required", "allow_empty", "label", "help_text", "read_only")
NOT_THERE = _("There is no such record.")


class Strict:
    """Refuses a value that is not one of `takes`, in words, before DRF would convert it."""

    takes: tuple[type, ...] = (str,)
    asked = _("Write a text.")

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As DRF, but an empty text is judged as one only when it is a text."""
        if data is not serializers.empty and data is not None:
            self.to_right_type(data)
        return super().run_validation(data)  # type: ignore[misc]

    def to_right_type(self, data: Any) -> None:
        """Refuse another type."""
        if not isinstance(data, self.takes) or (isinstance(data, bool) and bool not in self.takes):
            raise serializers.ValidationError(self.asked)


class Text(Strict, serializers.CharField):
    """A string."""


class Address(Strict, serializers.URLField):
    """A URL."""


class Mail(Strict, serializers.EmailField):
    """An e-mail address."""


class Choice(Strict, serializers.ChoiceField):
    """One of some strings."""


class Number(Strict, serializers.ChoiceField):
    """One of some whole numbers (a scale)."""

    takes = (int,)
    asked = _("Write a whole number.")


class YesNo(Strict, serializers.BooleanField):
    """true or false."""

    takes = (bool,)
    asked = _("Write true or false.")


class Whole(Strict, serializers.IntegerField):
    """A whole number."""

    takes = (int,)
    asked = _("Write a whole number.")


class Exact(Strict, serializers.DecimalField):
    """A decimal, as text or as a number; answers give it as text, exactly."""

    takes = (str, int, float)
    asked = _("Write a number, such as 0.75.")

    def to_internal_value(self, data: Any) -> Any:
        """A decimal in plain notation."""
        if isinstance(data, str) and not re.fullmatch(DECIMAL, data, re.ASCII):
            raise serializers.ValidationError(self.asked)
        return super().to_internal_value(data)


class Day(Strict, serializers.DateField):
    """A date, YYYY-MM-DD."""

    asked = _("Write a date as YYYY-MM-DD.")

    def to_internal_value(self, value: Any) -> Any:
        """The date."""
        if not DATE.fullmatch(value):
            raise serializers.ValidationError(self.asked)
        return super().to_internal_value(value)


class Moment(Strict, serializers.DateTimeField):
    """A time with its offset, as RFC 3339 writes it."""

    asked = _("Write a time with its offset, such as 2026-01-31T08:00:00Z.")

    def to_internal_value(self, value: Any) -> Any:
        """The time."""
        if not MOMENT.fullmatch(value):
            raise serializers.ValidationError(self.asked)
        return super().to_internal_value(value)


class Key(Strict, serializers.UUIDField):
    """A UUID, with hyphens."""

    asked = _("Write an id, such as 01890a5d-ac96-774b-bcce-b302099a8057.")

    def to_internal_value(self, data: Any) -> Any:
        """The UUID."""
        if len(data) != 36:
            raise serializers.ValidationError(self.asked)
        return super().to_internal_value(data)


class Anything(serializers.JSONField):
    """Any JSON value."""

    def __init__(self, **options: Any) -> None:
        for name in ("encoder", "decoder"):
            options.pop(name, None)
        super().__init__(**options)


class Codes(serializers.ListField):
    """Codes of the standard, such as 6.1.2 and A.5.4."""

    child = Text(max_length=20)

    def __init__(self, **options: Any) -> None:
        for name in ("encoder", "decoder"):
            options.pop(name, None)
        super().__init__(max_length=MANY, **options)


def _key(value: Any) -> uuid.UUID:
    parsed: uuid.UUID = Key().run_validation(value)
    return parsed


class Reference(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """The id of a record that the member may see. Another organisation's id is refused as an unknown one is."""

    def get_queryset(self) -> QuerySet[Model]:
        """What the member may refer to."""
        of: Any = self.queryset  # type: ignore[arg-type]
        return visible(self.context["member"], of.model)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """As DRF, which would take an empty text for null."""
        return super().run_validation(data if data != "" else " ")

    def to_internal_value(self, data: Any) -> Any:
        """The record."""
        row = self.get_queryset().filter(pk=_key(data)).first()
        if row is None:
            raise serializers.ValidationError(NOT_THERE)
        return row

    @classmethod
    def many_init(cls, *args: Any, **options: Any) -> "References":
        """For many-to-many relations: all of them in one statement."""
        child = cls(**{name: options[name] for name in ("queryset", "read_only") if name in options})
        return References(child_relation=child, **{name: options[name] for name in OUTER if name in options})


class References(serializers.ManyRelatedField):
    """The ids of several records."""

    def to_internal_value(self, data: Any) -> list[Any]:
        """The records, each once."""
        if not isinstance(data, Sequence) or isinstance(data, str):
            raise serializers.ValidationError(_("Write a list of ids."))
        if len(data) > MANY:
            raise serializers.ValidationError(_("That is too many at once."))
        keys = {_key(value) for value in data}
        child: Any = self.child_relation
        rows = list(child.get_queryset().filter(pk__in=keys)) if keys else []
        if len(rows) != len(keys):
            raise serializers.ValidationError(NOT_THERE)
        return rows
