"""What an auditor would find wrong in clause 4: each rule yields the gaps that break it."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context import answered
from context.climate import climate_issue
from context.gaps import gaps, missing, today_there, where
from context.models import AISystem, ContextIssue, InterestedParty, Process, ScopeStatement

LIVE = ("draft", "in_force")


def climate_decided(member: Member) -> Iterator[Gap]:
    """Whether climate change is relevant is decided with its reason (4.1-c)."""
    issue = climate_issue(member)
    if issue is None:
        yield missing("4.1-c", "minor", ContextIssue, _("Nobody decided whether climate change is relevant."))
    elif issue.relevant is None:
        words = _("Nobody decided whether climate change is relevant.")
        yield Gap("4.1-c", words, "minor", where(issue, "relevant", member), issue.ref)
    elif not issue.rationale.strip():
        words = _("Nothing says why climate change is relevant, or why not.")
        yield Gap("4.1-c", words, "minor", where(issue, "rationale", member), issue.ref)


def issues_of_both_sides(member: Member) -> Iterator[Gap]:
    """Issues outside and inside are determined; climate change alone is not the context (4.1-a, 4.1-b)."""
    rows = visible(member, ContextIssue).filter(state__in=LIVE).exclude(relevant=False)
    words = {
        "external": _("No external issue is determined."),
        "internal": _("No internal issue is determined."),
    }
    for code, kind in (("4.1-a", "external"), ("4.1-b", "internal")):
        if not rows.filter(kind=kind).exclude(category="climate").exists():
            yield missing(code, "minor", ContextIssue, words[kind])


def issue_without_effect(member: Member) -> Iterator[Gap]:
    """A relevant issue says what it means for the AIMS (4.1)."""
    rows = visible(member, ContextIssue).filter(state__in=LIVE, relevant=True, effect="", ai_relevance="")
    title = _("The issue is relevant, and nothing says what it means for our AI or the AIMS.")
    for code, kind in (("4.1-a", "external"), ("4.1-b", "internal")):
        yield from gaps(code, "observation", rows.filter(kind=kind), title, "effect", member)


def system_without_role(member: Member) -> Iterator[Gap]:
    """Each AI system in scope has a role of the organisation (4.1-e)."""
    rows = visible(member, AISystem).filter(in_scope=True, state__in=LIVE, roles=None)
    title = _("The role of the organisation for this system is not determined.")
    yield from gaps("4.1-e", "minor", rows, title, "rows-roles", member)


def requirement_undecided(member: Member) -> Iterator[Gap]:
    """A requirement that is addressed says where, and what it names is there; one that is not says why (4.2-c)."""
    titles = {
        answered.OPEN: _("A requirement says neither where it is answered nor why it is not."),
        answered.GONE: _("What answers a requirement is withdrawn or was never there."),
    }
    rows = answered.live_parties(member).filter(state__in=LIVE)
    for party, found in answered.answers_of(member, rows):
        states = {one.state for one in found}
        for state, title in titles.items():
            if state in states:
                yield Gap("4.2-c", title, "minor", where(party, "rows-requirements", member), party.ref)


def parties_there(member: Member) -> Iterator[Gap]:
    """Interested parties are known (4.2-a), each with at least one requirement (4.2-b)."""
    rows = visible(member, InterestedParty).filter(state__in=LIVE)
    if not rows.exists():
        yield missing("4.2-a", "minor", InterestedParty, _("No interested party is determined."))
    title = _("No need or expectation of this party is written down.")
    yield from gaps(
        "4.2-b", "observation", rows.filter(requirements=None), title, "rows-requirements", member
    )


def scope_approved(member: Member) -> Iterator[Gap]:
    """An approved scope statement exists (4.3-c), and every system in scope stands in it (4.3-a)."""
    scope = visible(member, ScopeStatement).filter(state="approved").first()
    if scope is None:
        yield missing("4.3-c", "major", ScopeStatement, _("There is no approved scope of the AIMS."))
        return
    rows = visible(member, AISystem).filter(in_scope=True, state="in_force").exclude(scopes=scope)
    title = _("This system is in scope but the scope statement does not name it.")
    yield from gaps("4.3-a", "minor", rows, title)
    outside = visible(member, AISystem).filter(in_scope=False, scope_reason="", state__in=LIVE)
    title = _("Nothing says why this system is outside the scope.")
    yield from gaps("4.3-d", "minor", outside, title, "scope_reason", member)


def scope_complete(member: Member) -> Iterator[Gap]:
    """The scope names its sites, gives a reason for what stays outside, and is in date (4.3)."""
    rows = visible(member, ScopeStatement).exclude(state__in=("superseded", "withdrawn"))
    title = _("The scope names no site.")
    yield from gaps("4.3-a", "minor", rows.filter(sites=None), title, "rows-sites", member)
    silent = rows.filter(exclusions__reason="").distinct()
    title = _("The scope leaves something out and does not say why.")
    yield from gaps("4.3-d", "minor", silent, title, "rows-exclusions", member)
    late = rows.filter(state="approved", review_due__lt=today_there(member))
    yield from gaps("4.3-b", "observation", late, _("The review date of the scope has passed."))


def processes_there(member: Member) -> Iterator[Gap]:
    """The processes of the AIMS and their interactions are determined, each with an owner (4.4-a)."""
    rows = visible(member, Process).exclude(state="withdrawn")
    number = rows.count()
    if not number:
        yield missing("4.4-a", "minor", Process, _("No process of the AIMS is determined."))
    yield from gaps(
        "4.4-a", "observation", rows.filter(owner=None), _("The process has no owner."), "owner", member
    )
    mute = rows.filter(Q(inputs="") | Q(outputs=""))
    title = _("The process does not say what goes in or what comes out.")
    yield from gaps("4.4-a", "observation", mute, title, "inputs", member)
    if number > 1 and not rows.filter(Q(before__isnull=False) | Q(followed_by__isnull=False)).exists():
        words = ngettext(
            "%(number)d process stands alone: nothing says how they work together.",
            "%(number)d processes stand alone: nothing says how they work together.",
            number,
        )
        yield missing("4.4-a", "observation", Process, words % {"number": number})


def review_late(member: Member) -> Iterator[Gap]:
    """Issues and parties are looked at before their date (4.1, 4.2)."""
    for code, kind in (("4.1-a", ContextIssue), ("4.2-a", InterestedParty)):
        rows = visible(member, kind).filter(state__in=LIVE, review_due__lt=today_there(member))
        yield from gaps(code, "observation", rows, _("The review date has passed."), "review_due", member)


RULES = (
    Rule("climate_decided", climate_decided),
    Rule("issues_of_both_sides", issues_of_both_sides),
    Rule("issue_has_effect", issue_without_effect),
    Rule("system_has_role", system_without_role),
    Rule("requirement_decided", requirement_undecided),
    Rule("party_has_requirement", parties_there),
    Rule("scope_approved", scope_approved),
    Rule("scope_complete", scope_complete),
    Rule("processes_there", processes_there),
    Rule("context_reviewed", review_late),
)
