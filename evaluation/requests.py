"""What auditors ask to be shown: who is asked, by when, what was delivered, and the tasks that follow (9.2.2-b)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership, Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import STAFF, Role
from aims.records.access import require
from aims.records.base import Record
from aims.records.changes import create, locked
from aims.records.models import Link
from aims.records.registry import register_of
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.dates import today
from aims.schedule.models import Task
from evaluation.models import Audit, AuditRequest, Sample
from evaluation.sampling import DECISIONS, drawn_records

DAYS = timedelta(days=7)  # usual time to deliver; who asks may set another
WAITING = ("asked", "sent_back")  # for who was asked
OPEN = (*WAITING, "delivered")
KEEPERS = (Role.OFFICER, Role.ADMINISTRATOR)


# ── A sample becomes requests ────────────────────────────────────────────


def ask_for_sample(member: Member, sample: Sample) -> None:
    """One request for each record drawn that is not asked for yet, to who owns it."""
    there = {str(key) for key in AuditRequest.objects.filter(sample=sample).values_list("item_id", flat=True)}
    wanted = [item for item in drawn_records(member, sample) if item["id"] not in there]
    if not wanted:
        raise Refused("conflict", _("All records of this sample are requested already."))
    people = {row.pk: row for row in active_members(sample.organisation_id).filter(role__in=STAFF)}
    due = today(member.time_zone, timezone.now()) + DAYS
    for item in wanted:
        owner = owner_of(item["record"], sample, people)
        request = create(
            member,
            AuditRequest,
            {
                "title": title_for(sample, item, owner),
                "audit": sample.audit,
                "code": sample.code,
                "owner": owner,
                "due": due,
            },
        )
        AuditRequest.objects.filter(pk=request.pk).update(
            sample=sample, item_kind=sample.kind, item_id=item["id"]
        )


def owner_of(record: object, sample: Sample, people: dict[Any, Membership]) -> Membership | None:
    """Who is asked for a record: its owner, that of its AI system, that of the audit, else who keeps the AIMS."""
    system = getattr(record, "system", None)
    keys = (getattr(record, "owner_id", None), getattr(system, "owner_id", None), sample.audit.owner_id)
    found = next((people[key] for key in keys if key in people), None)
    return found or next((one for one in people.values() if one.role in KEEPERS), None)


def title_for(sample: Sample, item: dict[str, object], owner: Membership | None) -> str:
    """What is asked for, in the language of who is asked."""
    with translation.override(owner.person.language if owner else None):
        name = item["record"] or item["ref"]
        words = _("Decision %(name)s") if sample.kind == DECISIONS else _("Records of %(name)s")
        return (words % {"name": name})[:200]


# ── Steps: effects of the lifecycle ──────────────────────────────────────


def check_delivery(member: Member, request: AuditRequest) -> None:
    """Something is delivered: evidence that is linked, or an answer in words."""
    linked = Link.objects.filter(kind=register_of(AuditRequest).path, record_id=request.pk)
    if not request.answer.strip() and not linked.exists():
        message = _("Link evidence to this request, or write an answer first.")
        raise Refused("invalid", _("Something is missing."), {"answer": [message]})
    request.delivered_at = timezone.now()
    request.save(update_fields=["delivered_at"])


def judges(member: Member, request: AuditRequest) -> bool:
    """Whether somebody says if what came is enough: an auditor of the audit, or who asked for one without an account."""
    own = request.created_by_id == member.id and not request.audit.has_auditors
    return own or str(request.audit_id) in member.audited


def check_asker(member: Member, request: AuditRequest) -> None:
    """Refuse a judgement by anybody else: nobody accepts what they delivered."""
    if not judges(member, request):
        raise Refused(
            "forbidden", _("Only an auditor of this audit, or who asked, can say whether this is enough.")
        )


def may_remind(member: Member, request: AuditRequest, now: datetime) -> bool:
    """Whether a member may ask again for what is late: who says whether it is enough, once a day."""
    day = today(member.time_zone, now)
    late = request.state in WAITING and request.due is not None and request.due < day
    told = request.reminded_at is not None and today(member.time_zone, request.reminded_at) == day
    return late and not told and judges(member, request)


@transaction.atomic
def remind(member: Member, request: AuditRequest, now: datetime) -> None:
    """Ask again: the day's digest says it once more, as every reminder; never a mail of its own."""
    request = locked(member, request)
    require(judges(member, request))
    if not may_remind(member, request, now):
        raise Refused("conflict", _("Only what is late is asked for again, once a day at most."))
    keep_tasks(request, now)
    tasks = Task.objects.filter(organisation_id=request.organisation_id, state=Task.State.OPEN)
    tasks.filter(source__startswith=f"request:{request.pk}:show:").update(reminded_at=now)
    request.reminded_at = now
    request.save(update_fields=["reminded_at"])


