"""A risk's levels, who may accept it and how it moved, for its page; a run's table; the matrix of criteria."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from aims.records.registry import register_of
from planning import risk_history, runs
from planning.acceptance import named, told
from planning.matrix import band_words, drawn, way
from planning.models import AIRisk, RiskAssessment, RiskCriteria
from planning.models.estimates import FREQUENCY, LOSS
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.models.risks import STAGES
from planning.registers.risks import rating
from planning.risk_paths import curve

register = template.Library()
DRAWN = {name for stage in STAGES for name in rating(stage)} | {
    *FREQUENCY,
    *LOSS,
    "seed",
    "assumptions",
    "estimate",
}


@register.simple_tag
def risk_page(risk: AIRisk) -> dict[str, Any]:
    """Whether it is rated under older criteria, who may accept what remains, and its past."""
    force = criteria_in_force(risk.organisation_id)
    if force and force.pk == risk.criteria_id:
        risk.criteria = force  # with its parts: they are read once
    rules = rules_of(force)
    return {
        "older": bool(risk.inherent_level or risk.residual_level)
        and rules_of(risk.criteria).scales != rules.scales,
        "accepts": told(rules.rule(risk.residual_band)) if risk.residual_band else "",
        "above": risk.residual_band in rules.too_high(),
        "history": risk_history.chart(risk),
        "curve": curve(risk),
    }


@register.simple_tag
def risk_levels(risk: AIRisk, sections: list[Any]) -> dict[str, Any]:
    """The risk's way over the matrix, and the sections of its page that hold something else than its ratings."""
    names = [fields for _heading, fields in register_of(risk).form]
    others = [section for section, fields in zip(sections, names, strict=False) if not set(fields) <= DRAWN]
    found = way(risk)
    words, floor = band_words(found["rules"]), found["rules"].scales.floor
    return {**found, "sections": others, "floor": words.get(floor, "")}


@register.simple_tag
def criteria_matrix(criteria: RiskCriteria) -> dict[str, Any]:
    """The matrix that a version of the criteria draws, with its words, and whether it is the one in force."""
    rules = criteria.rules()
    words = band_words(rules)
    told_of = [(rule, words[rule.code], named(rule)) for rule in rules.bands]
    title = _("Matrix of %(criteria)s") % {"criteria": criteria}
    return {
        "svg": drawn(title, [], rules.scales),
        "bands": told_of,
        "likelihood": rules.scales.likelihood,
        "consequence": rules.scales.consequence,
        "appetite": words[rules.appetite],
        "floor": words.get(rules.scales.floor, ""),
    }


@register.simple_tag
def run_table(run: RiskAssessment) -> dict[str, Any] | None:
    """What an approved run saw, with the difference to the run before; None before it is approved."""
    return runs.table(run) if run.frozen else None
