"""The follow-up of nonconformities by the clock: deadlines, a task for each open action, reminders, telling who is above."""

from datetime import date, datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.models import Membership, Organisation
from aims.organisation.roles import Role
from aims.schedule import tick
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.dates import today
from aims.schedule.fulfilment import cancel, start
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import sync
from improvement.following import OPEN_ACTIONS, close_tasks
from improvement.models import CorrectiveAction, Nonconformity

# which deadline is running, in which states of a nonconformity
RUNNING = {
    "SR30": ("open",),
    "SR31": ("open", "contained"),
    "SR31M": ("open", "contained"),
    "SR32": ("open", "contained", "analysed", "actions_running"),
    "SR32M": ("open", "contained", "analysed", "actions_running"),
}
CODES = (*RUNNING, "SR33")
CASES = "nonconformities"


def follow_up(organisation: Organisation, now: datetime) -> None:
    """Bring every open nonconformity and action before the people who answer for it."""
    sync(organisation, now)
    ensure_deadlines(organisation)
    tick.begin(organisation, now, CODES)
    ask_for_actions(organisation, now)
    ask_for_checks(organisation, now)
    tick.remind(organisation, now)
    tick.escalate(organisation, now)


def ensure_deadlines(organisation: Organisation) -> None:
    """The deadlines that cases have by their grade, counted from their opening; those of another grade fall away."""
    rows = Nonconformity.objects.filter(organisation=organisation)
    for rule in Obligation.objects.filter(organisation=organisation, active=True, code__in=RUNNING):
        known = {row.subject_id: row for row in rule.occurrences.order_by("due")}
        for record in rows.filter(state__in=RUNNING[rule.code]).order_by("pk"):
            keep_deadline(rule, record, known.get(record.pk))


def keep_deadline(rule: Obligation, record: Nonconformity, known: Occurrence | None) -> None:
    """Start what came without a step (an import, a restore, another grade); cancel what is another grade's."""
    declared = rule.rule
    concerned = not (declared and declared.when) or declared.when(record)
    if concerned and (known is None or known.state == Occurrence.State.CANCELLED):
        start(rule, record.pk, record.opened_on)
    if not concerned and known and known.state in Occurrence.OPEN:
        cancel(known)


def ask_for_actions(organisation: Organisation, now: datetime) -> None:
    """A task for the owner of each open action that has a date; of a new owner or date, where they have changed."""
    day = today(organisation.time_zone, now)
    rows = CorrectiveAction.objects.filter(organisation=organisation, state__in=OPEN_ACTIONS)
    for action in rows.exclude(due=None).select_related("nonconformity").order_by("pk"):
        ask_for_action(action, now, day)
    done = CorrectiveAction.objects.filter(organisation=organisation).exclude(state__in=OPEN_ACTIONS)
    close_tasks(done.values_list("pk", flat=True), organisation.pk, now)


def ask_for_action(action: CorrectiveAction, now: datetime, day: date) -> None:
    """Ask whoever owns an action, or who answers for the case; keep the task's date with the action's."""
    people = active_members(action.organisation_id)
    keys = [key for key in (action.owner_id, action.nonconformity.owner_id) if key]
    owners = {row.pk: row for row in people.filter(pk__in=keys)}
    who = next((owners[key] for key in keys if key in owners), None)
    who = who or next(iter(holders(people, (Role.OFFICER,))), None)
    if who is None or action.due is None:
        return
    about = ("corrective-actions", action.pk)
    source = f"action:{action.pk}"
    task = ask(who, str(action), source, action.due, now, about, why="10.2-c")
    moved = task.due != action.due or task.member_id != who.pk
    if moved and task.state == Task.State.OPEN:
        values = {"due": action.due, "member": who, "escalated_at": None, "reminded_at": None, "made_at": now}
        Task.objects.filter(pk=task.pk).update(**values)


def ask_for_checks(organisation: Organisation, now: datetime) -> None:
    """Ask whoever was chosen to check the effect, for the agreed day; a case that is over or failed asks no more."""
    rows = Nonconformity.objects.filter(organisation=organisation, state="checking")
    people: dict[UUID | None, Membership] = {row.pk: row for row in active_members(organisation.pk)}
    for case in rows.exclude(effect_from=None).order_by("pk"):
        if case.checker_id in people:
            ask_for_check(people[case.checker_id], case, now)
    tasks = Task.objects.filter(organisation=organisation, state=Task.State.OPEN)
    over = tasks.filter(source__startswith="effect:").exclude(record_id__in=rows.values("pk"))
    late = [Q(source__startswith=f"late:{key}:") for key in over.values_list("pk", flat=True)]
    tasks.filter(reduce(or_, late, Q(pk__in=over.values("pk")))).update(state=Task.State.DONE, done_at=now)


def ask_for_check(checker: Membership, case: Nonconformity, now: datetime) -> None:
    """One task for each day that was agreed: after a check that failed another is agreed."""
    title = _("Check the effect: %(case)s") % {"case": case}
    source = f"effect:{case.pk}:{case.effect_from}"
    ask(checker, title, source, case.effect_from, now, (CASES, case.pk), why="10.2-d")
