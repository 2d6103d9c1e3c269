"""The only place that decides who sees and does what. Pages, API, choices, files, exports and the pack ask here."""

from functools import reduce
from operator import or_
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Grant, Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.base import Part, Record
from aims.records.lifecycle import Transition
from aims.records.models import Delegation, Deputy
from aims.records.narrowing import dated_in, narrowed
from aims.records.registry import Register, register_of

T = TypeVar("T")
M = TypeVar("M", bound=Model)
R = TypeVar("R", bound=Record)
NEVER_DELEGATE = frozenset({Role.AUDITOR})  # an audit report is its auditor's own
NEVER_SIGN = frozenset({Role.AUDITOR, Role.API_CLIENT, Role.READER})  # for others


def limits(member: Member, register: Register) -> Q | None:
    """The rows of a register that a member may see, or None where that is all of them."""
    if not _scope(member, register, "read"):
        return Q(pk__in=[])
    parts = [register.sealed(member)] if register.sealed else []
    if member.role == Role.AUDITOR and (opened := _opened(member, register)) is not None:
        parts.append(opened)
    return Q(*parts) if parts else None


def _opened(member: Member, register: Register) -> Q | None:
    """The rows of a register that an auditor's live audit grants open, or None where that is all of them."""
    opening = [grant for grant in member.audits if _audit_opens(grant, register)]
    rules = [narrowed(grant, register, member.time_zone) for grant in opening]
    if not all(rules):  # an empty rule leaves nothing out
        return None
    return reduce(or_, rules, _granted(member, register))


def _granted(member: Member, register: Register) -> Q:
    """The rows on which a member holds a grant, or on a record that they refer to (the findings of an audit)."""
    rule = Q(pk__in=member.granted)
    for field in register.model._meta.concrete_fields:
        if field.is_relation and issubclass(field.related_model, Record):  # type: ignore[arg-type]
            rule |= Q(**{f"{field.attname}__in": member.granted})
    return rule


def _audit_opens(grant: Grant, register: Register) -> bool:
    """Whether an audit grant opens a register: by the clauses and controls that its records answer."""
    if not grant.codes or not register.answers:
        return True  # what answers no clause by itself (answers, evidence) is sealed row by row
    return any(
        register.serves(code) or any(answer.startswith(code) for answer in register.answers)
        for code in grant.codes
    )


def _scope(member: Member, register: Register, action: str) -> bool:
    return in_scope(member, register.path, action)


def in_scope(member: Member, path: str, action: str) -> bool:
    """Whether the token in use covers `read` or `write` of what stands at a path; without a token there is no limit."""
    if member.scopes is None:
        return True
    return bool({"*", f"*:{action}", f"{path}:{action}", f"{path}:*"} & set(member.scopes))


def visible(member: Member, model: type[M]) -> QuerySet[M]:
    """The rows of a model that a member may see. The organisation is named here and enforced in the database."""
    rows = model._default_manager.filter(organisation_id=member.organisation_id)
    if issubclass(model, Record):
        limit = limits(member, register_of(model))
        return rows if limit is None else rows.filter(limit)
    hangs_on = getattr(model, "hangs_on", None)
    if hangs_on and member.role == Role.AUDITOR:
        return rows.filter(hanging(member, model, *hangs_on))
    return rows


def hanging(member: Member, model: type[Model], relation: str, dated_by: str) -> Q:
    """The rows on records that an auditor's live audit grants open, dated within the period of that grant."""
    records: Any = model._meta.get_field(relation).related_model
    register, found = register_of(records), Q(pk__in=[])
    for grant in member.audits:
        if _audit_opens(grant, register):
            there = records._default_manager.filter(organisation_id=member.organisation_id)
            open_ = there.filter(narrowed(grant, register, member.time_zone)).values("pk")
            found |= Q(**{f"{relation}__in": open_}) & dated_in(grant, dated_by, member.time_zone)
    return found


def in_sight(member: Member, model: type[Model]) -> QuerySet[Any]:
    """The rows of a model that a member may see: parts with their records, all where no organisation owns them."""
    if issubclass(model, Part):
        records = visible(member, model._meta.get_field(model.of).related_model)  # type: ignore[arg-type]
        rows = visible(member, model).filter(**{f"{model.of}__in": records.order_by()})
        return rows.select_related(model.of)
    owned = any(field.name == "organisation" for field in model._meta.concrete_fields)
    return visible(member, model) if owned else model._default_manager.all()


def fetch(member: Member, model: type[M], key: Any) -> M:
    """One row by its id, or a refusal that tells nobody whether it exists elsewhere."""
    try:
        row = visible(member, model).filter(pk=key).first()
    except (ValidationError, ValueError, TypeError):
        row = None
    return existing(row)


def existing(row: T | None) -> T:
    """What was looked for; where there is nothing to be seen, the one refusal that never tells why."""
    if row is None:
        raise Refused("not_found", _("There is no such record, or it is not open to you."))
    return row


