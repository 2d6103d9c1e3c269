"""Obligations: made from what the clauses declare, and planned as occurrences for the coming 13 months."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation

from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.records.base import Record
from aims.records.registry import ObligationRule, Register, obligation_rules, register
from aims.schedule.dates import Interval, add_months, falling, shifted, today
from aims.schedule.models import Obligation, Occurrence

AHEAD = 13  # months for which occurrences are planned, so that the calendar shows a year
DECLARED = (
    "title", "clause", "kind", "months", "days", "lead_days", "role", "register", "event", "done_by", "moves_anchor"
)  # fmt: skip


def lay_obligations(member: Member) -> None:
    """A new organisation has every declared obligation, counted from today."""
    sync(Organisation.objects.get(pk=member.organisation_id), timezone.now())


def sync(organisation: Organisation, now: datetime) -> None:
    """Bring obligations in line with the declarations. What the organisation changed itself (`own`) stays."""
    present = {row.code: row for row in Obligation.objects.filter(organisation=organisation)}
    new: list[Obligation] = []
    for rule in obligation_rules():
        values = declared(rule)
        row = present.get(rule.code)
        if row is None:
            anchor = today(organisation.time_zone, now)
            new.append(Obligation(organisation=organisation, code=rule.code, anchor=anchor, **values))
        else:
            _follow_declaration(row, values)
    Obligation.objects.bulk_create(new, ignore_conflicts=True)


def declared(rule: ObligationRule) -> dict[str, Any]:
    """The fields of an obligation as its rule says them; the title in English, shown translated while it is ours."""
    with translation.override("en"):
        values = {name: getattr(rule, name) for name in DECLARED}
        return {**values, "title": str(rule.title), "lead_days": list(rule.lead_days), "role": str(rule.role)}


def _follow_declaration(row: Obligation, values: dict[str, Any]) -> None:
    changed = {n: v for n, v in values.items() if n not in row.own and getattr(row, n) != v}
    if changed:
        Obligation.objects.filter(pk=row.pk).update(**changed)


def change(obligation: Obligation, **values: Any) -> Obligation:
    """The organisation's own change of an obligation; the declaration no longer moves these fields.

    ValidationError names the fields that are wrong.
    """
    for name, value in values.items():
        setattr(obligation, name, value)
    obligation.own = sorted({*obligation.own, *(name for name in values if name in DECLARED)})
    obligation.full_clean(exclude=["organisation"])
    obligation.save()
    return obligation


@dataclass(frozen=True)
class Stream:
    """The dates of one obligation for one subject: counted from `anchor`, beginning with its `first`-th date."""

    subject_id: uuid.UUID | None
    anchor: date
    interval: Interval
    first: int = 1

    def dates(self, until: date, working_day: bool) -> list[date]:
        """All dates up to one; the anchor itself counts where it is a date of its own."""
        found = falling(self.anchor, self.interval, date.min, until, working_day)
        own = self.first == 0 and self.anchor <= until
        return [shifted(self.anchor, working_day), *found] if own else found


def plan(organisation: Organisation, now: datetime, codes: Collection[str] = ()) -> None:
    """Make the occurrences of periodic obligations up to 13 months ahead; safe to repeat, late or twice at once."""
    day = today(organisation.time_zone, now)
    rows = Obligation.objects.filter(organisation=organisation, active=True, kind=Obligation.Kind.PERIODIC)
    for obligation in rows.filter(code__in=codes) if codes else rows:
        known = _known(obligation)
        for stream in streams(obligation, organisation, known):
            _plan_stream(obligation, stream, known.get(stream.subject_id, []), day)


def _known(obligation: Obligation) -> dict[uuid.UUID | None, list[Occurrence]]:
    found: dict[uuid.UUID | None, list[Occurrence]] = {}
    for row in obligation.occurrences.order_by("due"):
        found.setdefault(row.subject_id, []).append(row)
    return found


def streams(
    obligation: Obligation, organisation: Organisation, known: dict[uuid.UUID | None, list[Occurrence]]
) -> Iterable[Stream]:
    """One stream for the whole organisation, or one for each live record of the obligation's register."""
    if not obligation.register:
        anchor = _moved(obligation, known.get(None, [])) or obligation.anchor
        if obligation.interval:
            yield Stream(None, anchor, obligation.interval)
        return
    kind = register(obligation.register)
    for record in live_records(kind, obligation) if kind else ():
        interval = _own_interval(record) or obligation.interval
        if interval:
            start = _start(record, _moved(obligation, known.get(record.pk, [])), organisation)
            yield Stream(record.pk, start[0], interval, start[1])


