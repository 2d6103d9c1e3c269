"""What an auditor would find wrong in clause 6: each rule yields the gaps that break it."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from context.models import AISystem
from planning.models import (
    AIMSRisk,
    AIRisk,
    ApplicabilityStatement,
    ControlImplementation,
    ImpactAssessment,
    LegalRequirement,
    Method,
    Objective,
    RiskAssessment,
    RiskCriteria,
    TreatmentPlan,
)
from planning.scoring import FOR_EXECUTIVES

OPEN = ("identified", "treating")
HIGH = [str(band) for band in FOR_EXECUTIVES]
APPROVED: tuple[tuple[type[Record], str], ...] = (
    (RiskCriteria, "6.1.1-b"),
    (ApplicabilityStatement, "6.1.3-f"),
    (TreatmentPlan, "6.1.3-g"),
)


def approved_there(member: Member) -> Iterator[Gap]:
    """Criteria, methods, statement and plan are approved (6.1.1-b, 6.1.2-a, 6.1.3, 6.1.4-a)."""
    for kind, code in APPROVED:
        if not visible(member, kind).filter(state="approved").exists():
            words = _("Nothing approved is in this register: %(name)s.")
            yield missing(code, "major", kind, words % {"name": kind._meta.verbose_name_plural})
    codes = {"risk_assessment": "6.1.2-a", "risk_treatment": "6.1.3-a", "impact_assessment": "6.1.4-a"}
    there = set(visible(member, Method).filter(state="approved").values_list("kind", flat=True))
    for kind_code, code in codes.items():
        if kind_code not in there:
            words = _("No approved method for %(name)s.")
            yield missing(code, "major", Method, words % {"name": Method.Kind(kind_code).label})


def control_undecided(member: Member) -> Iterator[Gap]:
    """All 38 controls are decided (6.1.3-f)."""
    rows = visible(member, ControlImplementation).filter(applicable=None)
    yield from gaps("6.1.3-f", "major", rows, _("Nobody decided whether this control applies."))


def excluded_control_used(member: Member) -> Iterator[Gap]:
    """No treatment counts on a control that the Statement of Applicability leaves out (6.1.3-c)."""
    rows = visible(member, AIRisk).filter(controls__applicable=False).exclude(state="closed").distinct()
    yield from gaps("6.1.3-c", "major", rows, _("The treatment uses a control that is left out."))


def treated_without_control(member: Member) -> Iterator[Gap]:
    """A treatment names its controls (6.1.3-c)."""
    rows = visible(member, AIRisk).filter(option__in=("reduce", "remove_source"), controls=None)
    rows = rows.filter(custom_controls=None).exclude(state__in=("closed", "withdrawn"))
    yield from gaps("6.1.3-c", "minor", rows, _("The treatment names no control."))


def gap_late(member: Member) -> Iterator[Gap]:
    """A control that is not in place has a date, and the date has not passed (6.1.3-g)."""
    rows = visible(member, ControlImplementation).filter(applicable=True).exclude(status="implemented")
    late = rows.filter(due__lt=today_there(member))
    yield from gaps("6.1.3-g", "minor", late, _("The date for putting this control in place has passed."))
    yield from gaps(
        "6.1.3-g", "observation", rows.filter(due=None), _("No date for putting this control in place.")
    )


def risk_not_accepted(member: Member) -> Iterator[Gap]:
    """A high residual risk of a system in use is accepted by top management (6.1.3-h)."""
    rows = visible(member, AIRisk).filter(state__in=OPEN, residual_band__in=HIGH)
    yield from gaps("6.1.3-h", "minor", rows, _("The residual risk is high and nobody entitled accepted it."))


def risk_review_late(member: Member) -> Iterator[Gap]:
    """A risk is looked at again before its date (8.2-a)."""
    rows = visible(member, AIRisk).filter(state__in=(*OPEN, "accepted"), review_due__lt=today_there(member))
    yield from gaps("8.2-a", "minor", rows, _("The review date of this risk has passed."))


def system_not_assessed(member: Member) -> Iterator[Gap]:
    """Each system in scope and in use has a risk assessment and an impact assessment in date (8.2, 8.4)."""
    rows = visible(member, AISystem).filter(in_scope=True, state="in_force").exclude(stage="retirement")
    day = today_there(member)
    runs = visible(member, RiskAssessment).filter(state="approved").exclude(review_due__lt=day)
    title = _("No risk assessment of this system holds.")
    yield from gaps("8.2-a", "minor", rows.exclude(pk__in=runs.values("system_id")), title)
    impacts = visible(member, ImpactAssessment).filter(state="approved").exclude(review_due__lt=day)
    title = _("No impact assessment of this system holds.")
    yield from gaps("8.4-a", "minor", rows.exclude(pk__in=impacts.values("system_id")), title)


def impact_without_risk(member: Member) -> Iterator[Gap]:
    """A negative impact leads to a risk or is closed with a reason (6.1.4-f)."""
    open_impact = Q(impacts__negative=True, impacts__risk=None, impacts__closed="")
    rows = visible(member, ImpactAssessment).filter(open_impact).exclude(state="withdrawn").distinct()
    yield from gaps("6.1.4-f", "minor", rows, _("A negative impact leads to no risk and is not closed."))


def opportunities_there(member: Member) -> Iterator[Gap]:
    """Opportunities are recorded, and actions say how their effect is judged (6.1.1)."""
    rows = visible(member, AIMSRisk).exclude(state="withdrawn")
    if not rows.filter(kind="opportunity").exists():
        yield missing("6.1.1-a", "minor", AIMSRisk, _("No opportunity is recorded."))
    blind = rows.filter(actions__criterion="", actions__isnull=False).distinct()
    yield from gaps("6.1.1-e", "minor", blind, _("An action does not say how we see that it works."))


def objective_not_measurable(member: Member) -> Iterator[Gap]:
    """An objective has indicator, target, unit and date, or says why it cannot be measured (6.2-c)."""
    lacking = Q(indicator="") | Q(target=None) | Q(unit="") | Q(due=None)
    rows = visible(member, Objective).filter(lacking, not_measurable="").exclude(state="withdrawn")
    yield from gaps("6.2-c", "minor", rows, _("The objective lacks indicator, target, unit or date."))
    late = visible(member, Objective).filter(state="running", due__lt=today_there(member))
    yield from gaps("6.2-d", "minor", late, _("The date of this objective has passed."))


def law_not_evaluated(member: Member) -> Iterator[Gap]:
    """Each legal requirement that applies is evaluated (4.2)."""
    rows = visible(member, LegalRequirement).filter(evaluated_on=None).exclude(state="withdrawn")
    yield from gaps("4.2-c", "observation", rows, _("Nobody evaluated whether this requirement is met."))


RULES = (
    Rule("approved_there", approved_there),
    Rule("control_decided", control_undecided),
    Rule("excluded_control_used", excluded_control_used),
    Rule("treatment_has_control", treated_without_control),
    Rule("control_in_time", gap_late),
    Rule("risk_accepted", risk_not_accepted),
    Rule("risk_reviewed", risk_review_late),
    Rule("system_assessed", system_not_assessed),
    Rule("impact_has_risk", impact_without_risk),
    Rule("opportunities_there", opportunities_there),
    Rule("objective_measurable", objective_not_measurable),
    Rule("law_evaluated", law_not_evaluated),
)
