"""Ratings of risks: steps of the scales of the criteria, by the names that the version in force gives them (6.1.1)."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from planning import scoring
from planning.models.risk_criteria import ConsequenceStep, LikelihoodStep, criteria_in_force, rules_of

OLDER = _("%(number)d – on an older scale")


class RatingField(models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """A step of the scale of `likelihood` or `consequence`; nothing where it is not rated."""

    def __init__(self, *args: Any, scale: str = "likelihood", **options: Any) -> None:
        self.scale = scale
        options.update(null=True, blank=True)
        options["validators"] = [MinValueValidator(1), MaxValueValidator(scoring.MOST_STEPS)]
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """In migrations it is what the database keeps."""
        name, _path, args, options = super().deconstruct()
        options.pop("validators", None)
        return name, "django.db.models.PositiveSmallIntegerField", args, options

    def asked(self, choices: Any) -> forms.Field:
        """The steps by their names. `choices` (aims.pages.choices.Choices) knows who asks, and keeps what was read."""
        if "scales" not in choices.told:
            choices.told["scales"] = offered(choices.member.organisation_id)
        return forms.TypedChoiceField(
            choices=choices.told["scales"][self.scale], coerce=int, required=False, empty_value=None
        )


def offered(organisation_id: Any) -> dict[str, list[tuple[Any, Any]]]:
    """The choices of both scales; numbers that only older criteria have stay choosable, so that no rating is lost."""
    scales = rules_of(criteria_in_force(organisation_id)).scales
    usual = scoring.DEFAULT.scales.shape
    kinds = (
        ("likelihood", scales.likelihood, LikelihoodStep),
        ("consequence", scales.consequence, ConsequenceStep),
    )
    found = {}
    for (name, steps, part), least in zip(kinds, usual, strict=True):
        rows: Any = part._default_manager.filter(organisation_id=organisation_id)
        most = max(
            [*rows.values("criteria").annotate(steps=Count("pk")).values_list("steps", flat=True), least]
        )
        older = [(number, OLDER % {"number": number}) for number in range(len(steps) + 1, most + 1)]
        found[name] = [("", "–"), *enumerate(steps, 1), *older]
    return found
