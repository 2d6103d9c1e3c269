"""Dates with a certification body: what its findings ask for, the three-year cycle, and what comes before stage 2.

The times for plans and evidence are common practice; each body sets its own, and the obligations can be changed to them
(certification.md, §2 and §8).
"""

from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.registry import Need, ObligationRule
from aims.schedule.places import place_later
from evaluation.models import Audit, BodyFinding, ManagementReview
from planning.models import ApplicabilityStatement, TreatmentPlan

OFFICER = Role.OFFICER
CYCLES, FOUND = "certification-cycles", "body-findings"


def major(finding: BodyFinding) -> bool:
    """Major nonconformities that the certification body found."""
    return finding.grade == BodyFinding.Grade.MAJOR


def minor(finding: BodyFinding) -> bool:
    """Minor nonconformities that the certification body found."""
    return finding.grade == BodyFinding.Grade.MINOR


def audited(member: Member) -> bool:
    """An internal audit is completed (9.2)."""
    rows = visible(member, Audit).filter(kind=Audit.Kind.INTERNAL)
    return rows.filter(state__in=("reported", "closed")).exists()


def reviewed(member: Member) -> bool:
    """A management review is completed (9.3)."""
    return visible(member, ManagementReview).filter(state="signed").exists()


def applicability_approved(member: Member) -> bool:
    """A Statement of Applicability is approved (6.1.3)."""
    return visible(member, ApplicabilityStatement).filter(state="approved").exists()


def treatment_approved(member: Member) -> bool:
    """A risk treatment plan is approved (6.1.3)."""
    return visible(member, TreatmentPlan).filter(state="approved").exists()


FINDINGS = (
    ObligationRule(
        "SR34", _("Causes and plan for the major nonconformity, to the certification body"), "10.2", "after", OFFICER,
        days=30, register=FOUND, event="create", done_by="send_plan", lead_days=(30, 7), when=major,
    ),
    ObligationRule(
        "SR35", _("Evidence of effective action, to the certification body"), "10.2", "after", OFFICER,
        days=90, register=FOUND, event="create", done_by="send_evidence", lead_days=(60, 30, 7), when=major,
    ),
    ObligationRule(
        "SR37", _("Causes and plan for the minor nonconformity, to the certification body"), "10.2", "after", OFFICER,
        days=30, register=FOUND, event="create", done_by="send_plan", lead_days=(30, 7), when=minor,
    ),
)  # fmt: skip

CYCLE = (
    ObligationRule(
        "SR36", _("Majors verified by the certification body"), "9.2.1", "after", OFFICER,
        months=6, register=CYCLES, event="stage_2_done", done_by="certify", lead_days=(90, 30),
    ),
    ObligationRule(
        "SR60", _("Surveillance audit 1, at the latest"), "9.2.1", "after", OFFICER,
        months=12, register=CYCLES, event="certify", done_by="surveillance_1_done", lead_days=(120, 60, 30),
    ),
    ObligationRule(
        "SR61", _("Surveillance audit 2"), "9.2.1", "after", OFFICER,
        months=24, register=CYCLES, event="certify", done_by="surveillance_2_done", lead_days=(120, 60, 30),
    ),
    ObligationRule(
        "SR62", _("Recertification audit, at the latest"), "9.2.1", "after", OFFICER,
        months=36, register=CYCLES, event="certify", done_by="recertified", lead_days=(240, 180, 120),
        target_months=32,
    ),
    ObligationRule(
        "SR63", _("Last day to restore the certificate after it expired"), "9.2.1", "after", OFFICER,
        months=6, register=CYCLES, event="expire", done_by="recertified", lead_days=(90, 30),
    ),
)  # fmt: skip

BEFORE_STAGE_2 = (
    ObligationRule(
        "SR64", _("Before stage 2 of the certification"), "9.2.1", "precondition", OFFICER,
        register=CYCLES, event="stage_2_done",
        needs=(
            Need("internal_audit_completed", _("An internal audit is completed"), audited, place_later("audits")),
            Need(
                "management_review_completed", _("A management review is completed and signed"), reviewed,
                place_later("management-reviews"),
            ),
            Need(
                "soa_approved", _("The Statement of Applicability is approved"), applicability_approved,
                place_later("statements-of-applicability"),
            ),
            Need(
                "treatment_plan_approved", _("The risk treatment plan is approved"), treatment_approved,
                place_later("treatment-plans"),
            ),
        ),
    ),
)  # fmt: skip

OBLIGATIONS = (*FINDINGS, *CYCLE, *BEFORE_STAGE_2)
