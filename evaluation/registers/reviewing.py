"""Management review (9.3)."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import Role
from aims.records.registry import ObligationRule, Register
from evaluation import lifecycles
from evaluation.models import ManagementReview, ReviewDecision
from evaluation.models import ReviewInput as Input

OFFICER = Role.OFFICER

REGISTERS = (
    Register(
        ManagementReview,
        answers=("9.3.1", "9.3.2", "9.3.3"),
        columns=("title", "held_on", "chair", "next_review"),
        form=(
            (_("The review"), ("title", "held_on", "period_from", "period_to", "owner")),
            (_("Who was there"), ("chair", "attendees", "guests")),
            (_("Minutes"), ("minutes",)),
            (_("Conclusions"), ("suitability", "adequacy", "effectiveness", "next_review")),
        ),
        filters=("state", "chair"),
        lifecycle=lifecycles.REVIEW,
        parts=(Input, ReviewDecision),
        record_types=("management_review", "management_review_input", "management_review_decision"),
        icon="users",
        about=_("Reviews by top management: what was heard, what was concluded, what was decided."),
    ),
)

OBLIGATIONS = (
    ObligationRule(
        "SR01", _("Management review"), "9.3.1", "periodic", OFFICER,
        months=12, done_by="management-reviews.sign", lead_days=(60, 30, 7),
    ),
)  # fmt: skip
