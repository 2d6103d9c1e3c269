"""Telling people: who is called in a comment, who may sign for another, and those who must see to a file that is damaged."""

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership, Organisation
from aims.organisation.roles import Role
from aims.records.access import may_move, visible
from aims.records.base import Record
from aims.records.collaboration import Damage, Mention
from aims.records.models import Delegation, Deputy, Evidence
from aims.records.registry import register_of
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.dates import today
from aims.schedule.models import AtOnce, Task
from aims.schedule.places import sign_place

KEEPERS = (Role.ADMINISTRATOR, Role.OFFICER)


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step: when somebody is called in a comment, a task asks them to read it."""
    if step != "mention":
        return
    rows = Mention.objects.filter(comment__record_id=record.pk, comment__author_id=member.id)
    asked = Task.objects.filter(organisation_id=member.organisation_id, source__startswith="mention:")
    known = {source.partition(":")[2] for source in asked.values_list("source", flat=True)}
    for row in rows.select_related("member__person"):
        if str(row.pk) not in known and sees(row.member, record):
            tell(row, record, member.name)


def acting_as(membership: Membership) -> Member | None:
    """Who somebody is when they act, with what they may do now; None for who no longer can."""
    found = (m for m in members_of(membership.person_id) if m.organisation_id == membership.organisation_id)
    return next(found, None)


def sees(membership: Membership, record: Record) -> bool:
    """Whether somebody may see a record: a call opens nothing."""
    member = acting_as(membership)
    return member is not None and visible(member, type(record)).filter(pk=record.pk).exists()


def can_sign(membership: Membership, record: Record) -> bool:
    """Whether somebody may give a signature that a record waits for, by their role or for somebody else."""
    member = acting_as(membership)
    if member is None or not visible(member, type(record)).filter(pk=record.pk).exists():
        return False
    leaving = register_of(record).lifecycle.leaving(record.state)
    return any(step.meaning and may_move(member, record, step) for step in leaving)


def tell(row: Mention, record: Record, by: str) -> Task:
    """The task of somebody who was called."""
    with translation.override(row.member.person.language):
        title = _("%(name)s asks you about %(record)s") % {"name": by, "record": record}
    about = (register_of(record).path, record.pk)
    return ask(row.member, title, f"mention:{row.pk}", None, timezone.now(), about)


def ask_delegate(row: Delegation, record: Record) -> Task:
    """The urgent task of who may sign in another's place; who gave it is no longer asked to sign."""
    with translation.override(row.to.person.language):
        title = _("Sign for %(name)s: %(record)s") % {"name": row.giver.name, "record": record}
    asked_to_sign(row.organisation_id, row.record_id, row.giver_id).filter(state=Task.State.OPEN).update(
        state=Task.State.CANCELLED, done_at=timezone.now()
    )
    source = f"sign:{row.record_id}:{row.pk}"
    url = sign_place(row.kind, row.record_id, row.transition)
    about = (row.kind, row.record_id)
    return ask(row.to, title, source, row.until, timezone.now(), about, at_once=AtOnce.SIGN_OFF, url=url)


def asked_to_sign(organisation_id: uuid.UUID, record_id: uuid.UUID, member_id: uuid.UUID) -> QuerySet[Task]:
    """The tasks that ask somebody to sign a record."""
    rows = Task.objects.filter(organisation_id=organisation_id, member_id=member_id)
    return rows.filter(source__startswith=f"sign:{record_id}:")


def ask_again(row: Delegation, now: datetime) -> None:
    """A delegation was taken back or ran out: who held it is no longer asked, and who gave it is, if it still waits."""
    held = Task.objects.filter(
        organisation_id=row.organisation_id,
        source=f"sign:{row.record_id}:{row.pk}",
        state=Task.State.OPEN,
    )
    if not held.update(state=Task.State.CANCELLED, done_at=now):
        return  # signed or refused meanwhile
    mine = asked_to_sign(row.organisation_id, row.record_id, row.giver_id).order_by("-made_at").first()
    if mine is not None:
        Task.objects.filter(pk=mine.pk, state=Task.State.CANCELLED).update(
            state=Task.State.OPEN, done_at=None, reminded_at=now
        )


def end_delegations(organisation: Organisation, now: datetime) -> None:
    """What the clock does: a delegation whose last day is over no longer asks anybody."""
    over = Delegation.objects.filter(
        organisation=organisation, ended_at=None, until__lt=today(organisation.time_zone, now)
    )
    asked = Task.objects.filter(
        organisation=organisation, state=Task.State.OPEN, source__startswith="sign:"
    ).exclude(due=None)
    waiting = set(asked.values_list("source", flat=True))
    for row in over if waiting else ():
        if f"sign:{row.record_id}:{row.pk}" in waiting:
            ask_again(row, now)


def tell_deputy(row: Deputy) -> Task:
    """The deputy hears of it with the day's digest."""
    with translation.override(row.to.person.language):
        words = {"name": row.giver.name, "day": date_format(row.until)}
        title = _("You may sign for %(name)s until %(day)s") % words
    return ask(row.to, title, f"deputy:{row.pk}", None, timezone.now(), why="5.3", url=reverse("deputies"))


def ask_about_damage(organisation: Organisation, now: datetime) -> None:
    """A task, at once, for who keeps the system, for each damaged file; done when the file is well again."""
    standing = list(
        Damage.objects.filter(organisation=organisation, mended_at=None).select_related("revision")
    )
    people = holders(active_members(organisation.pk), KEEPERS) if standing else []
    path = register_of(Evidence).path
    for damage in standing:
        for one in people:
            with translation.override(one.person.language):
                title = words(damage)
            source = f"damage:{damage.pk}:{one.pk}"
            about = (path, damage.evidence_id)
            ask(one, title, source, None, now, about, why="7.5.3", at_once=AtOnce.ESCALATION)
    close_mended(organisation, [damage.pk for damage in standing], now)


def words(damage: Damage) -> str:
    """What is asked."""
    name = {"name": damage.revision.name}
    if damage.what == Damage.Kind.MISSING:
        return _("Restore the file %(name)s: it is missing from storage") % name
    return _("Restore the file %(name)s: its content is not what was kept") % name


def close_mended(organisation: Organisation, standing: list[object], now: datetime) -> None:
    """The tasks for damages that stand no more are done."""
    rows = Task.objects.filter(organisation=organisation, state=Task.State.OPEN, source__startswith="damage:")
    still = {str(key) for key in standing}
    gone = [task.pk for task in rows if task.source.split(":")[1] not in still]
    if gone:
        Task.objects.filter(pk__in=gone).update(state=Task.State.DONE, done_at=now)
