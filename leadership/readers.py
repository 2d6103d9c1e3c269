"""Who has read the AI policy: everybody says so for each version, who has not is asked until they do (5.2, 7.3)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import require, visible
from aims.records.base import Record
from aims.records.changes import create
from aims.records.models import Signature
from aims.schedule.asking import active_members, ask
from aims.schedule.dates import today
from aims.schedule.models import Task
from context.gaps import today_there
from leadership.models import AIPolicy, PolicyAcknowledgement

OUTSIDE = frozenset({Role.AUDITOR, Role.API_CLIENT})  # who looks at the policy, and is not bound by it
PATIENCE = timedelta(days=14)  # from the day on which somebody is asked
PATH = "ai-policies"


def in_use(member: Member) -> AIPolicy | None:
    """The policy that is approved now, as far as the member sees it."""
    return visible(member, AIPolicy).filter(state="approved").order_by("-effective_from", "-ref").first()


def bound(organisation_id: uuid.UUID) -> QuerySet[Membership]:
    """Everybody whom the policy binds."""
    return active_members(organisation_id).exclude(role__in=OUTSIDE).exclude(outside_reviewer=True)


def is_bound(member: Member) -> bool:
    """Whether a member is asked to read it."""
    return member.role not in OUTSIDE and not member.outside_reviewer


def read(policies: Iterable[AIPolicy]) -> QuerySet[PolicyAcknowledgement]:
    """What people said of some policies that still counts; of an older version of the record it does not."""
    counts = [Q(policy=policy.pk, policy_version=policy.version) for policy in policies]
    rule = reduce(or_, counts, Q(pk__in=[]))
    return PolicyAcknowledgement.objects.filter(rule).exclude(state="withdrawn")


@dataclass(frozen=True)
class Reading:
    """How far a version of the policy has been read."""

    done: list[PolicyAcknowledgement]
    missing: list[Membership]
    bound: int

    @property
    def number(self) -> int:
        """How many of those whom it binds have read it."""
        return self.bound - len(self.missing)


def reading(policy: AIPolicy) -> Reading:
    """Who has read the policy as it is, and who has not: two statements, however many people there are."""
    done = list(read([policy]).select_related("person").order_by("acknowledged_on", "ref"))
    people = list(bound(policy.organisation_id).order_by("name"))
    have = {one.person_id for one in done}
    return Reading(done, [one for one in people if one.pk not in have], len(people))


def of_member(member: Member, policy: AIPolicy) -> PolicyAcknowledgement | None:
    """What a member has said of the policy as it is."""
    return read([policy]).filter(person=member.id).order_by("acknowledged_on").first()


def acknowledge(member: Member, policy: AIPolicy) -> PolicyAcknowledgement:
    """A member has read the policy. Twice is once. Everybody speaks for themselves, whatever their role allows beside."""
    require(is_bound(member) and member.scopes is None)
    if policy.state != "approved":
        raise Refused("transition", _("This version is not in force. Read the one that is approved."))
    found = of_member(member, policy)
    if found is None:
        given = {"policy": policy, "person": member.id, "acknowledged_on": today_there(member), "how": "page"}
        found = create(replace(member, role=Role.OFFICER), PolicyAcknowledgement, given)
    close([f"{source(policy)}{member.id}"])
    return found


def source(policy: AIPolicy) -> str:
    """How the tasks to read a version of a policy are known."""
    return f"read:{policy.pk}:{policy.version}:"


def close(sources: Iterable[str], state: str = Task.State.DONE) -> None:
    """The tasks are done, or fall away."""
    rows = Task.objects.filter(source__in=list(sources), state=Task.State.OPEN)
    rows.update(state=state, done_at=timezone.now())


def chase(organisation: Organisation, now: datetime) -> None:
    """Ask everybody who has not read a policy that is approved, once for each version; what asked for another falls away.

    It runs with the clock: who joins later is asked as well, and a reading on paper that was entered closes the task.
    """
    policies = list(AIPolicy.objects.filter(organisation=organisation, state="approved"))
    waiting: dict[str, Any] = {}
    for policy in policies:
        waiting |= {f"{source(policy)}{one.pk}": (one, policy) for one in reading(policy).missing}
    rows = Task.objects.filter(organisation=organisation, source__startswith="read:")
    known = dict(rows.values_list("source", "state"))
    close(
        [key for key, state in known.items() if state == Task.State.OPEN and key not in waiting],
        Task.State.CANCELLED,
    )
    due = today(organisation.time_zone, now) + PATIENCE
    for key, (one, policy) in waiting.items():
        if key not in known:
            url = reverse("policy document", args=[policy.pk])
            with translation.override(one.person.language):
                title = _("Read the AI policy, version %(edition)s, and say so") % {"edition": policy.edition}
            ask(one, title, key, due, now, (PATH, policy.pk), why="5.2", url=url)


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step: what asked people to read a version that is no longer in force falls away at once."""
    if isinstance(record, AIPolicy) and record.state != "approved":
        rows = Task.objects.filter(organisation_id=record.organisation_id, state=Task.State.OPEN)
        rows.filter(source__startswith=f"read:{record.pk}:").update(
            state=Task.State.CANCELLED, done_at=timezone.now()
        )


def approved_on(policy: AIPolicy) -> datetime | None:
    """When the version in force was signed."""
    rows = Signature.objects.filter(
        organisation_id=policy.organisation_id, record_id=policy.pk, transition="approve"
    )
    return rows.order_by("-signed_at").values_list("signed_at", flat=True).first()
