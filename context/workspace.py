"""What clause 4 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.lifecycles import approval, replacing
from aims.records.registry import Indicator, ObligationRule, Register, ReviewInput, Workspace
from aims.schedule.places import place_later
from context import inputs
from context.models import (
    AISystem,
    ContextIssue,
    InterestedParty,
    PartyRequirement,
    Process,
    ScopeExclusion,
    ScopeStatement,
    SystemRole,
)
from context.rules import RULES

OFFICER = Role.OFFICER

REGISTERS = (
    Register(
        ContextIssue,
        answers=("4.1",),
        columns=("title", "kind", "category", "relevant", "owner", "review_due"),
        form=(
            (_("The issue"), ("title", "kind", "category", "owner")),
            (_("What it means"), ("relevant", "rationale", "effect")),
            (_("Looked at"), ("reviewed_on", "review_due")),
        ),
        filters=("state", "kind", "category", "owner"),
        record_types=("context_issue",),
        icon="compass",
        about=_("What outside and inside bears on our AI management system, climate change included."),
    ),
    Register(
        AISystem,
        answers=("4.1", "4.3", "A.4.2", "A.6.2"),
        columns=("title", "stage", "act_outcome", "owner", "review_due"),
        form=(
            (_("What it is"), ("title", "purpose", "misuse", "owner")),
            (
                _("Where it stands"),
                ("stage", "sourcing", "release", "deployed", "placed_on_market", "domain", "review_due"),
            ),
            (_("How it works"), ("task_type", "approach", "automation", "model_description", "oversight")),
            (_("Scope and law"), ("in_scope", "scope_reason", "act_outcome", "act_rationale", "other_law")),
            (_("Whether it is worth it"), ("benefit_expected", "benefit_measured", "alternatives")),
            (_("What it takes"), ("yearly_cost", "energy", "carbon")),
        ),
        filters=("state", "stage", "act_outcome", "owner"),
        parts=(SystemRole,),
        record_types=("ai_system", "ai_role_determination"),
        icon="cpu",
        about=_("Every AI system that we develop, provide or use, with its purpose and our role."),
    ),
    Register(
        InterestedParty,
        answers=("4.2", "A.10.4"),
        columns=("title", "kind", "roles", "owner", "review_due"),
        form=(
            (_("Who it is"), ("title", "kind", "roles", "heard", "owner")),
            (_("Looked at"), ("reviewed_on", "review_due")),
        ),
        filters=("state", "kind", "owner"),
        parts=(PartyRequirement,),
        record_types=("interested_party", "interested_party_requirement", "customer_requirement"),
        icon="users",
        about=_("Who has a stake in our AI systems, what they need, and what answers it."),
    ),
    Register(
        ScopeStatement,
        answers=("4.3",),
        columns=("title", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("The scope"), ("title", "edition", "text", "basis", "owner")),
            (_("What is inside"), ("organisation_units", "systems", "certificate_text")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        lifecycle=approval(
            _("I approve this scope of the AI management system."),
            required=("text", "basis", "effective_from", "owner"),
            effects=(replacing(),),
        ),
        parts=(ScopeExclusion,),
        record_types=("scope_statement",),
        icon="map-pin",
        about=_("What the AI management system covers, in its versions, and what stays outside."),
    ),
    Register(
        Process,
        answers=("4.4", "A.6.1.3", "A.9.2", "A.7.2"),
        columns=("title", "measured_by", "owner", "review_due"),
        form=(
            (_("The process"), ("title", "purpose", "owner", "codes")),
            (_("How it works"), ("inputs", "activities", "outputs", "before")),
            (_("How we know"), ("measured_by", "from_other", "effective_from", "review_due")),
        ),
        record_types=("process", "data_process"),
        icon="git-branch",
        about=_("The processes of the AI management system, with owner, inputs and outputs."),
    ),
)

OBLIGATIONS = (
    ObligationRule(
        "SR04", _("Review of context and interested parties"), "4.1", "periodic", OFFICER,
        months=12, before="SR01", before_days=30, lead_days=(30,),
    ),
    ObligationRule(
        "SR24", _("Re-evaluation of the AI system"), "4.1", "periodic", OFFICER,
        months=12, register="ai-systems", lead_days=(30, 7),
    ),
)  # fmt: skip

workspace = Workspace(
    clause="4",
    registers=REGISTERS,
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput(
            "9.3.2-b",
            _("Changes in external and internal issues"),
            inputs.issues_changed,
            place_later("context-issues"),
        ),
        ReviewInput(
            "9.3.2-c",
            _("Changes in needs and expectations"),
            inputs.parties_changed,
            place_later("interested-parties"),
        ),
    ),
    indicators=(
        Indicator(
            "systems_incomplete",
            _("AI systems without role, purpose or class"),
            inputs.systems_incomplete,
            place_later("ai-systems"),
            "warn",
        ),
    ),
    rules=RULES,
)
