"""Tasks and dates as rows, for Today and the calendar."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from aims.organisation.member import Member
from aims.pages.templatetags.marks import due_chip
from aims.pages.templatetags.words import SOON_DAYS
from aims.records.display import Named
from aims.records.registry import register
from aims.schedule.models import Occurrence, Task
from aims.schedule.places import place, task_place

MOST_DATES = 500


def open_tasks(member: Member) -> list[Task]:
    """The open tasks of the organisation that the member may see, the most urgent first: own ones and those that they
    handed over always, all to those who keep the whole (administrator, officer, executive)."""
    rows = Task.objects.filter(organisation_id=member.organisation_id, state=Task.State.OPEN)
    if member.role not in ("administrator", "compliance_officer", "executive"):
        rows = rows.filter(Q(member_id=member.id) | Q(given_by_id=member.id))
    return list(rows.select_related("member", "given_by", "occurrence").order_by("due", "pk")[:300])


def task_row(member: Member, task: Task, named: Named) -> dict[str, Any]:
    """A task for components/list_row.html."""
    kind, mine = register(task.kind), task.member_id == member.id
    about = named.name(kind.model, task.record_id) if kind and task.record_id else ""
    return {
        "key": task.pk,
        "label": task.title,
        "url": task_place(task),
        "icon": kind.icon if kind else "clipboard-check",
        "ref": task.why,
        "detail": about,
        "person": "" if mine else task.member.name,
        "chip": due_chip(task.due),
        "at": task.occurrence.due_at if task.occurrence else None,
        "mine": mine,
        "given_by": task.given_by.name if task.given_by and task.given_by_id != member.id else "",
        "given_why": task.given_why,
        "given": task.given_by_id == member.id,
    }


def groups(member: Member, tasks: Iterable[Task]) -> dict[str, list[dict[str, Any]]]:
    """Tasks by what they ask for now: overdue, due soon, later, and waiting on others."""
    found: dict[str, list[dict[str, Any]]] = {"overdue": [], "soon": [], "later": [], "others": []}
    named, today, tasks = Named(member), timezone.localdate(), list(tasks)
    for task in tasks:
        kind = register(task.kind)
        if kind and task.record_id:
            named.note(kind.model, task.record_id)
    for task in tasks:
        mine = task.member_id == member.id
        found[group_of(task.due, today) if mine else "others"].append(task_row(member, task, named))
    return found


def group_of(due: date | None, today: date) -> str:
    """How pressing a date is."""
    if due is None or due > today + timedelta(days=SOON_DAYS):
        return "later"
    return "overdue" if due < today else "soon"


def dates_between(member: Member, since: date, until: date) -> QuerySet[Occurrence]:
    """What falls due between two days, in order; what fell away is left out."""
    rows = Occurrence.objects.filter(organisation_id=member.organisation_id, due__gte=since, due__lt=until)
    rows = rows.exclude(state=Occurrence.State.CANCELLED).select_related("obligation")
    return rows.order_by("due", "pk")


def occurrences(member: Member, since: date, until: date) -> list[Occurrence]:
    """The first 500 of them."""
    return list(dates_between(member, since, until)[:MOST_DATES])


def next_dates(member: Member, day: date) -> list[Occurrence]:
    """The next eight dates of the coming 90 days that are still to be met."""
    coming = occurrences(member, day, day + timedelta(days=90))
    return [one for one in coming if one.state in Occurrence.OPEN][:8]


def occurrence_rows(member: Member, found: Iterable[Occurrence]) -> list[dict[str, Any]]:
    """Dates with what they are about and where they lead."""
    named, found = Named(member), list(found)
    for one in found:
        kind = register(one.subject_kind)
        if kind and one.subject_id:
            named.note(kind.model, one.subject_id)
    return [occurrence_row(one, named) for one in found]


def occurrence_row(one: Occurrence, named: Named) -> dict[str, Any]:
    """One date."""
    kind = register(one.subject_kind)
    about = named.name(kind.model, one.subject_id) if kind and one.subject_id else ""
    late = one.state in Occurrence.OPEN and one.due < timezone.localdate()
    return {
        "key": one.pk,
        "day": one.due,
        "label": one.obligation.label,
        "about": about,
        "clause": one.obligation.clause,
        "url": _where(one),
        "state": "overdue" if late else one.state,
        "state_label": one.get_state_display(),
        "late": late,
        "at": one.due_at,
        "target": one.target,
    }


def _where(one: Occurrence) -> str:
    if one.record_kind and one.record_id:
        return place(one.record_kind, one.record_id)
    if one.subject_kind and one.subject_id:
        return place(one.subject_kind, one.subject_id)
    known = register(one.obligation.register)
    return place(known.path) if known else ""
