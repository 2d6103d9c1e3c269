"""How much an impact on people or society weighs: pure functions of its ratings (method reference ISO/IEC 42005).

The weight is likelihood (1 to 5) times severity (1 to 4), from 1 to 20. What cannot be undone weighs one step more; a harm
that is both severe and irreversible is never below high. The scale is our default, not the standard's.
"""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """How grave it is for those concerned; for a benefit: how great."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")
    SEVERE = "severe", _("severe")


class Reversibility(models.TextChoices):
    """Whether those concerned can be put back where they were."""

    EASY = "easy", _("can be undone at once")
    EFFORT = "effort", _("can be undone with effort")
    NONE = "none", _("cannot be undone")


class Significance(models.TextChoices):
    """How much it weighs."""

    LOW = "low", _("low")
    MODERATE = "moderate", _("moderate")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")


POINTS: Final[Mapping[str, int]] = {name: at for at, name in enumerate(Severity.values, 1)}
STEPS: Final = tuple(Significance.values)
TOPS: Final = (3, 7, 12, 20)  # the greatest weight of each step
SERIOUS: Final = frozenset({Significance.HIGH.value, Significance.CRITICAL.value})


def significance(
    severity: str, likelihood: int | None, reversibility: str = "", negative: bool = True
) -> str:
    """The step on which an impact stands; empty while severity or likelihood is missing or unknown.

    A benefit is weighed by the same table, without the rule on what cannot be undone.
    """
    points = POINTS.get(severity)
    if points is None or likelihood is None or not 1 <= likelihood <= 5:
        return ""
    step = next(at for at, top in enumerate(TOPS) if points * likelihood <= top)
    if negative and reversibility == Reversibility.NONE:
        step = min(step + 1, len(STEPS) - 1)
        if severity == Severity.SEVERE:
            step = max(step, STEPS.index(Significance.HIGH))
    return STEPS[step]
