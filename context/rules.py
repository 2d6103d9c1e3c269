"""What an auditor would find wrong in clause 4: each rule yields the gaps that break it."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, missing, today_there
from context.models import AISystem, ContextIssue, InterestedParty, ScopeStatement

LIVE = ("draft", "in_force")


def climate_decided(member: Member) -> Iterator[Gap]:
    """Whether climate change is relevant is decided with its reason (4.1-c)."""
    rows = visible(member, ContextIssue).filter(category="climate", state__in=LIVE)
    if not rows.exclude(relevant=None).exclude(rationale="").exists():
        yield missing("4.1-c", "minor", ContextIssue, _("Nobody decided whether climate change is relevant."))


def system_without_role(member: Member) -> Iterator[Gap]:
    """Each AI system in scope has a role of the organisation (4.1-e)."""
    rows = visible(member, AISystem).filter(in_scope=True, state__in=LIVE, roles=None)
    yield from gaps(
        "4.1-e", "minor", rows, _("The role of the organisation for this system is not determined.")
    )


def requirement_undecided(member: Member) -> Iterator[Gap]:
    """A requirement that is addressed says where; one that is not says why (4.2-c)."""
    answered = Q(requirements__addressed=True, requirements__answered_by=[], requirements__place="")
    left = Q(requirements__addressed=False, requirements__reason="")
    rows = visible(member, InterestedParty).filter(answered | left, state__in=LIVE).distinct()
    yield from gaps(
        "4.2-c", "minor", rows, _("A requirement says neither where it is answered nor why it is not.")
    )


def party_without_requirement(member: Member) -> Iterator[Gap]:
    """Each interested party has at least one requirement (4.2-b)."""
    rows = visible(member, InterestedParty).filter(state__in=LIVE, requirements=None)
    yield from gaps("4.2-b", "observation", rows, _("No need or expectation of this party is written down."))


def scope_approved(member: Member) -> Iterator[Gap]:
    """An approved scope statement exists (4.3-c), and every system in scope stands in it (4.3-a)."""
    scope = visible(member, ScopeStatement).filter(state="approved").first()
    if scope is None:
        yield missing("4.3-c", "major", ScopeStatement, _("There is no approved scope of the AIMS."))
        return
    rows = visible(member, AISystem).filter(in_scope=True, state="in_force").exclude(scopes=scope)
    yield from gaps(
        "4.3-a", "minor", rows, _("This system is in scope but the scope statement does not name it.")
    )
    outside = visible(member, AISystem).filter(in_scope=False, scope_reason="", state__in=LIVE)
    yield from gaps("4.3-d", "minor", outside, _("Nothing says why this system is outside the scope."))


def review_late(member: Member) -> Iterator[Gap]:
    """Issues and parties are looked at before their date (4.1, 4.2)."""
    for code, kind in (("4.1-a", ContextIssue), ("4.2-a", InterestedParty)):
        rows = visible(member, kind).filter(state__in=LIVE, review_due__lt=today_there(member))
        yield from gaps(code, "observation", rows, _("The review date has passed."))


RULES = (
    Rule("climate_decided", climate_decided),
    Rule("system_has_role", system_without_role),
    Rule("requirement_decided", requirement_undecided),
    Rule("party_has_requirement", party_without_requirement),
    Rule("scope_approved", scope_approved),
    Rule("context_reviewed", review_late),
)
