"""The follow-up of nonconformities by the clock: deadlines, a task for each open action, reminders, telling who is above."""

from datetime import date, datetime

from aims.organisation.models import Organisation
from aims.organisation.roles import Role
from aims.schedule import tick
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.dates import today
from aims.schedule.fulfilment import start
from aims.schedule.models import Obligation, Task
from aims.schedule.obligations import sync
from improvement.following import OPEN_ACTIONS, close_tasks
from improvement.models import CorrectiveAction, Nonconformity

# which deadline is running, in which states of a nonconformity
RUNNING = {
    "SR30": ("open",),
    "SR31": ("open", "contained"),
    "SR32": ("open", "contained", "analysed", "actions_running"),
}
CODES = (*RUNNING, "SR33")


def follow_up(organisation: Organisation, now: datetime) -> None:
    """Bring every open nonconformity and action before the people who answer for it."""
    sync(organisation, now)
    ensure_deadlines(organisation)
    tick.begin(organisation, now, CODES)
    ask_for_actions(organisation, now)
    tick.remind(organisation, now)
    tick.escalate(organisation, now)


def ensure_deadlines(organisation: Organisation) -> None:
    """The deadlines of nonconformities that came without a step (an import, a restore): counted from their opening."""
    rules = {row.code: row for row in Obligation.objects.filter(organisation=organisation, active=True)}
    for code, states in RUNNING.items():
        rule = rules.get(code)
        if rule is None:
            continue
        known = set(rule.occurrences.values_list("subject_id", flat=True))
        rows = Nonconformity.objects.filter(organisation=organisation, state__in=states)
        for record in rows.order_by("pk"):
            if record.pk not in known:
                start(rule, record.pk, record.opened_on)


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
