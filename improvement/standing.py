"""How far a nonconformity is: its stages with their days, what blocks the next one, and its deadlines (10.2)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.records.display import label
from aims.records.registry import register_of
from aims.schedule.dates import today
from aims.schedule.models import Occurrence
from improvement.effect import long
from improvement.extent import unjudged
from improvement.following import OPEN_ACTIONS
from improvement.models import CorrectiveAction, Nonconformity, SimilarCase

# the stages in their order: the state that is reached, and what it is called
STAGES: tuple[tuple[str, Promise], ...] = (
    ("open", gettext_lazy("Opened")),
    ("contained", gettext_lazy("Contained")),
    ("analysed", gettext_lazy("Cause found")),
    ("actions_running", gettext_lazy("Actions")),
    ("checking", gettext_lazy("Effect checked")),
    ("closed", gettext_lazy("Closed")),
)
ENDED = ("open", "contained", "analysed", "closed")  # states in which their own stage is over
ORDER = [code for code, _label in STAGES]
NEXT = {
    "open": "contain",
    "contained": "analyse",
    "analysed": "run",
    "actions_running": "check",
    "checking": "close",
}
DEADLINES = {
    "open": ("SR30", "SR31", "SR31M", "SR32", "SR32M"),
    "contained": ("SR31", "SR31M", "SR32", "SR32M"),
    "analysed": ("SR32", "SR32M"),
    "actions_running": ("SR32", "SR32M"),
    "checking": ("SR33",),
}


@dataclass(frozen=True)
class Stage:
    """One step of the stepper: done, now or to come."""

    name: str
    how: str
    detail: str


def stages(case: Nonconformity, actions: list[CorrectiveAction], zone: str) -> list[Stage]:
    """The stepper: what is done with its day, where it stands, and what comes."""
    if case.state == "withdrawn":
        return []
    at, days = ORDER.index(case.state), reached(case, zone)
    done = at + (case.state in ENDED)
    hows = ["done" if number < done else "now" if number == done else "" for number in range(len(STAGES))]
    return [
        Stage(str(name), how, detail(case, code, days, actions, how == "done"))
        for (code, name), how in zip(STAGES, hows, strict=True)
    ]


def reached(case: Nonconformity, zone: str) -> dict[str, date]:
    """On which day each state was last reached, from the journal."""
    rows = Entry.objects.filter(
        organisation_id=case.organisation_id, kind=case._meta.db_table, pk_text=str(case.pk)
    )
    days: dict[str, date] = {}
    before = ""
    for at, text in rows.order_by("id").values_list("at", "state"):
        state = json.loads(text).get("state", "") if text else ""
        if state and state != before:
            days[state] = today(zone, at)
        before = state or before
    return days


def detail(
    case: Nonconformity, code: str, days: dict[str, date], actions: list[CorrectiveAction], past: bool
) -> str:
    """What stands under a stage: its day, or how far it is."""
    if code == "open":
        return long(case.opened_on)
    if code == "actions_running" and actions:
        done = sum(action.state not in OPEN_ACTIONS for action in actions)
        return _("%(done)s of %(all)s done") % {"done": done, "all": len(actions)}
    if code == "checking":
        return (
            _("from %(day)s") % {"day": long(case.effect_from)} if case.effect_from else _("date not agreed")
        )
    if past and code in days:
        return long(days[code])
    return _("not before the check") if code == "closed" else ""


def missing(member: Member, case: Nonconformity, actions: list[CorrectiveAction]) -> list[str]:
    """What blocks the next stage, in sentences; empty where it can be taken."""
    step = register_of(case).lifecycle.transition(NEXT.get(case.state, ""))
    if step is None:
        return []
    names = [name for name in step.required if getattr(case, name) in (None, "")]
    found = [_("“%(field)s” is empty.") % {"field": label(type(case), name)} for name in names]
    return [*found, *BLOCKS[case.state](member, case, actions)] if case.state in BLOCKS else found


def _extent(member: Member, case: Nonconformity, actions: list[CorrectiveAction]) -> list[str]:
    waiting = {str(row.record) for row in unjudged(member, case)}
    open_ = case.elsewhere.filter(affected=SimilarCase.Affected.UNKNOWN).select_related("system")
    waiting |= {str(row) for row in open_}
    if not waiting:
        return []
    words = ngettext(
        "%(number)s place where it could be too is not judged.",
        "%(number)s places where it could be too are not judged.",
        len(waiting),
    )
    return [words % {"number": len(waiting)}]


def _plan(member: Member, case: Nonconformity, actions: list[CorrectiveAction]) -> list[str]:
    return [] if actions else [_("No corrective action is planned.")]


def _open(member: Member, case: Nonconformity, actions: list[CorrectiveAction]) -> list[str]:
    number = sum(action.state in OPEN_ACTIONS for action in actions)
    words = ngettext("%(number)s action is open.", "%(number)s actions are open.", number)
    return [words % {"number": number}] if number else []


def _check(member: Member, case: Nonconformity, actions: list[CorrectiveAction]) -> list[str]:
    if case.effectiveness_reviews.filter(state="confirmed", result="effective").exists():
        return []
    words = _("The effect is checked from %(day)s by somebody who owns no action.")
    return [words % {"day": long(case.effect_from)}]


BLOCKS: dict[str, Any] = {
    "contained": _extent,
    "analysed": _plan,
    "actions_running": _open,
    "checking": _check,
}


def deadlines(member: Member, cases: Iterable[Nonconformity]) -> dict[Any, date]:
    """The next open deadline of each case, in one statement."""
    states = {case.pk: case.state for case in cases}
    rows = Occurrence.objects.filter(
        organisation_id=member.organisation_id, subject_id__in=list(states), state__in=Occurrence.OPEN
    )
    found: dict[Any, date] = {}
    for key, code, due in rows.order_by("due").values_list("subject_id", "obligation__code", "due"):
        if key and code in DEADLINES.get(states[key], ()):
            found.setdefault(key, due)
    return found
