"""Refusals as RFC 9457 problem details, the same form for ours, DRF's and Django's.

`code` is for programs, `detail` for people, `errors` names the fields (`requirements.1.text`).
"""

import http
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from aims.api.renderers import dumps
from aims.organisation.refused import Refused
from aims.records.changes import refusal

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 60  # seconds, where nothing better is known
PLACE = "/api/"
CODES = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "stale",
    413: "too_large",
    415: "unsupported",
    422: "invalid",
    428: "version_needed",
    429: "too_many",
    500: "broken",
}


def problem(
    status: int, detail: str, instance: str, code: str = "", errors: Any = (), **more: Any
) -> dict[str, Any]:
    """The body of a refusal."""
    code = code or CODES.get(status, "refused")
    return {
        "type": f"urn:aims:problem:{code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        **({"errors": list(errors)} if errors else {}),
        **more,
    }


def handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None lets what nobody foresaw become a 500, with its trace in the log."""
    refused = as_refused(error)
    if refused is None:
        return None
    status, body, headers = refused
    path = context["request"].path
    return Response(problem(status, instance=path, **body), status, headers=headers, content_type=MEDIA_TYPE)


class Malformed(exceptions.ParseError):
    """A 400 that names the query parameter or header."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


Answer = tuple[int, dict[str, Any], dict[str, str]]


def as_refused(error: Exception) -> Answer | None:
    """Status, parts of the body and headers for an exception that means a refusal."""
    if isinstance(error, Refused):
        return _ours(error)
    if isinstance(error, ValidationError):
        return _ours(refusal(error))
    if isinstance(error, exceptions.ValidationError):
        return 422, {"detail": _("Check the marked fields."), "errors": list(flat(error.detail))}, {}
    if isinstance(error, exceptions.APIException):
        return _drf(error)
    return _django(error)


def _ours(error: Refused) -> Answer:
    more = {name: value for name, value in error.details.items() if name != "retry_after"}
    errors = [
        {"field": _field(name), "message": str(message)}
        for name, messages in error.fields.items()
        for message in messages
    ]
    body = {"detail": str(error), "code": error.code, "errors": errors, **more}
    headers = {}
    if error.status == 429:
        headers["Retry-After"] = str(error.details.get("retry_after", RETRY_AFTER))
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="AIMS"'
    return error.status, body, headers


def _drf(error: exceptions.APIException) -> Answer:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or RETRY_AFTER))
    body: dict[str, Any] = {"detail": str(error.detail)}
    if isinstance(error, Malformed):
        body["errors"] = [{"field": error.field, "message": str(error.detail)}]
    return error.status_code, body, headers


def _django(error: Exception) -> Answer | None:
    if isinstance(error, Http404):
        return 404, {"detail": _("There is nothing at this address.")}, {}
    if isinstance(error, PermissionDenied):
        return 403, {"detail": _("This is not allowed.")}, {}
    if isinstance(error, SuspiciousOperation):
        return 400, {"detail": _("The request is malformed.")}, {}
    if isinstance(error, IntegrityError):  # somebody else was quicker than the check before it
        return 409, {"detail": _("Something with the same key exists, or was changed at the same time.")}, {}
    if isinstance(error, DataError):
        return 422, {"detail": _("A value is out of range."), "code": "invalid"}, {}
    return None


def _field(name: str) -> str:
    return "" if name in ("__all__", "non_field_errors") else name


def flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested messages as a list of field and message; rows are counted from 0."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flat(inner, ".".join(filter(None, (path, _field(str(name))))))
    elif isinstance(detail, list | tuple):
        nested = any(isinstance(item, Mapping | list | tuple) for item in detail)
        for number, inner in enumerate(detail):
            yield from flat(inner, f"{path}.{number}" if nested else path)
    else:
        yield {"field": path, "message": str(detail)}


class ProblemsMiddleware:
    """What Django itself refuses below /api/ (unknown address, bad header, broken code) leaves in the same form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(PLACE) or isinstance(response, Response):
            return response
        status = response.status_code
        body = problem(status, _told(response) or _words(status), request.path)
        kept = {name: text for name, text in response.headers.items() if name in ("Allow", "Retry-After")}
        return HttpResponse(dumps(body), status=status, content_type=MEDIA_TYPE, headers=kept)


def _told(response: HttpResponse) -> str:
    """What the pages' error views say already."""
    if response.headers.get("Content-Type") != MEDIA_TYPE:
        return ""
    return str(orjson.loads(response.content).get("detail", ""))


def _words(status: int) -> str:
    known = {
        404: _("There is nothing at this address."),
        405: _("This method is not allowed here."),
        500: _("Something went wrong on our side. Nothing was saved."),
    }
    return known.get(status, _("The request was refused."))
