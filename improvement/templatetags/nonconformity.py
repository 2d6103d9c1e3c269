"""The page of a nonconformity: its stepper, causes, extent, actions and effect, from one tag."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.places import record_url
from aims.pages.templatetags.marks import chip, due_chip
from aims.records.access import may_add, may_change, visible
from aims.records.base import Record
from aims.records.display import NOTHING, first_letter_up
from aims.records.registry import register_of
from evaluation.inputs import now_there
from improvement import standing
from improvement.extent import Alike, other_places, records_named, unjudged
from improvement.following import OPEN_ACTIONS
from improvement.ishikawa import branches, fishbone
from improvement.models import Cause, CorrectiveAction, EffectivenessReview, Nonconformity, SimilarCase
from improvement.recurrence import earlier_cases

register = template.Library()
SHOWN = ("causes", "elsewhere")  # parts that the page draws itself
DRAWN = {"root_cause", "similar_cases", "effect_criterion"}  # fields of the sections that it draws
TONES = {"yes": "bad", "no": "ok", "unknown": "warn"}


@register.simple_tag(takes_context=True)
def case_of(context: Context, record: Nonconformity) -> dict[str, Any]:
    """Everything that the page shows beside the fields."""
    member: Member = context["request"].member
    rows = visible(member, CorrectiveAction).filter(nonconformity=record).exclude(state="withdrawn")
    actions = list(rows.select_related("owner").order_by("due", "ref"))
    causes = list(record.causes.all())
    return {
        "sections": sections(context["sections"], record),
        "stages": standing.stages(record, actions, member.time_zone),
        "missing": standing.missing(member, record, actions),
        "deadline": standing.deadlines(member, [record]).get(record.pk),
        "age": (now_there(member) - record.opened_on).days
        if record.state not in ("closed", "withdrawn")
        else None,
        "fishbone": fishbone(causes, record.root_cause),
        "branches": branches(causes),
        "whys": [cause.text for cause in causes if cause.branch == Cause.WHY],
        **extent(member, record),
        "actions": [action_row(action) for action in actions],
        "add_action": adding(member, CorrectiveAction, record),
        "effect": effect(record, actions),
        "reviews": reviews(member, record),
        "add_review": adding(member, EffectivenessReview, record) if record.state == "checking" else "",
        "again": [action_row(row) for row in earlier_cases(member, record)],
        "tables": [table for table in context["part_tables"] if table["id"] not in SHOWN],
    }


def sections(found: list[Any], record: Nonconformity) -> list[Any]:
    """The sections of the form but those that the page draws itself, and those in which nothing is said yet."""
    names = [fields for _heading, fields in register_of(record).form]
    kept = [section for section, fields in zip(found, names, strict=False) if not DRAWN & set(fields)]
    return [(heading, props) for heading, props in kept if any(value != NOTHING for _name, value in props)]


def extent(member: Member, record: Nonconformity) -> dict[str, Any]:
    """Where else it was looked for, and where it still has to be."""
    open_ = record.state in ("open", "contained")
    judged = list(record.elsewhere.select_related("system"))
    there = {row.system_id for row in judged}
    waiting = [row for row in unjudged(member, record) if row.record.pk not in there] if open_ else []
    others = other_places(member, record) if open_ else []
    named = records_named(member, (row.subject for row in judged))
    return {
        "judged": [place(row, named) for row in judged],
        "alike": [alike_row(row) for row in waiting],
        "others": [alike_row(row) for row in others],
        "may_judge": bool(waiting or others) and may_change(member, record),
    }


def alike_row(row: Alike) -> tuple[str, str, tuple[str, ...]]:
    """Where something alike stands, its name, and why it is alike."""
    return record_url(row.record), str(row.record), row.reasons


def place(row: SimilarCase, named: dict[str, Record]) -> dict[str, Any]:
    """A place that was looked at."""
    record = row.system or named.get(row.subject.split(" ")[0])
    words = first_letter_up(str(row.get_affected_display()))
    url = record_url(record) if record else ""
    return {"url": url, "name": str(row), "chip": chip(words, TONES[row.affected]), "note": row.note}


def adding(member: Member, model: type[CorrectiveAction | EffectivenessReview], record: Nonconformity) -> str:
    """Where an action or a review of this case is added, by who may."""
    kind = register_of(model)
    if record.state in ("closed", "withdrawn") or not may_add(member, kind):
        return ""
    return f"{reverse('new', args=[kind.path])}?{urlencode({'nonconformity': record.pk})}"


def action_row(row: CorrectiveAction | Nonconformity) -> dict[str, Any]:
    """A corrective action, or an earlier case, as a row."""
    due = getattr(row, "due", None)
    late = due and row.state in OPEN_ACTIONS
    return {
        "url": record_url(row),
        "title": row.title,
        "ref": row.ref,
        "owner": row.owner.name if row.owner_id and row.owner else "",
        "due": due,
        "chip": due_chip(due) if late else state_of(register_of(row), row.state),
        "opened": getattr(row, "opened_on", None),
    }


def effect(record: Nonconformity, actions: list[CorrectiveAction]) -> list[dict[str, Any]]:
    """The way to the check: each action with its day, then the check itself."""
    rows = [
        {
            "done": action.state not in OPEN_ACTIONS,
            "what": action.title,
            "at": action.done_on or action.due,
            "icon": "circle-dashed" if action.state in OPEN_ACTIONS else "circle-check",
        }
        for action in actions
    ]
    who = record.checker.name if record.checker else ""
    words = _("Check by %(name)s") % {"name": who} if who else _("Check by somebody who owns no action")
    return [*rows, {"done": False, "what": words, "at": record.effect_from, "icon": "user-check"}]


def reviews(member: Member, record: Nonconformity) -> list[dict[str, Any]]:
    """The reviews of the effect, newest first."""
    rows = visible(member, EffectivenessReview).filter(nonconformity=record).exclude(state="withdrawn")
    return [
        {
            "url": record_url(row),
            "ref": row.ref,
            "at": row.reviewed_on,
            "result": first_letter_up(str(row.get_result_display())) or "–",
            "tone": "ok"
            if row.result == EffectivenessReview.Result.EFFECTIVE
            else "bad"
            if row.result
            else "",
            "chip": state_of(register_of(row), row.state),
            "seen": row.seen,
        }
        for row in rows.order_by("-reviewed_on", "-ref")
    ]