def may_add(member: Member, register: Register) -> bool:
    """Whether a member may add a record to a register: its writers, and in an audit's registers whoever audits."""
    team = register.lifecycle.team
    audits_some = team is not None and team.relation != "id" and bool(member.audited)
    writes = member.role in register.writers or audits_some
    return writes and not register.model.fixed and _scope(member, register, "write")


def audits(member: Member, record: Record) -> bool:
    """Whether a member is named to audit what a record belongs to, whatever their role: then they work there as auditors."""
    team = register_of(record).lifecycle.team
    if team is None:
        return False
    return str(getattr(record, "id" if team.relation == "id" else f"{team.relation}_id")) in member.audited


def by_team_alone(record: Record, transition: Transition) -> bool:
    """Whether nobody but the auditors takes a step."""
    team = register_of(record).lifecycle.team
    return team is not None and team.alone(record, transition.code)


def may_change(member: Member, record: Record) -> bool:
    """Whether a member may edit a record: its register's writers, its owner, or by an object grant.

    Who writes only on sight of a grant (an auditor) needs one on the record or on what it belongs to.
    """
    register = register_of(record)
    if not _scope(member, register, "write"):
        return False
    if audits(member, record):
        return True
    if member.role == Role.AUDITOR:
        return Role.AUDITOR in register.writers and bool(_ids(record) & member.granted)
    if member.role in register.writers:
        return True
    return member.role in (Role.CONTRIBUTOR, Role.EXECUTIVE) and (
        record.owner_id == member.id or str(record.pk) in member.granted
    )


def _ids(record: Record) -> frozenset[str]:
    """The id of a record and of the records that it refers to."""
    relations = [f.attname for f in record._meta.concrete_fields if f.is_relation]
    return frozenset(
        str(value) for value in (record.pk, *(getattr(record, name) for name in relations)) if value
    )


def may_move(member: Member, record: Record, transition: Transition) -> bool:
    """Whether a member may take a transition: by role, as the owner where it says so, or by an object grant.

    Where four eyes are wanted an outside reviewer may, whatever their role, on what they see.
    """
    register = register_of(record)
    if not _scope(member, register, "write") or (register.model.fixed and transition.code == "withdraw"):
        return False
    if transition.meaning and member.role not in transition.roles and delegated(member, record, transition):
        return True
    if transition.four_eyes and member.outside_reviewer:
        return True
    named = audits(member, record)
    if not named and by_team_alone(record, transition):
        return False
    if named and Role.AUDITOR in transition.roles:
        return True
    if member.role == Role.AUDITOR and not _ids(record) & member.granted:
        return False
    if member.role in transition.roles or not transition.owner:
        return member.role in transition.roles
    owns = record.owner_id == member.id or str(record.pk) in member.granted
    return owns and member.role in (Role.CONTRIBUTOR, Role.EXECUTIVE)


def require_move(member: Member, record: Record, transition: Transition) -> None:
    """Refuse a step that a member may not take; where only auditors may, say so."""
    register = register_of(record)
    alone = by_team_alone(record, transition) and not audits(member, record)
    if alone and _scope(member, register, "write"):
        raise Refused("forbidden", _("Only the auditors of this audit can do this."))
    require(may_move(member, record, transition))


def delegated(member: Member, record: Record, transition: Transition) -> "Delegation | Deputy | None":
    """By what a member may take a signing step for somebody who may: a delegation of that step, else as a deputy.

    Who may sign by their own role is nobody's deputy there: they sign for themselves (`aims.records.delegating`).
    """
    if by_team_alone(record, transition):
        return None
    today = timezone.localdate(timezone=ZoneInfo(member.time_zone))
    live = {
        "organisation_id": record.organisation_id,
        "to_id": member.id,
        "until__gte": today,
        "ended_at": None,
        "giver__active": True,
        "giver__role__in": transition.roles - NEVER_DELEGATE,
    }
    rows = Delegation.objects.filter(record_id=record.pk, transition=transition.code, **live)
    given = rows.select_related("giver").order_by("-given_at").first()
    if given or member.role in transition.roles | NEVER_SIGN:
        return given
    return Deputy.objects.filter(**live).select_related("giver").order_by("-given_at").first()


def somebody_else(member: Member, record: Record, transition: Transition) -> bool:
    """Whether anybody else in the organisation could take a transition: by role, as its owner, as an outside reviewer."""
    able = Q(role__in=transition.roles) | Q(outside_reviewer=True)
    if transition.owner:
        able |= Q(pk=record.owner_id, role__in=(Role.CONTRIBUTOR, Role.EXECUTIVE))
    people = Membership.objects.filter(able, organisation_id=member.organisation_id)
    return people.filter(active=True, person__is_active=True).exclude(pk=member.id).exists()


def require(allowed: bool) -> None:
    """Refuse when a check has failed."""
    if not allowed:
        raise Refused("forbidden", _("Your role does not allow this. Ask the owner or an administrator."))
