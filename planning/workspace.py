"""What clause 6 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register, Workspace
from planning.founding import lay_controls
from planning.lifecycles import CLASSIFICATION, CONTROL, RISK
from planning.models import AIActAnswer, AIRisk, ControlImplementation, RiskAction, SystemExclusion

RATINGS = ("likelihood", "organisation", "individuals", "society")


def rating(stage: str) -> tuple[str, ...]:
    """The fields of a rating: `inherent`, `residual` or `target`."""
    return tuple(f"{stage}_{name}" for name in RATINGS)


workspace = Workspace(
    clause="6",
    founding=(lay_controls,),
    registers=(
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
            lifecycle=RISK,
            parts=(RiskAction,),
            record_types=("ai_risk", "risk_treatment", "action", "approval"),
            icon="triangle-alert",
            about=_(
                "What each AI system may do to the organisation, to people and to society, and what we do about it."
            ),
        ),
        Register(
            ControlImplementation,
            answers=("6.1.3", "8.1"),
            columns=("code", "title", "applicable", "status", "due", "owner"),
            form=(
                (_("Decision"), ("applicable", "inclusion_reason", "exclusion_reason", "owner")),
                (_("Implementation"), ("status", "description", "gap", "due", "review_due")),
            ),
            filters=("state", "applicable", "status", "owner"),
            lifecycle=CONTROL,
            parts=(SystemExclusion,),
            record_types=("control_implementation",),
            icon="shield-check",
            about=_(
                "The Statement of Applicability, line by line: which control applies, why, and how far it is in place."
            ),
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
            lifecycle=CLASSIFICATION,
            icon="scale",
            about=_("What the EU AI Act makes of each system, from answers to its questions."),
        ),
    ),
)
