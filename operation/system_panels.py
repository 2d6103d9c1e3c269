"""What clause 8 adds to an AI system's page: how many decisions it made lately, and how many people overrode (A.6.2.8)."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.templatetags.marks import chip
from aims.records.access import in_scope, visible
from aims.records.base import Record
from operation.decisions.models import Decision

DAYS = 90


def decisions(member: Member, system: Record) -> dict[str, Any] | None:
    """The decisions of the last 90 days in one statement; None for a system that never reported one."""
    if not in_scope(member, "decisions", "read"):
        return None
    since = timezone.now() - timedelta(days=DAYS)
    lately = Q(timestamp__gte=since)
    counts = (
        visible(member, Decision)
        .filter(system=system.pk)
        .aggregate(
            ever=Count("pk"),
            number=Count("pk", filter=lately),
            overridden=Count("pk", filter=lately & Q(overridden=True)),
            late=Count("pk", filter=lately & ~Q(flag="")),
            last=Max("timestamp"),
        )
    )
    if not counts["ever"]:
        return None
    rate = f"{number_format(100 * counts['overridden'] / counts['number'], 1)} %" if counts["number"] else "–"
    said = chip(_("%(rate)s overridden") % {"rate": rate}, "info" if counts["overridden"] else "ok")
    step = {
        "key": "decisions",
        "label": _("Decisions"),
        "value": number_format(counts["number"]),
        "chip": said,
        "url": "#decisions",
    }
    return {"step": step, "days": DAYS, "rate": rate, **counts}
