"""What steps of records do to the calendar: an event starts a deadline, and the step that was asked for fulfils it."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation
from aims.records.base import Record
from aims.records.registry import Event, obligation_rules, register, register_of
from aims.schedule.asking import PEOPLE
from aims.schedule.dates import deadline, hours_after, moment, today
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.working import keep_of, week_of

STARTED = (Obligation.Kind.AFTER, Obligation.Kind.TRIGGER)


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step of a record: fulfil what it does, start what begins with it."""
    if not record.scheduled or step == "mention":
        return
    path, day = register_of(record).path, event_date(member, record, step)
    concerned = Q(done_by__endswith=step) | Q(event__endswith=step) | Q(code__in=started_by(path, step))
    rows = Obligation.objects.filter(concerned, organisation_id=member.organisation_id, active=True)
    for obligation in rows:
        if names(obligation.done_by, obligation.register, path, step):
            for subject in subjects(obligation, record):
                fulfil(obligation, subject, record, day)
        if obligation.kind in STARTED:
            for subject in beginning(obligation, record, path, step):
                start(obligation, subject, day, event_time(record, step))


@lru_cache
def started_by(path: str, step: str) -> tuple[str, ...]:
    """The codes of the declared obligations of which a step is one of several events."""
    rules = obligation_rules()
    return tuple(r.code for r in rules if any(event.step == f"{path}.{step}" for event in r.events))


def beginning(obligation: Obligation, record: Record, path: str, step: str) -> list[uuid.UUID | None]:
    """For what an obligation begins with this step: nothing, where its event is another or does not concern this
    record."""
    rule = obligation.rule
    if names(obligation.event, obligation.register, path, step):
        return subjects(obligation, record) if not (rule and rule.when) or rule.when(record) else []
    found: dict[uuid.UUID | None, None] = {}
    for event in rule.events if rule else ():
        if event.step == f"{path}.{step}" and (event.when is None or event.when(record)):
            found |= dict.fromkeys(concerned_by(event, obligation, record))
    return [subject for subject in found if done_before(obligation, subject)]


def done_before(obligation: Obligation, subject: uuid.UUID | None) -> bool:
    """Whether what an event asks for again was done a first time: before that there is nothing that an event could
    have made old (an organisation that enters the laws it knows is not asked to assess everything again)."""
    path, _, step = obligation.done_by.rpartition(".")
    kind, target = register(path), register(obligation.register)
    transition = kind.lifecycle.transition(step) if kind else None
    if kind is None or transition is None:
        return True
    rule = Q(organisation_id=obligation.organisation_id, state=transition.target)
    fields = (*kind.model._meta.concrete_fields, *kind.model._meta.many_to_many)
    about = [f.name for f in fields if target and f.related_model is target.model]
    if subject and about:
        rule &= reduce(or_, (Q(**{name: subject}) for name in about))
    return bool(kind.model._default_manager.filter(rule).exists())


def concerned_by(event: Event, obligation: Obligation, record: Record) -> Iterable[uuid.UUID | None]:
    """What an event is about: what the record refers to, or what lies behind it (`metric.system`)."""
    if not event.about or not obligation.register:
        return subjects(obligation, record)
    found: Any = record
    for name in event.about.split("."):
        found = getattr(found, name) if found is not None else None
    if found is None:
        return []
    return [found.pk] if hasattr(found, "pk") else list(found.values_list("pk", flat=True))


def event_date(member: Member, record: Record, step: str) -> date:
    """The day on which a step happened: what the record says about it, else today."""
    field = record.event_dates.get(step, "")
    return (getattr(record, field) if field else None) or today(member.time_zone, timezone.now())


def event_time(record: Record, step: str) -> time | None:
    """At what time a step happened, where the record says it in a field beside the day (`known_on`, `known_time`)."""
    name = record.event_dates.get(step, "").removesuffix("_on")
    clock = getattr(record, f"{name}_time", None) if name else None
    return clock if isinstance(clock, time) else None


def names(spec: str, own: str, path: str, step: str) -> bool:
    """Whether `spec` (a transition, or register.transition) means this step of this register's record."""
    kind, _, transition = spec.rpartition(".")
    return bool(spec) and transition == step and (kind or own) == path


def subjects(obligation: Obligation, record: Record) -> list[uuid.UUID | None]:
    """What an obligation is about when this record fulfils or starts it: nothing, itself, or what it refers to."""
    if not obligation.register:
        return [None]
    if register_of(record).path == obligation.register:
        return [record.pk]
    target = register(obligation.register)
    found: list[uuid.UUID | None] = []
    for field in record._meta.get_fields():
        if target and field.concrete and field.related_model is target.model:
            found += _referred(record, field)
    return found


def _referred(record: Record, field: Any) -> list[uuid.UUID | None]:
    if field.many_to_many:
        return list(getattr(record, field.name).values_list("pk", flat=True))
    value = getattr(record, field.attname)
    return [value] if value else []


