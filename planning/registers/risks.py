"""The registers of clause 6: risks of AI systems, their assessments and treatment."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles, risk_lifecycles
from planning.models import AIRisk, RiskAction, RiskAssessment, TreatmentPlan
from planning.models.estimates import FREQUENCY, LOSS

RATINGS = ("likelihood", "organisation", "individuals", "society")


def rating(stage: str) -> tuple[str, ...]:
    """The fields of a rating: `inherent`, `current`, `residual` or `target`."""
    return tuple(f"{stage}_{name}" for name in RATINGS)


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
            (_("Where it comes from"), ("sources", "objectives", "library")),
            (_("Before treatment"), rating("inherent")),
            (_("Treatment"), ("option", "option_reason", "controls")),
            (_("Now, with the controls in place (where that is rated apart)"), rating("current")),
            (_("After treatment"), rating("residual")),
            (_("Target"), rating("target")),
            (_("Acceptance"), ("acceptance_note", "review_due", "criteria")),
            (_("Estimate in money, where you want one"), (*FREQUENCY, *LOSS, "seed", "assumptions")),
        ),
        filters=("state", "system", "residual_band", "owner"),
        lifecycle=risk_lifecycles.RISK,
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
            (_("Result"), ("sources", "risks", "result", "review_due")),
        ),
        filters=("state", "system", "trigger"),
        lifecycle=risk_lifecycles.ASSESSMENT,
        record_types=("ai_risk_assessment",),
        icon="scan-search",
        about=_(
            "Each dated assessment of a system’s risks, with the version of the method and the next date."
        ),
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
