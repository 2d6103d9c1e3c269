"""Views of a register that people keep: a filter and an order under a name."""

from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import require, visible
from aims.records.changes import refusal
from aims.records.exchange.models import SavedView
from aims.records.registry import Register

MOST = 50  # views of one member and register
PASSING = ("after", "before")  # where somebody was in the list is no part of a view


def views_of(member: Member, register: Register) -> "QuerySet[SavedView]":
    """The member's own views of a register, and those that others share."""
    rule = Q(member_id=member.id) | Q(shared=True)
    return visible(member, SavedView).filter(rule, path=register.path).order_by("name", "id")


def may_remove(member: Member, view: SavedView) -> bool:
    """Whether a member may remove a view: their own; an administrator also shared ones."""
    return view.member_id == member.id or (view.shared and member.role == Role.ADMINISTRATOR)


@transaction.atomic
def keep(member: Member, register: Register, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a view; one of the same name is replaced."""
    mine = visible(member, SavedView).filter(member_id=member.id, path=register.path)
    view = mine.filter(name=name.strip()).first()
    if view is None and mine.count() >= MOST:
        raise Refused("invalid", _("You keep %(most)d views here. Remove one first.") % {"most": MOST})
    view = view or SavedView(organisation_id=member.organisation_id, path=register.path, member_id=member.id)
    view.name, view.query, view.shared = name.strip(), clean(query), shared
    try:
        view.full_clean(exclude=["organisation"])
    except ValidationError as error:
        raise refusal(error) from error
    view.save()
    return view


def clean(query: str) -> str:
    """A query string without places in the list and empty values, in one order."""
    pairs = parse_qsl(query.removeprefix("?"))
    return urlencode(sorted((name, value) for name, value in pairs if name not in PASSING and value))


@transaction.atomic
def remove(member: Member, view: SavedView) -> None:
    """Remove a view."""
    require(may_remove(member, view))
    view.delete()