def start(obligation: Obligation, subject: uuid.UUID | None, event: date, clock: time | None = None) -> None:
    """A deadline after an event, unless one is running for this subject already."""
    if obligation.occurrences.filter(subject_id=subject, state__in=Occurrence.OPEN).exists():
        return
    due, due_at = due_after(obligation, event, clock)
    row = Occurrence(
        organisation_id=obligation.organisation_id,
        obligation=obligation,
        subject_id=subject,
        due=due,
        due_at=due_at,
    )
    row.subject_kind = obligation.register if subject else ""
    Occurrence.objects.bulk_create([row], ignore_conflicts=True)


def due_after(obligation: Obligation, event: date, clock: time | None) -> tuple[date, datetime | None]:
    """The last day after an event, and the last instant where hours are counted: those are no working hours."""
    organisation = Organisation.objects.get(pk=obligation.organisation_id)
    if obligation.hours:
        zone = organisation.time_zone
        end, day = hours_after(moment(event, clock, zone), obligation.hours, zone)
        return day, end
    return deadline(event, obligation.interval, keep_of(obligation, week_of(organisation))), None


def people_changed(member: Member, person: Membership, step: str) -> None:
    """Told that somebody joined, changed place, or left (`members.join`, `.move`, `.leave`): some obligations begin
    with it, for that person where they are about people (5.3, 7.3)."""
    rows = Obligation.objects.filter(
        organisation_id=member.organisation_id, active=True, code__in=started_by(PEOPLE, step)
    )
    day = today(member.time_zone, timezone.now())
    for obligation in rows:
        start(obligation, person.pk if obligation.register == PEOPLE else None, day)


def fulfil(obligation: Obligation, subject: uuid.UUID | None, record: Record, day: date) -> None:
    """Complete the occurrence that a record was made for, else the open one whose turn it is."""
    rows = obligation.occurrences.filter(subject_id=subject, state__in=Occurrence.OPEN).order_by("due")
    row = rows.filter(record_id=record.pk).first() or rows.filter(record_id=None).first()
    if row is None and obligation.kind == Obligation.Kind.PERIODIC and not rows.exists():
        row = unasked(obligation, subject, day)
    if row and (row.record_id or has_begun(obligation, row, day)):
        complete(row, record, day)


def unasked(obligation: Obligation, subject: uuid.UUID | None, day: date) -> Occurrence | None:
    """What was done before anything was planned (an import, the first day) counts for the day on which it was done."""
    row = Occurrence(
        organisation_id=obligation.organisation_id, obligation=obligation, subject_id=subject, due=day
    )
    row.subject_kind = obligation.register if subject else ""
    Occurrence.objects.bulk_create([row], ignore_conflicts=True)
    return obligation.occurrences.filter(subject_id=subject, due=day, state__in=Occurrence.OPEN).first()


def has_begun(obligation: Obligation, row: Occurrence, day: date) -> bool:
    """Whether a periodic occurrence's turn has come: nothing done in one period counts for the next but one."""
    if obligation.kind != Obligation.Kind.PERIODIC or row.state == Occurrence.State.DUE:
        return True
    settled = obligation.occurrences.filter(subject_id=row.subject_id, due__lt=row.due)
    before = settled.order_by("-due").values_list("due", flat=True).first()
    return before is None or before < day


def complete(occurrence: Occurrence, record: Record | None, day: date) -> None:
    """An occurrence is done: remember by what and when, and close the tasks that asked for it."""
    changed = Occurrence.objects.filter(pk=occurrence.pk, state__in=Occurrence.OPEN).update(
        state=Occurrence.State.DONE,
        done_on=day,
        record_kind=register_of(record).path if record else "",
        record_id=record.pk if record else None,
    )
    if changed:
        close_tasks(occurrence, Task.State.DONE)


def cancel(occurrence: Occurrence, state: str = Occurrence.State.CANCELLED) -> None:
    """An occurrence falls away (or is missed, because the next has come): nobody is asked for it any more."""
    if Occurrence.objects.filter(pk=occurrence.pk, state__in=Occurrence.OPEN).update(state=state):
        close_tasks(occurrence, Task.State.CANCELLED)


def close_tasks(occurrence: Occurrence, state: str) -> None:
    """Close the open tasks of an occurrence."""
    rows = Task.objects.filter(occurrence=occurrence, state=Task.State.OPEN)
    rows.update(state=state, done_at=timezone.now())


def finish(member: Member, task: Task) -> None:
    """A person says that a task is done. Where no record's step fulfils its occurrence, the occurrence is done too."""
    now = timezone.now()
    rows = Task.objects.filter(pk=task.pk, member_id=member.id, state=Task.State.OPEN)
    done = rows.update(state=Task.State.DONE, done_at=now)
    occurrence = task.occurrence
    if done and occurrence and not occurrence.obligation.done_by:
        complete(occurrence, None, today(member.time_zone, now))
