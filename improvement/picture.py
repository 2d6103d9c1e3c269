"""The yearly picture: how suitable, adequate and effective each clause is, from records and journal (9.3.2, 10.1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.utils.translation import gettext as _

from aims.catalogue import UnknownCode, edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.coverage import TOPS, Tally, coverage_by_top
from aims.records.models import Answer
from aims.schedule.dates import add_months, today
from aims.schedule.models import Occurrence
from evaluation.inputs import now_there
from evaluation.models import Audit
from improvement.inputs import OVER
from improvement.maturity import Level, Year, level
from improvement.models import Branch, Improvement, Nonconformity
from improvement.past import first_reached, month_days, stood
from improvement.recurrence import by_clause, recurring, recurring_causes
from planning.models import AIRisk, Objective

GRAVE = ("high", "critical")
DONE = ("reported", "closed")


@dataclass(frozen=True)
class Picture:
    """A year of the whole AIMS."""

    since: date
    until: date
    days: list[date]
    ready: list[float]  # per cent of lines that were ready, day by day
    grave: list[int]  # risks that were high or critical, day by day
    clauses: list[tuple[Year, Level]]
    causes: Counter[str]  # kinds of cause of the nonconformities opened
    again: Counter[str]  # of those that came back
    to_close: list[int]  # days from opening to closing of what was closed
    objectives: Counter[str]  # by state

    @property
    def days_to_close(self) -> float | None:
        """The median time to close, in days."""
        return median(self.to_close) if self.to_close else None


def picture(member: Member) -> Picture:
    """The year up to today, as far as the member sees it."""
    until = now_there(member)
    since, days = add_months(until, -12), month_days(until)
    opened = visible(member, Nonconformity).filter(opened_on__gt=since).exclude(state="withdrawn")
    closed = first_reached(member, Nonconformity, "closed")
    return Picture(
        since=since,
        until=until,
        days=days,
        ready=[_share(states.values()) for states in stood(member, Answer, "state", days)],
        grave=_grave(member, days),
        clauses=[(year, level(year)) for year in years(member, since, until, closed)],
        causes=Counter(kind for kind in opened.values_list("cause_category", flat=True) if kind),
        again=recurring_causes(member, since),
        to_close=_to_close(member, since, closed),
        objectives=Counter(
            visible(member, Objective).exclude(state="withdrawn").values_list("state", flat=True)
        ),
    )


def _share(states: Iterable[str]) -> float:
    known = list(states)
    return round(100 * known.count("ready") / len(known), 1) if known else 0.0


def _grave(member: Member, days: list[date]) -> list[int]:
    """How many risks stood high or critical, withdrawn ones left out."""
    bands, states = (stood(member, AIRisk, name, days) for name in ("residual_band", "state"))
    return [
        sum(band in GRAVE and state.get(key) != "withdrawn" for key, band in there.items())
        for there, state in zip(bands, states, strict=True)
    ]


def _to_close(member: Member, since: date, closed: dict[str, Any]) -> list[int]:
    """From opening to closing in days, of what was closed in the year."""
    opened = dict(visible(member, Nonconformity).filter(pk__in=closed).values_list("pk", "opened_on"))
    days = {key: today(member.time_zone, closed[str(key)]) for key in opened}
    return sorted((days[key] - opened[key]).days for key in opened if days[key] > since)


def tops(codes: Iterable[str]) -> set[str]:
    """The top clauses of codes; what the edition does not have counts nowhere."""
    found = set()
    for code in codes:
        try:
            found.add(edition().top(code))
        except UnknownCode:
            continue
    return found


def years(member: Member, since: date, until: date, closed: dict[str, Any]) -> list[Year]:
    """The figures of each top clause over the year."""
    tallies, due, in_time = coverage_by_top(member), *punctuality(member, since, until)
    cases = list(visible(member, Nonconformity).exclude(state="withdrawn"))
    good = [c for c in cases if str(c.pk) in closed and today(member.time_zone, closed[str(c.pk)]) > since]
    opened, ended = _count(c for c in cases if c.opened_on > since), _count(good)
    majors = _count(c for c in cases if c.grade == "major" and c.state not in OVER)
    measured = visible(member, Improvement).filter(state="verified", changed_at__date__gt=since)
    improved, back = _count(measured), by_clause(recurring(member, since))
    audited = audited_tops(member, since, until)
    return [
        Year(
            top, tallies.get(top, Tally()), due[top], in_time[top], top in audited,
            opened[top], ended[top], majors[top], back[top], improved[top],
        )
        for top in TOPS
    ]  # fmt: skip


def _count(rows: Iterable[Nonconformity | Improvement]) -> Counter[str]:
    """How many of these touch each top clause."""
    found = Counter[str]()
    for row in rows:
        found.update(tops(row.codes))
    return found


def punctuality(member: Member, since: date, until: date) -> tuple[Counter[str], Counter[str]]:
    """How many obligations of each top clause fell due in the year, and how many were done in time."""
    due, in_time = Counter[str](), Counter[str]()
    rows = Occurrence.objects.filter(organisation_id=member.organisation_id, due__gt=since, due__lte=until)
    rows = rows.exclude(state=Occurrence.State.CANCELLED).select_related("obligation")
    for code, day, done in rows.values_list("obligation__clause", "due", "done_on"):
        for top in tops([code.split("/")[0]]):
            due[top] += 1
            in_time[top] += bool(done and done <= day)
    return due, in_time


def audited_tops(member: Member, since: date, until: date) -> set[str]:
    """The top clauses that audits of the year covered."""
    rows = visible(member, Audit).filter(ends_on__gt=since, ends_on__lte=until, state__in=DONE)
    found: set[str] = set()
    for codes, line in rows.values_list("codes", "lines__code"):
        found |= tops([*codes, *([line] if line else [])])
    return found


def effectiveness(member: Member) -> tuple[str, str]:
    """Input of the review: how suitable, adequate and effective the AIMS was, clause by clause, in figures."""
    found = picture(member)
    levels = [row.number for _year, row in found.clauses]
    lines = [
        _("Ready: %(now)s %% of the lines, %(before)s %% a year ago.")
        % {"now": found.ready[-1], "before": found.ready[0]},
        _("High and critical risks: %(now)s, %(before)s a year ago.")
        % {"now": found.grave[-1], "before": found.grave[0]},
        _("Nonconformities that came back: %(number)s.") % {"number": found.again.total()},
    ]
    if found.days_to_close is not None:
        lines.append(_("Time to close, median: %(days)s days.") % {"days": round(found.days_to_close)})
    told = _("- %(clause)s: maturity %(level)s of 5. %(reason)s")
    lines += [
        told % {"clause": year.code, "level": row.number, "reason": row.reason} for year, row in found.clauses
    ]
    return f"{min(levels)}–{max(levels)}", "\n".join(lines)


def cause_words(causes: Counter[str]) -> list[tuple[str, int]]:
    """Kinds of cause with their numbers, the most frequent first; "" is what has none yet."""
    labels = dict(Branch.choices)
    return [(str(labels.get(kind, _("kind not known"))), number) for kind, number in causes.most_common()]
