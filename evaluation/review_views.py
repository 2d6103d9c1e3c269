"""Papers of the management review: its minutes and the board report, as PDF in the reader's language (9.3.3)."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.pages import shown
from aims.pages.paper import printed
from aims.pages.request import MemberRequest
from aims.records.access import fetch, require
from evaluation import review_shown
from evaluation.models import ManagementReview
from evaluation.review_report import board, may_read


@require_GET
def minutes(request: MemberRequest, key: Any) -> HttpResponse:
    """The minutes of a review with what it heard, concluded and decided, and who signed them."""
    review = fetch(request.member, ManagementReview, key)
    inputs = review_shown.heard(request.member, review)
    context = {
        "review": review,
        "attendees": list(review.attendees.order_by("name")),
        "inputs": inputs,
        "decisions": review_shown.decided(request.member, review),
        "concluded": review_shown.concluded(review),
        "signatures": shown.signatures(request.member, review),
    }
    return paper(request, "evaluation/review_minutes_print.html", context, f"{review.ref} {_('minutes')}")


@require_GET
def board_report(request: MemberRequest) -> HttpResponse:
    """The board report of today."""
    require(may_read(request.member))
    made = board(request.member)
    name = _("board report")  # by itself: gettext does not look into f-strings
    name = f"{name} {made.at:%Y-%m-%d}"
    return paper(request, "evaluation/board_report_print.html", {"board": made}, name)


def paper(request: MemberRequest, template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """A page of HTML as a PDF to keep."""
    about = {"organisation": request.member.organisation_name}
    return printed(
        template, {**about, **context}, name, _("The document is too long to be set. Shorten the minutes.")
    )
