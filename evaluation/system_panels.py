"""What clause 9 adds to an AI system's page: its metrics as lines with their thresholds."""

from collections import defaultdict
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.organisation.member import Member
from aims.pages import svg
from aims.pages.places import record_url
from aims.pages.templatetags.marks import chip
from aims.records.access import visible
from aims.records.base import Record
from evaluation.models import Measurement, Metric

POINTS, MOST = 12, 12  # measurements of a line, and metrics on the page
TONES = {"ok": "ok", "warning": "warn", "alarm": "bad"}


def metrics(member: Member, system: Record) -> dict[str, Any] | None:
    """The metrics of a system with their latest measurements, in two statements."""
    rows = visible(member, Metric).filter(system=system.pk).exclude(state="withdrawn").order_by("ref")
    found = list(rows[:MOST])
    if not found:
        return None
    latest = latest_of(member, found)
    shown = [metric(one, latest[one.pk]) for one in found]
    alarms = sum(row["band"] == "alarm" for row in shown)
    warnings = sum(row["band"] == "warning" for row in shown)
    mark = chip(_("as they should be"), "ok")
    if alarms or warnings:
        words = _("%(n)d alarm") if alarms else _("%(n)d warning")
        mark = chip(words % {"n": alarms or warnings}, "bad" if alarms else "warn")
    step = {"key": "measured", "label": _("Measured"), "value": len(found), "chip": mark, "url": "#metrics"}
    return {"step": step, "metrics": shown}


def latest_of(member: Member, found: list[Metric]) -> dict[Any, list[Measurement]]:
    """The latest measurements of each metric, oldest first."""
    turn = Window(
        RowNumber(), partition_by=[F("metric_id")], order_by=[F("measured_on").desc(), F("pk").desc()]
    )
    rows = visible(member, Measurement).filter(metric__in=found).exclude(state="withdrawn")
    latest: dict[Any, list[Measurement]] = defaultdict(list)
    for row in rows.annotate(turn=turn).filter(turn__lte=POINTS).order_by("measured_on", "pk"):
        latest[row.metric_id].append(row)
    return latest


def metric(one: Metric, values: list[Measurement]) -> dict[str, Any]:
    """One metric: its line, its latest value, and where that lies."""
    last = values[-1] if values else None
    return {
        "title": one.title,
        "url": record_url(one),
        "value": last.value.normalize() if last else None,
        "unit": one.unit,
        "band": last.band if last else "",
        "chip": chip(str(last.get_band_display()).capitalize(), TONES[last.band])
        if last and last.band
        else "",
        "svg": svg.line(one.title, [point(row) for row in values], limits(one), one.unit),
    }


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
