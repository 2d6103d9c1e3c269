"""What the page of a simulated audit shows beside its fields."""

from typing import Any

from django import template
from django.template.context import Context

from evaluation import rehearsing
from evaluation.models import SimulatedAudit

register = template.Library()


@register.simple_tag(takes_context=True)
def rehearsal(context: Context, record: SimulatedAudit) -> dict[str, Any]:
    """The threads as they were kept, and the comparison with the run before."""
    return {
        "run": record.run_at is not None,
        "share": rehearsing.share(record),
        "systems": rehearsing.threads(record, "systems"),
        "controls": rehearsing.threads(record, "controls"),
        "compared": rehearsing.compared(context["request"].member, record),
    }
