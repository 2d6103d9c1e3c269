"""What the management review hears from clause 7, and the figures of Today."""

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from support.models import AwarenessRecord, Resource


def resources_now(member: Member) -> tuple[str, str]:
    """What is lacking among the resources, and the money planned for a year."""
    rows = visible(member, Resource).exclude(state="withdrawn")
    money = rows.aggregate(all=Sum("amount"))["all"] or 0
    lines = [f"- {row.title}: {row.lacking}" for row in rows.exclude(lacking="").order_by("ref")]
    text = _("%(n)s resources; EUR %(money)s a year; %(left)s lack something.")
    words = {"n": rows.count(), "money": f"{money:,.0f}".replace(",", " "), "left": len(lines)}
    return str(len(lines)), "\n".join([text % words, *lines])


def acknowledgements_missing(member: Member) -> int:
    """People who have not yet confirmed the AI policy."""
    rows = visible(member, AwarenessRecord).filter(kind="policy").exclude(state__in=("withdrawn", "done"))
    missing = rows.aggregate(n=Sum(F("required") - F("confirmed")))["n"]
    return max(0, missing or 0)
