"""Management reviews: inputs gathered from all clauses, what must be there before signing, and what follows (9.3)."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import write_parts
from aims.records.registry import workspaces
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.models import Task
from evaluation.models import ManagementReview, ReviewDecision, ReviewInput

PREFIX = "9.3.2-"  # the inputs that clause 9.3.2 wants; others are recommended ones


@dataclass
class Gathered:
    """One input as the clauses give it."""

    code: str
    title: str
    figure: str = ""
    text: str = ""


def gathered(member: Member) -> list[Gathered]:
    """Every input that 9.3.2 wants, then the recommended ones that clauses offer; empty where no clause knows."""
    offered: dict[str, list[Gathered]] = {}
    for workspace in workspaces():
        for item in workspace.review_inputs:
            figure, text = item.gather(member)
            offered.setdefault(item.code, []).append(Gathered(item.code, str(item.title), figure, text))
    wanted = [code for code in edition().requirements if code.startswith(PREFIX)]
    rows = [row for code in wanted for row in offered.pop(code, [Gathered(code, _title(code))])]
    return rows + [row for extra in offered.values() for row in extra]


def _title(code: str) -> str:
    """A name for an input that no clause offers: the requirement's own text, in our words."""
    return edition().requirements[code].text[:200]


def gather(member: Member, review: ManagementReview) -> None:
    """Fill the inputs from the records. What people have written stays; figures are brought up to date."""
    present = {(row.code, row.title): row for row in review.inputs.all()}
    rows = []
    for item in gathered(member):
        row = present.pop((item.code, item.title), None)
        text = row.text if row and row.text else item.text
        rows.append({**_id(row), "code": item.code, "title": item.title, "figure": item.figure, "text": text})
    rows += [
        {**_id(row), "code": row.code, "title": row.title, "figure": row.figure, "text": row.text}
        for row in present.values()
    ]
    write_parts(member, review, ReviewInput, rows)


def _id(row: ReviewInput | None) -> dict[str, str]:
    return {"id": str(row.pk)} if row else {}


def ready_to_sign(member: Member, review: ManagementReview) -> None:
    """Refuse a review in which an input of 9.3.2 is missing or empty, or top management did not attend (9.3.1)."""
    inputs = list(review.inputs.all())
    told = {row.code for row in inputs if row.text.strip()}
    missing = [c for c in edition().requirements if c.startswith(PREFIX) and c not in told]
    empty = sorted({*missing, *(row.title for row in inputs if not row.text.strip())})
    if empty:
        message = _("Still empty: %(inputs)s.") % {"inputs": ", ".join(empty)}
        raise Refused("invalid", _("Something is missing."), {"inputs": [message]})
    if not review.attendees.filter(role=Role.EXECUTIVE).exists():
        message = _("Top management must attend.")
        raise Refused("invalid", _("Something is missing."), {"attendees": [message]})


def follow_decisions(member: Member, review: ManagementReview) -> None:
    """Each decision of a signed review becomes a task of whoever is named, else of the review's owner."""
    fallback = _fallback(review)
    for decision in review.decisions.select_related("owner__person"):
        who = decision.owner or fallback
        if who is not None:
            _ask(review, decision, who)


def _fallback(review: ManagementReview) -> Membership | None:
    people = active_members(review.organisation_id)
    owner = people.filter(pk=review.owner_id).first() if review.owner_id else None
    return owner or next(iter(holders(people, (Role.OFFICER, Role.EXECUTIVE))), None)


def _ask(review: ManagementReview, decision: ReviewDecision, who: Membership) -> None:
    about = ("management-reviews", review.pk)
    source = f"decision:{decision.pk}"
    ask(who, decision.text, source, decision.due, timezone.now(), about, why="9.3.3")


def tasks_of(review: ManagementReview) -> dict[str, Task]:
    """The tasks made from a review's decisions, by the decision's id."""
    sources = {f"decision:{row.pk}": str(row.pk) for row in review.decisions.all()}
    rows = Task.objects.filter(organisation_id=review.organisation_id, source__in=list(sources))
    return {sources[task.source]: task for task in rows}


def ask_to_sign(member: Member, review: ManagementReview) -> None:
    """A held review waits for its signature: ask the chair if they may sign, else the executives, at once."""
    people = active_members(review.organisation_id)
    chair = [p for p in people.filter(role=Role.EXECUTIVE) if p.pk == review.chair_id]
    for who in chair or holders(people, (Role.EXECUTIVE,)):
        title = _("Sign: %(review)s") % {"review": review}
        source = f"sign:{review.pk}:{review.version}:{who.pk}"
        about = ("management-reviews", review.pk)
        ask(who, title, source, None, timezone.now(), about, why="9.3.3", urgent=True)


def close_requests(member: Member, review: ManagementReview) -> None:
    """Signed or refused: nobody is asked to sign it any more."""
    rows = Task.objects.filter(
        organisation_id=review.organisation_id, source__startswith=f"sign:{review.pk}:"
    )
    rows.filter(state=Task.State.OPEN).update(state=Task.State.DONE, done_at=timezone.now())


def tell_refused(member: Member, review: ManagementReview) -> None:
    """The owner learns at once that a signature was refused; the reason stands with the record's comments."""
    who = _fallback(review)
    if who is not None:
        title = _("Signature refused: %(review)s") % {"review": review}
        about = ("management-reviews", review.pk)
        ask(who, title, f"refused:{review.pk}:{review.version}", None, timezone.now(), about, urgent=True)
