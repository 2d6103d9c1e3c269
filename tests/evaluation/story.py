"""An internal audit with Hugo, a finding, and a management review that is ready to be signed."""

from datetime import date
from typing import Any

from aims.organisation.member import Member, members_of
from aims.organisation.models import Membership
from aims.records.changes import create, move, write
from aims.records.signatures import canonical, digest_of, sign
from evaluation.models import Audit, Finding, ManagementReview
from support.models import CompetenceRecord, CompetenceRequirement
from tests.people import World

PLAN = {
    "title": "Operation and Annex A",
    "objective": "Effectiveness of operational controls",
    "criteria": "ISO/IEC 42001:2023 clause 8",
    "scope": "R&D, support, HR",
    "codes": ["8.1", "9.1"],
    "starts_on": date(2026, 10, 5),
    "ends_on": date(2026, 10, 8),
    "independence": "Hugo does not work on these systems.",
}


def row(member: Member) -> Membership:
    """The membership of a member."""
    return Membership.objects.get(pk=member.id)


def again(member: Member) -> Member:
    """The same person in a later request: what was granted since is theirs."""
    return next(m for m in members_of(member.person_id) if m.id == member.id)


def competent(world: World, *people: Member) -> None:
    """Somebody else has found people competent as auditors; once."""
    needs = CompetenceRequirement.objects.filter(role="Internal auditor").first()
    needs = needs or create(
        world.officer, CompetenceRequirement, {"title": "Internal auditor", "role": "Internal auditor"}
    )
    for person in people:
        if not CompetenceRecord.objects.filter(person_id=person.id).exists():
            found = {
                "evaluated_on": date(2026, 1, 15),
                "result": "met",
                "basis": "Course, one audit observed",
            }
            data = {"title": person.name, "requirement": needs, "person": row(person), **found}
            move(world.officer, create(world.officer, CompetenceRecord, data), "complete")


def planned(world: World, **data: Any) -> Audit:
    """An audit that Hugo leads; he is competent."""
    competent(world, world.auditor)
    return create(world.officer, Audit, {**PLAN, "lead": row(world.auditor), **data})


def begun(world: World, **data: Any) -> Audit:
    """An audit that Hugo has begun to carry out."""
    return move(world.officer, planned(world, **data), "start")


def found(world: World, audit: Audit, **data: Any) -> Finding:
    """What Hugo found, in draft."""
    values = {
        "audit": audit,
        "title": "Kept in use without assurance",
        "code": "8.1",
        "grade": "major",
        "text": "TalentSift kept in use for seven months.",
        **data,
    }
    return create(again(world.auditor), Finding, values)


def reported(world: World, audit: Audit) -> Audit:
    """The audit's report, sent."""
    hugo = again(world.auditor)
    audit = move(hugo, audit, "finish")
    report = {"conclusion": "Partly effective.", "reported_on": date(2026, 10, 16)}
    audit = write(hugo, audit, {**report, "recipients": [row(world.executive)]})
    return move(hugo, audit, "report")


def prepared(world: World, **data: Any) -> ManagementReview:
    """A review whose inputs were gathered."""
    review = create(
        world.officer, ManagementReview, {"title": "Review 2026", "owner": row(world.officer), **data}
    )
    return move(world.officer, review, "prepare")


def told(review: ManagementReview, empty: str = "") -> list[dict[str, Any]]:
    """The inputs with something said on each but `empty`."""
    return [
        {
            "id": str(item.pk),
            "code": item.code,
            "title": item.title,
            "figure": item.figure,
            "text": "" if item.code == empty else item.text or "Nothing has changed.",
        }
        for item in review.inputs.all()
    ]


def held(world: World, empty: str = "", **data: Any) -> ManagementReview:
    """A review that took place on 20 October, with two decisions."""
    review = prepared(world)
    decisions = [
        {"kind": "aims_change", "text": "Stop rule", "owner": world.officer.id, "due": date(2026, 11, 15)},
        {"kind": "resource", "text": "Hire one", "owner": world.contributor.id, "due": date(2027, 3, 31)},
    ]
    values = {
        "held_on": date(2026, 10, 20),
        "chair": row(world.executive),
        "attendees": [row(world.executive), row(world.officer)],
        "minutes": "The committee discussed TalentSift at length.",
        "suitability": "confirmed",
        "adequacy": "confirmed",
        "effectiveness": "partly_confirmed",
        **data,
    }
    parts = {"inputs": told(review, empty), "decisions": decisions}
    return move(world.officer, write(world.officer, review, values, parts=parts), "hold")


def signed(world: World, review: ManagementReview) -> ManagementReview:
    """The review with Claire's signature."""
    shown = digest_of(canonical(review))
    sign(world.executive, review, "sign", review.version, shown, "password")
    return ManagementReview.objects.get(pk=review.pk)