def live_records(kind: Register, obligation: Obligation) -> Iterable[Record]:
    """The records of a register that are not over: neither withdrawn nor in a locked state that asks for nothing."""
    over = [s.code for s in kind.lifecycle.all_states if s.locked and s.tone == "idle"]
    one = Q(pk=obligation.record_id) if obligation.record_id else Q()
    rows = kind.model._default_manager.filter(one, organisation_id=obligation.organisation_id)
    return rows.exclude(state__in=over).order_by("pk")


def _own_interval(record: Record) -> Interval | None:
    """A record with a field `every_months` says itself how often it is asked for (a metric does)."""
    months = getattr(record, "every_months", None)
    return Interval(months) if months else None


def _start(record: Record, moved: date | None, organisation: Organisation) -> tuple[date, int]:
    """From where a record's dates are counted: its own review date first, then when it was last done, then its start."""
    if record.review_due and not (moved and moved >= record.review_due):
        return record.review_due, 0
    return moved or record.effective_from or today(organisation.time_zone, record.created_at), 1


def _moved(obligation: Obligation, rows: list[Occurrence]) -> date | None:
    """When it was last done, where doing it moves the next date."""
    done = [row.done_on for row in rows if row.done_on] if obligation.moves_anchor else []
    return max(done, default=None)


def _plan_stream(obligation: Obligation, stream: Stream, rows: list[Occurrence], day: date) -> None:
    dates = stream.dates(add_months(day, AHEAD), obligation.shift == Obligation.Shift.NEXT)
    floor = _settled_until(obligation, rows)
    late = [due for due in dates if floor < due < day]
    wanted = [
        *late[-1:],
        *(d for d in dates if d >= max(day, floor)),
    ]  # a long pause leaves one overdue, not a heap
    _drop(rows, dates, day)
    present = {row.due for row in rows} | {row.moved_from for row in rows}
    new = [_occurrence(obligation, stream.subject_id, due) for due in wanted if due not in present]
    Occurrence.objects.bulk_create(new, ignore_conflicts=True)


def _settled_until(obligation: Obligation, rows: list[Occurrence]) -> date:
    """Up to which date nothing is asked again; where doing it moves the anchor, the anchor says so already."""
    if obligation.moves_anchor:
        return date.min
    return max(
        (r.due for r in rows if r.state in (Occurrence.State.DONE, Occurrence.State.MISSED)), default=date.min
    )


def _drop(rows: list[Occurrence], dates: list[date], day: date) -> None:
    """Planned dates that no longer follow from the interval go; nobody was asked for them yet."""
    gone = [
        r.pk
        for r in rows
        if r.state == Occurrence.State.PLANNED and r.due >= day and (r.moved_from or r.due) not in dates
    ]
    if gone:
        Occurrence.objects.filter(pk__in=gone, state=Occurrence.State.PLANNED, record_id=None).delete()


def _occurrence(obligation: Obligation, subject_id: uuid.UUID | None, due: date) -> Occurrence:
    return Occurrence(
        organisation_id=obligation.organisation_id,
        obligation=obligation,
        subject_kind=obligation.register if subject_id else "",
        subject_id=subject_id,
        due=due,
    )
