"""Tasks for people: who is asked for an occurrence, in whose words, and telling the next one when it is late."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.organisation.models import Membership
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.registry import register
from aims.schedule.models import AtOnce, Occurrence, Task

PEOPLE = "members"  # what obligations about people name as their register, and events of people as theirs
# who is told when somebody is late, the first that somebody else holds
ABOVE = (Role.OFFICER, Role.EXECUTIVE, Role.ADMINISTRATOR)


def active_members(organisation_id: uuid.UUID) -> QuerySet[Membership]:
    """Everybody who can still be asked, with their person."""
    rows = Membership.objects.filter(organisation_id=organisation_id, active=True, person__is_active=True)
    return rows.exclude(role=Role.API_CLIENT).select_related("person").order_by("id")


def record_at(kind: str, key: uuid.UUID | None) -> Record | None:
    """A record by its register's path and its id, unseen by anybody: for the schedule's own use."""
    found = register(kind)
    return found.model._default_manager.filter(pk=key).first() if found and key else None


def responsible(occurrence: Occurrence) -> list[Membership]:
    """Who is asked: the obligation's owner, else the owner of its record, else who has the role, else who is above."""
    obligation = occurrence.obligation
    members = active_members(occurrence.organisation_id)
    subject = record_at(occurrence.subject_kind, occurrence.subject_id)
    for owner in (obligation.owner_id, subject.owner_id if subject else None):
        if owner and (found := list(members.filter(pk=owner))):
            return found
    return holders(members, (Role(obligation.role), *ABOVE))


def holders(members: QuerySet[Membership], roles: Iterable[Role]) -> list[Membership]:
    """The members who hold the first of these roles that anybody holds."""
    for role in roles:
        if found := list(members.filter(role=role)):
            return found
    return []


def ask_for(occurrence: Occurrence, now: datetime) -> list[Task]:
    """A task for everybody responsible for an occurrence that has come up."""
    return [
        ask(
            member,
            title=title_of(occurrence, member),
            source=f"occurrence:{occurrence.pk}:{member.pk}",
            due=occurrence.due,
            now=now,
            about=place_of(occurrence),
            occurrence=occurrence,
            why=occurrence.obligation.clause,
            at_once=AtOnce.ESCALATION if occurrence.obligation.pressing else None,
        )
        for member in responsible(occurrence)
    ]


def place_of(occurrence: Occurrence) -> tuple[str, uuid.UUID | None]:
    """Where a task leads: to the record that was made for it, else to what it is about, else to where one is made."""
    if occurrence.record_id:
        return occurrence.record_kind, occurrence.record_id
    if occurrence.subject_id:
        return occurrence.subject_kind, occurrence.subject_id
    return occurrence.obligation.done_by.rpartition(".")[0], None


def about(occurrence: Occurrence) -> Record | Membership | None:
    """What an occurrence is about: a record, a person who joined, or nothing but the organisation."""
    if occurrence.subject_kind == PEOPLE and occurrence.subject_id:
        return Membership.objects.filter(pk=occurrence.subject_id).first()
    return record_at(occurrence.subject_kind, occurrence.subject_id)


def title_of(occurrence: Occurrence, member: Membership) -> str:
    """What is asked, in the language of who is asked."""
    subject = about(occurrence)
    with translation.override(member.person.language):
        label = occurrence.obligation.label
        return _("%(what)s: %(about)s") % {"what": label, "about": subject} if subject else label


def ask(
    member: Membership,
    title: str | Promise,
    source: str,
    due: date | None,
    now: datetime,
    about: tuple[str, uuid.UUID | None] = ("", None),
    occurrence: Occurrence | None = None,
    why: str = "",
    at_once: AtOnce | None = None,
    url: str = "",
) -> Task:
    """A task, once for its `source`; an escalation or a signature is mailed `at_once` and not with the day's digest.

    `url` is where exactly it is done, when that is not the page of what it is about.
    """
    with translation.override(member.person.language):
        words = Truncator(str(title)).chars(250)
    task = Task(
        organisation_id=member.organisation_id,
        member=member,
        title=words,
        kind=about[0],
        record_id=about[1],
        due=due,
        occurrence=occurrence,
        why=why,
        source=source,
        urgent=at_once is not None,
        at_once=at_once or "",
        url=url,
        made_at=now,
    )
    Task.objects.bulk_create([task], ignore_conflicts=True)
    return Task.objects.get(organisation_id=member.organisation_id, source=source)


def tell_above(task: Task, now: datetime) -> None:
    """Tell the compliance officer that a task is late, or top management where it is theirs; and whose task it was,
    where it was handed over."""
    members = active_members(task.organisation_id)
    others = members.exclude(pk=task.member_id)
    own = task.member.role
    roles = [role for role in ABOVE if role != own]
    told = {member.pk: member for member in holders(others, roles)}
    if task.given_by_id:
        told |= {member.pk: member for member in others.filter(pk=task.given_by_id)}
    for member in told.values():
        with translation.override(member.person.language):
            title = _("Late with %(name)s: %(title)s") % {"name": task.member.name, "title": task.title}
        place = (task.kind, task.record_id)
        source = f"late:{task.pk}:{member.pk}"
        ask(member, title, source, task.due, now, place, task.occurrence, task.why, at_once=AtOnce.ESCALATION)
