"""Codes of the catalogue that are neither clauses nor controls: risk sources and Annex C objectives."""

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
