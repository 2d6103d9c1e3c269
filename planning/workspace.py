"""What clause 6 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Indicator, Panel, ReviewInput, View, Workspace
from aims.schedule.places import place_later
from planning import inputs, objective_panel, reviewed, risk_paths, stale_panels, staleness, system_panels
from planning.bases import BASES
from planning.founding import lay_controls
from planning.obligations import OBLIGATIONS
from planning.registers import REGISTERS
from planning.rules import RULES

VIEWS = (
    View("ai-risks", _("Identify risks"), "identify risks", "scan-search"),
    View("ai-act-answer-sheets", _("Systems and duties"), "act law", "list-checks"),
    View("ai-act-answer-sheets", _("Versions of the rules"), "act rules", "git-compare"),
    View(
        "comparisons-with-other-standards",
        _("ISO/IEC 42001 beside ISO 13485"),
        "compare standard",
        "columns-3",
    ),
    View("comparisons-with-other-standards", _("Other frameworks"), "crosswalks", "network"),
)

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
        Panel("ai-objectives", "planning/objective_panel.html", objective_panel.panel, wide=True),
        Panel("ai-systems", "planning/system_risk.html", risk_paths.riskiest),
        Panel("ai-systems", "planning/system_controls.html", system_panels.controls),
        Panel("ai-systems", "planning/system_law.html", system_panels.law),
        *stale_panels.PANELS,
    ),
    founding=(lay_controls,),
    rules=RULES,
    seams=(*BASES, *staleness.OBSERVERS, *staleness.GUARDS, *VIEWS),
    followers=(staleness.follow,),
)
