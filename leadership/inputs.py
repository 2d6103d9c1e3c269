"""The figures of clause 5 for Today."""

from aims.organisation.member import Member
from aims.records.access import visible
from leadership.models import PolicyException


def exceptions_in_use(member: Member) -> int:
    """Policy exceptions that are granted."""
    return visible(member, PolicyException).filter(state="granted").count()
