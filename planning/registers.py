"""The registers of clause 6, declared."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF
from aims.records.registry import Register
from planning import lifecycles
from planning.models import (
    AcceptanceRule,
    AIActAnswer,
    AIMSAction,
    AIMSRisk,
    AIRisk,
    ApplicabilityStatement,
    ChangePlan,
    ControlImplementation,
    ControlTest,
    CustomControl,
    Impact,
    ImpactAssessment,
    LegalRequirement,
    Method,
    Objective,
    ObjectiveStep,
    ObjectiveValue,
    RiskAction,
    RiskAssessment,
    RiskCriteria,
    SystemExclusion,
    TreatmentPlan,
)

RATINGS = ("likelihood", "organisation", "individuals", "society")


def rating(stage: str) -> tuple[str, ...]:
    """The fields of a rating: `inherent`, `residual` or `target`."""
    return tuple(f"{stage}_{name}" for name in RATINGS)


GROUNDS = (
    Register(
        AIMSRisk,
        answers=("6.1.1",),
        columns=("title", "kind", "weight", "owner", "review_due"),
        form=(
            (_("What it is"), ("title", "kind", "description", "weight", "owner")),
            (_("Where it comes from"), ("issues", "parties")),
            (_("What is done"), ("integrated", "result", "review_due")),
        ),
        filters=("state", "kind", "weight", "owner"),
        lifecycle=lifecycles.AIMS_RISK,
        parts=(AIMSAction,),
        record_types=("aims_risk_opportunity", "action"),
        icon="zap",
        about=_("Risks and opportunities of the management system itself, with actions and their effect."),
    ),
    Register(
        RiskCriteria,
        answers=("6.1.1",),
        columns=("title", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("The criteria"), ("title", "edition", "owner")),
            (_("Scales"), ("likelihood_scale", "consequence_scale", "matrix")),
            (_("What is acceptable"), ("threshold", "appetite", "differences")),
            (_("When they hold"), ("effective_from", "review_due")),
        ),
        lifecycle=lifecycles.CRITERIA,
        parts=(AcceptanceRule,),
        record_types=("risk_criteria",),
        icon="sliders-horizontal",
        about=_("Scales, threshold and appetite, and who may accept which risk, approved by top management."),
    ),
    Register(
        Method,
        answers=("6.1.2", "6.1.3", "6.1.4", "A.5.2"),
        columns=("title", "kind", "edition", "effective_from", "review_due"),
        form=(
            (_("The method"), ("title", "kind", "edition", "steps", "owner")),
            (_("Why results can be trusted"), ("alignment", "comparable", "triggers", "records")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        filters=("state", "kind", "owner"),
        lifecycle=lifecycles.METHOD,
        record_types=("risk_assessment_method", "risk_treatment_method", "impact_assessment_method"),
        icon="book-open",
        about=_("How risks and impacts are assessed and treated, in versions."),
    ),
)

RISKS = (
    Register(
        AIRisk,
        answers=("6.1.2", "6.1.3", "8.2", "8.3"),
        columns=(
            "title",
            "system",
            "inherent_level",
            "residual_level",
            "residual_band",
            "owner",
            "review_due",
        ),
        form=(
            (_("What may happen"), ("title", "system", "cause", "event", "consequences", "owner")),
            (_("Where it comes from"), ("sources", "objectives")),
            (_("Before treatment"), rating("inherent")),
            (_("Treatment"), ("option", "option_reason", "controls")),
            (_("Now"), rating("residual")),
            (_("Target"), rating("target")),
            (_("Acceptance"), ("acceptance_note", "review_due")),
        ),
        filters=("state", "system", "residual_band", "owner"),
        lifecycle=lifecycles.RISK,
        parts=(RiskAction,),
        record_types=("ai_risk", "risk_treatment", "action", "approval"),
        icon="triangle-alert",
        about=_("What each AI system may do to us, to people and to society, and what we do about it."),
    ),
    Register(
        RiskAssessment,
        answers=("8.2",),
        columns=("title", "system", "trigger", "done_on", "review_due", "owner"),
        form=(
            (_("The assessment"), ("title", "system", "method", "trigger", "done_on", "owner")),
            (_("Who took part"), ("participants", "others")),
            (_("Result"), ("risks", "result", "review_due")),
        ),
        filters=("state", "system", "trigger"),
        lifecycle=lifecycles.ASSESSMENT,
        record_types=("ai_risk_assessment",),
        icon="scan-search",
        about=_(
            "Each dated assessment of a system’s risks, with the version of the method and the next date."
        ),
    ),
    Register(
        ImpactAssessment,
        answers=("6.1.4", "8.4", "A.5.3", "A.5.4", "A.5.5"),
        columns=("title", "system", "done_on", "conclusion", "review_due", "owner"),
        form=(
            (_("The assessment"), ("title", "system", "method", "trigger", "done_on", "owner")),
            (_("Who took part"), ("contributors", "others")),
            (_("What it means"), ("setting", "individuals", "society", "misuse", "oversight")),
            (_("Conclusion"), ("conclusion", "published", "related", "review_due")),
        ),
        filters=("state", "system", "conclusion"),
        lifecycle=lifecycles.IMPACT,
        parts=(Impact,),
        record_types=("ai_impact_assessment",),
        icon="heart-pulse",
        about=_("What each system means for people and society, in use and in foreseeable misuse."),
    ),
    Register(
        TreatmentPlan,
        answers=("6.1.3", "8.3"),
        columns=("title", "edition", "compared_on", "effective_from", "owner"),
        form=(
            (_("The plan"), ("title", "edition", "approach", "risks", "owner")),
            (_("Means"), ("resources",)),
            (_("Compared with Annex A"), ("compared_on", "comparison")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        lifecycle=lifecycles.PLAN,
        record_types=("risk_treatment_plan", "approval"),
        icon="list-checks",
        about=_("The risk treatment plan in its versions, approved by top management."),
    ),
)

CONTROLS = (
    Register(
        ControlImplementation,
        answers=("6.1.3", "8.1"),
        columns=("code", "title", "applicable", "status", "due", "owner"),
        form=(
            (_("Decision"), ("applicable", "inclusion_reason", "exclusion_reason", "owner")),
            (_("Implementation"), ("status", "description", "gap", "due", "review_due")),
        ),
        filters=("state", "applicable", "status", "owner"),
        lifecycle=lifecycles.CONTROL,
        parts=(SystemExclusion,),
        record_types=("control_implementation",),
        icon="shield-check",
        about=_("The lines of the Statement of Applicability: which control applies, why, how far it is."),
    ),
    Register(
        CustomControl,
        answers=("6.1.3",),
        columns=("title", "status", "owner", "review_due"),
        form=(
            (_("The control"), ("title", "reason", "description", "owner")),
            (_("Use"), ("status", "risks", "codes", "review_due")),
        ),
        filters=("state", "status", "owner"),
        record_types=("custom_control",),
        icon="shield",
        about=_("Controls of our own that Annex A does not have."),
    ),
    Register(
        ApplicabilityStatement,
        answers=("6.1.3",),
        columns=("title", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("The statement"), ("title", "edition", "changes", "owner")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        lifecycle=lifecycles.APPLICABILITY,
        record_types=("statement_of_applicability", "approval"),
        icon="badge-check",
        about=_("Issued versions of the Statement of Applicability, with all lines as they were."),
    ),
    Register(
        ControlTest,
        answers=("8.1",),
        columns=("title", "line", "tested_on", "result", "owner"),
        form=(
            (_("The test"), ("title", "line", "own_control", "tested_on", "tester", "owner")),
            (_("How"), ("method", "sample")),
            (_("What was found"), ("result", "seen", "follows")),
        ),
        filters=("state", "result", "line"),
        lifecycle=lifecycles.TEST,
        writers=STAFF,
        record_types=("control_effectiveness_check",),
        icon="test-tube-diagonal",
        about=_("Tests of whether controls work, with sample and result."),
    ),
    Register(
        AIActAnswer,
        answers=("4.1", "6.1.1", "A.8.5"),
        columns=("title", "system", "outcome", "applies_from", "owner", "review_due"),
        form=(
            (_("The system"), ("title", "system", "owner")),
            (_("Answers"), ("answers", "rationale", "assessed_on")),
            (_("What follows"), ("applies_from", "review_due")),
        ),
        filters=("state", "system", "outcome"),
        lifecycle=lifecycles.CLASSIFICATION,
        icon="scale",
        about=_("What the EU AI Act makes of each system, from answers to its questions."),
    ),
)

AIMS = (
    Register(
        Objective,
        answers=("6.2", "A.6.1.2", "A.9.3"),
        columns=("title", "indicator", "target", "unit", "due", "progress", "owner"),
        form=(
            (_("The objective"), ("title", "themes", "policy", "statement", "systems", "codes", "owner")),
            (_("Measure"), ("indicator", "baseline", "target", "unit", "due", "not_measurable")),
            (_("Plan"), ("resources", "evaluation", "progress", "review_due")),
        ),
        filters=("state", "progress", "owner"),
        lifecycle=lifecycles.OBJECTIVE,
        parts=(ObjectiveStep, ObjectiveValue),
        record_types=("ai_objective", "ai_objective_plan"),
        icon="target",
        about=_("What we want to reach with AI, measured, with means, people and dates."),
    ),
    Register(
        ChangePlan,
        answers=("6.3", "10.2"),
        columns=("title", "origin", "planned_for", "done_on", "owner"),
        form=(
            (_("The change"), ("title", "purpose", "origin", "codes", "owner")),
            (_("Before it is made"), ("consequences", "integrity", "resources", "responsibilities")),
            (_("When"), ("planned_for", "done_on", "result")),
        ),
        lifecycle=lifecycles.CHANGE,
        record_types=("change_plan",),
        icon="git-compare",
        about=_("Changes of the AI management system, planned before they are made."),
    ),
    Register(
        LegalRequirement,
        answers=("4.2", "A.8.5", "A.10.4"),
        columns=("title", "kind", "applies_from", "verdict", "evaluated_on", "owner"),
        form=(
            (_("The requirement"), ("title", "kind", "source", "asks", "owner")),
            (_("Whom it concerns"), ("systems", "party", "applies_from", "answered_by")),
            (_("Evaluation"), ("evaluated_on", "verdict", "reasons", "review_due")),
        ),
        filters=("state", "kind", "verdict", "owner"),
        record_types=("reporting_obligation", "customer_requirement"),
        icon="scale",
        about=_("Laws, contracts and promises that apply to our AI, and whether we meet them."),
    ),
)

REGISTERS = (*GROUNDS, *RISKS, *CONTROLS, *AIMS)
