"""The registers of clause 4: AI systems and their versions."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from context.lifecycles import VERSION
from context.models import AISystem, EvaluationResult, SystemRole, SystemVersion

SYSTEMS = (
    Register(
        AISystem,
        answers=("4.1", "4.3", "A.4.2", "A.6.2"),
        columns=("title", "stage", "act_outcome", "owner", "review_due"),
        form=(
            (
                _("What it is"),
                ("title", "purpose", "not_intended", "misuse", "users", "affected", "owner"),
            ),
            (
                _("Where it stands"),
                ("stage", "sourcing", "release", "deployed", "placed_on_market", "domain", "review_due"),
            ),
            (_("How it works"), ("task_type", "approach", "automation", "model_description", "oversight")),
            (_("Scope and law"), ("in_scope", "scope_reason", "act_outcome", "act_rationale", "other_law")),
            (_("Whether it is worth it"), ("benefit_expected", "benefit_measured", "alternatives")),
            (_("What it takes"), ("yearly_cost", "energy", "carbon")),
            (_("Description after ISO/IEC 23053"), ("ml",)),
        ),
        filters=("state", "stage", "act_outcome", "owner"),
        parts=(SystemRole,),
        record_types=("ai_system", "ai_role_determination"),
        icon="cpu",
        about=_("Every AI system that we develop, provide or use, with its purpose and our role."),
    ),
    Register(
        SystemVersion,
        answers=("4.1", "A.6.2.4", "A.6.2.5"),
        columns=("title", "system", "label", "released_on", "owner"),
        form=(
            (_("What it is"), ("title", "system", "label", "previous", "owner")),
            (_("What it is for"), ("intended_use", "changes", "limits")),
            (_("When"), ("planned_for", "validated_on", "released_on", "withdrawn_on")),
        ),
        filters=("state", "system", "owner"),
        lifecycle=VERSION,
        parts=(EvaluationResult,),
        record_types=("model",),
        icon="git-branch",
        about=_("Each version of an AI system: what it is for, how it was tested, who released it and when."),
    ),
)
