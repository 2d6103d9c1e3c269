"""A risk's levels, for its page."""

from typing import Any

from django import template

from aims.records.registry import register_of
from planning.matrix import way
from planning.models import AIRisk
from planning.registers.risks import rating

register = template.Library()
RATINGS = {name for stage in ("inherent", "residual", "target") for name in rating(stage)}


@register.simple_tag
def risk_levels(risk: AIRisk, sections: list[Any]) -> dict[str, Any]:
    """The risk's way over the matrix, and the sections of its page that hold something else than its ratings."""
    names = [fields for _heading, fields in register_of(risk).form]
    others = [section for section, fields in zip(sections, names, strict=False) if not set(fields) <= RATINGS]
    return {**way(risk), "sections": others}
