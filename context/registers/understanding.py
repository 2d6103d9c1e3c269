"""The registers of clause 4: issues and interested parties."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from context.models import ContextIssue, InterestedParty, PartyRequirement

UNDERSTANDING = (
    Register(
        ContextIssue,
        answers=("4.1",),
        columns=("title", "kind", "category", "relevant", "owner", "review_due"),
        form=(
            (_("The issue"), ("title", "kind", "category", "owner")),
            (_("What it means"), ("relevant", "rationale", "ai_relevance", "effect")),
            (_("Looked at"), ("reviewed_on", "review_due")),
        ),
        filters=("state", "kind", "category", "owner"),
        record_types=("context_issue",),
        icon="compass",
        about=_("What outside and inside bears on our AI management system, climate change included."),
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
)
