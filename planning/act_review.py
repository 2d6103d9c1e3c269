"""What a new version of the AI Act's rules means for the classifications that are kept: who must answer again, and why.

Nothing here changes an approved sheet. A review is a task; answering again is a sheet of its own, which takes the place of
the old one when it is approved (SR25: a change of law).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.records.access import may_add, require, visible
from aims.records.changes import create
from aims.records.registry import register_of
from aims.schedule.dates import today
from aims.schedule.fulfilment import start
from aims.schedule.models import Obligation, Occurrence
from aims.schedule.tick import begin
from planning import act_rules
from planning.act_changes import Difference, compare
from planning.ai_act import WHY, walk
from planning.models import AIActAnswer

REVIEW = "SR25T"  # the obligation that asks for a review of the class after an event


@dataclass(frozen=True)
class Stale:
    """An approved sheet that went by older rules, and what the newest make of its answers."""

    sheet: AIActAnswer
    difference: Difference


def approved(rows: "QuerySet[AIActAnswer]") -> "QuerySet[AIActAnswer]":
    """The classifications that hold, with their systems."""
    return rows.filter(state="approved").select_related("system", "owner").order_by("ref")


def stale(sheets: Iterable[AIActAnswer]) -> list[Stale]:
    """Those that went by older rules, first those whose outcome is another."""
    found = [
        Stale(sheet, compare(sheet.act, act_rules.current(), sheet.answers))
        for sheet in sheets
        if act_rules.outdated(sheet.rules)
    ]
    return sorted(found, key=lambda one: (not one.difference.reclassified, one.sheet.ref))


def stale_for(member: Member) -> list[Stale]:
    """The same for what a member sees."""
    return stale(approved(visible(member, AIActAnswer)))


def asked_for(organisation_id: UUID) -> set[Any]:
    """The systems whose class somebody is asked to review already."""
    rows = Occurrence.objects.filter(
        organisation_id=organisation_id, obligation__code=REVIEW, state__in=Occurrence.OPEN
    )
    return set(rows.values_list("subject_id", flat=True))


@transaction.atomic
def ask(organisation: Organisation, found: Iterable[Stale], now: datetime) -> int:
    """Ask for a review of each system for which something is different; once, until it is done. Answers how many."""
    obligation = Obligation.objects.filter(organisation=organisation, code=REVIEW, active=True).first()
    if obligation is None:
        return 0  # the organisation has switched these reviews off
    there = asked_for(organisation.pk)
    new = [one.sheet.system_id for one in found if one.difference.any and one.sheet.system_id not in there]
    for system in new:
        start(obligation, system, today(organisation.time_zone, now))
    begin(organisation, now, (REVIEW,))
    return len(new)


def ask_everywhere(organisation: Organisation, now: datetime) -> int:
    """What the clock does: reviews of all sheets of an organisation that went by older rules."""
    rows = approved(AIActAnswer.objects.filter(organisation=organisation))
    return ask(organisation, stale(rows), now)


@transaction.atomic
def again(member: Member, sheet: AIActAnswer) -> AIActAnswer:
    """A new sheet with the answers of an old one, as far as the newest rules know them; the one begun already, if any."""
    require(may_add(member, register_of(AIActAnswer)))
    begun = visible(member, AIActAnswer).filter(system=sheet.system_id, state="draft").order_by("-pk").first()
    if begun is not None:
        return begun
    values = {name: getattr(sheet, name) for name in ("title", "system", "owner", "rationale")}
    return create(member, AIActAnswer, {**values, "answers": fitted(sheet.answers)})


def fitted(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers without those that the newest rules do not know."""
    act = act_rules.current()
    known = {node.code for node in act.decision_tree.nodes} | {WHY}
    kept = {code: answer for code, answer in answers.items() if code in known}
    while problems := walk(act, kept).problems:
        kept = {code: answer for code, answer in kept.items() if code not in problems}
    if isinstance(kept.get(WHY), dict):
        kept[WHY] = {code: text for code, text in kept[WHY].items() if code in known}
    return kept
