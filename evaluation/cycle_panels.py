"""What stands on the page of a certification cycle until stage 2 is over: what must be there before it (SR64)."""

from typing import Any

from aims.organisation.member import Member
from aims.records.base import Record
from aims.schedule.needs import preconditions, unmet


def before_stage_2(member: Member, cycle: Record) -> dict[str, Any] | None:
    """The preconditions of stage 2, each met or not; nothing once stage 2 is over."""
    if cycle.state != "preparing":
        return None
    standing = preconditions(member)
    return {"needs": standing, "missing": len(unmet(standing))}
