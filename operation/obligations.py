"""What must be done again or in time under clause 8: suppliers, concerns, reports, and the clocks of incidents.

An incident that is serious under more than one law has one clock for each, and one step that stops it.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import Event, ObligationRule, Variant
from operation.models import ChangeRecord, Incident, Supplier, SystemFile

OFFICER = Role.OFFICER
INCIDENTS = "incidents"
WORST = Incident.Worst
ACT_SOONER = (WORST.DEATH, WORST.WIDESPREAD)  # AI Act Art. 73(3), (4)
DEVICE_SOONER = (WORST.DEATH, WORST.HEALTH, WORST.PUBLIC)  # MDR Art. 87(4), (5)


def serious(*worst: str) -> Callable[[Any], bool]:
    """Incidents that are serious under the AI Act, with one of these outcomes."""
    return lambda incident: incident.serious and incident.worst in worst


def serious_otherwise(incident: Incident) -> bool:
    """Incidents that are serious under the AI Act, where no shorter time is set."""
    return incident.serious and incident.worst not in ACT_SOONER


def device(*worst: str) -> Callable[[Any], bool]:
    """Incidents of medical devices with one of these outcomes."""
    return lambda incident: incident.device_report and incident.worst in worst


def device_otherwise(incident: Incident) -> bool:
    """Incidents of medical devices, where no shorter time is set."""
    return incident.device_report and incident.worst not in DEVICE_SOONER


def breach(incident: Incident) -> bool:
    """Breaches of personal data."""
    return incident.personal_data


def critical(supplier: Supplier) -> bool:
    """Suppliers without whom a system stops."""
    return supplier.critical


def supplied(change: ChangeRecord) -> bool:
    """Changes of a model that a supplier made."""
    return change.kind == ChangeRecord.Kind.SUPPLIED


def technical(file: SystemFile) -> bool:
    """Technical documentation (AI Act Art. 11, Annex IV)."""
    return file.kind == SystemFile.Kind.TECHNICAL


def logs(file: SystemFile) -> bool:
    """Logs that were filed (AI Act Art. 12)."""
    return file.kind == SystemFile.Kind.LOG


WITH_PEOPLE = (
    ObligationRule(
        "SR40", _("Acknowledge the concern"), "A.3.3", "after", OFFICER,
        days=7, register="concerns", event="create", done_by="acknowledge", lead_days=(7, 2),
    ),
    ObligationRule(
        "SR41", _("Answer to who raised the concern"), "A.3.3", "after", OFFICER,
        months=3, register="concerns", event="acknowledge", done_by="close", lead_days=(30, 7),
    ),
    ObligationRule(
        "SR42", _("Acknowledge the report from outside"), "A.8.3", "after", OFFICER,
        days=7, register="reports-from-outside", event="create", done_by="acknowledge", lead_days=(7, 2),
    ),
    ObligationRule(
        "SR48", _("Acknowledge the complaint"), "8.1", "after", OFFICER,
        days=7, register="complaints", event="create", done_by="acknowledge", lead_days=(7, 2),
    ),
    ObligationRule(
        "SR49", _("Answer the complaint"), "8.1", "after", OFFICER,
        days=30, register="complaints", event="create", done_by="answer", lead_days=(14, 5),
    ),
)  # fmt: skip

CLOCKS = (
    ObligationRule(
        "SR43", _("Report the serious incident to the authority"), "A.8.4", "after", OFFICER,
        days=15, register=INCIDENTS, event="declare_serious", done_by="notify", lead_days=(15, 5, 2),
        when=serious_otherwise,
    ),
    ObligationRule(
        "SR44", _("Report the death to the authority"), "A.8.4", "after", OFFICER,
        days=10, register=INCIDENTS, event="declare_serious", done_by="notify", lead_days=(10, 5, 2),
        when=serious(WORST.DEATH),
    ),
    ObligationRule(
        "SR45", _("Report the widespread or infrastructure incident to the authority"), "A.8.4", "after", OFFICER,
        days=2, register=INCIDENTS, event="declare_serious", done_by="notify", lead_days=(2, 1),
        when=serious(WORST.WIDESPREAD),
    ),
    ObligationRule(
        "SR46", _("Report the breach to the data protection authority"), "A.8.4", "after", OFFICER,
        hours=72, register=INCIDENTS, event="declare_serious", done_by="notify_breach", lead_days=(3, 1),
        when=breach,
    ),
    ObligationRule(
        "SR47", _("Report the device incident to the authority for devices"), "A.8.4", "after", OFFICER,
        days=15, register=INCIDENTS, event="declare_serious", done_by="notify_device", lead_days=(15, 5, 2),
        when=device_otherwise,
    ),
    ObligationRule(
        "SR47D", _("Report the death or serious harm to the authority for devices"), "A.8.4", "after", OFFICER,
        days=10, register=INCIDENTS, event="declare_serious", done_by="notify_device", lead_days=(10, 5, 2),
        when=device(WORST.DEATH, WORST.HEALTH), of="SR47",
    ),
    ObligationRule(
        "SR47T", _("Report the threat to public health to the authority for devices"), "A.8.4", "after", OFFICER,
        days=2, register=INCIDENTS, event="declare_serious", done_by="notify_device", lead_days=(2, 1),
        when=device(WORST.PUBLIC), of="SR47",
    ),
)  # fmt: skip

KEPT = (
    ObligationRule(
        "SR50", _("Logs of AI systems are kept"), "A.6.2.8", "retention", OFFICER,
        months=6, register="life-cycle-files", when=logs, since=lambda file: file.dated,
    ),
    ObligationRule(
        "SR51", _("Technical documentation is kept after the system was placed on the market"), "A.6.2.7",
        "retention", OFFICER,
        months=120, register="life-cycle-files", when=technical, since=lambda file: file.system.placed_on_market,
    ),
)  # fmt: skip

OBLIGATIONS = (
    ObligationRule(
        "SR09C", _("Risk assessment of a significant change"), "8.2", "trigger", OFFICER,
        register="change-records", event="create", done_by="assess", lead_days=(0,),
        when=lambda change: change.significant,
    ),
    ObligationRule(
        "SR22", _("Review of the supplier"), "8.1", "periodic", OFFICER,
        months=24, register="suppliers", done_by="review", lead_days=(30, 7),
        variants=(Variant("critical", 12, critical),),
    ),
    ObligationRule(
        "SR22T", _("Review of the supplier, after an event"), "8.1", "trigger", OFFICER,
        days=14, register="suppliers", done_by="review", lead_days=(14, 3), of="SR22",
        events=(
            Event("model_change_notice", "change-records.create", supplied, about="system.suppliers"),
            Event("incident", "incidents.create", about="system.suppliers"),
        ),
    ),
    *WITH_PEOPLE,
    *CLOCKS,
    *KEPT,
)  # fmt: skip
