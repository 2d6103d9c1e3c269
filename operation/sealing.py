"""Who sees concerns: those who handle them, who raised one, and who was given it (A.3.3)."""

from django.db.models import Q

from aims.organisation.member import Member
from leadership.models import RoleAssignment


def sealed_concerns(member: Member) -> Q:
    """The concerns that a member may know of."""
    if handles_concerns(member):
        return Q()
    return Q(created_by_id=member.id) | Q(owner_id=member.id) | Q(pk__in=member.granted)


def handles_concerns(member: Member) -> bool:
    """Whether a member holds the role of handler, or stands in, now."""
    holds = Q(holder_id=member.id) | Q(deputy_id=member.id)
    rows = RoleAssignment.objects.filter(
        holds,
        organisation_id=member.organisation_id,
        role=RoleAssignment.Role.CONCERNS,
        state="in_force",
    )
    return rows.exists()
