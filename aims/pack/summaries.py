"""What a pack adds up from the records: where an auditor finds what, the calendar, the decisions of AI systems."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from aims.organisation.member import Member
from aims.pack.choosing import Choice, start
from aims.pack.contents import Calendar, Chart, Month, Signpost, Table
from aims.pack.reading import Rows
from aims.pack.scope import APPLICABILITY, Scope, touches
from aims.pages import svg
from aims.pages.templatetags.marks import chip
from aims.pages.templatetags.words import date_row
from aims.pages.work import occurrence_rows
from aims.records.access import visible
from aims.records.display import NOTHING, first_letter_up
from aims.schedule.dates import add_months
from aims.schedule.models import Occurrence
from context.models import AISystem
from operation.decisions.models import Decision

MONTHS = 13  # of the calendar, from the month of the pack
DATES = 1500  # in the calendar
NAMED = 3  # records of one date with their titles
DECIDED = ("8.1", "9.1", "A.6.2.8")  # where decisions of AI systems count
TONES = {"overdue": "bad", "missed": "bad", "done": "ok", "due": "warn", "planned": "idle"}

# What an auditor asks for first: the paths of the registers that hold it
ASKED_FOR = (
    "scope-statements",
    "ai-policies",
    APPLICABILITY,
    "ai-risks",
    "treatment-plans",
    "impact-assessments",
    "ai-objectives",
    "competence-records",
    "audits",
    "management-reviews",
    "nonconformities",
    "corrective-actions",
)


def guide(rows: Mapping[str, Rows]) -> list[Signpost]:
    """What an auditor asks for first, with its figures and where it stands."""
    return [
        Signpost(first_letter_up(str(found.register.plural)), figures(found), f"register-{path}")
        for path, found in ((path, rows[path]) for path in ASKED_FOR if path in rows)
    ]


def figures(found: Rows) -> str:
    """How many records a register has, and in which states: "12: 9 accepted, 3 in treatment"."""
    if not found.records:
        return _("no record yet")
    if found.register.path == APPLICABILITY:
        return decided(found.live)
    states = Counter(record.state for record in found.records)
    said = [
        f"{states[state.code]} {state.label}"
        for state in found.register.lifecycle.all_states
        if states[state.code]
    ]
    return ", ".join(said)


def decided(lines: Sequence[Any]) -> str:
    """The Statement of Applicability in figures."""
    counts = Counter(line.applicable for line in lines)
    done = sum(1 for line in lines if line.applicable and line.status == "implemented")
    said = [
        _("%(number)d controls apply, %(done)d of them implemented") % {"number": counts[True], "done": done},
        _("%(number)d left out") % {"number": counts[False]},
    ]
    if counts[None]:
        said.append(_("%(number)d to decide") % {"number": counts[None]})
    return ", ".join(said)


def calendar(member: Member, scope: Scope, choice: Choice, at: date) -> Calendar:
    """What falls due under the clauses of a pack: in its period, else in thirteen months from its own; and what is late.

    With chosen AI systems it is what falls due for the records that go in, or for no record at all.
    """
    first = choice.since or at.replace(day=1)
    last = choice.until or add_months(at.replace(day=1), MONTHS) - timedelta(days=1)
    rows = Occurrence.objects.filter(organisation_id=member.organisation_id, due__lte=last)
    rows = rows.exclude(state=Occurrence.State.CANCELLED).exclude(subject_id__in=choice.elsewhere)
    late = Q(due__lt=at, state__in=Occurrence.OPEN)
    found = rows.filter(late | Q(due__gte=first)).select_related("obligation").order_by("due", "pk")
    chosen = [one for one in found[: DATES + 1] if touches(scope, one.obligation.clause)]
    listed = occurrence_rows(member, chosen[:DATES])
    for row in listed:
        row["late"] = row["day"] < at and row["state"] == "overdue"
    more = max(0, len(chosen) - DATES)
    return Calendar(first, last, by_month(listed, first), months(together(listed), first), more)


def together(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates with those that ask the same of several records on one day as one."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["day"], row["label"], row["clause"], row["state"], row["late"]), []).append(row)
    return [{**same[0], "about": about(same)} for same in found.values()]


def about(rows: Sequence[dict[str, Any]]) -> str:
    """What dates are about: in full, of many their numbers alone."""
    names = sorted(row["about"] for row in rows if row["about"])
    return "; ".join(names) if len(names) <= NAMED else ", ".join(name.split()[0] for name in names)


def months(rows: Iterable[dict[str, Any]], first: date) -> list[Month]:
    """The dates month by month; what is late from before stands first."""
    found: dict[str, list[list[Any]]] = {}
    for row in rows:
        before = row["day"] < first
        name = _("Late from before") if before else date_format(row["day"], pgettext("date format", "F Y"))
        found.setdefault(first_letter_up(name), []).append(calendar_row(row))
    return [Month(name, lines) for name, lines in found.items()]


def calendar_row(row: dict[str, Any]) -> list[Any]:
    """A date in the calendar: when, what, where it is asked, whether it is done."""
    label = _("overdue") if row["late"] else row["state_label"]
    tone = TONES["overdue" if row["late"] else row["state"]]
    return [date_row(row["day"]), row["label"], row["about"], row["clause"], chip(label, tone)]


def by_month(rows: Sequence[dict[str, Any]], first: date) -> Chart | None:
    """How many dates each month has, as a drawing."""
    if not rows:
        return None
    start_of = [max(row["day"].replace(day=1), first.replace(day=1)) for row in rows]
    counts, late = (
        Counter(start_of),
        {month for month, row in zip(start_of, rows, strict=True) if row["late"]},
    )
    month, last, bars = first.replace(day=1), max(start_of), []
    while month <= last:
        name = first_letter_up(date_format(month, pgettext("date format", "F Y")))
        bars.append(svg.Bar(name, counts[month], "bad" if month in late else "info"))
        month = add_months(month, 1)
    title = _("Dates by month")
    return Chart(title, svg.bars(title, bars))


def decisions(member: Member, scope: Scope, choice: Choice) -> Table | None:
    """The decisions of each AI system that the member sees, in the period; None where the clauses do not ask for them."""
    if not any(touches(scope, code) for code in DECIDED):
        return None
    seen = visible(replace(member, scopes=None), AISystem)
    systems = {
        system.pk: system for system in (seen.filter(pk__in=choice.systems) if choice.systems else seen)
    }
    rows = visible(member, Decision).filter(system__in=list(systems))
    if choice.since:
        rows = rows.filter(timestamp__gte=start(choice.since))
    if choice.until:
        rows = rows.filter(timestamp__lt=start(choice.until + timedelta(days=1)))
    counted = (
        rows.order_by()
        .values("system")
        .annotate(
            number=Count("pk"),
            overridden=Count("pk", filter=Q(overridden=True)),
            known=Count("pk", filter=Q(ground_truth__isnull=False)),
            odd=Count("pk", filter=~Q(flag="")),
            versions=Count("model_version", distinct=True),
            first=Min("timestamp"),
            last=Max("timestamp"),
        )
    )
    head = [
        first_letter_up(_("AI system")),
        _("Decisions"),
        _("Overridden by people"),
        _("Outcome known"),
        _("Late or future time"),
        _("Model versions"),
        _("From"),
        _("To"),
    ]
    lines = {row["system"]: row for row in counted}
    cells = [decision_row(system, lines[key]) for key, system in systems.items() if key in lines]
    return Table(_("Decisions of AI systems"), head, cells)


def decision_row(system: AISystem, row: Any) -> list[Any]:
    """The decisions of one AI system in figures."""
    number = row["number"]
    days = [date_row(timezone.localtime(row[name])) for name in ("first", "last")]
    shares = [share(row[name], number) for name in ("overridden", "known")]
    return [
        str(system),
        number_format(number, force_grouping=True),
        *shares,
        row["odd"],
        row["versions"],
        *days,
    ]


def share(part: int, total: int) -> str:
    """A part of a whole with its percentage."""
    if not part:
        return "0"
    percent = number_format(100 * part / total, 1)
    return _("%(number)s (%(percent)s %%)") % {
        "number": number_format(part, force_grouping=True),
        "percent": percent,
    }


def ages(rows: Rows, at: date) -> Table:
    """Each nonconformity with its state and for how many days it has been open, the oldest first."""
    found = sorted(rows.live, key=lambda record: (record.state == "closed", record.opened_on, record.ref))
    return Table(
        _("Nonconformities by age"),
        [_("Nonconformity"), _("Grade"), _("Opened"), _("Open for"), _("State")],
        list(age_rows(rows, found, at)),
    )


def age_rows(rows: Rows, found: Sequence[Any], at: date) -> Iterator[list[Any]]:
    """The rows of the table of ages."""
    for record in found:
        state, days = rows.register.lifecycle.state(record.state), (at - record.opened_on).days
        age = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
        yield [
            f"{record.ref} {record.title}",
            record.get_grade_display(),
            date_row(record.opened_on),
            NOTHING if record.state == "closed" else age,
            chip(first_letter_up(str(state.label)), state.tone),
        ]
