"""Who was let sign a record in another's place, on its page, with the way to take that back."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone

from aims.organisation.member import Member
from aims.records.base import Record
from aims.records.delegating import delegations, in_force, may_take_back
from aims.records.models import Delegation
from aims.records.registry import register_of

register = template.Library()


@register.simple_tag(takes_context=True)
def delegations_of(context: Context, record: Record) -> list[dict[str, Any]]:
    """The delegations of a record's signatures, the latest first. What is never signed is not asked about."""
    if not any(step.meaning for step in register_of(record).lifecycle.all_transitions):
        return []
    member: Member = context["request"].member
    day = timezone.localdate()
    return [
        {"row": row, "live": in_force(row, day), "back_url": back_url(member, record, row)}
        for row in delegations(record)
    ]


def back_url(member: Member, record: Record, row: Delegation) -> str:
    """Where a delegation is taken back, for whose it is."""
    kind = register_of(record)
    step = kind.lifecycle.transition(row.transition)
    mine = row.giver_id == member.id and row.ended_at is None and step is not None
    if step is None or not mine or not may_take_back(member, record, step):
        return ""
    return reverse("end delegation", args=[kind.path, record.pk, row.transition])
