"""Mails: one a day for each person with what is asked of them, and one at once for an escalation or a signature.

Who wants no digest still gets both at once, and the invitations to the meetings in which they take part.

The row comes first, in the transaction that sees the tasks; sending comes after it. A mail server that is down leaves
the row unsent, and the next run tries again.
"""

import logging
import smtplib
import uuid
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.acting import acting
from aims.organisation.everyone import organisation_ids
from aims.organisation.mailing import Sort, send
from aims.organisation.member import members_of
from aims.organisation.models import Membership, Organisation
from aims.records.access import visible
from aims.records.registry import register, register_of
from aims.records.watching import news
from aims.schedule.asking import active_members
from aims.schedule.dates import today
from aims.schedule.invitations import Days, Entry, Invitation, calendar, meetings, method, read, to_send
from aims.schedule.models import AtOnce, Mail, Task
from aims.schedule.places import place, task_place
from aims.schedule.tick import open_tasks
from aims.schedule.unsubscribing import stop_url

DAY_KEY, MEETINGS_KEY = "day:", "meetings:"  # how the keys of digests, and of invitations alone, begin
HOUR = 7  # digests are written from this hour of the organisation's day
SOON = timedelta(days=30)  # a digest lists what is due within this time, and all that is late
DAY, WEEK = timedelta(days=1), timedelta(days=7)  # how far back what changed is told: at first, and at most
TRIES = 50  # a mail that failed so often is given up: the next day's digest says the same
log = logging.getLogger(__name__)


def prepare(organisation: Organisation, now: datetime) -> None:
    """Write the mails that are due: urgent ones at once, and the day's digest for who has something new to hear."""
    mine: dict[uuid.UUID, list[Task]] = defaultdict(list)
    ahead = meetings(organisation.pk, today(organisation.time_zone, now))
    for task in open_tasks(organisation):
        mine[task.member_id].append(task)
    for member in active_members(organisation.pk):
        _write_urgent(member, mine[member.pk], now)
        if now.astimezone(ZoneInfo(organisation.time_zone)).hour < HOUR:
            continue
        if member.person.digest:
            _write_digest(member, mine[member.pk], ahead[member.pk], organisation, now)
        elif invited := to_send(member, ahead[member.pk], today(organisation.time_zone, now)):
            _write_invitations(member, invited, today(organisation.time_zone, now), now)


def _write_urgent(member: Membership, tasks: list[Task], now: datetime) -> None:
    mails = [_mail(member, f"task:{task.pk}", [task], now) for task in tasks if task.urgent]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)


def _write_digest(
    member: Membership,
    tasks: list[Task],
    ahead: dict[tuple[str, str], Days],
    organisation: Organisation,
    now: datetime,
) -> None:
    day = today(organisation.time_zone, now)
    last = Mail.objects.filter(member=member, key__startswith=DAY_KEY).order_by("-made_at").first()
    if last and last.key == f"{DAY_KEY}{day}":
        return
    heard = last.made_at if last else None
    changed = changed_since(member, max(heard or now - DAY, now - WEEK), now)
    invited = to_send(member, ahead, day)
    if changed or invited or any(new_since(task, heard) for task in tasks):
        listed = [task for task in tasks if task.due is None or task.due <= day + SOON]
        mail = _mail(member, f"{DAY_KEY}{day}", listed, now, changed)
        mail.invitations = invited
        Mail.objects.bulk_create([mail], ignore_conflicts=True)


def _write_invitations(member: Membership, invited: list[Entry], day: date, now: datetime) -> None:
    """The meetings of who wants no digest, once a day at most, and nothing else in it."""
    mail = _mail(member, f"{MEETINGS_KEY}{day}", [], now)
    mail.invitations = invited
    Mail.objects.bulk_create([mail], ignore_conflicts=True)


def changed_since(member: Membership, since: datetime, now: datetime) -> list[list[Any]]:
    """The records that somebody watches and others changed: register, id, and how many changes."""
    acts = next((m for m in members_of(member.person_id) if m.id == member.pk), None)
    found = news(acts, since, now) if acts else []
    return [[register_of(record).path, str(record.pk), number] for record, number in found]


def new_since(task: Task, last: datetime | None) -> bool:
    """Whether somebody has not heard of a task since their last digest, or has to be reminded.

    What was mailed at once is no reason to write again.
    """
    if task.urgent and task.reminded_at is None:
        return False
    return last is None or any(moment and moment > last for moment in (task.made_at, task.reminded_at))


def _mail(
    member: Membership, key: str, tasks: list[Task], now: datetime, changed: list[list[Any]] | None = None
) -> Mail:
    return Mail(
        organisation_id=member.organisation_id,
        member=member,
        person_id=member.person_id,
        key=key,
        tasks=[str(task.pk) for task in tasks],
        news=changed or [],
        made_at=now,
    )


def send_waiting(now: datetime) -> None:
    """Send the mails of all organisations that wait, each in its own transaction: what is sent stays sent."""
    for organisation_id in organisation_ids():
        with acting(organisation_id, "task:send_digests"):
            keys = list(waiting().values_list("pk", flat=True))
        for key in keys:
            if not send_one(organisation_id, key, now):
                break  # the server is down: the rest waits for the next run


