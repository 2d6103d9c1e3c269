"""What must be done again or in time under clause 6, and which events ask for it at once."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import Event, ObligationRule, Variant

OFFICER = Role.OFFICER
SOON = 14  # days within which our default wants an event to be answered


def change_of(kind: str) -> Callable[[Any], bool]:
    """Change records of a sort."""
    return lambda change: change.kind == kind


def high_risk(assessment: Any) -> bool:
    """Assessments of a system that is high-risk under the AI Act."""
    return bool(assessment.system.act_outcome.startswith("HIGH_RISK"))


def serious(incident: Any) -> bool:
    """Incidents that are serious under the AI Act."""
    return bool(incident.serious)


def alarm(measurement: Any) -> bool:
    """Values beyond the alarm of their metric."""
    return bool(measurement.band == "alarm")


def of_law(requirement: Any) -> bool:
    """Requirements that a law makes."""
    return bool(requirement.kind in ("law", "reporting"))


def change(name: str, kind: str) -> Event:
    """A change of a sort was made to a system."""
    return Event(name, "change-records.deploy", change_of(kind))


PURPOSE = change("purpose_change", "purpose")
POPULATION = change("new_population", "population")
AUTONOMY = change("autonomy_change", "autonomy")
SERIOUS = Event("serious_incident", "incidents.declare_serious", serious)
LAW = Event("law_change", "legal-and-other-requirements.put_in_force", of_law)

ON_EVENTS = (
    ObligationRule(
        "SR09T", _("AI risk assessment, after an event"), "8.2", "trigger", OFFICER,
        days=SOON, register="ai-systems", done_by="risk-assessments.approve", lead_days=(SOON, 3), of="SR09",
        events=(
            PURPOSE, POPULATION, change("retraining", "retraining"),
            change("supplier_model_change", "supplied_model"), AUTONOMY, SERIOUS,
            Event("metric_alarm", "measurements.create", alarm, about="metric.system"), LAW,
        ),
    ),
    ObligationRule(
        "SR10T", _("AI system impact assessment, after an event"), "8.4", "trigger", OFFICER,
        days=SOON, register="ai-systems", done_by="impact-assessments.approve", lead_days=(SOON, 3), of="SR10",
        events=(
            PURPOSE, POPULATION, AUTONOMY,
            Event("adverse_impact_report", "reports-from-outside.create"), LAW,
        ),
    ),
    ObligationRule(
        "SR14T", _("Review of the Statement of Applicability, after an event"), "6.1.3", "trigger", OFFICER,
        days=SOON, done_by="statements-of-applicability.approve", lead_days=(SOON, 3), of="SR14",
        events=(
            Event("risk_treatment_change", "treatment-plans.approve"),
            Event("scope_change", "scope-statements.approve"),
        ),
    ),
    ObligationRule(
        "SR25T", _("Review of the AI Act classification, after an event"), "6.1.1", "trigger", OFFICER,
        days=SOON, register="ai-systems", done_by="ai-act-answer-sheets.approve", lead_days=(SOON, 3), of="SR25",
        events=(PURPOSE, change("substantial_modification", "substantial"), LAW),
    ),
)  # fmt: skip

OBLIGATIONS = (
    ObligationRule(
        "SR05", _("Evaluation of legal and other requirements"), "4.2", "periodic", OFFICER,
        months=6, lead_days=(30,),
    ),
    ObligationRule(
        "SR08", _("Review of the risk criteria"), "6.1.1", "periodic", OFFICER,
        months=12, register="risk-criteria", done_by="supersede", lead_days=(30,),
    ),
    ObligationRule(
        "SR09", _("AI risk assessment"), "8.2", "periodic", OFFICER,
        months=12, register="risk-assessments", done_by="supersede", lead_days=(30, 7),
        variants=(Variant("high_risk", 6, high_risk, related=("system",)),),
    ),
    ObligationRule(
        "SR10", _("AI system impact assessment"), "8.4", "periodic", OFFICER,
        months=12, register="impact-assessments", done_by="supersede", lead_days=(30, 7),
    ),
    ObligationRule(
        "SR11", _("Progress of risk treatment"), "8.3", "periodic", OFFICER, months=1, lead_days=(5,),
    ),
    ObligationRule(
        "SR12", _("Check that the treatment works"), "8.3", "after", OFFICER,
        days=90, register="ai-risks", event="accept", done_by="verify", lead_days=(14,),
    ),
    ObligationRule(
        "SR13", _("Renewal of the acceptance"), "6.1.3", "after", OFFICER,
        months=12, register="ai-risks", event="accept", done_by="reassess", lead_days=(30, 7),
    ),
    ObligationRule(
        "SR14", _("Review of the Statement of Applicability"), "6.1.3", "periodic", OFFICER,
        months=12, register="statements-of-applicability", done_by="supersede", lead_days=(30,),
    ),
    ObligationRule(
        "SR15", _("Measure the objective"), "6.2", "periodic", OFFICER,
        months=3, register="ai-objectives", done_by="measure", lead_days=(14,),
    ),
    ObligationRule(
        "SR23", _("Test of the control"), "8.1", "periodic", OFFICER,
        months=12, register="control-implementations", done_by="control-tests.complete", lead_days=(30,),
    ),
    ObligationRule(
        "SR25", _("Review of the AI Act classification"), "6.1.1", "periodic", OFFICER,
        months=12, register="ai-act-answer-sheets", done_by="revise", lead_days=(30,),
    ),
    *ON_EVENTS,
)  # fmt: skip
