"""The certification cycle (ISO/IEC 17021-1)."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import ObligationRule, Register
from evaluation import lifecycles
from evaluation.models import CertificationCycle

OFFICER = Role.OFFICER

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
        icon="badge-check",
        about=_("The certification body, its audits, the certificate and the dates that follow from it."),
    ),
)

OBLIGATIONS = (
    ObligationRule(
        "SR36", _("Majors verified by the certification body"), "9.2.1", "after", OFFICER,
        months=6, register="certification-cycles", event="stage_2_done", done_by="certify", lead_days=(90, 30),
    ),
    ObligationRule(
        "SR60", _("Surveillance audit 1, at the latest"), "9.2.1", "after", OFFICER,
        months=12, register="certification-cycles", event="certify", done_by="surveillance_1_done",
        lead_days=(120, 60, 30),
    ),
    ObligationRule(
        "SR61", _("Surveillance audit 2"), "9.2.1", "after", OFFICER,
        months=24, register="certification-cycles", event="certify", done_by="surveillance_2_done",
        lead_days=(120, 60, 30),
    ),
    ObligationRule(
        "SR62", _("Recertification audit, at the latest"), "9.2.1", "after", OFFICER,
        months=36, register="certification-cycles", event="certify", done_by="recertified",
        lead_days=(240, 180, 120),
    ),
)  # fmt: skip
