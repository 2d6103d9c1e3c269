"""Risk levels, bands and who accepts them: pure functions of ratings and criteria (6.1.1, 6.1.2, 6.1.3).

The level is the likelihood times the highest of the three consequences (for the organisation, individuals, society). Its
band is what the criteria's matrix says about the place. `DEFAULT` are the criteria of an organisation that has approved
none with scales of its own; they are pinned to the catalogue by a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
LEAST_STEPS, MOST_STEPS = 3, 6  # of a scale


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
    """Where a level lies, and with it who may accept the risk. The code is the colour too."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")


class Authority(models.TextChoices):
    """Who may accept the residual risks of a band; who stands higher may as well."""

    SYSTEM_OWNER = "system_owner", _("owner of the AI system")
    OFFICER = "officer", _("compliance officer")
    EXECUTIVE = "executive", _("top management")
    PERSON = "person", _("the person named")
    NOBODY = "nobody", _("nobody: it must be treated")


TOPS = ((Band.LOW, 4), (Band.MEDIUM, 9), (Band.HIGH, 15), (Band.CRITICAL, 25))
FOR_EXECUTIVES = frozenset({Band.HIGH, Band.CRITICAL})
ORDER: Final = tuple(str(name) for name in Band.values)


def level(likelihood: int | None, *consequences: int | None) -> int | None:
    """Likelihood × highest consequence; None while a rating is missing."""
    if likelihood is None or any(value is None for value in consequences) or not consequences:
        return None
    return likelihood * max(value for value in consequences if value is not None)


def band(points: int | None, individuals: int | None = None) -> str:
    """The band of a level under our default criteria; empty for none. Harm to people rated 5 is never below high."""
    if points is None:
        return ""
    if points > TOPS[-1][1] or points < 1:
        raise ValueError(f"no risk level is {points}: levels go from 1 to 25")
    found = next(name for name, top in TOPS if points <= top)
    severe = individuals == Consequence.SEVERE and found not in FOR_EXECUTIVES
    return Band.HIGH if severe else found


def higher(first: str, second: str) -> str:
    """The higher of two bands; empty is below all."""
    return max(first, second, key=lambda name: ORDER.index(name) if name else -1)


@dataclass(frozen=True, slots=True)
class BandRule:
    """A band: what the organisation calls it, who may accept its risks, and for how many months at most (0: no limit)."""

    code: str
    label: Words
    authority: str
    person: str = ""  # the id of the one named
    months: int = 0


@dataclass(frozen=True, slots=True)
class Scales:
    """The part of the criteria that decides levels: labels from the least up, the matrix, the floor for people.

    `cells[likelihood - 1][consequence - 1]` is a band. `floor` is the band below which the gravest harm to individuals
    never comes (empty: none).
    """

    likelihood: tuple[Words, ...]
    consequence: tuple[Words, ...]
    cells: tuple[tuple[str, ...], ...]
    floor: str = Band.HIGH

    @property
    def shape(self) -> tuple[int, int]:
        """How many steps the two scales have."""
        return len(self.likelihood), len(self.consequence)

    def band_at(self, likelihood: int, consequence: int) -> str:
        """What the matrix says about a place. ValueError outside the scales."""
        if not (1 <= likelihood <= self.shape[0] and 1 <= consequence <= self.shape[1]):
            raise ValueError(f"({likelihood}, {consequence}) is outside scales of {self.shape}")
        return self.cells[likelihood - 1][consequence - 1]

    def rate(self, likelihood: int | None, harms: Sequence[int | None]) -> tuple[int | None, str]:
        """Level and band of ratings; `harms` are for the organisation, individuals and society. (None, "") if one lacks.

        What lies outside the scales has no level either: validation names it.
        """
        points = level(likelihood, *harms)
        if points is None or likelihood is None:
            return None, ""
        worst = max(harm for harm in harms if harm is not None)
        if likelihood > self.shape[0] or worst > self.shape[1]:
            return None, ""
        found = self.band_at(likelihood, worst)
        gravest = harms[1] == self.shape[1]
        return points, higher(found, self.floor) if gravest else found


