"""The lines of an issued Statement of Applicability, for its page."""

from typing import Any

from django import template

from planning.models import ApplicabilityStatement
from planning.soa_shown import by_area, own_lines

register = template.Library()


@register.simple_tag
def statement_lines(statement: ApplicabilityStatement) -> dict[str, Any]:
    """Lines by area and own controls, as they were frozen."""
    lines = statement.lines
    areas = by_area(lines)
    return {"areas": areas, "own": own_lines(lines), "number": sum(len(rows) for _c, _t, rows in areas)}
