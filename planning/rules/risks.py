"""What an auditor would find wrong in clause 6: risks of AI systems and their treatment."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, today_there
from context.models import AISystem
from planning.models import AIRisk, ImpactAssessment, RiskAssessment
from planning.scoring import FOR_EXECUTIVES

OPEN = ("identified", "treating")
HIGH = [str(band) for band in FOR_EXECUTIVES]


def treated_without_control(member: Member) -> Iterator[Gap]:
    """A treatment names its controls (6.1.3-c)."""
    rows = visible(member, AIRisk).filter(option__in=("reduce", "remove_source"), controls=None)
    rows = rows.filter(custom_controls=None).exclude(state__in=("closed", "withdrawn"))
    yield from gaps("6.1.3-c", "minor", rows, _("The treatment names no control."))


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


RULES = (
    Rule("treatment_has_control", treated_without_control),
    Rule("risk_accepted", risk_not_accepted),
    Rule("risk_reviewed", risk_review_late),
    Rule("system_assessed", system_not_assessed),
)
