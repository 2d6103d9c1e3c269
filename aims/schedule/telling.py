"""Telling people: who is called in a comment, who may sign for another, and those who must see to a file that is damaged."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership, Organisation
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.base import Record
from aims.records.collaboration import Damage, Mention
from aims.records.models import Delegation, Evidence
from aims.records.registry import register_of
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.models import Task
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


def sees(membership: Membership, record: Record) -> bool:
    """Whether somebody may see a record: a call opens nothing."""
    found = (m for m in members_of(membership.person_id) if m.organisation_id == membership.organisation_id)
    member = next(found, None)
    return member is not None and visible(member, type(record)).filter(pk=record.pk).exists()


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
    mine = Task.objects.filter(organisation_id=row.organisation_id, member_id=row.giver_id)
    mine = mine.filter(source__startswith=f"sign:{row.record_id}:", state=Task.State.OPEN)
    mine.update(state=Task.State.CANCELLED, done_at=timezone.now())
    source = f"sign:{row.record_id}:{row.pk}"
    url = sign_place(row.kind, row.record_id, row.transition)
    about = (row.kind, row.record_id)
    return ask(row.to, title, source, row.until, timezone.now(), about, urgent=True, url=url)


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
            ask(one, title, source, None, now, (path, damage.evidence_id), why="7.5.3", urgent=True)
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
