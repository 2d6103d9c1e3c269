"""What clause 4 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register, Workspace
from context.models import AISystem, InterestedParty, PartyRequirement, SystemRole

workspace = Workspace(
    clause="4",
    registers=(
        Register(
            AISystem,
            answers=("4.1", "4.3", "A.6.2"),
            columns=("title", "stage", "act_outcome", "owner", "review_due"),
            form=(
                (_("What it is"), ("title", "purpose", "misuse", "owner")),
                (_("Where it stands"), ("stage", "sourcing", "release", "in_scope", "review_due")),
                (_("How it works"), ("model_description", "oversight")),
                (_("EU AI Act"), ("act_outcome", "act_rationale")),
            ),
            filters=("state", "stage", "act_outcome", "owner"),
            parts=(SystemRole,),
            record_types=("ai_system", "ai_role_determination"),
            icon="cpu",
            about=_("Every AI system that we develop, provide or use, with its purpose and our role."),
        ),
        Register(
            InterestedParty,
            answers=("4.2",),
            columns=("title", "roles", "owner", "review_due"),
            form=((_("Who it is"), ("title", "roles", "owner", "review_due")),),
            parts=(PartyRequirement,),
            record_types=("interested_party", "interested_party_requirement"),
            icon="users",
            about=_("Who has a stake in our AI systems, what they need, and what answers it."),
        ),
    ),
)
