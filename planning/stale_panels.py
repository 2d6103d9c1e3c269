"""What is outdated, on the pages of what it concerns: the system, its versions, the assessments, and a planned change."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.places import record_url
from aims.records.access import may_add, visible
from aims.records.base import Record
from aims.records.registry import Panel, register_of
from context.models import SystemVersion
from planning.material import KINDS, RULES
from planning.models import ChangePlan, ReleaseWaiver, StaleMark
from planning.reassessed import in_force
from planning.staleness import held

TEMPLATE = "planning/stale_panel.html"
Gather = Callable[[Member, Record], dict[str, Any] | None]


def of(relation: str) -> Gather:
    """The open marks that refer to a record."""

    def gather(member: Member, record: Record) -> dict[str, Any] | None:
        rows = visible(member, StaleMark).filter(**{relation: record.pk}, state="stale").order_by("ref")
        return panel(_("Outdated by a change"), list(rows)) if rows else None

    return gather


def holds(member: Member, record: Record) -> dict[str, Any] | None:
    """What holds the release of a version, and where a waiver is asked for."""
    if not isinstance(record, SystemVersion) or record.state in ("released", "withdrawn"):
        return None
    rows = held(member, record)
    if not rows:
        return None
    waivers = visible(member, ReleaseWaiver).filter(system_version=record.pk).exclude(state="withdrawn")
    return {
        **panel(_("This holds the release"), rows),
        "waivers": [
            {"label": str(one), "url": record_url(one), "state": state_of(register_of(one), one.state)}
            for one in waivers.order_by("ref")
        ],
        "waiver_url": new_waiver(member, record),
    }


def new_waiver(member: Member, version: SystemVersion) -> str:
    """Where a waiver for a version is begun, for who may."""
    register = register_of(ReleaseWaiver)
    if not may_add(member, register):
        return ""
    given = urlencode(
        {"system_version": str(version.pk), "title": _("Waiver for %(name)s") % {"name": version.title}}
    )
    return reverse("new", args=[register.path]) + "?" + given


def panel(heading: str, marks: list[StaleMark]) -> dict[str, Any]:
    """The context of the panel."""
    return {"heading": heading, "marks": [{"mark": mark, "url": record_url(mark)} for mark in marks]}


def planned(member: Member, record: Record) -> dict[str, Any] | None:
    """What a planned change of systems will make outdated, as it stands today (6.3, 8.1)."""
    if not isinstance(record, ChangePlan) or not record.material or record.state == "done":
        return None
    touched: set[str] = set().union(*(rule.touches for rule in RULES if rule.code == record.material))
    pairs = [(system, kind) for system in record.systems.order_by("ref") for kind in KINDS if kind in touched]
    found = [(system, one) for system, kind in pairs if (one := in_force(system.pk, kind))]
    return {
        "heading": _("What this change will make outdated"),
        "planned": [
            {"label": str(one), "url": record_url(one), "about": str(system)} for system, one in found
        ],
        "none": not found,
    }


PANELS = (
    Panel("ai-systems", TEMPLATE, of("system"), wide=True),
    Panel("system-versions", TEMPLATE, holds, wide=True),
    Panel("impact-assessments", TEMPLATE, of("impact"), wide=True),
    Panel("risk-assessments", TEMPLATE, of("run"), wide=True),
    Panel("ai-act-answer-sheets", TEMPLATE, of("sheet"), wide=True),
    Panel("change-plans", TEMPLATE, planned, wide=True),
)
