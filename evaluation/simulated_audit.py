"""A stage-2 audit rehearsed: a sample is drawn, each AI system in it followed from role to review, what is missing told.

Auditors follow threads, not folders (certification.md, section 5): at least one system for each role and risk class, and
five to ten controls for evidence that they operate. The draw is that of `evaluation.sampling`: over the list of what there
is, whose digest is shown, with a seed that draws the same again from the same list.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.records.access import visible
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import register
from aims.schedule.dates import add_months
from aims.schedule.places import place
from context.models import AISystem
from evaluation.inputs import now_there
from evaluation.models import ManagementReview, Measurement, Metric
from evaluation.models.measuring import standing
from evaluation.sampling import digest_of, draw
from operation.models import ChangeRecord, Dataset, Incident, SystemFile
from planning.models import (
    AIRisk,
    ApplicabilityStatement,
    ControlImplementation,
    ControlTest,
    ImpactAssessment,
    RiskAssessment,
)

SEED = re.compile(r"[0-9a-f]{64}")
MOST_SYSTEMS, CONTROLS, NAMED = 8, 8, 3


@dataclass(frozen=True)
class Step:
    """One link of a thread: whether it can be shown, by which records, and where it is mended."""

    title: str | Promise
    code: str
    shown: bool
    url: str
    rows: tuple[tuple[str, str], ...] = ()  # words and address
    note: str | Promise = ""


@dataclass(frozen=True)
class Thread:
    """An AI system followed from its role to the management review; or a control with what shows that it operates."""

    title: str
    ref: str
    url: str
    why: str  # what brought it into the sample
    steps: tuple[Step, ...]

    @property
    def lacking(self) -> list[Step]:
        """What could not be shown."""
        return [step for step in self.steps if not step.shown]


@dataclass(frozen=True)
class Simulation:
    """A sample with what it showed."""

    seed: str
    digest: str  # of the list of systems and controls from which it was drawn
    population: int
    systems: tuple[Thread, ...]
    controls: tuple[Thread, ...]

    @property
    def lacking(self) -> int:
        """How many links could not be shown."""
        return sum(len(thread.lacking) for thread in (*self.systems, *self.controls))

    @property
    def asked(self) -> int:
        """How many links were followed."""
        return sum(len(thread.steps) for thread in (*self.systems, *self.controls))


def new_seed() -> str:
    """A seed that nobody chose."""
    return secrets.token_hex(32)


def seed_of(text: str) -> str:
    """The seed that an address names; empty where it names none."""
    return text if SEED.fullmatch(text) else ""


def simulate(member: Member, seed: str) -> Simulation:
    """Draw and follow. The same seed gives the same sample as long as systems and controls are the same."""
    systems = list(in_scope(member).prefetch_related("roles").order_by("pk"))
    controls = list(visible(member, ControlImplementation).filter(applicable=True).order_by("pk"))
    lines = [str(row.pk) for row in (*systems, *controls)]
    drawn = {line: number for number, line in enumerate(draw(lines, seed, len(lines)))}
    ranked = sorted(systems, key=lambda row: drawn[str(row.pk)])
    chosen = sorted(controls, key=lambda row: drawn[str(row.pk)])[:CONTROLS]
    shown = Shown(member)
    return Simulation(
        seed,
        digest_of(lines),
        len(lines),
        tuple(shown.thread(system, why) for system, why in representative(ranked)),
        tuple(shown.control(row) for row in sorted(chosen, key=lambda row: _order(row.code))),
    )


def in_scope(member: Member) -> "QuerySet[AISystem]":
    """The AI systems from which an auditor draws: those in scope that are not withdrawn, retired ones included."""
    return visible(member, AISystem).filter(in_scope=True).exclude(state="withdrawn")


def representative(ranked: list[AISystem]) -> list[tuple[AISystem, str]]:
    """The first systems of a ranking that bring a role or a risk class which none before them has; eight at most."""
    seen: set[str] = set()
    found: list[tuple[AISystem, str]] = []
    for system in ranked:
        stands_for = {str(role.get_role_display()) for role in system.roles.all()} or {
            _("no role determined")
        }
        stands_for.add(str(system.get_act_outcome_display() or _("not classified")))
        if new := sorted(stands_for - seen):
            found.append((system, ", ".join(new)))
            seen |= stands_for
    return found[:MOST_SYSTEMS]


def _order(code: str) -> list[int]:
    return [int(part) for part in code.split(".")[1:]]


class Shown:
    """What can be shown of systems and controls to a member; asked once what is the same for all of them."""

    def __init__(self, member: Member) -> None:
        self.member, self.day = member, now_there(member)
        self.year = add_months(self.day, -12)
        self.soa = visible(member, ApplicabilityStatement).filter(state="approved").first()
        reviews = visible(member, ManagementReview).filter(state="signed", held_on__gte=self.year)
        self.review = reviews.order_by("-held_on").first()

    def thread(self, system: AISystem, why: str) -> Thread:
        """A system from its role and purpose to the management review."""
        follow: tuple[Callable[[AISystem], Step], ...] = (
            *(self.purpose, self.requirements, self.data, self.risks, self.impact, self.treatment),
            *(self.applicability, self.operating, self.tested, self.approved, self.monitored),
            *(self.incidents, self.corrected, self.reviewed),
        )
        steps = tuple(step(system) for step in follow)
        return Thread(system.title, system.ref, record_url(system), why, steps)

    def rows(self, model: Any, /, **about: Any) -> Any:
        """The records of a kind about a system that are no drafts and not withdrawn."""
        return (
            visible(self.member, model).filter(**about).exclude(state__in=("draft", "withdrawn")).distinct()
        )

    def step(self, title: Any, code: str, rows: Any, url: str, note: Any = "") -> Step:
        """A link that is shown when there are records for it."""
        found = tuple((str(row), record_url(row)) for row in rows.order_by("-pk")[:NAMED])
        return Step(title, code, bool(found), url, found, "" if found else note)

    def purpose(self, system: AISystem) -> Step:
        """The role that we play and what it is for (4.1)."""
        roles = [str(role.get_role_display()) for role in system.roles.all()]
        good = bool(roles and system.purpose.strip())
        note = ", ".join(roles) or _("no role is determined")
        return Step(_("Role and purpose"), "4.1-e", good, record_url(system), note=note)

    def requirements(self, system: AISystem) -> Step:
        """What it must be able to do (A.6.2.2)."""
        rows = self.rows(SystemFile, system=system, kind=SystemFile.Kind.REQUIREMENT)
        return self.step(_("Requirements"), "A.6.2.2", rows, place("life-cycle-files"))

    def data(self, system: AISystem) -> Step:
        """The data that it was made or tested with (A.7.2)."""
        return self.step(_("Data"), "A.7.2", self.rows(Dataset, systems=system), place("datasets"))

    def risks(self, system: AISystem) -> Step:
        """An assessment of its risks that holds (8.2)."""
        rows = self.rows(RiskAssessment, system=system, state="approved").exclude(review_due__lt=self.day)
        return self.step(_("Risk assessment"), "8.2-a", rows, place("risk-assessments"))

    def impact(self, system: AISystem) -> Step:
        """An assessment of its impact on people and society that holds (8.4)."""
        rows = self.rows(ImpactAssessment, system=system, state="approved").exclude(review_due__lt=self.day)
        return self.step(_("Impact assessment"), "8.4-a", rows, place("impact-assessments"))

    def treatment(self, system: AISystem) -> Step:
        """Each of its risks has a treatment (8.3)."""
        rows = visible(self.member, AIRisk).filter(system=system).exclude(state="withdrawn")
        open_ = rows.filter(option="")
        if open_.exists():
            found = tuple((str(row), record_url(row)) for row in open_.order_by("ref")[:NAMED])
            words = _("A risk has no treatment")
            return Step(_("Treatment"), "8.3-a", False, place("ai-risks"), found, words)
        return self.step(_("Treatment"), "8.3-a", rows, place("ai-risks"), _("no risk is recorded"))

    def applicability(self, system: AISystem) -> Step:
        """The controls of its risks stand in an approved Statement of Applicability (6.1.3)."""
        used = visible(self.member, ControlImplementation).filter(risks__system=system).distinct()
        left_out = used.exclude(applicable=True).exists()
        good = self.soa is not None and not left_out and used.exists()
        found = ((str(self.soa), record_url(self.soa)),) if self.soa else ()
        note = _("a control of its risks is not in the statement") if left_out else ""
        note = note if self.soa else _("no approved statement")
        return Step(
            _("Statement of Applicability"), "6.1.3-f", good, reverse("soa"), found, "" if good else note
        )

    def operating(self, system: AISystem) -> Step:
        """A control of its risks was tested or has evidence of the last twelve months (8.1)."""
        used = visible(self.member, ControlImplementation).filter(risks__system=system)
        tests = self.rows(ControlTest, line__in=used, state="done", tested_on__gte=self.year)
        papers = self.papers(list(used.values_list("pk", "code")))
        return self.step(
            _("Evidence of controls"), "8.3-d", tests if tests.exists() else papers, reverse("soa")
        )

    def papers(self, lines: list[tuple[Any, str]]) -> Any:
        """Evidence linked to controls or to their answers, effective in the last twelve months."""
        answers = visible(self.member, Answer).filter(code__in=[code for _key, code in lines]).values("pk")
        links = Link.objects.filter(organisation_id=self.member.organisation_id)
        links = links.filter(Q(record_id__in=[key for key, _code in lines]) | Q(record_id__in=answers))
        rows = visible(self.member, Evidence).filter(pk__in=links.values("evidence_id"))
        late = Q(effective_from__lt=self.year) & (Q(effective_until=None) | Q(effective_until__lt=self.year))
        return rows.exclude(state="withdrawn").exclude(late)

    def tested(self, system: AISystem) -> Step:
        """It was verified and validated (A.6.2.4)."""
        rows = self.rows(SystemFile, system=system, kind=SystemFile.Kind.TEST)
        return self.step(_("Verification and validation"), "A.6.2.4", rows, place("life-cycle-files"))

    def approved(self, system: AISystem) -> Step:
        """Somebody approved its release (A.6.2.5)."""
        plans = self.rows(SystemFile, system=system, kind=SystemFile.Kind.DEPLOYMENT)
        changes = self.rows(ChangeRecord, system=system, state="deployed").exclude(approved_by=None)
        rows = changes if changes.exists() else plans
        return self.step(_("Approval of release"), "A.6.2.5", rows, place("change-records"))

    def monitored(self, system: AISystem) -> Step:
        """It was measured within the last twelve months (A.6.2.6)."""
        counted = standing(visible(self.member, Measurement)).filter(measured_on__gte=self.year)
        rows = self.rows(Metric, system=system, measurements__in=counted)
        return self.step(_("Monitoring"), "A.6.2.6", rows, place("metrics"))

    def incidents(self, system: AISystem) -> Step:
        """Each incident says what limited it; none is no gap (A.8.4)."""
        rows = visible(self.member, Incident).filter(system=system).exclude(state="withdrawn")
        return self.none_left(_("Incidents"), "A.8.4", rows, rows.filter(state="open"), place("incidents"))

    def corrected(self, system: AISystem) -> Step:
        """Each nonconformity about it has a known cause; none is no gap (10.2)."""
        kind = register("nonconformities")
        if kind is None:
            return Step(_("Corrective action"), "10.2-c", True, "")
        cases: Any = kind.model
        rows = visible(self.member, cases).filter(systems=system).exclude(state="withdrawn").distinct()
        open_ = rows.filter(state__in=("open", "contained"))
        return self.none_left(_("Corrective action"), "10.2-c", rows, open_, place(kind.path))

    def none_left(self, title: Any, code: str, rows: Any, left: Any, url: str) -> Step:
        """A link that is shown where nothing is left undone."""
        shown = left if left.exists() else rows
        found = tuple((str(row), record_url(row)) for row in shown.order_by("-pk")[:NAMED])
        return Step(title, code, shown is rows, url, found, "" if found else _("none recorded"))

    def reviewed(self, system: AISystem) -> Step:
        """Top management reviewed the AIMS within twelve months (9.3)."""
        found = ((str(self.review), record_url(self.review)),) if self.review else ()
        return Step(_("Management review"), "9.3.3-c", bool(found), place("management-reviews"), found)

    def control(self, row: ControlImplementation) -> Thread:
        """A control: in place, owned, and operating in the last twelve months."""
        tests = self.rows(ControlTest, line=row, state="done", tested_on__gte=self.year)
        url = record_url(row)
        steps = (
            Step(_("In place"), row.code, row.status == row.Status.IMPLEMENTED, url, note=_status(row)),
            Step(_("Owner"), row.code, row.owner_id is not None, url),
            self.step(_("Evidence of the last 12 months"), row.code, self.papers([(row.pk, row.code)]), url),
            self.step(_("Tested in the last 12 months"), row.code, tests, place("control-tests")),
        )
        return Thread(row.heading, row.code, url, "", steps)


def _status(row: ControlImplementation) -> str:
    return str(row.get_status_display() or _("not said"))
