"""How levels of risks moved, read from the journal: one risk's line, and the register's trend by month (6.1.2, 8.2, 9.1)."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import JSONField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.journal.models import Entry
from aims.pages import svg
from aims.pages.templatetags.words import date_text
from aims.schedule.dates import add_months
from planning.matrix import GONE, stage_words
from planning.models import AIRisk
from planning.models.risks import STAGES

MOST = 400  # entries of one risk that are read: its last ones
SHOWN = 40  # moves of the level that are drawn
MONTHS = 12
Levels = dict[str, int | None]


@dataclass(frozen=True)
class Move:
    """The levels of a risk from a moment on."""

    at: datetime
    levels: Levels

    @property
    def now(self) -> int | None:
        """The level that told how the risk stood: as in `AIRisk.now`."""
        return self.levels["current"] or self.levels["residual"] or self.levels["inherent"]


def moves(states: Iterable[tuple[datetime, dict[str, Any]]]) -> list[Move]:
    """The moments at which a level changed, oldest first, from the states of a row in their order."""
    found: list[Move] = []
    for at, state in states:
        levels: Levels = {stage: state.get(f"{stage}_level") for stage in STAGES}
        if any(levels.values()) and (not found or found[-1].levels != levels):
            found.append(Move(at, levels))
    return found


def moves_of(risk: AIRisk) -> list[Move]:
    """The moves of a risk, as the journal tells them."""
    rows = Entry.objects.filter(
        organisation_id=risk.organisation_id, kind=AIRisk._meta.db_table, pk_text=str(risk.pk)
    )
    last = list(rows.exclude(state=None).order_by("-id").values_list("at", "state")[:MOST])
    return moves((at, json.loads(state or "{}")) for at, state in reversed(last))


def chart(risk: AIRisk) -> dict[str, Any]:
    """The line of a risk's level, for components/chart.html; `moved` tells whether there is anything to see."""
    found = moves_of(risk)[-SHOWN:]
    points = [svg.Point(date_text(move.at), move.now) for move in found if move.now]
    limits = [svg.Threshold("target", risk.target_level, _("Target"))] if risk.target_level else []
    title = _("Level of %(title)s over time") % {"title": risk.title}
    words = stage_words()
    return {
        "moved": len(points) > 1,
        "svg": svg.line(title, points, limits, span=(0,)) if points else "",
        "caption": _("How the risk stood: now, else after treatment, else before it."),
        "figures": {
            "caption": title,
            "head": [_("Since"), *words.values()],
            "rows": [[date_text(move.at), *(move.levels[s] or "–" for s in words)] for move in found],
        },
    }


def month_days(day: date) -> list[date]:
    """The same day of each month of the year up to a day, that day last."""
    return [add_months(day, -back) for back in range(MONTHS, -1, -1)]


@dataclass(frozen=True)
class Stand:
    """One entry of the journal about a risk: when, which, its band after treatment (before, where not rated), its state."""

    at: datetime
    key: str
    band: str
    state: str


def stands(organisation_id: Any, keys: frozenset[str] | None = None) -> list[Stand]:
    """All that the journal tells of risks, oldest first; `keys` names the risks that count (None: all)."""
    rows = Entry.objects.filter(organisation_id=organisation_id, kind=AIRisk._meta.db_table).exclude(
        state=None
    )
    parsed = Cast("state", JSONField())
    names = ("residual_band", "inherent_band", "state")
    told = rows.annotate(**{f"told_{name}": KeyTextTransform(name, parsed) for name in names})
    wanted = told.order_by("id").values_list("at", "pk_text", *(f"told_{name}" for name in names))
    return [
        Stand(at, key, after or before or "", state or "")
        for at, key, after, before, state in wanted
        if keys is None or key in keys
    ]


def by_month(entries: Sequence[Stand], ends: Sequence[datetime]) -> list[Counter[str]]:
    """For each moment, oldest first: how many live risks stood in each band ("" is not rated)."""
    found, now, at = [], dict[str, Stand](), 0
    for end in ends:
        while at < len(entries) and entries[at].at < end:
            now[entries[at].key] = entries[at]
            at += 1
        found.append(Counter(one.band for one in now.values() if one.state not in GONE))
    return found


def ends_of(days: Sequence[date], zone: str) -> list[datetime]:
    """The first moment after each day in a time zone."""
    return [datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) for day in days]


def trend(
    entries: Sequence[Stand], days: Sequence[date], zone: str, words: dict[str, str], high: Sequence[str]
) -> dict[str, Any]:
    """How many risks stood above the appetite, month by month, for components/chart.html, with each band as figures."""
    counts = by_month(entries, ends_of(days, zone))
    points = [
        svg.Point(date_text(day), sum(count[code] for code in high))
        for day, count in zip(days, counts, strict=True)
    ]
    title = _("Risks above our appetite, month by month")
    order = list(words)
    return {
        "svg": svg.line(title, points, span=(0,)),
        "figures": {
            "caption": title,
            "head": [_("On"), *(words[code] for code in order), _("Not rated"), _("Above our appetite")],
            "rows": [
                [point.label, *(count[code] for code in order), count[""], int(point.value)]
                for point, count in zip(points, counts, strict=True)
            ],
        },
    }


def now_in(zone: str) -> date:
    """Today in a time zone."""
    return timezone.localdate(timezone=ZoneInfo(zone))
