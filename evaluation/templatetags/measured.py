"""The page of a metric: its values over time beside those of other groups, and when the next one is due (9.1)."""

from datetime import time
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.pages.templatetags.words import date_text, time_text
from aims.records.access import may_add, visible
from aims.records.registry import register_of
from evaluation.inputs import now_there
from evaluation.measuring import IN_TIME, PATIENCE, latest_of, next_due, siblings
from evaluation.models import Measurement, Metric
from evaluation.models.measuring import standing
from evaluation.system_panels import band_chip, plain, side_by_side

register = template.Library()
POINTS, GROUPS, LISTED = 24, 6, 24
NEWEST = tuple(f"-{name}" for name in IN_TIME)


@register.simple_tag(takes_context=True)
def measured(context: Context, metric: Metric) -> dict[str, Any]:
    """What the page of a metric shows beside its own fields, in four statements however much was measured."""
    member: Member = context["request"].member
    found = siblings(member, metric, GROUPS)
    latest = latest_of(member, found, POINTS)
    charts = side_by_side(found, latest)
    own = latest.get(metric.pk, [])
    due = next_due(member, metric, own[-1].measured_on if own else None)
    day = now_there(member)
    return {
        "chart": charts[0],
        "others": charts[1:],
        "rows": values(member, metric),
        "due": due if metric.state == "in_force" else None,
        "late": due + PATIENCE < day,
        "all_url": reverse("register", args=["measurements"]) + "?" + urlencode({"metric": str(metric.pk)}),
    }


def values(member: Member, metric: Metric) -> list[dict[str, Any]]:
    """The latest values, newest first, with those that a correction has replaced: nothing is overwritten."""
    rows = visible(member, Measurement).filter(metric=metric.pk).exclude(state="withdrawn")
    shown = list(rows.select_related("created_by").order_by(*NEWEST)[:LISTED])
    counting = set(
        standing(visible(member, Measurement).filter(pk__in=[r.pk for r in shown])).values_list(
            "pk", flat=True
        )
    )
    return [
        {
            "url": record_url(row),
            "when": when(row),
            "value": plain(row.value),
            "band": band_chip(row),
            "recorded": row.created_at,
            "by": row.created_by.name if row.created_by else "",
            "replaced": row.pk not in counting,
            "corrects": row.corrects_id is not None,
        }
        for row in shown
    ]


def when(row: Measurement) -> SafeString:
    """When a value was measured, for people: the moment, or the day where only that is known."""
    at = timezone.localtime(row.measured_at) if row.measured_at else None
    return time_text(at) if at and at.time() != time.min else date_text(row.measured_on)


def first_said(row: Measurement) -> dict[str, str]:
    """When it was measured, as the form of a correction is filled in: the moment, or the day alone."""
    at = timezone.localtime(row.measured_at) if row.measured_at else None
    if at and at.time() != time.min:
        return {"measured_at": at.strftime("%Y-%m-%dT%H:%M:%S")}
    return {"measured_on": row.measured_on.isoformat()}


@register.simple_tag(takes_context=True)
def value_url(context: Context, metric: Metric) -> str:
    """Where the next value of a metric is recorded; empty for who may not."""
    return new_url(context["request"].member, metric=str(metric.pk))


def new_url(member: Member, **values: str) -> str:
    """Where a value is recorded, filled in as far as it is known; empty for who may not."""
    kind = register_of(Measurement)
    if not may_add(member, kind):
        return ""
    return reverse("new", args=[kind.path]) + "?" + urlencode(values)


@register.simple_tag(takes_context=True)
def correction(context: Context, row: Measurement) -> dict[str, Any]:
    """What replaced a measurement, or where the right value is recorded."""
    member: Member = context["request"].member
    by = standing(visible(member, Measurement).filter(corrects=row.pk)).first()
    given = {
        "metric": str(row.metric_id),
        **first_said(row),
        "sample": row.sample,
        "corrects": str(row.pk),
    }
    counts = by is None and row.state != "withdrawn"
    return {
        "by": by,
        "by_url": record_url(by) if by else "",
        "url": new_url(member, **{name: value for name, value in given.items() if value}) if counts else "",
    }
