"""On the page of an AI objective: the target against what was measured, how it goes, and what measures it (6.2)."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.templatetags.marks import chip
from aims.records.access import may_add
from aims.records.registry import register
from aims.records.related import related
from planning.measured import series_of
from planning.models import Objective
from planning.objective_chart import Course, drawn, figures

TONES = {"on_track": "ok", "at_risk": "warn", "late": "bad"}
METRICS = "metrics"  # the register of clause 9 whose records measure objectives


def courses(objectives: Sequence[Objective]) -> list[Course]:
    """Objectives as they are drawn."""
    title, today = _("Target against actual: %(title)s"), timezone.localdate()
    return [
        Course(title % {"title": one.title}, one.aim(), values, one.unit, today)
        for one, values in zip(objectives, series_of(objectives), strict=True)
    ]


def chart(course: Course) -> dict[str, Any]:
    """The drawing with its figures, for components/chart.html."""
    heads = [_("Day"), _("Measured"), _("Even course"), _("Source")]
    return {
        "svg": drawn(course),
        "legend": [
            {"label": _("Measured"), "tone": "accent"},
            {"label": _("Even course to the target"), "tone": "ok"},
        ],
        "figures": {"caption": course.title, "head": heads, "rows": figures(course)},
    }


def progress_chip(objective: Objective) -> str:
    """How it goes, as a mark."""
    if not objective.progress:
        return ""
    return chip(str(objective.get_progress_display()).capitalize(), TONES[objective.progress])


def panel(member: Member, objective: Any) -> dict[str, Any] | None:
    """The chart, the progress, and the metrics; nothing measurable has no chart."""
    (course,) = courses([objective])
    measured = objective.target is not None or bool(course.values)
    return {
        "chart": chart(course) if measured else None,
        "chip": progress_chip(objective),
        "facts": facts(objective, course),
        "metrics": metrics(member, objective),
        "new_url": new_url(member, objective),
    }


def facts(objective: Objective, course: Course) -> list[tuple[str, str]]:
    """The figures in words."""
    last: Sequence[Any] = course.values[-1:]
    pairs = [
        (_("Baseline"), course.said(objective.baseline) if objective.baseline is not None else "–"),
        (_("Now"), course.said(last[0][1]) if last else "–"),
        (_("Target"), course.said(objective.target) if objective.target is not None else "–"),
    ]
    return [(name, str(value)) for name, value in pairs]


def metrics(member: Member, objective: Objective) -> list[dict[str, str]]:
    """The metrics that serve the objective: found as what refers to it."""
    found = [one for one in related(member, objective) if one.register.path == METRICS]
    return [
        {"label": row.title, "ref": row.ref, "url": reverse("record", args=[METRICS, row.key])}
        for one in found
        for row in one.rows
    ]


def new_url(member: Member, objective: Objective) -> str:
    """Where a metric for the objective is made, by who may."""
    kind = register(METRICS)
    if kind is None or not may_add(member, kind):
        return ""
    return f"{reverse('new', args=[METRICS])}?objective={objective.pk}"