# ── Tasks ────────────────────────────────────────────────────────────────


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step: whoever has to act on a request has one task for it."""
    if isinstance(record, AuditRequest) and step != "mention":
        keep_tasks(record, timezone.now())


def keep_tasks(request: AuditRequest, now: datetime) -> None:
    """Ask who must deliver, or who must look at what was delivered; end the tasks that are over."""
    source = f"request:{request.pk}:"
    wanted = wanted_tasks(request)
    mine = Task.objects.filter(organisation_id=request.organisation_id, state=Task.State.OPEN)
    over = mine.filter(source__startswith=source).exclude(source__in=[key for key, _one, _title in wanted])
    ended = (
        Task.State.DONE if request.state in ("delivered", "sent_back", "accepted") else Task.State.CANCELLED
    )
    over.update(state=ended, done_at=now)
    for key, person, title in wanted:
        task = ask(
            person,
            title,
            key,
            request.due if request.state in WAITING else None,
            now,
            (register_of(AuditRequest).path, request.pk),
            why="9.2.2",
        )
        if task.due != request.due and request.state in WAITING and task.state == Task.State.OPEN:
            Task.objects.filter(pk=task.pk).update(due=request.due)


def wanted_tasks(request: AuditRequest) -> list[tuple[str, Membership, str]]:
    """Who has to do something about a request now: source, person and words. Each delivery begins a new round."""
    members = active_members(request.organisation_id)
    turn = int(request.delivered_at.timestamp()) if request.delivered_at else 0
    if request.state in WAITING:
        owner = list(members.filter(pk=request.owner_id)) if request.owner_id else []
        people, act = owner or holders(members, KEEPERS)[:1], "show"
    elif request.state == "delivered":
        people, act = list(members.filter(pk__in=[request.created_by_id])), "look"
    else:
        return []
    return [(f"request:{request.pk}:{act}:{turn}:{one.pk}", one, said(one, act, request)) for one in people]


def said(person: Membership, act: str, request: AuditRequest) -> str:
    """What somebody is asked, in their language."""
    with translation.override(person.person.language):
        words = _("Show the auditors: %(request)s") if act == "show" else _("Look at what came: %(request)s")
        return words % {"request": request}


def follow_up(organisation: Organisation, now: datetime) -> None:
    """By the clock: whose request was given to somebody else, or got another date, has the right task all the same.

    Reminders and escalation of what is late are the schedule's (`aims.schedule.tick`).
    """
    rows = AuditRequest.objects.filter(organisation=organisation, state__in=OPEN)
    for request in rows.order_by("pk"):
        keep_tasks(request, now)


# ── The list ─────────────────────────────────────────────────────────────


def asked(
    audit: Audit, rows: QuerySet[AuditRequest], person: str = "", state: str = ""
) -> QuerySet[AuditRequest]:
    """The requests of an audit that somebody sees, those that are waited for first; of one person, in one state."""
    found = (
        rows.filter(audit=audit).exclude(state="withdrawn")
        if state != "withdrawn"
        else rows.filter(audit=audit)
    )
    if person:
        found = found.filter(Q(owner__name=person))
    if state == "late":
        found = found.filter(state__in=WAITING, due__lt=timezone.localdate())
    elif state:
        found = found.filter(state=state)
    return found.select_related("owner", "sample").order_by("due", "ref")


def ages(requests: Iterable[AuditRequest], now: datetime) -> dict[object, int]:
    """How many days ago each was asked."""
    return {request.pk: (now - request.created_at).days for request in requests}
