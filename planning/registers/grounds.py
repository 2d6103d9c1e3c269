"""The registers of clause 6: the risks of the management system, criteria and methods."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles, risk_lifecycles
from planning.models import (
    AcceptanceRule,
    AIMSAction,
    AIMSRisk,
    ConsequenceStep,
    LikelihoodStep,
    Method,
    RiskCriteria,
)

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
            (_("Scales in words"), ("likelihood_scale", "consequence_scale", "matrix", "floor")),
            (_("What is acceptable"), ("appetite_band", "threshold", "appetite", "differences")),
            (_("When they hold"), ("effective_from", "review_due")),
        ),
        lifecycle=risk_lifecycles.CRITERIA,
        parts=(ConsequenceStep, LikelihoodStep, AcceptanceRule),
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
