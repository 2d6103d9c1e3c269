"""An impact assessment as a document, for its page."""

from typing import Any

from django import template
from django.template.context import Context

from planning.impact_document import document, told
from planning.models import ImpactAssessment

register = template.Library()


@register.simple_tag(takes_context=True)
def impact_document(context: Context, assessment: ImpactAssessment) -> dict[str, Any]:
    """Parties, measures, consultations, rights, results and publications."""
    return document(context["request"].member, assessment)


@register.simple_tag
def told_sections(assessment: ImpactAssessment, sections: list[Any]) -> list[Any]:
    """The sections that are listed as names and values."""
    return told(assessment, sections)
