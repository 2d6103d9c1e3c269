"""Risk levels and bands: pure functions of the ratings, on scales of 1 to 5.

The level is the likelihood times the highest of the three consequences (for the organisation, individuals, society).
Scales and bands are our default criteria (6.1.1); they are pinned to the catalogue by a test.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Likelihood(models.IntegerChoices):
    """How often it may happen."""

    RARE = 1, _("1 – rare")
    UNLIKELY = 2, _("2 – unlikely")
    POSSIBLE = 3, _("3 – possible")
    LIKELY = 4, _("4 – likely")
    CERTAIN = 5, _("5 – almost certain")


class Consequence(models.IntegerChoices):
    """How bad it would be."""

    NEGLIGIBLE = 1, _("1 – negligible")
    MINOR = 2, _("2 – minor")
    MODERATE = 3, _("3 – moderate")
    MAJOR = 4, _("4 – major")
    SEVERE = 5, _("5 – severe")


class Band(models.TextChoices):
    """Where a level lies, and with it who may accept the risk."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")


TOPS = ((Band.LOW, 4), (Band.MEDIUM, 9), (Band.HIGH, 15), (Band.CRITICAL, 25))
FOR_EXECUTIVES = frozenset({Band.HIGH, Band.CRITICAL})


def level(likelihood: int | None, *consequences: int | None) -> int | None:
    """Likelihood × highest consequence, 1 to 25; None while a rating is missing."""
    if likelihood is None or any(value is None for value in consequences) or not consequences:
        return None
    return likelihood * max(value for value in consequences if value is not None)


def band(points: int | None, individuals: int | None = None) -> str:
    """The band of a level; empty for none. Harm to people rated 5 is never below high."""
    if points is None:
        return ""
    if points > TOPS[-1][1] or points < 1:
        raise ValueError(f"no risk level is {points}: levels go from 1 to 25")
    found = next(name for name, top in TOPS if points <= top)
    severe = individuals == Consequence.SEVERE and found not in FOR_EXECUTIVES
    return Band.HIGH if severe else found
