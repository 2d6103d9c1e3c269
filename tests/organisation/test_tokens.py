"""What a bearer token may do: exactly its scopes, as they were given."""

from aims.organisation.member import member_by_token
from aims.organisation.models import Membership
from aims.organisation.tokens import make_token, revoke
from aims.records.access import in_scope, may_add
from aims.records.registry import register_of
from context.models import AISystem
from tests.people import World


def test_scopes_arrive_as_they_were_given(inside: World) -> None:
    row = Membership.objects.get(pk=inside.officer.id)
    for scopes in (("*:read",), ("ai-systems:write", "evidence:read"), ("*",)):
        token, secret = make_token(row, "one", scopes)
        bearer = member_by_token(secret)
        assert bearer and bearer.scopes == scopes
        revoke(token)
        assert member_by_token(secret) is None


def test_a_token_that_reads_does_not_write(inside: World) -> None:
    _token, secret = make_token(Membership.objects.get(pk=inside.officer.id), "reads", ("*:read",))
    bearer = member_by_token(secret)
    assert bearer and in_scope(bearer, "ai-systems", "read") and not in_scope(bearer, "ai-systems", "write")
    assert may_add(inside.officer, register_of(AISystem)) and not may_add(bearer, register_of(AISystem))
