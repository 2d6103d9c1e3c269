"""What an auditor would find wrong in clause 6 before any assessment: criteria, methods, opportunities."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from planning.models import AIMSRisk, ApplicabilityStatement, Method, RiskCriteria, TreatmentPlan

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


def opportunities_there(member: Member) -> Iterator[Gap]:
    """Opportunities are recorded, and actions say how their effect is judged (6.1.1)."""
    rows = visible(member, AIMSRisk).exclude(state="withdrawn")
    if not rows.filter(kind="opportunity").exists():
        yield missing("6.1.1-a", "minor", AIMSRisk, _("No opportunity is recorded."))
    blind = rows.filter(actions__criterion="", actions__isnull=False).distinct()
    yield from gaps("6.1.1-e", "minor", blind, _("An action does not say how we see that it works."))


def criteria_review_late(member: Member) -> Iterator[Gap]:
    """The criteria in force are looked at again in time (6.1.1-b)."""
    rows = visible(member, RiskCriteria).filter(state="approved", review_due__lt=today_there(member))
    yield from gaps("6.1.1-b", "minor", rows, _("The review date of the risk criteria has passed."))


RULES = (
    Rule("criteria_reviewed", criteria_review_late),
    Rule("approved_there", approved_there),
    Rule("opportunities_there", opportunities_there),
)
