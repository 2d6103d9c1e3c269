"""What tests of signing share: a management review that waits for the chief executive, and leave to sign for her."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.roles import Role
from aims.records.changes import create, move
from evaluation.models import ManagementReview
from tests.people import World, join


def held_review(world: World) -> ManagementReview:
    """A management review that was held and waits for the chief executive. Call it while acting."""
    chair = Membership.objects.get(pk=world.executive.id)
    data = {
        "title": "Review of October",
        "held_on": date(2026, 10, 20),
        "chair": chair,
        "attendees": [chair],
        "minutes": "We looked at **everything**.",
        **dict.fromkeys(("suitability", "adequacy", "effectiveness"), "confirmed"),
    }
    record = create(world.officer, ManagementReview, data)
    record = move(world.officer, record, "prepare", record.version)
    for part in record.inputs.all():
        part.text = part.text or "Looked at."
        part.save()
    return move(world.officer, record, "hold", record.version)


def second(world: World) -> Member:
    """Another member of top management."""
    return join(world.orvanne, "Marc Olivier", "marc@orvanne.test", Role.EXECUTIVE, title="COO")


def handed(whom: Member, **more: Any) -> dict[str, Any]:
    """To whom, until when and why."""
    until = timezone.localdate() + timedelta(days=7)
    return {"to": str(whom.id), "until": until.isoformat(), "reason": "On leave.", **more}
