"""What the management review hears from clause 7, and the figures of Today."""

from decimal import Decimal

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
    words = {"n": rows.count(), "money": spaced(money), "left": len(lines)}
    return str(len(lines)), "\n".join([text % words, *lines, *by_system(member)])


def spaced(money: Decimal | int) -> str:
    """An amount without cents, its thousands apart."""
    return f"{money:,.0f}".replace(",", " ")


def by_system(member: Member) -> list[str]:
    """What each AI system costs a year, and the energy and carbon noted with its resources (A.4)."""
    rows = visible(member, Resource).exclude(state="withdrawn").prefetch_related("systems").order_by("ref")
    money: dict[str, Decimal] = {}
    prints: dict[str, list[str]] = {}
    for row in rows:
        systems = list(row.systems.all())
        for system in systems:
            share = (row.amount or Decimal()) / len(systems)
            money[system.title] = money.get(system.title, Decimal()) + share
            prints.setdefault(system.title, []).extend([row.footprint] if row.footprint else [])
    text = _("- %(system)s: EUR %(money)s a year; energy and carbon: %(footprint)s")
    return [
        text % {"system": name, "money": spaced(money[name]), "footprint": ", ".join(prints[name]) or "–"}
        for name in sorted(money)
    ]


def acknowledgements_missing(member: Member) -> int:
    """People who have not yet confirmed the AI policy."""
    rows = visible(member, AwarenessRecord).filter(kind="policy").exclude(state__in=("withdrawn", "done"))
    missing = rows.aggregate(n=Sum(F("required") - F("confirmed")))["n"]
    return max(0, missing or 0)
