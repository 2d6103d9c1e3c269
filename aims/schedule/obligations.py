"""Obligations: made from what the clauses declare, and planned as occurrences for the coming 13 months."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation

from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.records.base import Record
from aims.records.registry import ObligationRule, Register, obligation_rules, register
from aims.schedule.dates import Interval, Keep, add_months, falling, today
from aims.schedule.floors import check_floor
from aims.schedule.models import Obligation, Occurrence
from aims.schedule.working import keep_of, week_of

AHEAD = 13  # months for which occurrences are planned, so that the calendar shows a year
DECLARED = (
    "title", "clause", "kind", "months", "days", "hours", "lead_days", "role", "register", "event", "done_by",
    "moves_anchor",
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

    ValidationError names the fields that are wrong: what the law fixes as the least is among them.
    """
    for name, value in values.items():
        setattr(obligation, name, value)
    obligation.own = sorted({*obligation.own, *(name for name in values if name in DECLARED)})
    obligation.full_clean(exclude=["organisation"])
    check_floor(obligation)
    obligation.save()
    return obligation


@dataclass(frozen=True)
class Stream:
    """The dates of one obligation for one subject: counted from `anchor`, beginning with its `first`-th date."""

    subject_id: uuid.UUID | None
    anchor: date
    interval: Interval
    first: int = 1

    def dates(self, until: date, keep: Keep) -> list[date]:
        """All dates up to one; the anchor itself counts where it is a date of its own."""
        found = falling(self.anchor, self.interval, date.min, until, keep)
        own = self.first == 0 and self.anchor <= until
        return [keep(self.anchor), *found] if own else found


def plan(organisation: Organisation, now: datetime, codes: Collection[str] = ()) -> None:
    """Make the occurrences of periodic obligations up to 13 months ahead; safe to repeat, late or twice at once."""
    day = today(organisation.time_zone, now)
    rows = Obligation.objects.filter(organisation=organisation, active=True, kind=Obligation.Kind.PERIODIC)
    week = week_of(organisation)
    chosen = list(rows.filter(code__in=codes) if codes else rows)
    for obligation in sorted(chosen, key=lies_before):  # first those before whose dates others lie
        known, keep = _known(obligation), keep_of(obligation, week)
        ahead = dates_before(obligation, keep)
        if ahead is not None:
            _plan_dates(obligation, None, ahead, known.get(None, []), day)
            continue
        for stream in streams(obligation, organisation, known):
            dates = stream.dates(add_months(day, AHEAD), keep)
            _plan_dates(obligation, stream.subject_id, dates, known.get(stream.subject_id, []), day)


def lies_before(obligation: Obligation) -> bool:
    """Whether its dates are counted back from another obligation's."""
    return bool(obligation.rule and obligation.rule.before)


def dates_before(obligation: Obligation, keep: Keep) -> list[date] | None:
    """Its dates where it lies before another obligation's (the context is reviewed before the management review);
    None where it does not, or where that one is not planned."""
    rule = obligation.rule
    if rule is None or not rule.before:
        return None
    rows = Occurrence.objects.filter(
        organisation_id=obligation.organisation_id, obligation__code=rule.before, obligation__active=True
    )
    dues = rows.exclude(state=Occurrence.State.CANCELLED).order_by("due").values_list("due", flat=True)
    return [keep(due - timedelta(days=rule.before_days)) for due in dues] or None


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
        interval = interval_for(obligation, record)
        if interval:
            start = _start(record, _moved(obligation, known.get(record.pk, [])), organisation)
            yield Stream(record.pk, start[0], interval, start[1])


def live_records(kind: Register, obligation: Obligation) -> Iterable[Record]:
    """The records of a register that are not over: neither withdrawn nor in a locked state that asks for nothing."""
    over = [s.code for s in kind.lifecycle.all_states if s.locked and s.tone == "idle"]
    one = Q(pk=obligation.record_id) if obligation.record_id else Q()
    rows = kind.model._default_manager.filter(one, organisation_id=obligation.organisation_id)
    variants = obligation.rule.variants if obligation.rule else ()
    related = {name for variant in variants for name in variant.related}
    return rows.exclude(state__in=over).select_related(*sorted(related)).order_by("pk")


def interval_for(obligation: Obligation, record: Record) -> Interval:
    """How often a record is asked for: as it says itself (a metric's field `every_months`), else as the variant of the
    rule that concerns it (a critical supplier, a policy), else as the obligation. The shorter wins: an organisation
    that looks at everything each quarter does not look at what is critical less often."""
    own = getattr(record, "every_months", None)
    if own:
        return Interval(own)
    variants = obligation.rule.variants if obligation.rule else ()
    months = [v.months for v in variants if v.when(record)]
    return Interval(min([*months, obligation.months or min(months)])) if months else obligation.interval


def _start(record: Record, moved: date | None, organisation: Organisation) -> tuple[date, int]:
    """From where a record's dates are counted: its own review date first, then when it was last done, then its start."""
    if record.review_due and not (moved and moved >= record.review_due):
        return record.review_due, 0
    return moved or record.effective_from or today(organisation.time_zone, record.created_at), 1


def _moved(obligation: Obligation, rows: list[Occurrence]) -> date | None:
    """When it was last done, where doing it moves the next date."""
    done = [row.done_on for row in rows if row.done_on] if obligation.moves_anchor else []
    return max(done, default=None)


def _plan_dates(
    obligation: Obligation, subject: uuid.UUID | None, dates: list[date], rows: list[Occurrence], day: date
) -> None:
    floor = _settled_until(obligation, rows)
    late = [due for due in dates if floor < due < day]
    wanted = [
        *late[-1:],
        *(d for d in dates if d >= max(day, floor)),
    ]  # a long pause leaves one overdue, not a heap
    _drop(rows, dates, day)
    present = {row.due for row in rows} | {row.moved_from for row in rows}
    new = [_occurrence(obligation, subject, due) for due in wanted if due not in present]
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
