"""Fields of clause 6: codes of the catalogue that are neither clauses nor controls, and the AI Act's answers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.records.fields import CodesField
from planning.act_form import QuestionsField
from planning.act_sheet import words


def known_sources(codes: Any) -> None:
    """Refuse what is no risk source of Annex C or of our taxonomy after ISO/IEC 23894 (RS1 …)."""
    catalogue = edition()
    groups = (group.code for group in catalogue.risk.risk_source_groups)
    _known(codes, {*catalogue.risk_sources, *groups})


def known_objectives(codes: Any) -> None:
    """Refuse what is no objective of Annex C (C.2.1 …)."""
    _known(codes, set(edition().objectives))


def _known(codes: Any, known: set[str]) -> None:
    if not isinstance(codes, list):
        raise ValidationError(_("Write a list of codes."))
    unknown = [str(code) for code in codes if not isinstance(code, str) or code not in known]
    if unknown:
        raise ValidationError(_("Annex C has no %(codes)s."), params={"codes": ", ".join(unknown)})


class SourcesField(CodesField):
    """A list of risk sources."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["validators"] = [known_sources]
        super().__init__(*args, **options)


class ObjectivesField(CodesField):
    """A list of Annex C objectives."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["validators"] = [known_objectives]
        super().__init__(*args, **options)


def known_library(code: Any) -> None:
    """Refuse what is no risk of the library (R01 …)."""
    if code not in {risk.code for risk in edition().risk.example_risks}:
        raise ValidationError(_("The library has no risk %(code)s."), params={"code": str(code)[:20]})


class LibraryField(models.CharField):  # type: ignore[type-arg]
    """The risk of the library from which a risk was made, or nothing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.update(max_length=10, blank=True, validators=[known_library])
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        options.pop("validators", None)
        return name, "django.db.models.CharField", args, options


class AnswersField(models.JSONField):
    """Answers to the AI Act's questions: asked one by one in forms, said in words elsewhere. Kept as plain JSON."""

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options

    def formfield(self, **options: Any) -> Any:
        """The questions."""
        return QuestionsField(required=not self.blank)

    def words(self, value: Any) -> str:
        """Each question with its answer, a line each."""
        return words(value)
