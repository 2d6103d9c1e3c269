"""Who asks for packs and who sees them. A pack holds what the person who asked for it may see."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pack.models import Pack
from aims.records.access import in_scope, require, visible

ALL_PACKS = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.EXECUTIVE})
OWN_PACKS = frozenset({Role.AUDITOR, Role.API_CLIENT})


def may_use(member: Member, action: str = "read") -> bool:
    """Whether a member may see packs (`read`) or ask for them (`write`).

    A token needs `packs:read` or `packs:write`. Its other scopes do not matter: a pack is a whole, and holds what the
    token's member sees. An auditor needs a live grant on an audit.
    """
    if not in_scope(member, "packs", action):
        return False
    if member.role == Role.AUDITOR:
        return member.audit_codes is None or bool(member.audit_codes)
    return member.role in ALL_PACKS | OWN_PACKS


def packs(member: Member) -> QuerySet[Pack]:
    """The packs that a member may see, newest first: those who lead see all but auditors' own, others their own."""
    require(may_use(member))
    rows = visible(member, Pack).select_related("job", "asked_by").prefetch_related("systems")
    if member.role not in ALL_PACKS:
        return rows.filter(asked_by_id=member.id)
    # an auditor's pack holds what is sealed from everybody else: working notes, drafts of findings
    return rows.exclude(asked_by__role=Role.AUDITOR)


def pack(member: Member, key: Any) -> Pack:
    """One pack, or the refusal that an unknown one gives."""
    try:
        row = packs(member).filter(pk=key).first()
    except (ValidationError, ValueError, TypeError):
        row = None
    if row is None:
        raise Refused("not_found", _("There is no such pack, or it is not open to you."))
    return row
