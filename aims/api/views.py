"""What all views of the API share."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from aims.api.authentication import member_of
from aims.api.queries import check_names
from aims.api.schema import Operation, Schema
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import in_scope

READING = ("GET", "HEAD")


class Base(APIView):
    """A view for members, with the declared operation of each action (or of each method where there are no actions).

    Permission is asked in `initial`, before a body is read: nobody learns from error messages what they may not do.
    `path` names what a token's scopes must cover.
    """

    schema = Schema()
    metadata_class = None
    operations: ClassVar[Mapping[str, Operation]] = {}
    path: ClassVar[str] = ""

    @property
    def member(self) -> Member:
        """Who calls."""
        return member_of(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authentication, the token's scopes, permission, then the names of the query parameters."""
        super().initial(request, *args, **kwargs)
        action = "read" if request.method in READING else "write"
        if self.path and not in_scope(self.member, self.path, action):
            raise Refused(
                "forbidden", _("This token does not cover “%(scope)s”.") % {"scope": f"{self.path}:{action}"}
            )
        self.allow(request, **kwargs)
        if operation := self.operations.get(getattr(self, "action", None) or (request.method or "").lower()):
            check_names(request, operation.query)

    def allow(self, request: Request, **kwargs: Any) -> None:
        """Refuse what this member may not do here, whatever the body says."""


class BaseSet(Base, ViewSet):
    """The same with several actions."""


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer. A body of bytes is JSON already."""
    return Response(body, status, headers=headers)
