"""Who calls: the member that the middleware found behind a bearer token, or behind a session with its CSRF token."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from aims.organisation.member import Member

REALM = 'Bearer realm="AIMS"'


def has_bearer(request: Request) -> bool:
    """Whether the request names a bearer token, good or bad."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


def found_member(request: Request) -> Member | None:
    """The member whom `ActingMiddleware` found, for whose organisation the transaction is open."""
    return cast(Member | None, getattr(request._request, "member", None))


def member_of(request: Request) -> Member:
    """The authenticated member. Only behind `IsMember`."""
    return cast(Member, request.auth)


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer …`. A bad token is refused with 401, whatever session comes with it."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The member of the token."""
        if not has_bearer(request):
            return None
        member = found_member(request)
        if member is None:
            raise AuthenticationFailed(_("The token is unknown, has expired or was revoked."))
        return request._request.user, member

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for; without it DRF would answer 403."""
        return REALM


class Session(SessionAuthentication):
    """The session of the pages. Changes need its CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The member of the signed-in person."""
        member = found_member(request)
        if member is None or has_bearer(request):
            return None
        self.enforce_csrf(request)
        return request._request.user, member


class IsMember(BasePermission):
    """Only members of an organisation; what each may do is asked of `aims.records.access`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether somebody was found."""
        return request.auth is not None


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the token."""

    target_class = "aims.api.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """HTTP bearer."""
        return build_bearer_security_scheme_object("Authorization", "Bearer")


class SessionScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the session."""

    target_class = "aims.api.authentication.Session"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "session"}