@dataclass(frozen=True, slots=True)
class Criteria:
    """A whole version of the criteria: scales, bands from the lowest up, and the highest band within the appetite."""

    scales: Scales
    bands: tuple[BandRule, ...]
    appetite: str = Band.MEDIUM

    def rule(self, code: str) -> BandRule:
        """The rule of a band; where the criteria have none, that of the next band above, which is stricter."""
        above = [rule for rule in self.bands if ORDER.index(rule.code) >= ORDER.index(code)]
        return above[0] if above else self.bands[-1]

    def too_high(self) -> list[str]:
        """The bands above the appetite."""
        return [code for code in ORDER if ORDER.index(code) > ORDER.index(self.appetite)]


def proposed(likelihood: int, consequence: int, size: tuple[int, int]) -> str:
    """The band that we propose for a place of a matrix of any size: that of the same share of the highest level."""
    share = likelihood * consequence * TOPS[-1][1]
    whole = size[0] * size[1]
    return next(str(name) for name, top in TOPS if share <= top * whole)


def matrix(size: tuple[int, int]) -> tuple[tuple[str, ...], ...]:
    """The matrix that we propose for scales of so many steps."""
    rows, columns = (range(1, steps + 1) for steps in size)
    return tuple(tuple(proposed(up, along, size) for along in columns) for up in rows)


def usual_authority(code: str) -> str:
    """Who accepts where the criteria do not say: the owner of the AI system what is low, top management from high on."""
    if code in FOR_EXECUTIVES:
        return Authority.EXECUTIVE
    return Authority.SYSTEM_OWNER if code == Band.LOW else Authority.OFFICER


DEFAULT: Final = Criteria(
    Scales(tuple(Likelihood.labels), tuple(Consequence.labels), matrix((5, 5))),
    tuple(BandRule(code, label, usual_authority(code)) for code, label in Band.choices),
)


def mended(cells: Sequence[Sequence[str]], size: tuple[int, int]) -> tuple[tuple[str, ...], ...]:
    """A matrix of the right size: what is given, and what we propose where nothing is."""
    usual = matrix(size)
    return tuple(
        tuple(_given(cells, up, along) or usual[up][along] for along in range(size[1]))
        for up in range(size[0])
    )


def _given(cells: Sequence[Sequence[str]], up: int, along: int) -> str:
    return cells[up][along] if up < len(cells) and along < len(cells[up]) else ""


def falling(cells: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The places of a matrix (from 1) whose band is lower than that of a place with less likelihood or consequence."""
    order = [[ORDER.index(name) for name in row] for row in cells]
    return [
        (up + 1, along + 1)
        for up, row in enumerate(order)
        for along, found in enumerate(row)
        if (up and order[up - 1][along] > found) or (along and row[along - 1] > found)
    ]


def carried(value: int | None, steps: int, to: int) -> int | None:
    """A rating on a scale of `steps` as it stands on one of `to`: the same share of the way up, rounded up."""
    if value is None or steps == to:
        return value
    return 1 + -(-(value - 1) * (to - 1) // (steps - 1))


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who wants to accept a risk, and what they are to it."""

    person: str
    role: str  # officer or executive; anything else stands below them
    owns_system: bool = False
    wrote: bool = False
    owns_risk: bool = False


RANK: Final = {Authority.SYSTEM_OWNER: 0, Authority.OFFICER: 1, Authority.EXECUTIVE: 2}


def objection(rule: BandRule, who: Who) -> str:
    """Why somebody may not accept a risk of this band, as a code; empty when they may (6.1.3, four eyes).

    Who wrote the risk never may, who owns it only what the criteria leave to the owner of the AI system that they are.
    """
    if rule.authority == Authority.NOBODY:
        return "nobody"
    if who.wrote:
        return "author"
    if who.owns_risk and not (rule.authority == Authority.SYSTEM_OWNER and who.owns_system):
        return "owner"
    if rule.authority == Authority.PERSON:
        return "" if who.person == rule.person else "person"
    rank = RANK.get(Authority(who.role), -1) if who.role in Authority.values else -1
    held = max(rank, 0 if who.owns_system else -1)
    return "" if held >= RANK[Authority(rule.authority)] else rule.authority


def acceptance_falls(
    before: tuple[int | None, str], after: tuple[int | None, str], same_scales: bool
) -> bool:
    """Whether an acceptance no longer covers the risk: its level moved, or on other scales its band."""
    return before != after if same_scales else before[1] != after[1]
