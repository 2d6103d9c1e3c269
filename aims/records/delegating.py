"""Delegating a signature: to one other person, until a day, with a reason; the signature then names both."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import may_move, require
from aims.records.base import Record
from aims.records.changes import locked
from aims.records.lifecycle import Transition
from aims.records.models import Delegation
from aims.records.registry import register_of

SETTING = "delegates"  # in the organisation's settings: the roles to which top management may delegate


def delegates(member: Member) -> list[Membership]:
    """To whom a member may delegate: top management, and the roles that the organisation allows (5.1, 5.3)."""
    settings = Organisation.objects.get(pk=member.organisation_id).settings
    roles = {Role.EXECUTIVE, *(role for role in settings.get(SETTING, ()) if role in Role.values)}
    roles -= {Role.AUDITOR, Role.API_CLIENT, Role.READER}
    rows = Membership.objects.filter(organisation_id=member.organisation_id, role__in=roles, active=True)
    return list(rows.filter(person__is_active=True).exclude(pk=member.id).select_related("person"))


def may_delegate(member: Member, record: Record, transition: Transition) -> bool:
    """Whether a member may let somebody else sign: it is theirs to sign by their own role, and waits."""
    own = bool(transition.meaning) and member.role in transition.roles
    return own and record.state in transition.sources and may_move(member, record, transition)


def delegate(
    member: Member, record: Record, transition: Transition, to: Membership, until: date, reason: str
) -> Delegation:
    """Let somebody sign in one's place; an earlier delegation by the same person for the same step ends."""
    record = locked(member, record)
    require(may_delegate(member, record, transition))
    _check(member, to, until, reason)
    same = {"organisation_id": member.organisation_id, "record_id": record.pk, "transition": transition.code}
    Delegation.objects.filter(**same, giver_id=member.id, ended_at=None).update(ended_at=timezone.now())
    return Delegation.objects.create(
        **same, kind=register_of(record).path, giver_id=member.id, to=to, until=until, reason=reason.strip()
    )


def _check(member: Member, to: Membership, until: date, reason: str) -> None:
    if to.pk not in {row.pk for row in delegates(member)}:
        raise Refused(
            "invalid", _("Check the marked fields."), {"to": [_("This person cannot sign for you.")]}
        )
    if until < timezone.localdate():
        raise Refused("invalid", _("Check the marked fields."), {"until": [_("This day has passed.")]})
    if not reason.strip():
        raise Refused("invalid", _("Check the marked fields."), {"reason": [_("Say why.")]})


def take_back(member: Member, record: Record, transition: Transition) -> int:
    """End one's own delegation; answers how many ended."""
    rows = Delegation.objects.filter(
        organisation_id=member.organisation_id, record_id=record.pk, transition=transition.code
    )
    return rows.filter(giver_id=member.id, ended_at=None).update(ended_at=timezone.now())


def delegations(record: Record) -> list[Delegation]:
    """All delegations of a record's signatures, the latest first."""
    rows = Delegation.objects.filter(organisation_id=record.organisation_id, record_id=record.pk)
    return list(rows.select_related("giver", "to"))
