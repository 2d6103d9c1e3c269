"""AI risks on the matrix of likelihood and highest consequence: the register as a heat map, and one risk's way (6.1.2).

The matrix is that of the criteria in force. What was rated under older criteria that rate differently does not stand on
it: it is counted apart, until somebody rates it again. Everything is counted by the database, however many risks there are.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Greatest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.member import Member
from aims.pages import svg
from aims.pages.templatetags.marks import band as band_mark
from aims.records.access import visible
from planning.models import AIRisk, ControlImplementation
from planning.models.risk_criteria import rules_of
from planning.models.risks import STAGES
from planning.scoring import Criteria, Scales

HARMS = ("organisation", "individuals", "society")
GONE = ("withdrawn", "closed")
Spot = tuple[int, int]  # likelihood, highest consequence


def stage_words() -> dict[str, str]:
    """The four ratings of a risk."""
    return {
        "inherent": _("Before treatment"),
        "current": _("Now"),
        "residual": _("After treatment"),
        "target": _("Target"),
    }


def stage_notes() -> dict[str, str]:
    """What each rating says."""
    return {
        "inherent": _("Before treatment: as if no control were in place."),
        "current": _(
            "Now: with the controls that are in place; where nobody rated that apart, as after treatment."
        ),
        "residual": _("After treatment: what remains, and is accepted."),
        "target": _("Target: where we want to be."),
    }


def shown_stage(risk: AIRisk, stage: str) -> str:
    """The rating that stands for a stage: how a risk is now is told by another where nobody rated it apart."""
    return risk.now if stage == "current" else stage


def spot(risk: AIRisk, stage: str) -> Spot | None:
    """Where a risk stands; None while a rating is missing."""
    found = shown_stage(risk, stage)
    likely = getattr(risk, f"{found}_likelihood")
    harms = [getattr(risk, f"{found}_{name}") for name in HARMS]
    if likely is None or None in harms:
        return None
    return likely, max(harms)


def risks_of(member: Member, system: str = "", control: str = "") -> QuerySet[AIRisk]:
    """The live risks that a member sees, of one AI system or of those that one control treats."""
    rows = visible(member, AIRisk).exclude(state__in=GONE)
    if system:
        rows = rows.filter(system__ref=system)
    if control:
        lines = visible(member, ControlImplementation).filter(code=control)
        rows = rows.filter(pk__in=lines.values("risks"))  # each once, however many lines
    return rows


def of_stage(stage: str, name: str) -> Any:
    """A column of a stage (`level`, `band`, a rating) as an expression; of now, that of the rating that stands for it."""
    if stage != "current":
        return F(f"{stage}_{name}")
    rated = (
        When(**{f"{one}_level__isnull": False, "then": F(f"{one}_{name}")}) for one in ("current", "residual")
    )
    return Case(*rated, default=F(f"inherent_{name}"))


def staged(rows: QuerySet[AIRisk], stage: str) -> QuerySet[Any]:
    """Risks with the likelihood, worst consequence, level and band of a stage."""
    worst = Greatest(*(of_stage(stage, name) for name in HARMS))
    likely, points, name = (of_stage(stage, name) for name in ("likelihood", "level", "band"))
    return rows.annotate(at_likelihood=likely, at_worst=worst, at_level=points, at_band=name)


def places(rows: QuerySet[AIRisk], stage: str) -> Counter[Spot]:
    """How many risks stand at each place."""
    rated = staged(rows, stage).filter(at_level__isnull=False).order_by()
    counted = rated.values_list("at_likelihood", "at_worst").annotate(number=Count("pk"))
    return Counter({(up, along): number for up, along, number in counted})


def on_scales(older: list[Any]) -> Q:
    """The risks that are rated as the criteria in force rate."""
    rule = ~Q(criteria_id__in=[key for key in older if key])
    if None in older:
        return Q(criteria_id__isnull=False) & rule
    return rule | Q(criteria_id__isnull=True)


@dataclass(frozen=True)
class HeatCell:
    """One place of the matrix: its level and band, and how many risks stand there."""

    likelihood: int
    consequence: int
    level: int
    band: str
    word: str
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
            "band": self.word,
        }


def heat(number: Mapping[Spot, int], rules: Criteria) -> list[tuple[int, str, list[HeatCell]]]:
    """The rows of the heat map from the highest likelihood down: the number, its words, the cells."""
    scales, words = rules.scales, band_words(rules)
    steps, columns = scales.shape

    def cell(up: int, along: int) -> HeatCell:
        code = scales.band_at(up, along)
        return HeatCell(up, along, up * along, code, words.get(code, code), number.get((up, along), 0))

    return [
        (up, str(scales.likelihood[up - 1]), [cell(up, along) for along in range(1, columns + 1)])
        for up in range(steps, 0, -1)
    ]


def band_words(rules: Criteria) -> dict[str, str]:
    """What the bands are called; the usual words for those that the criteria do not name."""
    usual = {rule.code: str(rule.label) for rule in rules_of(None).bands}
    return {**usual, **{rule.code: str(rule.label) for rule in rules.bands}}


def bands(rows: QuerySet[AIRisk], stage: str) -> Counter[str]:
    """How many risks are in each band; those without a level under the empty one."""
    return Counter(dict(staged(rows, stage).order_by().values_list("at_band").annotate(number=Count("pk"))))


def band_counts(number: Mapping[str, int], rules: Criteria) -> list[tuple[str, str, int]]:
    """The bands that are used, the worst first: code, word, number of risks."""
    words = band_words(rules)
    used = {band for line in rules.scales.cells for band in line} | {code for code in number if code}
    return [(code, words[code], number.get(code, 0)) for code in reversed(list(words)) if code in used]


def level_mark(risk: AIRisk, stage: str, words: Mapping[str, str]) -> SafeString:
    """Level and band of a risk; a dash while it is not rated."""
    found = shown_stage(risk, stage)
    points, name = getattr(risk, f"{found}_level"), getattr(risk, f"{found}_band")
    return band_mark(points, name, words.get(name, name)) if points and name else SafeString("–")


def drawn(title: str, markers: list[svg.Marker], scales: Scales, connected: bool = True) -> SafeString:
    """A matrix with pins, on these scales; pins outside them (of older criteria) are left out."""
    inside = [m for m in markers if m.likelihood <= scales.shape[0] and m.consequence <= scales.shape[1]]

    def band_of(up: int, along: int) -> tuple[int, str]:
        return up * along, scales.band_at(up, along)

    return svg.matrix(title, inside, size=scales.shape, band=band_of, connected=connected)


def counted(title: str, number: Mapping[Spot, int], scales: Scales) -> SafeString:
    """A matrix with the number of risks at each place."""
    markers = [
        svg.Marker(str(n), *place, name=_("%(number)d risks") % {"number": n}, now=True)
        for place, n in sorted(number.items())
        if n
    ]
    return drawn(title, markers, scales, connected=False)


def way(risk: AIRisk) -> dict[str, Any]:
    """One risk's way over the matrix of the criteria it was rated under, with the ratings as a table."""
    signs = {"inherent": _("I"), "current": _("N"), "residual": _("R"), "target": _("T")}
    words, rules = stage_words(), rules_of(risk.criteria)
    rated = [stage for stage in STAGES if getattr(risk, f"{stage}_level")]
    markers = [
        svg.Marker(signs[stage], *place, name=words[stage], now=stage == risk.now)
        for stage in rated
        if (place := spot(risk, stage))
    ]
    labels = band_words(rules)
    return {
        "svg": drawn(_("Levels of %(title)s") % {"title": risk.title}, markers, rules.scales)
        if markers
        else "",
        "heads": [words[stage] for stage in STAGES],
        "rows": [_rating(risk, name) for name in ("likelihood", *HARMS)],
        "levels": [mark(risk, stage, labels) for stage in STAGES],
        "rules": rules,
    }


def mark(risk: AIRisk, stage: str, words: Mapping[str, str]) -> SafeString:
    """Level and band of one rating as it was given."""
    points, name = getattr(risk, f"{stage}_level"), getattr(risk, f"{stage}_band")
    return band_mark(points, name, words.get(name, name)) if points and name else SafeString("–")


def _rating(risk: AIRisk, name: str) -> tuple[str, list[Any]]:
    label = AIRisk._meta.get_field(f"inherent_{name}").verbose_name  # type: ignore[union-attr]
    return str(label), [getattr(risk, f"{stage}_{name}") or "–" for stage in STAGES]
