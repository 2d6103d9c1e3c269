"""The effect of an improvement beside what was expected of it, for its page (10.1)."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from aims.pages.templatetags.marks import chip
from improvement.models import Improvement

register = template.Library()


@register.simple_tag
def effect_of(record: Improvement) -> dict[str, Any] | None:
    """Value before, expected and reached, and how much of the effect that is; None where nothing is measured."""
    if record.target is None:
        return None
    values = ((_("Before"), record.baseline), (_("Expected"), record.target), (_("Reached"), record.reached))
    share = record.share
    return {
        "measure": record.measure,
        "values": [(name, said(value, record.unit)) for name, value in values],
        "percent": None if share is None else round(100 * share),
        "chip": judged(share),
        "words": _("How much of the expected effect was reached"),
    }


def said(value: Decimal | None, unit: str) -> str:
    """A value with its unit, without needless zeros."""
    return "–" if value is None else f"{value.normalize():f} {unit}".strip()


def judged(share: Decimal | None) -> Any:
    """The effect in a word: as expected or better, in part, none or the wrong way."""
    if share is None:
        return chip(_("Not measured yet"))
    if share >= 1:
        return chip(_("As expected"), "ok")
    return chip(_("In part"), "warn") if share > 0 else chip(_("No effect"), "bad")
