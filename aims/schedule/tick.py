"""The tick: what the clock does to one organisation's calendar. Safe to run late, twice, or by two beats at once."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from aims.organisation.models import Organisation
from aims.schedule.asking import ask_for, tell_above
from aims.schedule.dates import today
from aims.schedule.fulfilment import cancel
from aims.schedule.handing import stand_in
from aims.schedule.models import Occurrence, Task
from aims.schedule.obligations import plan, sync
from aims.schedule.telling import ask_about_damage, end_delegations

AGAIN = timedelta(days=7)  # how often somebody who is late is reminded
PATIENCE = timedelta(days=1)  # a task is late for others to know from the day after its due date


def tick(organisation: Organisation, now: datetime) -> None:
    """Plan the year ahead, ask for what comes up, remind, and tell who is above of what is late."""
    sync(organisation, now)
    plan(organisation, now)
    day = today(organisation.time_zone, now)
    begin(organisation, now)
    stand_in(organisation, now)
    end_delegations(organisation, now)
    pass_over(organisation, day)
    remind(organisation, now)
    escalate(organisation, now)
    ask_about_damage(organisation, now)


def coming_up(organisation: Organisation, day: date, codes: Collection[str] = ()) -> list[Occurrence]:
    """Open occurrences whose first announcement has come, in the order of their dates."""
    rows = Occurrence.objects.filter(organisation=organisation, state__in=Occurrence.OPEN)
    if codes:
        rows = rows.filter(obligation__code__in=codes)
    near = rows.filter(due__lte=day + timedelta(days=366)).select_related("obligation", "obligation__owner")
    return [row for row in near if row.due - timedelta(days=row.obligation.lead) <= day]


def begin(organisation: Organisation, now: datetime, codes: Collection[str] = ()) -> list[Occurrence]:
    """Ask people for what comes up. Who else does so at the same moment finds it done."""
    began = []
    for row in coming_up(organisation, today(organisation.time_zone, now), codes):
        planned = Occurrence.objects.filter(pk=row.pk, state=Occurrence.State.PLANNED)
        if row.state == Occurrence.State.PLANNED and planned.update(state=Occurrence.State.DUE):
            ask_for(row, now)
            began.append(row)
    return began


def pass_over(organisation: Organisation, day: date) -> None:
    """A periodic occurrence is missed when the next one's date has come as well: one task asks, not two."""
    due = Occurrence.objects.filter(
        organisation=organisation, state=Occurrence.State.DUE, due__lt=day, obligation__kind="periodic"
    )
    for row in due.select_related("obligation"):
        later = row.obligation.occurrences.filter(subject_id=row.subject_id, due__gt=row.due, due__lte=day)
        if later.exists():
            cancel(row, Occurrence.State.MISSED)


def open_tasks(organisation: Organisation) -> QuerySet[Task]:
    """The tasks that are still to be done, with who is asked and the occurrence behind."""
    rows = Task.objects.filter(organisation=organisation, state=Task.State.OPEN)
    return rows.select_related("member__person", "occurrence__obligation")


def remind(organisation: Organisation, now: datetime) -> None:
    """Mark the tasks whose next announcement has come, and weekly those that are late, for the day's digest."""
    day = today(organisation.time_zone, now)
    for task in open_tasks(organisation).exclude(due=None):
        last = today(organisation.time_zone, task.reminded_at or task.made_at)
        if any(last < moment <= day for moment in moments(task, day)):
            Task.objects.filter(pk=task.pk).update(reminded_at=now)


def moments(task: Task, day: date) -> list[date]:
    """The days on which somebody is reminded of a task: each announcement, the due date, then every week."""
    if task.due is None:
        return []
    leads = task.occurrence.obligation.lead_days if task.occurrence else (7,)
    announced = [task.due - timedelta(days=lead) for lead in (*leads, 0)]
    weeks = range(1, max(0, (day - task.due) // AGAIN) + 1)
    return [*announced, *(task.due + AGAIN * week for week in weeks)]


def escalate(organisation: Organisation, now: datetime) -> None:
    """Tell who is above, once for each task, that it is late; where hours are counted, when the last is over."""
    day = today(organisation.time_zone, now)
    late = Q(due__lte=day - PATIENCE) | Q(occurrence__due_at__lte=now)
    waiting = open_tasks(organisation).filter(escalated_at=None).exclude(source__startswith="late:")
    for task in waiting.filter(late):
        if Task.objects.filter(pk=task.pk, escalated_at=None).update(escalated_at=now):
            tell_above(task, now)
