"""What clause 9 adds to an AI system's page: its metrics as lines with their thresholds, groups side by side."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.organisation.member import Member
from aims.pages import svg
from aims.pages.places import record_url
from aims.pages.templatetags.marks import chip
from aims.records.access import visible
from aims.records.base import Record
from evaluation.measuring import Series, latest_of
from evaluation.models import Measurement, Metric

POINTS, MOST = 12, 12  # measurements of a line, and metrics on the page
TONES = {"ok": "ok", "warning": "warn", "alarm": "bad"}


def metrics(member: Member, system: Record) -> dict[str, Any] | None:
    """The metrics of a system with their latest measurements, in two statements; groups of a measure together."""
    rows = visible(member, Metric).filter(system=system.pk).exclude(state="withdrawn")
    found = list(rows.order_by("kind", "statistic", "group", "ref")[:MOST])
    if not found:
        return None
    shown = side_by_side(found, latest_of(member, found, POINTS))
    alarms = sum(row["band"] == "alarm" for row in shown)
    warnings = sum(row["band"] == "warning" for row in shown)
    mark = chip(_("as they should be"), "ok")
    if alarms or warnings:
        words = _("%(n)d alarm") if alarms else _("%(n)d warning")
        mark = chip(words % {"n": alarms or warnings}, "bad" if alarms else "warn")
    step = {"key": "measured", "label": _("Measured"), "value": len(found), "chip": mark, "url": "#metrics"}
    return {"step": step, "metrics": shown}


def side_by_side(found: Iterable[Metric], latest: Series) -> list[dict[str, Any]]:
    """Metrics as lines; those of one measure and unit share their scale, so that groups can be compared."""
    spans: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in found:
        spans[one.statistic, one.unit] += [float(row.value) for row in latest.get(one.pk, [])]
        spans[one.statistic, one.unit] += [line.value for line in limits(one)]
    return [
        metric(one, latest.get(one.pk, []), spans[one.statistic, one.unit] if one.statistic else [])
        for one in found
    ]


def metric(one: Metric, values: list[Measurement], span: list[float]) -> dict[str, Any]:
    """One metric: its line, its latest value, and where that lies."""
    last = values[-1] if values else None
    return {
        "title": one.title,
        "url": record_url(one),
        "group": one.group_words,
        "kind": one.get_kind_display() if one.kind else "",
        "value": plain(last.value) if last else None,
        "unit": one.unit,
        "band": last.band if last else "",
        "chip": band_chip(last) if last else "",
        "svg": svg.line(one.title, [point(row) for row in values], limits(one), one.unit, span),
    }


def plain(value: Decimal) -> str:
    """A value without needless zeros, and never with an exponent."""
    return f"{value.normalize():f}"


def band_chip(row: Measurement) -> str:
    """Where a value lies, as a mark."""
    return chip(str(row.get_band_display()).capitalize(), TONES[row.band]) if row.band else ""


def point(row: Measurement) -> svg.Point:
    """A measurement on its line."""
    return svg.Point(date_format(row.measured_on, pgettext("date format", "j M Y")), float(row.value))


def limits(one: Metric) -> list[svg.Threshold]:
    """The lines that a metric should keep to."""
    found = (
        ("target", one.target, _("Target")),
        ("warn", one.warning, _("Warning")),
        ("alarm", one.alarm, _("Alarm")),
    )
    return [svg.Threshold(kind, float(value), words) for kind, value, words in found if value is not None]
