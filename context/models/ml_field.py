"""The field of an AI system that holds its description after ISO/IEC 23053."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from context import ml_description
from context.ml_types import Wrong


class DescriptionInput(forms.JSONField):
    """The description in the form of the whole record: carried along; it is edited by section, on a page of its own."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Any:
        """Nothing sent is an empty description."""
        found = super().clean(value)
        return {} if found is None else found


class MLField(models.JSONField):
    """A description: kept in its one normal form, compared and told field by field."""

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The normal form; refuses what a field of the description does not take."""
        try:
            return ml_description.cleaned(value if value is not None else {})
        except Wrong as wrong:
            raise ValidationError(str(wrong)) from wrong

    def formfield(self, **options: Any) -> Any:
        """Carried along unseen."""
        return DescriptionInput(required=False)

    def words(self, value: Any) -> str:
        """Each filled field on a line."""
        lines = ml_description.lines(value)
        return "\n".join(f"{line.heading} – {line.label}: {line.words}" for line in lines)

    def differences(self, before: Any, after: Any) -> list[tuple[str, str, str]]:
        """The fields that differ: label, before, after."""
        return ml_description.differences(before, after)

    def merged(self, before: Any, given: Any) -> Any:
        """What an import makes of it: the fields that the file names, the others as they were."""
        if not isinstance(given, dict):
            return given
        found = ml_description.merged(before or {}, given)
        try:
            return ml_description.cleaned(found)
        except Wrong:
            return found  # refused at the door, with words
