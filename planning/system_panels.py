"""What clause 6 adds to an AI system's page: the controls that its risks need, and what the AI Act makes of it."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.places import record_url
from aims.pages.templatetags.marks import chip
from aims.records.access import visible
from aims.records.base import Record
from aims.records.registry import register_of
from planning.models import AIActAnswer, ControlImplementation
from planning.soa import TONES, status_words


def controls(member: Member, system: Record) -> dict[str, Any] | None:
    """The controls that apply to the system, how far they are, and those that its risks count on."""
    rows = visible(member, ControlImplementation).filter(applicable=True)
    found = list(rows.exclude(exclusions__system=system.pk).values_list("status", flat=True))
    if not found:
        return None
    counts, words = Counter(status or "planned" for status in found), status_words()
    worst = next(name for name in ("planned", "partly", "implemented") if counts[name])
    said = f"{counts[worst]} {words[worst]}"
    number = len(found)
    treating = rows.filter(risks__system=system.pk).distinct().order_by("created_at", "id")
    return {
        "step": {
            "key": "controls",
            "label": _("Controls"),
            "value": number,
            "chip": chip(said, TONES[worst]),
            "url": "#controls",
        },
        "rows": [
            {
                "label": f"{one.code} {one.heading}",
                "url": record_url(one),
                "chip": chip(words[one.status or "planned"].capitalize(), TONES[one.status or "planned"]),
            }
            for one in treating
        ],
        "number": number,
    }


def law(member: Member, system: Record) -> dict[str, Any] | None:
    """The answer sheet that holds: its outcome, from when duties apply, under which version of the rules."""
    rows = (
        visible(member, AIActAnswer).filter(system=system.pk).exclude(state__in=("withdrawn", "superseded"))
    )
    found = sorted(rows, key=lambda sheet: (sheet.state == "approved", sheet.pk))
    if not found:
        return {"sheet": None, "system": system}
    sheet = found[-1]
    return {
        "sheet": sheet,
        "system": system,
        "url": record_url(sheet),
        "state": state_of(register_of(sheet), sheet.state),
    }
