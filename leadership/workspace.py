"""What clause 5 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.records.lifecycles import approval, replacing
from aims.records.registry import Register, Workspace
from leadership.models import AIPolicy, PolicyLink, PolicyPrinciple

REQUIRED = ("text", "suits", "basis", "requirements", "improvement", "effective_from", "owner")

workspace = Workspace(
    clause="5",
    registers=(
        Register(
            AIPolicy,
            answers=("5.2", "A.2.2", "A.2.3", "A.2.4"),
            columns=("title", "edition", "effective_from", "review_due", "owner"),
            form=(
                (_("The policy"), ("title", "edition", "text", "owner")),
                (_("What clause 5.2 asks for"), ("suits", "basis", "requirements", "improvement")),
                (_("Use"), ("exceptions", "available", "changed")),
                (_("When it holds"), ("effective_from", "review_due")),
            ),
            lifecycle=approval(
                _("I approve this AI policy for the organisation."),
                required=REQUIRED,
                effects=(replacing(),),
            ),
            parts=(PolicyPrinciple, PolicyLink),
            record_types=("ai_policy",),
            icon="landmark",
            about=_("The AI policy in its versions: approved by top management, with its principles."),
        ),
    ),
)
