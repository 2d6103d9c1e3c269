"""Fields that records use beside Django's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.organisation.fields import Relation, Relations

__all__ = ["CodesField", "MarkdownField", "Relation", "Relations", "known_codes"]


def known_codes(codes: Any) -> None:
    """Refuse codes that the standard does not have."""
    if not isinstance(codes, list):
        raise ValidationError(_("Write a list of clause or control numbers, such as 6.1.2 and A.5.4."))
    unknown = [str(code) for code in codes if not isinstance(code, str) or not edition().is_code(code)]
    if unknown:
        raise ValidationError(_("The standard has no %(codes)s."), params={"codes": ", ".join(unknown)})


class MarkdownField(models.TextField):  # type: ignore[type-arg]
    """Long text that a person formats with Markdown; shown sanitised."""


class CodesField(models.JSONField):
    """A list of codes of the catalogue: clauses, requirements or controls."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", list)
        options.setdefault("blank", True)
        options.setdefault("validators", [known_codes])
        super().__init__(*args, **options)
