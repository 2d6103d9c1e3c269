"""What the management review hears from clause 4 (9.3.2), and the figures of Today."""

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.schedule.dates import add_months
from context.gaps import today_there
from context.models import AISystem, ContextIssue, InterestedParty


def issues_changed(member: Member) -> tuple[str, str]:
    """Input 2: the issues that came or were looked at in the last twelve months, with their effect."""
    since = add_months(today_there(member), -12)
    rows = visible(member, ContextIssue).exclude(state="withdrawn").exclude(relevant=False)
    rows = rows.filter(Q(reviewed_on__gte=since) | Q(created_at__date__gte=since)).order_by("ref")
    lines = [f"- {row.title}: {row.effect}" for row in rows]
    text = _("%(n)s issues were looked at or added in twelve months.") % {"n": len(lines)}
    return str(len(lines)), "\n".join([text, *lines])


def parties_changed(member: Member) -> tuple[str, str]:
    """Input 3: the interested parties, how many requirements they have, and which are not addressed."""
    rows = visible(member, InterestedParty).exclude(state="withdrawn").prefetch_related("requirements")
    lines, count = [], 0
    for party in rows.order_by("ref"):
        for requirement in party.requirements.all():
            count += 1
            if not requirement.addressed:
                lines.append(f"- {party.title}: {requirement.text} ({requirement.reason})")
    text = _("%(parties)s parties with %(n)s requirements; %(left)s are not addressed by the AIMS.")
    words = {"parties": len(rows), "n": count, "left": len(lines)}
    return str(count), "\n".join([text % words, *lines])


def systems_incomplete(member: Member) -> int:
    """AI systems in scope that lack a role of ours or an AI Act class."""
    rows = visible(member, AISystem).filter(in_scope=True).exclude(state="withdrawn")
    return rows.filter(Q(roles=None) | Q(act_outcome="")).distinct().count()
