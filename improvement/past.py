"""What the journal knows of earlier days: a field of all records of a kind as it stood, counted day by day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import JSONField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.schedule.dates import add_months

MONTHS = 12


def month_days(today: date) -> list[date]:
    """The same day of each month of the year up to today, today last."""
    return [add_months(today, -back) for back in range(MONTHS, -1, -1)]


def end_of(day: date, zone: str) -> datetime:
    """The first moment after a day in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def stood(member: Member, model: type[Record], column: str, days: Sequence[date]) -> list[dict[str, str]]:
    """For each day, oldest first: the column of every record that the member sees and that was there, by its id."""
    seen = {str(key) for key in visible(member, model).values_list("pk", flat=True)}
    rows = Entry.objects.filter(organisation_id=member.organisation_id, kind=model._meta.db_table)
    told = rows.annotate(told=KeyTextTransform(column, Cast("state", JSONField())))
    entries = [row for row in told.order_by("id").values_list("pk_text", "at", "told") if row[0] in seen]
    found: list[dict[str, str]] = []
    now: dict[str, str] = {}
    at = 0
    for end in (end_of(day, member.time_zone) for day in days):
        while at < len(entries) and entries[at][1] < end:
            key, _moment, value = entries[at]
            now[key] = value or ""
            at += 1
        found.append(dict(now))
    return found


def first_reached(member: Member, model: type[Record], state: str) -> dict[str, datetime]:
    """When each record that the member sees last came into a state, by its id; only of those that are in it now."""
    rows = Entry.objects.filter(organisation_id=member.organisation_id, kind=model._meta.db_table)
    told = rows.annotate(told=KeyTextTransform("state", Cast("state", JSONField())))
    found: dict[str, datetime] = {}
    for key, at, value in told.order_by("id").values_list("pk_text", "at", "told"):
        if value != state:
            found.pop(key, None)
        else:
            found.setdefault(key, at)
    keys = {str(key) for key in visible(member, model).filter(state=state).values_list("pk", flat=True)}
    return {key: at for key, at in found.items() if key in keys}
