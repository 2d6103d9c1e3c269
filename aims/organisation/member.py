"""The member who acts in a request: found before an organisation is chosen, by functions that the database defines."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from aims.organisation.models import Grant, Organisation
from aims.organisation.roles import Role

COLUMNS = (
    "membership_id, organisation_id, person_id, role, name, title, organisation_name, language, time_zone,"
    " outside_reviewer"
)
FEED_MINE, FEED_ALL = "calendar-feed:mine", "calendar-feed:all"
FEEDS = frozenset({FEED_MINE, FEED_ALL})
BY_TOKEN = f"select {COLUMNS}, scopes, token_id, stale from token_bearer(%s)"
BY_PERSON = f"select {COLUMNS} from memberships_of(%s)"


@dataclass
class Member:
    """Somebody with a role in an organisation, for one request or task. `scopes` is None unless a token limits it."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    person_id: uuid.UUID
    role: Role
    name: str
    title: str
    organisation_name: str
    language: str
    time_zone: str
    outside_reviewer: bool = False
    scopes: tuple[str, ...] | None = None
    token: str = ""
    token_stale: bool = field(default=False, repr=False)
    task: str = ""

    @property
    def actor(self) -> str:
        """How the journal names this member."""
        return f"task:{self.task}" if self.task else f"member:{self.id}"

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """This member's object grants that have not ended."""
        live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        rows = Grant.objects.filter(live, organisation_id=self.organisation_id, user_id=self.person_id)
        return tuple(rows.select_related("permission"))

    @cached_property
    def granted(self) -> frozenset[str]:
        """The ids of the records on which this member holds a live grant."""
        return frozenset(grant.object_pk for grant in self.grants)

    @property
    def audits(self) -> tuple[Grant, ...]:
        """The live grants of audits."""
        return tuple(grant for grant in self.grants if grant.permission.codename == "view_audit")

    @cached_property
    def audited(self) -> frozenset[str]:
        """The ids of the audits that this member may audit now."""
        return frozenset(grant.object_pk for grant in self.audits)

    @property
    def audit_codes(self) -> frozenset[str] | None:
        """The clauses and controls that live audit grants open: None for all, empty for none."""
        if any(not grant.codes for grant in self.audits):
            return None
        return frozenset(code for grant in self.audits for code in grant.codes)

    @property
    def audits_all(self) -> bool:
        """Whether some live audit grant opens everything: all clauses, all records, all time."""
        return any(not (grant.codes or grant.narrowed) for grant in self.audits)


def digest_of(token: str) -> str:
    """The SHA-256 under which a bearer token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def member_by_feed(secret: str) -> Member | None:
    """Whose calendar stands at a secret address, with the scope that says which; None for any other token."""
    member = _bearer(secret)
    return member if member and FEEDS & set(member.scopes or ()) else None


def member_by_token(token: str) -> Member | None:
    """The bearer of a live token, or None. The secret of a calendar's address opens nothing but the calendar."""
    member = _bearer(token)
    return member if member and not FEEDS & set(member.scopes or ()) else None


def _bearer(secret: str) -> Member | None:
    """Whoever a live token of any kind stands for."""
    row = next(iter(_rows(BY_TOKEN, digest_of(secret))), None)
    if row is None:
        return None
    *columns, scopes, token_id, stale = row
    return Member(*_with_role([*columns, tuple(scopes), str(token_id), stale]))


def members_of(person_id: Any) -> list[Member]:
    """A person's live memberships, one per organisation, by the organisation's name."""
    return [Member(*_with_role(row)) for row in _rows(BY_PERSON, str(person_id))]


def robot(organisation: Organisation, task: str) -> Member:
    """Nobody in person: who acts in work by the clock, with a compliance officer's rights. What it makes has no author."""
    nobody: Any = None
    return Member(
        id=nobody,
        organisation_id=organisation.pk,
        person_id=nobody,
        role=Role.OFFICER,
        name=task,
        title="",
        organisation_name=organisation.name,
        language=settings.LANGUAGE_CODE,
        time_zone=organisation.time_zone,
        task=task,
    )


def _with_role(row: Sequence[Any]) -> list[Any]:
    return [*row[:3], Role(row[3]), *row[4:]]


def _rows(sql: str, argument: str) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [argument])
        rows: list[Sequence[Any]] = cursor.fetchall()
        return rows
