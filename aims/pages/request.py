"""The request as pages see it: signed in, with the member who acts."""

from collections.abc import Callable

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from aims.organisation.member import Member
from aims.records.coverage import Tally


class MemberRequest(HttpRequest):
    """A request that has passed `aims.pages.middleware.DoorMiddleware`."""

    member: Member
    memberships: list[Member]
    htmx: HtmxDetails
    coverage: dict[str, Tally]  # asked once, for the page and for its navigation
    afterwards: list[Callable[[], None]]  # run after the transaction, also after a refusal


def wants_short_answer(request: HttpRequest) -> bool:
    """Whether the answer goes to static/forms.js instead of to a person."""
    return request.headers.get("X-Autosave") == "1"
