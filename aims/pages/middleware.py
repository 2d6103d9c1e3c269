"""Who comes in, in which language and time zone, and what a refusal looks like: in one place for every page."""

from collections.abc import Callable
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages import errors

# Everything else needs a signed-in member. The API asks for its own tokens; a calendar feed has a secret address.
OPEN = ("/accounts/", "/api/", "/calendar/feed/", "/healthz", "/language/", "/mail/", "/static/")


class LanguageMiddleware(LocaleMiddleware):
    """The cookie's language, else what the browser asks for. A signed-in person's own comes later, in the door."""


class DoorMiddleware:
    """Safe by default: an address is open only when it is on the list."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if unreadable(request):
            return errors.bad_request(request)
        member: Member | None = request.member  # type: ignore[attr-defined]
        speak(request, member)
        try:
            return self.answer(request, member)
        finally:
            timezone.deactivate()

    def answer(self, request: HttpRequest, member: Member | None) -> HttpResponse:
        """The page, or the way to the sign-in, or the words for who belongs to no organisation."""
        if request.path.startswith(OPEN):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if member is None:
            return render(request, "pages/nowhere.html", status=403)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that no view has shown."""
        if isinstance(exception, Refused) and not request.path.startswith("/api/"):
            return errors.refused(request, exception)
        return None


def unreadable(request: HttpRequest) -> bool:
    """Whether the address holds what no text in the database can hold."""
    return "\x00" in request.path or "\x00" in unquote(request.META.get("QUERY_STRING", ""))


def speak(request: HttpRequest, member: Member | None) -> None:
    """The person's language and the organisation's time zone."""
    language = member.language if member else getattr(request.user, "language", "")
    if language and not request.path.startswith("/api/"):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or ""
    if member:
        timezone.activate(member.time_zone)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in and back again; a part asked for by htmx takes the whole page there."""
    here = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    return HttpResponseRedirect(address)
