"""The question of clause 4.1 that is always asked: whether climate change is relevant, decided with its reason."""

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.changes import create, move, write
from context.gaps import today_there
from context.models import ContextIssue

LIVE = ("draft", "in_force")


def climate_issue(member: Member) -> ContextIssue | None:
    """The issue that holds the answer: the decided one before one that is still open."""
    rows = visible(member, ContextIssue).filter(category="climate", state__in=LIVE).order_by("ref")
    found = list(rows)
    decided = [row for row in found if row.relevant is not None and row.rationale.strip()]
    return next(iter(decided or found), None)


def answer_question(member: Member, relevant: bool, rationale: str, version: int | None) -> ContextIssue:
    """Keep the answer through the one door, dated today and in force."""
    issue = climate_issue(member)
    given = {"relevant": relevant, "rationale": rationale, "reviewed_on": today_there(member)}
    if issue is None:
        made = {"title": _("Relevance of climate change"), "kind": "external", "category": "climate"}
        issue = create(member, ContextIssue, {**made, **given})
    else:
        issue = write(member, issue, given, version)
    return move(member, issue, "put_in_force") if issue.state == "draft" else issue
