"""What follows by itself: findings and decisions lead to cases, improvements and plans; what must hold before closing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.organisation.member import Member, robot
from aims.organisation.models import Organisation
from aims.organisation.refused import Refused
from aims.records.base import Record
from aims.records.changes import create
from aims.records.origins import Source, lay, led_to
from aims.schedule.models import Task
from evaluation.models import Finding, ManagementReview, ReviewDecision
from improvement.models import CorrectiveAction, Improvement, Nonconformity
from planning.models import ChangePlan

OPEN_ACTIONS = ("planned", "in_progress")


def follow(member: Member, record: Record, step: str) -> None:
    """Told of every step of a record."""
    if isinstance(record, Finding) and step == "issue":
        follow_finding(member, record)
    if isinstance(record, ManagementReview) and step == "sign":
        follow_review(member, record)
    if isinstance(record, CorrectiveAction) and step in ("complete", "withdraw"):
        close_tasks([record.pk], member.organisation_id, timezone.now())


def follow_finding(member: Member, finding: Finding) -> Record | None:
    """A nonconformity for an issued finding that is one, an improvement for an opportunity; once for each finding."""
    if finding.nonconforming and not finding.nonconformities.exists():
        return open_nonconformity(member, finding)
    if finding.grade == Finding.Grade.OPPORTUNITY and not finding.improvements.exists():
        values = {"finding": finding, "source": Improvement.Source.AUDIT, "codes": [finding.code]}
        words = {"title": finding.title, "description": finding.text, "owner": finding.owner}
        actor = by_itself(member, "follow_up_findings")
        return _led(actor, Source(finding), create(actor, Improvement, {**values, **words}))
    return None


def open_nonconformity(member: Member, finding: Finding) -> Nonconformity:
    """The nonconformity of a finding, with its words, codes and system."""
    audit = finding.audit
    inside = Nonconformity.Source.INTERNAL if audit.scheduled else Nonconformity.Source.EXTERNAL
    values = {
        "title": finding.title,
        "owner": finding.owner or audit.owner,
        "source": inside,
        "finding": finding,
        "grade": finding.grade,
        "codes": [finding.code] if finding.code else [],
        "systems": [finding.system] if finding.system else [],
        "description": finding.text,
    }
    if audit.ends_on:
        values["opened_on"] = audit.ends_on
    actor = by_itself(member, "follow_up_findings")
    case = create(actor, Nonconformity, values)
    _led(actor, Source(finding), case)
    return case


def follow_review(member: Member, review: ManagementReview) -> None:
    """An improvement for each decision to improve, a change plan for each to change the AIMS (6.3); once for each."""
    actor = by_itself(member, "follow_up_reviews")
    decisions = list(review.decisions.select_related("owner"))
    there = led_to(actor, [decision.pk for decision in decisions])
    for decision in decisions:
        if decision.kind in FOLLOWED and decision.pk not in there:
            model, values = FOLLOWED[decision.kind](review, decision)
            _led(actor, Source(review, decision), create(actor, model, values))


def _improvement(review: ManagementReview, decision: ReviewDecision) -> tuple[type[Record], dict[str, Any]]:
    return Improvement, {
        **_words(review, decision),
        "description": decision.text,
        "source": Improvement.Source.REVIEW,
        "review": review,
        "due": decision.due,
    }


def _change_plan(review: ManagementReview, decision: ReviewDecision) -> tuple[type[Record], dict[str, Any]]:
    return ChangePlan, {
        **_words(review, decision),
        "purpose": decision.text,
        "origin": str(review),
        "planned_for": decision.due,
    }


def _words(review: ManagementReview, decision: ReviewDecision) -> dict[str, Any]:
    return {"title": Truncator(decision.text).chars(200), "owner": decision.owner or review.owner}


FOLLOWED = {
    ReviewDecision.Kind.IMPROVEMENT.value: _improvement,
    ReviewDecision.Kind.CHANGE.value: _change_plan,
}


def _led(actor: Member, source: Source, record: Record) -> Record:
    """A record that followed, with its origin laid."""
    lay(actor, source, record)
    return record


def by_itself(member: Member, task: str) -> Member:
    """What follows a step is made by the application itself, whatever the role of who took the step."""
    return robot(Organisation.objects.get(pk=member.organisation_id), task)


def close_tasks(actions: Iterable[Any], organisation_id: Any, now: datetime) -> None:
    """Close the open tasks of corrective actions that are done or withdrawn, with those that told who is above."""
    rows = Task.objects.filter(organisation_id=organisation_id, state=Task.State.OPEN)
    asked = rows.filter(kind="corrective-actions", record_id__in=list(actions))
    asked.update(state=Task.State.DONE, done_at=now)


def needs_actions(member: Member, record: Nonconformity) -> None:
    """Refuse to run actions where none is planned."""
    if not record.actions.exclude(state="withdrawn").exists():
        raise Refused(
            "invalid", _("Something is missing."), {"actions": [_("Plan a corrective action first.")]}
        )


def actions_done(member: Member, record: Nonconformity) -> None:
    """Refuse to check the effect while an action is open."""
    waiting = record.actions.filter(state__in=OPEN_ACTIONS).order_by("ref").values_list("ref", flat=True)
    if waiting:
        message = _("Still open: %(actions)s.") % {"actions": ", ".join(waiting)}
        raise Refused("invalid", _("Something is missing."), {"actions": [message]})
