"""AI risks on the matrix of likelihood and highest consequence: the register as a heat map, and one risk's way (6.1.2)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.member import Member
from aims.pages import svg
from aims.pages.templatetags.marks import band as band_mark
from aims.records.access import visible
from planning.models import AIRisk
from planning.scoring import Band, Consequence, Likelihood, band

STAGES = ("inherent", "residual", "target")
HARMS = ("organisation", "individuals", "society")
Spot = tuple[int, int]  # likelihood, highest consequence


def stage_words() -> dict[str, str]:
    """The three ratings of a risk."""
    return {"inherent": _("Before treatment"), "residual": _("Now"), "target": _("Target")}


def spot(risk: AIRisk, stage: str) -> Spot | None:
    """Where a risk stands; None while a rating is missing."""
    likely = getattr(risk, f"{stage}_likelihood")
    harms = [getattr(risk, f"{stage}_{name}") for name in HARMS]
    if likely is None or None in harms:
        return None
    return likely, max(harms)


def risks_of(member: Member, system: str = "", control: str = "") -> QuerySet[AIRisk]:
    """The live risks that a member sees, of one AI system or of those that one control treats."""
    rows = (
        visible(member, AIRisk).exclude(state__in=("withdrawn", "closed")).select_related("system", "owner")
    )
    if system:
        rows = rows.filter(system__ref=system)
    return rows.filter(controls__code=control) if control else rows


@dataclass(frozen=True)
class HeatCell:
    """One place of the matrix: its level and band, and how many risks stand there."""

    likelihood: int
    consequence: int
    level: int
    band: str
    number: int

    @property
    def label(self) -> str:
        """What the place means, in words."""
        words = ngettext(
            "%(number)d risk: likelihood %(likelihood)d, consequence %(consequence)d, level %(level)d %(band)s",
            "%(number)d risks: likelihood %(likelihood)d, consequence %(consequence)d, level %(level)d %(band)s",
            self.number,
        )
        return words % {
            "number": self.number,
            "likelihood": self.likelihood,
            "consequence": self.consequence,
            "level": self.level,
            "band": Band(self.band).label,
        }


def heat(risks: Iterable[AIRisk], stage: str) -> list[tuple[int, str, list[HeatCell]]]:
    """The rows of the heat map from the highest likelihood down: the number, its words, five cells."""
    number = Counter(spot(risk, stage) for risk in risks)
    return [
        (up, str(Likelihood(up).label), [_cell(up, along, number[up, along]) for along in Consequence.values])
        for up in reversed(Likelihood.values)
    ]


def _cell(likelihood: int, consequence: int, number: int) -> HeatCell:
    points = likelihood * consequence
    return HeatCell(likelihood, consequence, points, band(points), number)


def bands(risks: Iterable[AIRisk], stage: str) -> list[tuple[str, str, int]]:
    """How many risks are in each band, the worst first: code, word, number."""
    number = Counter(getattr(risk, f"{stage}_band") for risk in risks)
    return [(name.value, str(name.label), number[name.value]) for name in reversed(Band)]


def level_mark(risk: AIRisk, stage: str) -> SafeString:
    """Level and band of a risk; a dash while it is not rated."""
    points, name = getattr(risk, f"{stage}_level"), getattr(risk, f"{stage}_band")
    return band_mark(points, name, Band(name).label) if points and name else SafeString("–")


def way(risk: AIRisk) -> dict[str, Any]:
    """One risk's way over the matrix, with the ratings as a table."""
    signs = {"inherent": _("I"), "residual": _("R"), "target": _("T")}
    words = stage_words()
    markers = [
        svg.Marker(signs[stage], *place, name=words[stage], now=stage == "residual")
        for stage in STAGES
        if (place := spot(risk, stage))
    ]
    rows = [_rating(risk, name) for name in ("likelihood", *HARMS)]
    return {
        "svg": svg.matrix(_("Levels of %(title)s") % {"title": risk.title}, markers) if markers else "",
        "heads": [words[stage] for stage in STAGES],
        "rows": rows,
        "levels": [level_mark(risk, stage) for stage in STAGES],
    }


def _rating(risk: AIRisk, name: str) -> tuple[str, list[Any]]:
    label = AIRisk._meta.get_field(f"inherent_{name}").verbose_name  # type: ignore[union-attr]
    return str(label), [getattr(risk, f"{stage}_{name}") or "–" for stage in STAGES]
