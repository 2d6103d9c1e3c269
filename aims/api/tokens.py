"""API tokens over REST, for administrators: list, make, revoke. A token's secret is shown once, when it is made."""

import re
import uuid
from datetime import timedelta
from typing import Any

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from aims.api import fields
from aims.api.schema import MAYBE, MOMENT, STRING, UUID, Operation, several, thing
from aims.api.serializers import StrictSerializer
from aims.api.views import BaseSet, answer
from aims.organisation.models import ApiToken, Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token, revoke
from aims.records.access import fetch, require, visible

SCOPE = re.compile(r"\*|([a-z][a-z0-9-]{0,59}|\*):(read|write|\*)", re.ASCII)
LONGEST = timedelta(days=3 * 366)
TOKEN = {
    "id": UUID,
    "name": STRING,
    "prefix": STRING,
    "member": UUID,
    "scopes": several(STRING),
    "created_at": MOMENT,
    "expires_at": MOMENT,
    "revoked_at": MAYBE,
    "last_used_at": MAYBE,
}


class TokenSerializer(StrictSerializer):
    """A token to make. `member` is whom it stands for: yourself, or an API client of the organisation."""

    name = fields.Text(max_length=100)
    scopes = serializers.ListField(child=fields.Text(max_length=70), min_length=1, max_length=100)
    expires_at = fields.Moment(required=False)
    member = fields.Key(required=False)

    def validate_scopes(self, scopes: list[str]) -> list[str]:
        """Only the known form: `*`, `<path>:read`, `<path>:write`."""
        for scope in scopes:
            if not SCOPE.fullmatch(scope):
                raise serializers.ValidationError(
                    _("Write * or a register with :read or :write, as in evidence:read.")
                )
        return scopes

    def validate_expires_at(self, moment: Any) -> Any:
        """In the future, within three years."""
        if not timezone.now() < moment < timezone.now() + LONGEST:
            raise serializers.ValidationError(_("Choose a time within the next three years."))
        return moment


class Tokens(BaseSet):
    """The tokens of the organisation."""

    path = "tokens"
    operations = {
        "index": Operation("tokens_list", thing(results=several(thing(**TOKEN)))),
        "create": Operation("tokens_create", thing(**TOKEN, token=STRING), 201, request=TokenSerializer),
        "destroy": Operation("tokens_revoke", None, 204),
    }

    def allow(self, request: Request, **kwargs: Any) -> None:
        """Administrators only."""
        require(self.member.role == Role.ADMINISTRATOR)

    def index(self, request: Request) -> Response:
        """The tokens of the organisation, newest first, revoked ones too."""
        return answer({"results": [token_shape(row) for row in visible(self.member, ApiToken)]})

    def create(self, request: Request) -> Response:
        """Make a token. `token` is shown in this answer only."""
        data = TokenSerializer.read(request.data)
        self._refuse_more_than_own(data["scopes"])
        holder = self._holder(data.get("member"))
        token, secret = make_token(holder, data["name"], data["scopes"], data.get("expires_at"))
        return answer({**token_shape(token), "token": secret}, 201)

    def destroy(self, request: Request, pk: uuid.UUID) -> Response:
        """Revoke a token: it ends at once."""
        token = fetch(self.member, ApiToken, pk)
        if token.revoked_at is None:
            revoke(token)
        return answer(None, 204)

    def _holder(self, key: uuid.UUID | None) -> Membership:
        """Nobody makes a token with which to act as another person."""
        holder = visible(self.member, Membership).filter(pk=key or self.member.id, active=True).first()
        if holder is None or (holder.pk != self.member.id and holder.role != Role.API_CLIENT):
            message = _("A token stands for yourself or for an API client.")
            raise Refused("invalid", message, {"member": [message]})
        return holder

    def _refuse_more_than_own(self, scopes: list[str]) -> None:
        own = self.member.scopes
        if own is not None and "*" not in own and not set(scopes) <= set(own):
            message = _("A token cannot make one that may do more than itself.")
            raise Refused("invalid", message, {"scopes": [message]})


def token_shape(row: ApiToken) -> dict[str, Any]:
    """A token as JSON, without its secret."""
    return {
        "id": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "member": row.membership_id,
        "scopes": row.scopes,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "last_used_at": row.last_used_at,
    }


urlpatterns = [
    path("tokens/", Tokens.as_view({"get": "index", "post": "create"})),
    path("tokens/<uuid:pk>/", Tokens.as_view({"delete": "destroy"})),
]
