"""Letting others sign: one step of one record by a delegation, or whatever waits by a deputy, until a day, with a reason.

The signature names both. What was given can be taken back; all of it stays in the journal.
"""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction as db
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import NEVER_DELEGATE, NEVER_SIGN, by_team_alone, fetch, may_move, require
from aims.records.base import Record
from aims.records.changes import locked
from aims.records.lifecycle import Transition
from aims.records.models import Delegation, Deputy
from aims.records.registry import register_of

SETTING = "delegates"  # in the organisation's settings: the roles to which top management may delegate
CHOICES = (Role.OFFICER, Role.ADMINISTRATOR, Role.CONTRIBUTOR)  # of that setting
NAMERS = frozenset({Role.EXECUTIVE, Role.OFFICER})  # whose signatures a deputy may take over
LONGEST = timedelta(days=366)


def delegate_roles(organisation_id: uuid.UUID) -> set[str]:
    """Who may sign for others: top management, and the roles that the organisation allows (5.1, 5.3)."""
    settings = Organisation.objects.get(pk=organisation_id).settings
    named = {role for role in settings.get(SETTING, ()) if role in Role.values}
    return {Role.EXECUTIVE.value, *named} - NEVER_SIGN


def allow_roles(member: Member, roles: list[str]) -> None:
    """Say which roles may sign for top management beside itself; the administrator's and top management's to say."""
    require(member.role in (Role.ADMINISTRATOR, Role.EXECUTIVE))
    row = Organisation.objects.select_for_update().get(pk=member.organisation_id)
    row.settings = {**row.settings, SETTING: sorted(set(roles) & {str(role) for role in CHOICES})}
    row.save(update_fields=["settings"])


def delegates(member: Member) -> list[Membership]:
    """To whom a member may delegate."""
    roles = delegate_roles(member.organisation_id)
    rows = Membership.objects.filter(organisation_id=member.organisation_id, role__in=roles, active=True)
    rows = rows.filter(person__is_active=True).exclude(pk=member.id)
    return list(rows.select_related("person").order_by("name", "pk"))


def own_signature(member: Member, record: Record, transition: Transition) -> bool:
    """Whether a step is a signature that is a member's to give or to delegate, by their own role."""
    by_role = member.role in transition.roles - NEVER_DELEGATE
    return bool(transition.meaning) and by_role and not by_team_alone(record, transition)


def may_delegate(member: Member, record: Record, transition: Transition) -> bool:
    """Whether a member may let somebody else sign: it is theirs to sign by their own role, and waits."""
    here = own_signature(member, record, transition) and record.state in transition.sources
    return here and may_move(member, record, transition)


def may_take_back(member: Member, record: Record, transition: Transition) -> bool:
    """Whether a member may end their delegation of a step: it is theirs to sign, whatever the record's state is now."""
    return own_signature(member, record, transition) and may_move(member, record, transition)


@db.atomic
def delegate(
    member: Member, record: Record, transition: Transition, to: uuid.UUID | str, until: date, reason: str
) -> Delegation:
    """Let somebody sign in one's place; an earlier delegation by the same person for the same step ends."""
    record = locked(member, record)
    require(may_delegate(member, record, transition))
    check_gift(member, to, until, reason)
    _live(member, record, transition).update(ended_at=timezone.now())
    return Delegation.objects.create(
        organisation_id=member.organisation_id,
        kind=register_of(record).path,
        record_id=record.pk,
        transition=transition.code,
        giver_id=member.id,
        to_id=to,
        until=until,
        reason=reason.strip(),
    )


def check_gift(member: Member, to: uuid.UUID | str, until: date, reason: str) -> None:
    """Refuse somebody who cannot sign for others, a day that has passed or is too far, and silence about the reason."""
    day, errors = timezone.localdate(timezone=ZoneInfo(member.time_zone)), {}
    if str(to) not in {str(row.pk) for row in delegates(member)}:
        errors["to"] = [_("This person cannot sign for you.")]
    if until < day:
        errors["until"] = [_("This day has passed.")]
    elif until - day > LONGEST:
        errors["until"] = [_("A year is the longest.")]
    if not reason.strip():
        errors["reason"] = [_("Say why.")]
    if errors:
        raise Refused("invalid", _("Check the marked fields."), errors)


def _live(member: Member, record: Record, transition: Transition) -> QuerySet[Delegation]:
    """A member's own delegations of a step that have not been taken back."""
    rows = Delegation.objects.filter(organisation_id=member.organisation_id, record_id=record.pk)
    return rows.filter(transition=transition.code, giver_id=member.id, ended_at=None)


@db.atomic
def take_back(member: Member, record: Record, transition: Transition) -> list[Delegation]:
    """End one's own delegation of a step; Refused where there is none."""
    record = locked(member, record)
    require(may_take_back(member, record, transition))
    rows = list(_live(member, record, transition).select_for_update(of=("self",)))
    if not rows:
        raise Refused("conflict", _("You have not delegated this signature."))
    now = timezone.now()
    for row in rows:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
    return rows


def delegations(record: Record) -> list[Delegation]:
    """All delegations of a record's signatures, the latest first."""
    rows = Delegation.objects.filter(organisation_id=record.organisation_id, record_id=record.pk)
    return list(rows.select_related("giver", "to"))


# ── Deputies ─────────────────────────────────────────────────────────────


def may_name(member: Member) -> bool:
    """Whether a member may name a deputy: they sign by their own role, and somebody may sign in their place."""
    return member.role in NAMERS


def deputies(member: Member) -> list[Deputy]:
    """Whom a member named and for whom they stand in, the latest first, those that have ended too."""
    rows = Deputy.objects.filter(Q(giver_id=member.id) | Q(to_id=member.id))
    return list(rows.filter(organisation_id=member.organisation_id).select_related("giver", "to")[:50])


def in_force(row: Deputy | Delegation, day: date) -> bool:
    """Whether leave to sign still holds on a day."""
    return row.ended_at is None and row.until >= day


@db.atomic
def name_deputy(member: Member, given: Mapping[str, Any]) -> Deputy:
    """Name who may sign whatever waits for one's signature (`to`, `until`, `reason`). One at a time: who was before ends."""
    require(may_name(member))
    check_gift(member, given["to"], given["until"], given["reason"])
    mine = Deputy.objects.filter(organisation_id=member.organisation_id, giver_id=member.id, ended_at=None)
    mine.update(ended_at=timezone.now())
    return Deputy.objects.create(
        organisation_id=member.organisation_id,
        giver_id=member.id,
        to_id=given["to"],
        until=given["until"],
        reason=given["reason"].strip(),
    )


@db.atomic
def end_deputy(member: Member, key: uuid.UUID) -> Deputy:
    """Take the leave to sign back from a deputy."""
    row: Deputy = fetch(member, Deputy, key)
    if row.giver_id != member.id:
        raise Refused("forbidden", _("This deputy was named by somebody else."))
    if row.ended_at is None:
        row.ended_at = timezone.now()
        row.save(update_fields=["ended_at"])
    return row
