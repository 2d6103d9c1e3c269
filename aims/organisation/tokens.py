"""API tokens: made once, shown once, kept as a digest."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from aims.organisation.member import digest_of
from aims.organisation.models import ApiToken, Membership

LIFE = timedelta(days=365)


def make_token(
    membership: Membership,
    name: str,
    scopes: Sequence[str] = ("*",),
    expires_at: datetime | None = None,
    secret: str = "",
) -> tuple[ApiToken, str]:
    """A new token of a member and its secret, which is not kept.

    `scopes` are `*`, `<register>:read` or `<register>:write`. The default life is a year.
    """
    secret = secret or f"aims_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        organisation_id=membership.organisation_id,
        membership=membership,
        name=name,
        prefix=secret[:12],
        digest=digest_of(secret),
        scopes=list(scopes),
        expires_at=expires_at or timezone.now() + LIFE,
    )
    return token, secret


def revoke(token: ApiToken) -> None:
    """End a token at once."""
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
