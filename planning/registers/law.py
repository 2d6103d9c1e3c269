"""The registers of clause 6: the AI Act and other law."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning.act_lifecycles import CLASSIFICATION
from planning.models import AIActAnswer, LegalRequirement

LAW = (
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
        record_types=("ai_act_classification",),
        icon="scale",
        about=_("What the EU AI Act makes of each system, from answers to its questions."),
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
