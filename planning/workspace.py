"""What clause 6 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import Indicator, ObligationRule, Panel, ReviewInput, Workspace
from aims.schedule.places import place_later
from planning import inputs, reviewed, system_panels
from planning.founding import lay_controls
from planning.registers import REGISTERS
from planning.rules import RULES

OFFICER = Role.OFFICER

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
)  # fmt: skip

workspace = Workspace(
    clause="6",
    registers=REGISTERS,
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput(
            "6.1.3",
            _("Risks and their treatment"),
            inputs.risks_now,
            place_later("ai-risks", state="treating"),
            "down",
        ),
        ReviewInput(
            "8.3", _("Risk treatment plan"), reviewed.treatment_now, place_later("treatment-plans"), "up"
        ),
        ReviewInput(
            "6.1.4", _("Impact assessments"), inputs.impacts_now, place_later("impact-assessments"), "up"
        ),
        ReviewInput("6.2", _("AI objectives"), inputs.objectives_now, place_later("ai-objectives"), "up"),
        ReviewInput(
            "6.1.3-f",
            _("Statement of Applicability"),
            reviewed.applicability_now,
            place_later("statements-of-applicability"),
            "up",
        ),
        ReviewInput(
            "A.8.5", _("Legal watch"), reviewed.law_now, place_later("legal-and-other-requirements"), "down"
        ),
    ),
    indicators=(
        Indicator(
            "risks_not_accepted",
            _("Risks not accepted"),
            inputs.not_accepted,
            place_later("ai-risks", state="treating"),
            "bad",
        ),
        Indicator(
            "controls_not_in_place",
            _("Controls not fully in place"),
            inputs.controls_not_in_place,
            place_later("control-implementations"),
            "warn",
        ),
        Indicator(
            "objectives_at_risk",
            _("Objectives at risk"),
            inputs.objectives_at_risk,
            place_later("ai-objectives", progress="at_risk"),
            "warn",
        ),
    ),
    panels=(
        Panel("ai-systems", "planning/system_controls.html", system_panels.controls),
        Panel("ai-systems", "planning/system_law.html", system_panels.law),
    ),
    founding=(lay_controls,),
    rules=RULES,
)
