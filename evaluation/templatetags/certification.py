"""What the page of a certification cycle shows beside its fields."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.records.access import may_add, visible
from aims.records.registry import register_of
from evaluation import certification
from evaluation.certification_line import line
from evaluation.cycle_panels import before_stage_2
from evaluation.models import BodyFinding, CertificationCycle

register = template.Library()
WAITS = {"received": "plan_due", "planned": "evidence_due", "evidenced": "verify_due"}


@register.simple_tag(takes_context=True)
def before_stage_2_of(context: Context, cycle: CertificationCycle) -> dict[str, Any] | None:
    """What must be there before stage 2, until it is over."""
    return before_stage_2(context["request"].member, cycle)


@register.simple_tag(takes_context=True)
def cycle_of(context: Context, cycle: CertificationCycle) -> dict[str, Any]:
    """The line of dates, the body's findings with what comes next, and the changes of which it was not told."""
    member: Member = context["request"].member
    today = timezone.localdate()
    rows = certification.milestones(cycle, today)
    findings = visible(member, BodyFinding).filter(cycle=cycle).exclude(state="withdrawn")
    kind = register_of(BodyFinding)
    return {
        "line": line(rows, today) if rows else "",
        "rows": [{"row": row, "tone": row.tone(today)} for row in rows],
        "untold": certification.untold(member, cycle) if cycle.state in certification.CERTIFIED else [],
        "findings": [
            {
                "finding": row,
                "url": record_url(row),
                "state": kind.lifecycle.state(row.state),
                "due": getattr(row, WAITS.get(row.state, ""), None),
            }
            for row in findings.order_by("-closed_on", "ref")
        ],
        "new_url": f"{reverse('new', args=[kind.path])}?cycle={cycle.pk}" if may_add(member, kind) else "",
    }
