"""The board report: what top management must know, on one page, from the records as they are now (5.1, 9.3)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.pages.templatetags.words import date_text
from aims.records.access import visible
from aims.records.display import state_words
from aims.records.registry import register, workspaces
from aims.schedule.models import Occurrence
from context.models import AISystem
from evaluation.certification import milestones
from evaluation.inputs import now_there
from evaluation.models import CertificationCycle
from planning.models import AIRisk, Objective
from planning.scoring import FOR_EXECUTIVES

READERS = frozenset({Role.EXECUTIVE, Role.OFFICER, Role.ADMINISTRATOR})
ROWS = 5  # of each list: it is one page, the registers have the rest
OVER = ("closed", "withdrawn")
FIGURES = ("open_majors", "open_incidents", "open_alarms")


@dataclass
class Listed:
    """A list of the report: its rows, how many there are in all, and what to say when there are none."""

    title: str
    heads: tuple[str, ...]
    none: str
    rows: list[list[Any]] = field(default_factory=list)
    total: int = 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.total - len(self.rows))


@dataclass
class Board:
    """The whole report."""

    organisation: str
    at: datetime
    figures: list[tuple[str, int, str]]
    lists: list[Listed]


def may_read(member: Member) -> bool:
    """Top management and who prepares the report for it."""
    return member.role in READERS


def board(member: Member) -> Board:
    """The report as of now, as far as the member sees the records."""
    lists = [
        top_risks(member),
        awaiting(member),
        high_risk(member),
        majors(member),
        overdue(member),
        objectives(member),
        certification(member),
    ]
    return Board(member.organisation_name, timezone.now(), figures(member), lists)


def figures(member: Member) -> list[tuple[str, int, str]]:
    """A few figures of the clauses, by their own indicators: title, number, tone."""
    found = {item.code: item for workspace in workspaces() for item in workspace.indicators}
    chosen = [found[code] for code in FIGURES if code in found]
    rows = [(str(item.title), item.count(member), item.tone) for item in chosen]
    return [(title, number, tone if number else "") for title, number, tone in rows]


def said(day: date | None) -> str:
    """A day as a table shows it."""
    return date_text(day) if day else "–"


def _risk(row: AIRisk) -> list[Any]:
    level, band = row.residual_level, row.get_residual_band_display()
    if level is None:
        level, band = row.inherent_level, row.get_inherent_band_display()
    owner = row.owner.name if row.owner else "–"
    return [f"{row.ref} {row.title}", f"{level or '–'} {band}".strip(), owner, state_words(AIRisk, row.state)]


def risk_heads() -> tuple[str, ...]:
    """The heads of a table of risks."""
    return _("Risk"), _("Level"), _("Owner"), _("State")


def top_risks(member: Member) -> Listed:
    """The highest risks that remain."""
    rows = visible(member, AIRisk).exclude(state__in=OVER).select_related("owner")
    ordered = rows.order_by(
        F("residual_level").desc(nulls_last=True), F("inherent_level").desc(nulls_last=True)
    )
    found = [_risk(row) for row in ordered[:ROWS]]
    return Listed(_("Top risks"), risk_heads(), _("No risk is recorded."), found, rows.count())


def awaiting(member: Member) -> Listed:
    """High residual risks that only top management can accept, and that nobody has accepted yet (6.1.3)."""
    rows = visible(member, AIRisk).filter(
        state__in=("identified", "treating"), residual_band__in=FOR_EXECUTIVES
    )
    found = [_risk(row) for row in rows.select_related("owner").order_by("-residual_level", "ref")[:ROWS]]
    none = _("No risk waits for top management.")
    return Listed(_("Risks that wait for acceptance"), risk_heads(), none, found, rows.count())


def high_risk(member: Member) -> Listed:
    """Systems that the AI Act calls high-risk or prohibits."""
    outcome = AISystem.Outcome
    classes = (outcome.PROHIBITED, outcome.HIGH_I, outcome.HIGH_III, outcome.HIGH_B)
    rows = visible(member, AISystem).filter(act_outcome__in=classes).exclude(state="withdrawn")
    found = [
        [
            f"{row.ref} {row.title}",
            row.get_act_outcome_display(),
            row.owner.name if row.owner else "–",
            state_words(AISystem, row.state),
        ]
        for row in rows.select_related("owner").order_by("ref")[:ROWS]
    ]
    heads = (_("AI system"), _("AI Act"), _("Owner"), _("State"))
    return Listed(_("High-risk AI systems"), heads, _("No system is high-risk."), found, rows.count())


def majors(member: Member) -> Listed:
    """Open major nonconformities, through the registry: clause 10 stands above clause 9."""
    listed = Listed(
        _("Open major nonconformities"),
        (_("Nonconformity"), _("Opened"), _("Owner"), _("State")),
        _("No major nonconformity is open."),
    )
    kind = register("nonconformities")
    if kind is not None:
        model: Any = kind.model
        rows = visible(member, model).filter(grade="major").exclude(state__in=OVER).select_related("owner")
        listed.total = rows.count()
        listed.rows = [
            [
                f"{row.ref} {row.title}",
                said(row.opened_on),
                row.owner.name if row.owner else "–",
                state_words(model, row.state),
            ]
            for row in rows.order_by("opened_on", "ref")[:ROWS]
        ]
    return listed


def overdue(member: Member) -> Listed:
    """What the calendar asked for and nobody has done in time."""
    rows = visible(member, Occurrence).filter(state=Occurrence.State.DUE, due__lt=now_there(member))
    ordered = rows.select_related("obligation__owner").order_by("due", "id")[:ROWS]
    found = [
        [row.obligation.label, row.obligation.clause or "–", said(row.due), _late(row.due, now_there(member))]
        for row in ordered
    ]
    heads = (_("Duty"), _("Clause"), _("Due"), _("Late by"))
    return Listed(_("Overdue"), heads, _("Nothing is overdue."), found, rows.count())


def _late(due: date, day: date) -> str:
    return _("%(n)s days") % {"n": (day - due).days}


def objectives(member: Member) -> Listed:
    """Each objective: what was reached beside what is aimed at (6.2)."""
    rows = visible(member, Objective).filter(state__in=("running", "achieved", "missed"))
    found = [_objective(row) for row in rows.order_by("due", "ref").prefetch_related("values")[:ROWS]]
    heads = (_("Objective"), _("Actual"), _("Target"), _("Due"), _("State"))
    return Listed(_("AI objectives"), heads, _("No objective is set."), found, rows.count())


def _objective(row: Objective) -> list[Any]:
    last = max(row.values.all(), key=lambda value: value.dated, default=None)
    actual = f"{last.value.normalize():f} {row.unit}".strip() if last else "–"
    target = f"{row.target.normalize():f} {row.unit}".strip() if row.target is not None else "–"
    state = (
        row.get_progress_display()
        if row.state == "running" and row.progress
        else state_words(Objective, row.state)
    )
    return [f"{row.ref} {row.title}", actual, target, said(row.due), state]


def certification(member: Member) -> Listed:
    """The dates of the certificate that are still ahead, and the last day that each may have."""
    heads = (_("Date of the certificate"), _("Planned"), _("At the latest"))
    listed = Listed(_("Certification calendar"), heads, _("No certification is planned."))
    cycle = (
        visible(member, CertificationCycle).exclude(state__in=("ended", "withdrawn")).order_by("-ref").first()
    )
    if cycle is not None:
        ahead = [row for row in milestones(cycle, now_there(member)) if not row.done]
        listed.total = len(ahead)
        listed.rows = [[row.label, said(row.on), said(row.last)] for row in ahead[:ROWS]]
    return listed
