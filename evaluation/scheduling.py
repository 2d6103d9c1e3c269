"""Audits and management reviews that come up by themselves: a planned record for each occurrence, made once."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member, robot
from aims.organisation.models import Organisation
from aims.records.base import Record
from aims.records.changes import create
from aims.records.registry import register_of
from aims.schedule.asking import responsible
from aims.schedule.dates import Interval, add_months, today
from aims.schedule.models import Occurrence, Task
from aims.schedule.obligations import plan, sync
from aims.schedule.tick import begin, coming_up
from evaluation.models import Audit, ManagementReview

AUDITS, REVIEWS = "SR02", "SR01"  # the obligations that audits and reviews fulfil
Make = Callable[[Member, Occurrence], Record]


def schedule_audits(organisation: Organisation, now: datetime) -> None:
    """Make the planned audit of each occurrence that comes up."""
    schedule(organisation, now, AUDITS, robot(organisation, "schedule_audits"), planned_audit)


def schedule_management_reviews(organisation: Organisation, now: datetime) -> None:
    """Make the planned management review of each occurrence that comes up."""
    task = robot(organisation, "schedule_management_reviews")
    schedule(organisation, now, REVIEWS, task, planned_review)


def schedule(organisation: Organisation, now: datetime, code: str, member: Member, make: Make) -> None:
    """A record for each occurrence of an obligation whose lead has begun, and a task for whoever is responsible."""
    sync(organisation, now)
    plan(organisation, now, [code])
    for row in coming_up(organisation, today(organisation.time_zone, now), [code]):
        make_once(row.pk, member, make)
    begin(organisation, now, [code])


def make_once(key: uuid.UUID, member: Member, make: Make) -> None:
    """Make a record for an occurrence, under its lock: of two beats at once, one finds it done or passes by."""
    rows = Occurrence.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("obligation").filter(pk=key, record_id=None, state__in=Occurrence.OPEN).first()
    if row is None:
        return
    record = make(member, row)
    row.record_kind, row.record_id = register_of(record).path, record.pk
    row.save(update_fields=["record_kind", "record_id"])
    asked = Task.objects.filter(occurrence=row, state=Task.State.OPEN)
    asked.update(kind=row.record_kind, record_id=row.record_id)  # where somebody was asked before


def everything() -> list[str]:
    """All clauses and areas of Annex A: what a full audit covers."""
    clauses = [code for code, clause in edition().clauses.items() if clause.leaf]
    return [*clauses, *(code for code in edition().areas if code.count(".") == 1)]


def planned_audit(member: Member, row: Occurrence) -> Audit:
    """An audit of all clauses, to be planned by who is responsible: auditors, criteria and dates are theirs to set."""
    who = next(iter(responsible(row)), None)
    with translation.override(who.person.language if who else None):
        title = _("Internal audit %(year)s") % {"year": row.due.year}
        objective = _("Whether the AIMS conforms to ISO/IEC 42001 and to our own requirements, and works.")
        criteria = _("ISO/IEC 42001:2023, our AI policy, procedures and Statement of Applicability.")
    data = {
        "title": title,
        "owner": who,
        "objective": objective,
        "criteria": criteria,
        "codes": everything(),
        "ends_on": row.due,
    }
    return create(member, Audit, data)


def planned_review(member: Member, row: Occurrence) -> ManagementReview:
    """A management review over the time since the last one."""
    who = next(iter(responsible(row)), None)
    with translation.override(who.person.language if who else None):
        title = _("Management review %(year)s") % {"year": row.due.year}
    interval: Interval = row.obligation.interval
    start = add_months(row.due, -interval.months)
    return create(
        member,
        ManagementReview,
        {"title": title, "owner": who, "period_from": start, "period_to": row.due},
    )
