"""The cycle of a certificate on one line: what follows from the decision, and what the body has not been told yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from aims.schedule.dates import add_months
from aims.schedule.places import place
from context.models import ScopeStatement
from evaluation.inputs import now_there
from evaluation.models import BodyFinding, CertificationCycle
from planning.models import ChangePlan

SOON = timedelta(days=120)
CERTIFIED = ("certified", "suspended")
IN_USE = ("approved", "superseded")  # a version that was in use counts, though another has followed


@dataclass(frozen=True)
class Milestone:
    """One date of the cycle. `last` is the day that the standard allows at the latest, `on` when it is planned or was."""

    code: str
    label: str
    on: date | None
    last: date | None = None
    done: bool = False

    @property
    def day(self) -> date | None:
        """Where it stands on the line."""
        return self.on or self.last

    def tone(self, today: date) -> str:
        """Done, late, soon, or planned. Planned after the last day allowed is late already."""
        if self.done:
            return "ok"
        if self.last and (today > self.last or (self.on and self.on > self.last)):
            return "bad"
        day = self.day
        return "warn" if day and day - today <= SOON else "info"


def milestones(cycle: CertificationCycle, today: date) -> list[Milestone]:
    """The dates of a cycle in their order (ISO/IEC 17021-1, 9.1.3 and 9.6; intervals in certification.md, section 2)."""
    past = cycle.state != "preparing"
    certified = cycle.state in (*CERTIFIED, "ended")
    rows = [
        Milestone("stage_1", _("Stage 1"), cycle.stage_1_on, None, past or before(cycle.stage_1_on, today)),
        Milestone("stage_2", _("Stage 2"), cycle.stage_2_last_day or cycle.stage_2_from, None, past),
        Milestone("decision", _("Decision"), cycle.decided_on, limit(cycle), certified),
    ]
    if cycle.decided_on:
        rows += following(cycle, cycle.decided_on)
    if cycle.valid_until:
        rows.append(Milestone("end", _("Certificate ends"), cycle.valid_until, None, cycle.state == "ended"))
        last = add_months(cycle.valid_until, 6)
        rows.append(Milestone("restore", _("Last day to restore it"), last))
    return sorted((row for row in rows if row.day), key=lambda row: row.day or date.max)


def following(cycle: CertificationCycle, decided: date) -> list[Milestone]:
    """What follows from the decision: each surveillance and the recertification, planned or by their intervals."""
    second = add_months(decided, 24)
    return [
        Milestone(
            "surveillance_1",
            _("Surveillance 1"),
            cycle.surveillance_1_done_on or cycle.surveillance_1_on,
            add_months(decided, 12),
            bool(cycle.surveillance_1_done_on),
        ),
        Milestone(
            "surveillance_2",
            _("Surveillance 2"),
            cycle.surveillance_2_done_on or cycle.surveillance_2_on or second,
            date(second.year, 12, 31),
            bool(cycle.surveillance_2_done_on),
        ),
        Milestone(
            "recertification",
            _("Recertification"),
            cycle.recertification_done_on or cycle.recertification_on or add_months(decided, 32),
            cycle.valid_until or add_months(decided, 36),
            bool(cycle.recertification_done_on),
        ),
    ]


def passed(name: str) -> Callable[[Member, CertificationCycle], None]:
    """The effect of a step that says that an audit is over: on its planned day, where that has come, else today."""

    def note(member: Member, cycle: CertificationCycle) -> None:
        today = now_there(member)
        planned: date | None = getattr(cycle, f"{name}_on")
        setattr(cycle, f"{name}_done_on", planned if before(planned, today) else today)
        cycle.save(update_fields=[f"{name}_done_on"])

    return note


def before(day: date | None, today: date) -> bool:
    """Whether a planned day has passed."""
    return day is not None and day < today


def limit(cycle: CertificationCycle) -> date | None:
    """Six months after the last day of stage 2: majors must be verified by then, or stage 2 is done again."""
    return add_months(cycle.stage_2_last_day, 6) if cycle.stage_2_last_day else None


# ── What the body must be told ───────────────────────────────────────────


@dataclass(frozen=True)
class Change:
    """An important change since the decision."""

    ref: str
    label: str
    on: date
    url: str


def changes_since(member: Member, cycle: CertificationCycle) -> list[Change]:
    """Changes of scope and of the AIMS that were made since the certification decision."""
    if not cycle.decided_on:
        return []
    scopes = visible(member, ScopeStatement).filter(state__in=IN_USE, effective_from__gt=cycle.decided_on)
    plans = visible(member, ChangePlan).exclude(state="withdrawn").filter(done_on__gt=cycle.decided_on)
    rows: list[tuple[Any, date]] = [(row, row.effective_from) for row in scopes if row.effective_from]
    rows += [(row, row.done_on) for row in plans if row.done_on]
    kinds = {ScopeStatement: "scope-statements", ChangePlan: "change-plans"}
    found = [Change(row.ref, row.heading, day, place(kinds[type(row)], row.pk)) for row, day in rows]
    return sorted(found, key=lambda change: (change.on, change.ref))


def untold(member: Member, cycle: CertificationCycle) -> list[Change]:
    """Those changes after which the body was told nothing: no notice told names their number or was given since.

    A notice covers what changed up to its own day of change, when it was told on or after that.
    """
    told = [row for row in cycle.notices.all() if row.told_on]
    return [
        change
        for change in changes_since(member, cycle)
        if not any(change.ref in row.change or row.changed_on >= change.on for row in told)
    ]


def not_told(member: Member) -> Iterator[Gap]:
    """The scope or the AIMS changed under a certificate, and the body was not told (ISO/IEC 17021-1, 8.5.3)."""
    cycles = visible(member, CertificationCycle).filter(state__in=CERTIFIED).prefetch_related("notices")
    for cycle in cycles.order_by("ref"):
        for change in untold(member, cycle):
            title = _("The certification body was not told of %(ref)s %(change)s.")
            said = title % {"ref": change.ref, "change": change.label}
            yield Gap("6.3", said, "minor", place("certification-cycles", cycle.pk), cycle.ref)


def late_answers(member: Member) -> Iterator[Gap]:
    """An answer that the certification body waits for is late (certification.md, section 2)."""
    today = now_there(member)
    waiting = {"received": "plan_due", "planned": "evidence_due"}
    for state, name in waiting.items():
        rows = visible(member, BodyFinding).filter(state=state, **{f"{name}__lt": today}).order_by("ref")
        for row in rows:
            said = _("The certification body waits for an answer to %(ref)s.") % {
                "ref": row.body_ref or row.ref
            }
            grade = "major" if row.grade == BodyFinding.Grade.MAJOR else "minor"
            yield Gap("10.2-a", said, grade, place("body-findings", row.pk), row.ref)


RULES = (Rule("body_not_told", not_told), Rule("body_waits", late_answers))
