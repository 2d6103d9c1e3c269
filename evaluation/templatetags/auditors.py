"""The page of an audit: how its auditors stand to what they audit (9.2.2-d)."""

from django import template

from evaluation.independence import Standing, standings
from evaluation.models import Audit

register = template.Library()


@register.simple_tag
def auditors_of(audit: Audit) -> list[Standing]:
    """Each auditor with what they touched, their competence, and the reason where one was given."""
    return standings(audit)
