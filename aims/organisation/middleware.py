"""Each request acts for one organisation, in one transaction that is undone when the answer is a refusal."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import Member, member_by_token, members_of
from aims.organisation.models import ApiToken

CHOSEN = "organisation"  # session key of the chosen organisation's id


class ActingMiddleware:
    """Finds the member behind a request and opens the transaction in which everything else happens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member, others = find_member(request)
        request.member = member  # type: ignore[attr-defined]
        request.memberships = others  # type: ignore[attr-defined]
        if member is None:
            return self.get_response(request)
        request.afterwards = []  # type: ignore[attr-defined]
        with acting(member.organisation_id, member.actor, member.token):
            note_use(member)
            response = self.get_response(request)
            # Django turns exceptions into answers before they reach the transaction: look at the status instead
            if response.status_code >= 400:
                transaction.set_rollback(True)
        # what must survive a refusal (a wrong proof is counted) comes after the transaction
        for act in request.afterwards:  # type: ignore[attr-defined]
            act()
        return response


def find_member(request: HttpRequest) -> tuple[Member | None, list[Member]]:
    """The member who acts, with all memberships of a signed-in person. A bearer token goes before a session."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return member_by_token(token.strip()), []
    if not request.user.is_authenticated:
        return None, []
    members = members_of(request.user.pk)
    chosen = request.session.get(CHOSEN)
    return next(
        (m for m in members if str(m.organisation_id) == chosen), members[0] if members else None
    ), members


def note_use(member: Member) -> None:
    """Remember that a token was used, once an hour at most, so that requests do not queue for its row."""
    if member.token_stale:
        ApiToken.objects.filter(pk=member.token).update(last_used_at=timezone.now())
