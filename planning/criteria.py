"""Whether criteria hang together, which version a risk is rated under, and a new version made from another (6.1.1)."""

from typing import Any

from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.changes import create, part_name
from aims.records.registry import register_of
from planning import scoring
from planning.models import AcceptanceRule, LikelihoodStep, RiskCriteria
from planning.models.risk_criteria import COLUMNS, criteria_in_force, rules_of

Fields = dict[str, list[str]]
CARRIED = ("title", "matrix", "floor", "threshold", "appetite_band", "appetite", "differences", "owner")


def coherent(member: Member, criteria: RiskCriteria) -> None:
    """Refuse criteria by which not every rating has a band that somebody decides about (6.1.1)."""
    likely, harmful = list(criteria.likelihoods.all()), list(criteria.consequences.all())
    wrong = {**sizes("likelihoods", len(likely)), **sizes("consequences", len(harmful))}
    if not wrong and likely:
        wrong = {**filled(likely, criteria.rules().scales), **rising(criteria.rules().scales)}
    rows = list(criteria.acceptance.all())
    wrong |= decided(rows, criteria.rules())
    if wrong:
        raise Refused("invalid", _("The criteria do not hang together."), wrong)


def sizes(name: str, steps: int) -> Fields:
    """A scale of its own has three to six steps."""
    least, most = scoring.LEAST_STEPS, scoring.MOST_STEPS
    if steps and not least <= steps <= most:
        words = _("A scale has %(least)d to %(most)d steps; this one has %(steps)d.")
        return {name: [words % {"least": least, "most": most, "steps": steps}]}
    return {}


def filled(likely: list[LikelihoodStep], scales: scoring.Scales) -> Fields:
    """Each place of the matrix has its band, and none is filled beyond the scale."""
    wrong: Fields = {}
    for row, step in enumerate(likely):
        for column, (name, band) in enumerate(zip(COLUMNS, step.cells, strict=True), 1):
            if bool(band) != (column <= scales.shape[1]):
                words = (
                    _("Choose a band.") if not band else _("The consequence scale has no step %(number)d.")
                )
                wrong[f"likelihoods.{row}.{name}"] = [words % {"number": column} if band else words]
    return wrong


def rising(scales: scoring.Scales) -> Fields:
    """More likelihood or more consequence never means a lower band."""
    words = _("This band is lower than one with less likelihood or less consequence.")
    return {f"likelihoods.{up - 1}.at_{along}": [words] for up, along in scoring.falling(scales.cells)}


def decided(rows: list[AcceptanceRule], rules: scoring.Criteria) -> Fields:
    """Each band of the matrix is told of once: who accepts it. No rows at all stand for what is usual."""
    told = [row.band for row in rows]
    used = {band for line in rules.scales.cells for band in line}
    missing = [
        str(dict(scoring.Band.choices)[code]) for code in scoring.ORDER if code in used and code not in told
    ]
    if told and (missing or len(told) != len(set(told))):
        words = _("Say once for each band who may accept it. Missing: %(bands)s.")
        return {"acceptance": [words % {"bands": ", ".join(missing) or "–"}]}
    return {}


def older(organisation_id: Any) -> tuple[scoring.Criteria, list[Any]]:
    """The criteria in force, and the ids of versions (None: the default) that rate differently."""
    rules = rules_of(criteria_in_force(organisation_id))
    rows = RiskCriteria.objects.filter(organisation_id=organisation_id)
    parts = rows.prefetch_related("likelihoods", "consequences", "acceptance")
    found: list[Any] = [row.pk for row in parts if row.rules().scales != rules.scales]
    return rules, [*found, *([None] if scoring.DEFAULT.scales != rules.scales else [])]


def draft(member: Member, of: RiskCriteria | None) -> RiskCriteria:
    """A new version to work on: what another says, or our default scales; the organisation then changes and approves it."""
    if of is None:
        return create(
            member, RiskCriteria, {**starting(), "edition": "1.0", "owner": member.id}, usual_parts()
        )
    data = {name: getattr(of, name) for name in CARRIED}
    parts = {part_name(part): copied(part, of) for part in register_of(of).parts}
    return create(member, RiskCriteria, {**data, "edition": following(of.edition)}, parts)


def copied(part: type[Any], of: RiskCriteria) -> list[dict[str, Any]]:
    """The rows of a kind of part as they are entered."""
    rows = part._default_manager.filter(criteria=of)
    return [{name: getattr(row, name) for name in part.form} for row in rows]


def following(edition_: str) -> str:
    """The number after an edition, where it ends in a number: 1.0 becomes 1.1."""
    head, dot, last = edition_.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isascii() and last.isdigit() else f"{edition_} +"[:20]


def starting() -> dict[str, Any]:
    """What the default criteria say in words; appetite and threshold are the organisation's to write."""
    return {
        "title": _("AI risk criteria"),
        "matrix": _("Likelihood × the highest of the three consequences."),
        "floor": scoring.Band.HIGH,
        "appetite_band": scoring.DEFAULT.appetite,
    }


def usual_parts() -> dict[str, list[dict[str, Any]]]:
    """The default scales, matrix and bands as rows."""
    guide, usual = edition().risk.default_criteria, scoring.DEFAULT
    likely = [
        {"label": step.label, "description": step.guide, **dict(zip(COLUMNS, row, strict=False))}
        for step, row in zip(guide.likelihood_scale, usual.scales.cells, strict=True)
    ]
    harmful = [{"label": step.label, "individuals": step.individuals} for step in guide.consequence_scale]
    rules = [
        {"band": rule.code, "rule": told.rule, "authority": rule.authority}
        for rule, told in zip(usual.bands, guide.bands, strict=True)
    ]
    return {"likelihoods": likely, "consequences": harmful, "acceptance": rules}
