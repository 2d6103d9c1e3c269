"""The audit programme over three years: what was and will be audited when, how often it should be, and what is missing.

Frequency follows importance and earlier results (9.2.2): clauses 4 to 10 and high-risk systems every year, what had
findings every year until an audit finds none, the rest once in the cycle of three years (certification practice).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.changes import create
from aims.schedule.dates import add_months
from context.models import AISystem
from evaluation.checklist import heading, places
from evaluation.inputs import now_there
from evaluation.models import Audit, AuditProgramme, Finding

YEARS = 3
YEARLY, CYCLE = 12, 36  # months
DONE = ("reported", "closed")
AHEAD = ("planned", "in_progress", "reporting")
HIGH = ("HIGH_RISK_ANNEX_I", "HIGH_RISK_ANNEX_III", "HIGH_RISK_SECTION_B")


@dataclass
class Row:
    """A clause, control or system: the audits of each quarter, how often it should be audited, and when next."""

    key: str  # a code, or the id of a system
    label: str
    system: AISystem | None = None
    months: int = CYCLE
    why: list[str] = field(default_factory=list)
    cells: dict[tuple[int, int], list[Audit]] = field(default_factory=lambda: defaultdict(list))
    last: date | None = None
    ahead: date | None = None

    @property
    def due(self) -> date | None:
        """By when it must be audited again; None: at once, it never was."""
        return add_months(self.last, self.months) if self.last else None

    def gap(self, end: date) -> bool:
        """Whether it falls due by a day and no audit ahead covers it in time."""
        by = min(self.due or end, end)
        return (self.due is None or self.due <= end) and (self.ahead is None or self.ahead > max(by, end))


@dataclass
class Plan:
    """Three years, the middle one is the one looked at."""

    year: int
    today: date
    clauses: list[Row]
    controls: list[Row]
    systems: list[Row]

    @property
    def quarters(self) -> list[tuple[int, int]]:
        """The twelve columns."""
        return [(year, q) for year in range(self.year - 1, self.year - 1 + YEARS) for q in (1, 2, 3, 4)]

    @property
    def end(self) -> date:
        """The last day of the year looked at."""
        return date(self.year, 12, 31)

    @property
    def rows(self) -> list[Row]:
        """All of them."""
        return [*self.clauses, *self.controls, *self.systems]

    @property
    def gaps(self) -> list[Row]:
        """What falls due by the end of the year and is in no audit."""
        return [row for row in self.rows if row.gap(self.end)]


def plan(member: Member, year: int) -> Plan:
    """The programme around a year, from the internal audits that the member sees, in four queries."""
    clauses = [Row(leaf.code, heading(leaf.code), months=YEARLY) for leaf in edition().leaves()]
    for row in clauses:
        row.why.append(_("clauses 4 to 10 every year"))
    controls = [Row(code, heading(code)) for code in edition().controls]
    systems = [
        system_row(system) for system in visible(member, AISystem).exclude(state="withdrawn").order_by("ref")
    ]
    made = Plan(year, now_there(member), clauses, controls, systems)
    by_code = {row.key: row for row in made.rows}
    add_findings(member, by_code)
    for audit in audits(member):
        covered = [*places(audit.codes), *(str(system.pk) for system in audit.systems.all())]
        for row in (by_code[key] for key in covered if key in by_code):
            add_audit(row, audit)
    return made


def system_row(system: AISystem) -> Row:
    """An AI system; one of high risk is audited every year."""
    high = system.act_outcome in HIGH
    why = [_("high risk: every year")] if high else []
    return Row(str(system.pk), str(system), system, YEARLY if high else CYCLE, why)


def audits(member: Member) -> Any:
    """Our own audits that have a day, the oldest first."""
    rows = visible(member, Audit).filter(
        kind=Audit.Kind.INTERNAL, state__in=(*DONE, *AHEAD), ends_on__isnull=False
    )
    return rows.prefetch_related("systems").order_by("ends_on", "ref")


def add_audit(row: Row, audit: Audit) -> None:
    """An audit of a row, in its quarter."""
    day: date = audit.ends_on  # type: ignore[assignment]  # asked for above
    row.cells[day.year, (day.month + 2) // 3].append(audit)
    if audit.state in DONE:
        row.last = max(row.last or day, day)
    else:
        row.ahead = min(row.ahead or day, day)


def add_findings(member: Member, rows: dict[str, Row]) -> None:
    """What had findings that are not closed is looked at again within a year."""
    count: dict[str, int] = defaultdict(int)
    graves = (Finding.Grade.MAJOR, Finding.Grade.MINOR, Finding.Grade.OBSERVATION)
    seen = visible(member, Finding).filter(grade__in=graves, state__in=("issued", "accepted"))
    for code, system in seen.values_list("code", "system_id"):
        for key in {*places([code]), str(system)} & rows.keys():
            count[key] += 1
    for key, number in count.items():
        rows[key].months = YEARLY
        words = ngettext(
            "%(n)s open finding: again within a year", "%(n)s open findings: again within a year", number
        )
        rows[key].why.append(words % {"n": number})


def plan_missing(member: Member, year: int) -> Audit:
    """One audit, planned, of everything that falls due in a year and is in none; to be given auditors and dates."""
    made = plan(member, year)
    programme = visible(member, AuditProgramme).filter(state="in_force", period_to__gte=made.today).first()
    codes = [row.key for row in made.gaps if row.system is None]
    return create(
        member,
        Audit,
        {
            "title": _("Audit of what is missing in %(year)s") % {"year": year},
            "owner": programme.owner if programme else None,
            "programme": programme,
            "objective": _(
                "Whether the AIMS conforms to ISO/IEC 42001 and to our own requirements, and works."
            ),
            "criteria": _("ISO/IEC 42001:2023, our AI policy, procedures and Statement of Applicability."),
            "scope": "; ".join(dict.fromkeys(reason for row in made.gaps for reason in row.why))[:2000],
            "codes": codes or ["9.2.1"],
            "systems": [row.system for row in made.gaps if row.system],
            "ends_on": made.end,
        },
    )