def waiting() -> QuerySet[Mail]:
    """The mails that were not sent yet, oldest first."""
    return Mail.objects.filter(sent_at=None, tries__lt=TRIES).order_by("made_at", "id")


def send_one(organisation_id: uuid.UUID, key: uuid.UUID, now: datetime) -> bool:
    """Send one mail under its lock; False when the mail server does not answer."""
    with acting(organisation_id, "task:send_digests"):
        mail = waiting().select_for_update(skip_locked=True, of=("self",)).filter(pk=key).first()
        if mail is None:
            return True
        mail.tries += 1
        answered = _deliver(mail, now)
        mail.save(update_fields=["tries", "sent_at", "error"])
        return answered


def _deliver(mail: Mail, now: datetime) -> bool:
    """Send, and note on the row how it went. An address that the server refuses does not hold up the others."""
    made = message_of(mail, now)
    try:
        if made:
            send(*made)
    except OSError as error:  # every SMTPException is one
        mail.error = str(error)[:300]
        log.warning("mail %s was not sent, the next run tries again: %s", mail.key, error)
        return isinstance(error, smtplib.SMTPRecipientsRefused)
    mail.sent_at, mail.error = now, "" if made else "nothing left to say"
    return True


def sort_of(mail: Mail, tasks: list[Task]) -> Sort:
    """Of which sort a mail is: by its key, and one at once by why its task could not wait."""
    if mail.key.startswith(DAY_KEY):
        return Sort.DIGEST
    if mail.key.startswith(MEETINGS_KEY):
        return Sort.INVITATION
    return Sort.SIGN_OFF if tasks and tasks[0].at_once == AtOnce.SIGN_OFF else Sort.ESCALATION


def message_of(mail: Mail, now: datetime) -> tuple[EmailMessage, Sort] | None:
    """The mail in the person's language: what is to be done, what changed, which meetings; None when nothing is left."""
    tasks = list(Task.objects.filter(pk__in=mail.tasks, state=Task.State.OPEN).order_by("due", "id"))
    sort = sort_of(mail, tasks)
    with translation.override(mail.person.language):
        changed, invited = news_lines(mail), invitations_of(mail)
        if not tasks and not changed and not invited:
            return None
        organisation = Organisation.objects.get(pk=mail.organisation_id)
        stop = stop_url(mail.person) if sort == Sort.DIGEST else ""
        context = {
            "organisation": organisation,
            "name": mail.member.name,
            "lines": [line_of(task, today(organisation.time_zone, now)) for task in tasks],
            "changed": changed,
            "invited": invited,
            "home": settings.SITE_ADDRESS,
            "stop": stop,
            "sort": sort.value,
        }
        body = render_to_string("schedule/mail.txt", context)
        subject = subject_of(tasks, changed, invited, sort)
        message = EmailMessage(subject, body, to=[mail.person.email], headers=headers_of(stop))
        for invitation in invited:
            kind = f"text/calendar; method={method(invitation)}"
            message.attach("invitation.ics", calendar(invitation, mail.member, mail.made_at), kind)
        return message, sort


def headers_of(stop: str) -> dict[str, str]:
    """What lets a mail program end the digests with one click, without opening anything (RFC 8058)."""
    if not stop:
        return {}
    return {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def subject_of(
    tasks: list[Task], changed: list[dict[str, object]], invited: list[Invitation], sort: Sort = Sort.DIGEST
) -> str:
    """What the mail is about: its one task, or how many there are; else what changed, else the meeting."""
    prefix = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
    if tasks and sort == Sort.ESCALATION:
        return prefix + _("Escalation: %(what)s") % {"what": tasks[0].title}
    if tasks:
        words = ngettext("%(n)s thing to do", "%(n)s things to do", len(tasks)) % {"n": len(tasks)}
        return prefix + (tasks[0].title if len(tasks) == 1 else words)
    if changed:
        number = {"n": len(changed)}
        words = ngettext(
            "%(n)s record that you watch changed", "%(n)s records that you watch changed", len(changed)
        )
        return prefix + words % number
    return prefix + _("Invitation: %(what)s") % {"what": invited[0].record}


def invitations_of(mail: Mail) -> list[Invitation]:
    """The meetings of a mail, as far as the person may see the records behind them."""
    acts = next((m for m in members_of(mail.person_id) if m.id == mail.member_id), None)
    found = [invitation for entry in mail.invitations if acts and (invitation := read(entry))]
    return [
        one for one in found if acts and visible(acts, type(one.record)).filter(pk=one.record.pk).exists()
    ]


def news_lines(mail: Mail) -> list[dict[str, object]]:
    """The watched records as the mail shows them, as far as the person still sees them."""
    acts = next((m for m in members_of(mail.person_id) if m.id == mail.member_id), None)
    found = []
    for path, key, number in mail.news if acts else []:
        kind = register(path)
        record = visible(acts, kind.model).filter(pk=key).first() if acts and kind else None
        if record is not None:
            link = settings.SITE_ADDRESS.rstrip("/") + place(path, key)
            found.append({"title": str(record), "number": number, "link": link})
    return found


def line_of(task: Task, day: date) -> dict[str, object]:
    """A task as the mail shows it."""
    late = bool(task.due and task.due < day)
    link = settings.SITE_ADDRESS.rstrip("/") + task_place(task)
    return {"title": task.title, "due": task.due, "late": late, "why": task.why, "link": link}
