"""What the clauses declare as panels of a record's page, each gathered once, where it stands."""

from typing import Any

from django import template
from django.template.context import Context

from aims.organisation.member import Member
from aims.records.base import Record
from aims.records.registry import panels, register_of

register = template.Library()


@register.inclusion_tag("records/panels.html", takes_context=True)
def panels_of(context: Context, record: Record, wide: bool) -> dict[str, Any]:
    """The panels of a record that stand in the main column (`wide`) or in the rail, in the order of the clauses."""
    member: Member = context["request"].member
    found = [panel for panel in panels(register_of(record).path) if panel.wide == wide]
    gathered = [(panel, panel.gather(member, record)) for panel in found]
    shown = [{"template": panel.template, **data} for panel, data in gathered if data is not None]
    return {"panels": shown, "request": context["request"], "csrf_token": context.get("csrf_token")}
