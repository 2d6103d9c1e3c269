"""Readiness for certification: what stage 1 and stage 2 would find, and ten figures (certification.md, sections 2 and 9).

Everything is computed from the records; nothing of it is entered. The tool helps prepare: only an accredited body certifies,
and only the published standard is normative.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Aggregate, DateField, F
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.catalogue import edition
from aims.catalogue.model import Requirement
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.coverage import GRAVITY, documented
from aims.records.models import Answer, Evidence
from aims.records.registry import Gap, register
from aims.schedule.dates import add_months
from aims.schedule.places import place
from context.models import AISystem
from evaluation.inputs import now_there
from evaluation.mandatory import Item
from evaluation.models import ManagementReview
from evaluation.rules.auditing import covered_clauses
from planning.models import AIRisk, ControlImplementation, ImpactAssessment, RiskAssessment
from planning.scoring import FOR_EXECUTIVES
from support.models import CompetenceRequirement

PLANNED = ("4", "5", "6")  # clauses whose work is documents and plans: stage 1 reads them


@dataclass(frozen=True)
class Figure:
    """One indicator: its value, of how many, whether it is as it should be, and where its rows are."""

    title: str | Promise
    value: int | str
    url: str
    good: bool
    of: int | None = None
    note: str | Promise = ""


def stage_of(gap: Gap) -> int:
    """The audit that would find it first: what the rule says, else 1 for plans and documents, 2 for what was done."""
    if gap.stage:
        return gap.stage
    line = edition().requirements.get(gap.code)
    written = isinstance(line, Requirement) and documented(line) and line.di_kind == "document"
    return 1 if written or gap.code.split(".")[0] in PLANNED else 2


def staged(gaps: list[Gap]) -> dict[int, list[Gap]]:
    """The gaps by the stage that finds them first, the gravest first, then in the order of the standard."""
    places = {code: number for number, code in enumerate([*edition().requirements, *edition().controls])}
    ordered = sorted(gaps, key=lambda gap: (GRAVITY.get(gap.grade, 2), places.get(gap.code, len(places))))
    return {stage: [gap for gap in ordered if stage_of(gap) == stage] for stage in (1, 2)}


def figures(member: Member, items: list[Item]) -> list[Figure]:
    """The ten indicators, in their order."""
    asked: tuple[Callable[[Member], Figure], ...] = (requirements, controls, systems)
    others = (risks, audit_coverage, review, nonconformities, competence, freshness)
    return [*(ask(member) for ask in asked), mandatory(items), *(ask(member) for ask in others)]


def requirements(member: Member) -> Figure:
    """1: how many of the requirements are judged conform."""
    codes = list(edition().requirements)
    rows = visible(member, Answer).filter(code__in=codes)
    found = Counter(rows.values_list("verdict", flat=True))
    good = found["conform"] + found["not_applicable"]
    words = _("%(partly)s with an observation, %(not)s not conform, %(open)s not judged")
    counted = {"partly": found["observation"], "not": found["nonconform"]}
    counted["open"] = len(codes) - good - sum(counted.values())
    url = reverse("clause", args=["4"])
    return Figure(_("Requirements conform"), good, url, good == len(codes), len(codes), words % counted)


def controls(member: Member) -> Figure:
    """2: controls decided in the Statement of Applicability, and those in place."""
    rows = visible(member, ControlImplementation).values_list("applicable", "status")
    decided = [status for applicable, status in rows if applicable is not None]
    wanted = [status for applicable, status in rows if applicable]
    done = sum(status == "implemented" for status in wanted)
    note = _("%(done)s of %(all)s that apply are in place") % {"done": done, "all": len(wanted)}
    total = len(edition().controls)
    return Figure(
        _("Controls decided"),
        len(decided),
        reverse("soa"),
        len(decided) == total and done == len(wanted),
        total,
        note,
    )


def systems(member: Member) -> Figure:
    """3: AI systems in scope and in use with role, purpose, and assessments of risk and impact that hold."""
    day = now_there(member)
    rows = visible(member, AISystem).filter(in_scope=True, state="in_force").exclude(stage="retirement")
    assessed = rows.filter(pk__in=_holding(member, RiskAssessment, day))
    complete = assessed.filter(pk__in=_holding(member, ImpactAssessment, day)).exclude(purpose="")
    good = complete.exclude(roles=None).count()
    total = rows.count()
    title = _("AI systems with role, purpose, risk and impact assessment in date")
    return Figure(title, good, place("ai-systems"), good == total, total)


def _holding(member: Member, kind: Any, day: date) -> Any:
    """The systems that have an approved assessment whose review is not late."""
    return visible(member, kind).filter(state="approved").exclude(review_due__lt=day).values("system_id")


def mandatory(items: list[Item]) -> Figure:
    """4: how much of the documented information that is asked for can be shown."""
    good = sum(item.shown for item in items)
    return Figure(_("Documented information there"), good, "#mandatory", good == len(items), len(items))


def risks(member: Member) -> Figure:
    """5: open risks above the threshold that nobody entitled accepted; there should be none."""
    bands = [str(band) for band in FOR_EXECUTIVES]
    rows = visible(member, AIRisk).filter(state__in=("identified", "treating"), residual_band__in=bands)
    number = rows.count()
    return Figure(_("High risks not accepted"), number, place("ai-risks"), number == 0)


def audit_coverage(member: Member) -> Figure:
    """6: clauses that an internal audit of the last twelve months covered."""
    covered, wanted = covered_clauses(member)
    title = _("Clauses audited in twelve months")
    return Figure(title, len(covered), place("audits"), len(covered) == len(wanted), len(wanted))


def review(member: Member) -> Figure:
    """7: inputs that the last review of the last twelve months heard, when it is signed."""
    wanted = [code for code in edition().requirements if code.startswith("9.3.2-")]
    start = add_months(now_there(member), -12)
    rows = visible(member, ManagementReview).filter(state="signed", held_on__gte=start).order_by("-held_on")
    last = rows.prefetch_related("inputs").first()
    told = {row.code for row in last.inputs.all() if row.text.strip()} & set(wanted) if last else set()
    note = "" if last else _("no review was signed in twelve months")
    title = _("Inputs heard by the management review")
    return Figure(title, len(told), place("management-reviews"), len(told) == len(wanted), len(wanted), note)


def nonconformities(member: Member) -> Figure:
    """8: open majors, of which there should be none, and actions that are late."""
    cases, actions = register("nonconformities"), register("corrective-actions")
    if cases is None or actions is None:
        return Figure(_("Open major nonconformities"), 0, "", True)
    over = [state.code for state in cases.lifecycle.all_states if state.locked]
    case: Any = cases.model
    action: Any = actions.model
    majors = visible(member, case).filter(grade="major").exclude(state__in=over).count()
    late = visible(member, action).filter(state__in=("planned", "in_progress"), due__lt=now_there(member))
    number = late.count()
    note = ngettext("%(n)s corrective action late", "%(n)s corrective actions late", number) % {"n": number}
    url = place(cases.path, grade="major")
    return Figure(_("Open major nonconformities"), majors, url, majors == 0 and number == 0, note=note)


def competence(member: Member) -> Figure:
    """9: competence requirements for which somebody's competence is shown."""
    rows = visible(member, CompetenceRequirement).exclude(state="withdrawn")
    good, total = rows.filter(records__state="done", records__result="met").distinct().count(), rows.count()
    title = _("Needs of competence that are met")
    return Figure(title, good, place("competence-requirements"), bool(total) and good == total, total)


class Median(Aggregate):
    """The middle value, as PostgreSQL picks it."""

    function = "percentile_disc"
    template = "%(function)s(0.5) within group (order by %(expressions)s)"


def freshness(member: Member) -> Figure:
    """10: the median age of evidence, in days since the day from which it holds."""
    made = Coalesce(F("effective_from"), TruncDate("created_at"), output_field=DateField())
    rows = visible(member, Evidence).exclude(state="withdrawn")
    middle = rows.aggregate(middle=Median(made, output_field=DateField()))["middle"]
    age = (now_there(member) - middle).days if middle else 0
    late = rows.filter(review_due__lt=now_there(member)).count()
    told = ngettext("%(n)s piece past its review", "%(n)s pieces past their review", late) % {"n": late}
    note = told if middle else _("there is no evidence yet")
    url = reverse("register", args=["evidence"])
    return Figure(
        _("Median age of evidence, in days"), max(age, 0), url, bool(middle) and late == 0, note=note
    )
