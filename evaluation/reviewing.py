"""Management reviews: what must be there before one is held and signed, and what follows (9.3)."""

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.dates import add_months
from aims.schedule.models import AtOnce, Obligation, Task
from aims.schedule.places import sign_place
from evaluation.models import ManagementReview, ReviewDecision
from evaluation.review_gathering import PREFIX, still_frozen

EVERY = 12  # months from one review to the next, where the calendar says nothing else


def ready_to_sign(member: Member, review: ManagementReview) -> None:
    """Refuse a review in which an input of 9.3.2 is missing or empty, or top management did not attend (9.3.1).

    Its decisions must be ones that somebody can carry out, and its inputs those that the meeting heard.
    """
    still_frozen(review)
    each_with_owner_and_date(member, review)
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


def each_with_owner_and_date(member: Member, review: ManagementReview) -> None:
    """Refuse decisions and needs of resources of which nobody knows who carries them out by when (9.3.3)."""
    rows = list(review.decisions.all())
    bare = [row for row in rows if row.owner_id is None or row.due is None]
    if bare:
        message = _("Say who and by when: %(decisions)s.") % {"decisions": "; ".join(map(str, bare))}
        raise Refused("invalid", _("Something is missing."), {"decisions": [message]})


def propose_next(member: Member, review: ManagementReview) -> None:
    """Propose the next review's date, by the interval of the calendar, where nobody has set one (9.3.1)."""
    if review.next_review is None and review.held_on is not None:
        rule = Obligation.objects.filter(
            organisation_id=review.organisation_id, code="SR01", active=True
        ).first()
        review.next_review = add_months(review.held_on, rule.months if rule and rule.months else EVERY)
        review.save(update_fields=["next_review"])


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
    url = sign_place("management-reviews", review.pk, "sign")
    for who in chair or holders(people, (Role.EXECUTIVE,)):
        with translation.override(who.person.language):
            title = _("Sign: %(review)s") % {"review": review}
        source = f"sign:{review.pk}:{review.version}:{who.pk}"
        about = ("management-reviews", review.pk)
        ask(who, title, source, None, timezone.now(), about, why="9.3.3", at_once=AtOnce.SIGN_OFF, url=url)


def close_requests(member: Member, review: ManagementReview) -> None:
    """Signed or refused: nobody is asked to sign it any more."""
    requests_to_sign(review).update(state=Task.State.DONE, done_at=timezone.now())


def requests_to_sign(review: ManagementReview) -> QuerySet[Task]:
    """The open tasks of those who are asked to sign a review."""
    asked = Task.objects.filter(source__startswith=f"sign:{review.pk}:", state=Task.State.OPEN)
    return asked.filter(organisation_id=review.organisation_id)


def tell_refused(member: Member, review: ManagementReview) -> None:
    """The owner learns at once that a signature was refused; the reason stands with the record's comments."""
    who = _fallback(review)
    if who is not None:
        with translation.override(who.person.language):
            title = _("Signature refused: %(review)s") % {"review": review}
        about = ("management-reviews", review.pk)
        source = f"refused:{review.pk}:{review.version}"
        ask(who, title, source, None, timezone.now(), about, at_once=AtOnce.SIGN_OFF)
