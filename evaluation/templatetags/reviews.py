"""The pages of a management review: what was heard, what was concluded and decided, who signs; from one tag each."""

from typing import Any

from django import template
from django.template.context import Context

from aims.organisation.member import Member
from evaluation import review_shown
from evaluation.models import ManagementReview
from evaluation.review_report import may_read

register = template.Library()


@register.simple_tag(takes_context=True)
def review_of(context: Context, record: ManagementReview) -> dict[str, Any]:
    """Everything that the page of a review shows beside its fields."""
    member: Member = context["request"].member
    inputs = review_shown.heard(member, record)
    return {
        "inputs": [row for row in inputs if row.wanted],
        "extra": [row for row in inputs if not row.wanted],
        "decisions": review_shown.decided(member, record),
        "concluded": review_shown.concluded(record),
        "asked": review_shown.asked_to_sign(record) if record.state == "held" else [],
    }


@register.simple_tag(takes_context=True)
def may_read_board(context: Context) -> bool:
    """Whether the reader may take the board report."""
    return may_read(context["request"].member)


@register.simple_tag(takes_context=True)
def review_to_sign(context: Context, record: ManagementReview) -> dict[str, Any]:
    """The same for the signing page, its inputs from the very content that is signed."""
    member: Member = context["request"].member
    content = context["signed_content"]
    return {
        "inputs": review_shown.heard(member, record, content["inputs"]),
        "decisions": review_shown.decided(member, record),
        "concluded": review_shown.concluded(record),
        "board": may_read(member),
    }
