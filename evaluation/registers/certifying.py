"""The certification cycle (ISO/IEC 17021-1)."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from evaluation import lifecycles, lifecycles_sampling
from evaluation.certification import RULES as GAPS
from evaluation.models import BodyFinding, BodyNotice, CertificationCycle
from evaluation.registers.certification_dates import OBLIGATIONS as DATES

REGISTERS = (
    Register(
        CertificationCycle,
        answers=("9.2.1",),
        columns=("title", "body", "decided_on", "valid_until"),
        form=(
            (_("Who certifies"), ("title", "body", "scope", "notes", "owner")),
            (_("Stages"), ("stage_1_on", "stage_2_from", "stage_2_last_day")),
            (_("Certificate"), ("decided_on", "certificate", "valid_until")),
            (_("Afterwards"), ("surveillance_1_on", "surveillance_2_on", "recertification_on")),
        ),
        lifecycle=lifecycles.CERTIFICATION,
        parts=(BodyNotice,),
        icon="badge-check",
        about=_("The certification body, its audits, the certificate and the dates that follow from it."),
    ),
    Register(
        BodyFinding,
        answers=("9.2.1", "10.2"),
        columns=("title", "grade", "plan_due", "evidence_due", "owner"),
        form=(
            (
                _("What was found"),
                ("cycle", "audit", "title", "body_ref", "grade", "code", "text", "closed_on"),
            ),
            (_("By when the body wants answers"), ("plan_due", "evidence_due", "verify_due")),
            (_("What was sent"), ("answer", "plan_sent_on", "evidence_sent_on", "owner")),
        ),
        filters=("state", "cycle", "grade", "owner"),
        lifecycle=lifecycles_sampling.BODY_FINDING,
        icon="flag",
        about=_("What the certification body found, and by when it wants causes, plan and evidence."),
    ),
)

OBLIGATIONS = DATES
RULES = GAPS
