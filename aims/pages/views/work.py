"""Today, the calendar, and the tasks of people."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pages import svg
from aims.pages.context import address, top_title
from aims.pages.places import safe_next
from aims.pages.request import MemberRequest
from aims.pages.templatetags.marks import chip
from aims.pages.work import groups, next_dates, occurrence_rows, open_tasks
from aims.records.access import fetch
from aims.records.coverage import TOPS, Tally, coverage_by_top, figures, gaps, requirements_ready
from aims.records.registry import Gap, workspaces
from aims.schedule.fulfilment import finish
from aims.schedule.models import Task

OVERSEERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.EXECUTIVE, Role.AUDITOR, Role.READER})


@require_GET
def today(request: MemberRequest) -> HttpResponse:
    """Who must do what now, what blocks a certificate, and how far the whole is."""
    member, day = request.member, timezone.localdate()
    work = groups(member, open_tasks(member))
    blocks = gaps(member) if member.role in OVERSEERS else []
    by_top = request.coverage = coverage_by_top(member)
    context = {
        "title": _("Today"),
        "day": day,
        "stats": stats(work, blocks, requirements_ready(by_top), member),
        "work": [row for row in work_lists(work) if row["rows"]],
        "coverage": coverage_chart(by_top),
        "blocks": [block_row(gap) for gap in blocks[:8]],
        "more_blocks": max(0, len(blocks) - 8),
        "dates": occurrence_rows(member, next_dates(member, day)),
        "figures": indicators(member),
        "packs_url": address("packs"),
        "start": start(by_top, member),
    }
    return render(request, "pages/today.html", context)


def stats(
    work: dict[str, list[dict[str, Any]]], blocks: list[Gap], ready: Tally, member: Member
) -> list[dict[str, Any]]:
    """The figures on top: those that a role can do something about."""
    found = [
        {"value": len(work["overdue"]), "label": _("overdue"), "url": "#g-overdue", "tone": "bad"},
        {"value": len(work["soon"]), "label": _("due in 14 days"), "url": "#g-soon", "tone": "warn"},
    ]
    if work["others"]:
        found.append({"value": len(work["others"]), "label": _("waiting on others"), "url": "#g-others"})
    if member.role in OVERSEERS:
        majors = sum(gap.grade == "major" for gap in blocks)
        found.append(
            {
                "value": len(blocks),
                "label": _("gaps an audit would find"),
                "url": "#blocks",
                "tone": "bad" if majors else "",
            }
        )
    found.append(
        {"value": ready.ready, "of": ready.total, "label": _("requirements ready"), "url": "#coverage"}
    )
    for figure in found:
        figure["tone"] = figure.get("tone", "") if figure["value"] else ""
        figure["url"] = figure["url"] if figure["value"] else ""
    return found


def indicators(member: Member) -> list[dict[str, Any]]:
    """The figures that clauses declare, when there is something to see."""
    if member.role not in OVERSEERS:
        return []
    declared = [indicator for workspace in workspaces() for indicator in workspace.indicators]
    numbers = figures(member)
    counted = [(indicator, numbers[indicator.code]) for indicator in declared]
    return [
        {"label": i.title, "url": str(i.url), "chip": chip(number, i.tone, css="num"), "icon": "activity"}
        for i, number in counted
        if number
    ]


def work_lists(work: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The lists of tasks with their headings."""
    headings = {
        "overdue": _("Overdue"),
        "soon": _("Due in 14 days"),
        "later": _("Later"),
        "others": _("Waiting on others"),
    }
    return [{"key": key, "heading": headings[key], "rows": rows} for key, rows in work.items()]


def coverage_chart(by_top: dict[str, Tally]) -> dict[str, Any] | None:
    """How far each clause is, as a drawing with its figures."""
    rows = [
        svg.Coverage(code, top_title(code), t.ready, t.partly, t.nothing)
        for code in TOPS
        if (t := by_top.get(code)) is not None
    ]
    if not rows:
        return None
    return {
        "svg": svg.coverage(_("Coverage per clause"), rows),
        "legend": svg.COVERAGE_LEGEND,
        "figures": svg.coverage_figures(rows),
    }


def block_row(gap: Gap) -> dict[str, Any]:
    """A gap with the finding that it would cause."""
    words = {"major": _("Major"), "minor": _("Minor")}.get(gap.grade, _("Observation"))
    tone = {"major": "bad", "minor": "warn"}.get(gap.grade, "idle")
    icon = "circle-alert" if gap.grade == "major" else "triangle-alert"
    return {
        "label": gap.title,
        "url": str(gap.url),
        "icon": icon,
        "ref": gap.ref,
        "detail": gap.code,
        "chip": chip(words, tone),
    }


def start(by_top: dict[str, Tally], member: Member) -> bool:
    """Whether the organisation has only just begun: Today then leads to the first steps."""
    all_ = sum(by_top.values(), Tally())
    writes = member.role in (Role.ADMINISTRATOR, Role.OFFICER)
    return writes and bool(all_.total) and all_.ready + all_.partly == 0


@require_POST
def done(request: MemberRequest, key: Any) -> HttpResponse:
    """A person says that a task is done."""
    task = fetch(request.member, Task, key)
    if task.member_id != request.member.id:
        raise Refused("forbidden", _("This task is somebody else's."))
    finish(request.member, task)
    messages.success(request, _("Done: %(title)s") % {"title": task.title})
    return HttpResponseRedirect(safe_next(request, "/"))
