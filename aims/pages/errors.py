"""Pages for refusals and mistakes; they need no database."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from aims.organisation.refused import Refused
from aims.pages.request import wants_short_answer


def page(request: HttpRequest, status: int, reason: str = "", **context: Any) -> HttpResponse:
    """The page of an HTTP status, with a sentence of our own where there is one."""
    if request.path.startswith("/api/"):
        return _problem(status, reason)
    known = {400: "400.html", 403: "403.html", 404: "404.html"}
    return render(
        request, known.get(status, "pages/refused.html"), {"reason": reason, **context}, status=status
    )


def _problem(status: int, reason: str) -> JsonResponse:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": reason}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read."""
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The person may not do this."""
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing at this address, or nothing for this person: the same words for both."""
    return page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed on our side: rendered without request, session or database."""
    if request.path.startswith("/api/"):
        return _problem(500, _("Something went wrong on our side. Nothing was saved."))
    return HttpResponseServerError(render_to_string("500.html"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or came from elsewhere."""
    words = _(
        "The form is too old, or was sent from another place. Load the page again and send it once more."
    )
    return page(request, 403, words)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The answer to a refusal that no form shows beside its fields."""
    if wants_short_answer(request):
        return short(refusal)
    reason = "" if refusal.code == "not_found" else str(refusal)
    problems = [message for name, messages in refusal.fields.items() for message in messages]
    return page(request, refusal.status, reason, problems=[p for p in problems if str(p) != reason])


def short(refusal: Refused) -> JsonResponse:
    """A refusal for a form that saves itself."""
    errors = {name: [str(m) for m in messages] for name, messages in refusal.fields.items()}
    detail = " ".join(m for messages in errors.values() for m in messages) or str(refusal)
    return JsonResponse({"detail": detail, "errors": errors}, status=refusal.status)
