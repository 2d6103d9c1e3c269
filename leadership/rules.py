"""What an auditor would find wrong in clause 5: each rule yields the gaps that break it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from context.models import AISystem
from leadership.models import AIPolicy, LeadershipAction, PolicyException, RoleAssignment

ASKED = {"5.3-b": RoleAssignment.Role.CONFORMITY, "5.3-c": RoleAssignment.Role.REPORTING}


def policy_in_force(member: Member) -> Iterator[Gap]:
    """A policy approved by top management is in force and not past its review (5.2-e, A.2.4)."""
    rows = visible(member, AIPolicy).filter(state="approved")
    if not rows.exists():
        yield missing("5.2-e", "major", AIPolicy, _("No AI policy approved by top management is in force."))
    late = rows.filter(review_due__lt=today_there(member))
    yield from gaps("A.2.4", "minor", late, _("The review of the AI policy is late."))


def roles_held(member: Member) -> Iterator[Gap]:
    """Exactly one person holds each of the two roles that 5.3 asks for."""
    for code, role in ASKED.items():
        rows = visible(member, RoleAssignment).filter(role=role, state="in_force")
        if rows.count() != 1:
            words = _("“%(role)s” has %(n)s holders; one is asked for.")
            title = words % {"role": role.label, "n": rows.count()}
            yield missing(code, "major" if not rows else "minor", RoleAssignment, title)


def system_without_owner(member: Member) -> Iterator[Gap]:
    """Each AI system has an owner (A.3.2)."""
    rows = visible(member, AISystem).filter(owner=None).exclude(state="withdrawn")
    yield from gaps("A.3.2", "minor", rows, _("This system has no owner."))


def exception_over(member: Member) -> Iterator[Gap]:
    """An exception ends with its date (A.2.2)."""
    rows = visible(member, PolicyException).filter(state="granted", ends_on__lt=today_there(member))
    yield from gaps("A.2.2", "minor", rows, _("The exception is used beyond its end."))


def leaders_act(member: Member) -> Iterator[Gap]:
    """Top management has something to show for its commitment (5.1)."""
    if not visible(member, LeadershipAction).exclude(state="withdrawn").exists():
        yield missing("5.1-e", "minor", LeadershipAction, _("No decision or act of top management is kept."))


RULES = (
    Rule("policy_in_force", policy_in_force),
    Rule("roles_held", roles_held),
    Rule("system_has_owner", system_without_owner),
    Rule("exception_over", exception_over),
    Rule("leaders_act", leaders_act),
)
