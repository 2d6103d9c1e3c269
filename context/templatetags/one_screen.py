"""An AI system on one screen: the chain from its roles to its decisions, what is missing, and what comes next."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.pages.templatetags.marks import chip
from aims.pages.work import occurrence_rows
from aims.records.access import may_add, visible
from aims.records.coverage import gaps
from aims.records.display import first_letter_up
from aims.records.registry import Gap, Register, panels, register_of
from aims.records.registry import register as find_register
from aims.records.related import Related, Row, related
from aims.schedule.models import Occurrence
from context import system_life
from context.lifecycles import VERSIONS
from context.models import AISystem, SystemVersion

register = template.Library()
SHOWN, NEXT = 6, 6
# the links in their order: paths of registers, and keys of what later clauses add
CHAIN = (
    "roles",
    VERSIONS,
    "impact-assessments",
    "ai-risks",
    "controls",
    "ai-objectives",
    "measured",
    "incidents",
    "change-records",
    "decisions",
)


@register.simple_tag(takes_context=True)
def description_of(context: Context, system: AISystem) -> dict[str, Any]:
    """How far the description of a system is, and where it stands."""
    return system_life.description(context["request"].member, system)


@register.simple_tag(takes_context=True)
def held_at(context: Context, version: SystemVersion) -> dict[str, Any]:
    """What held when a version was released, and its results with whether they reach their threshold."""
    return system_life.version_shown(context["request"].member, version)


@register.simple_tag(takes_context=True)
def one_screen(context: Context, system: AISystem) -> dict[str, Any]:
    """Everything about a system beside its own fields. The later clauses bring theirs through the registry."""
    member: Member = context["request"].member
    found = related(member, system)
    gathered = [(panel, panel.gather(member, system)) for panel in panels(register_of(system).path)]
    shown = [{"template": p.template, "wide": p.wide, **data} for p, data in gathered if data is not None]
    missing = gaps_about(member, system, found)
    versions = system_life.versions(member, system)
    main = [one for one in found if one.register.path in CHAIN and one.register.path != VERSIONS]
    told = system_life.step(versions, found)
    return {
        "chain": chain(system, main, [*shown, *([{"step": told}] if told else [])]),
        "stages": system_life.stages(member, system),
        "versions": versions,
        "add_version": version_form(member, system),
        "to_come": system_life.to_come(found),
        "missing": [gap_row(gap) for gap in missing],
        "wide": [panel for panel in shown if panel["wide"]],
        "narrow": [panel for panel in shown if not panel["wide"]],
        "related": [card(one, system.pk) for one in main],
        "others": [summary(one, system.pk) for one in found if one.register.path not in CHAIN],
        "next": next_dates(member, system, found),
    }


def version_form(member: Member, system: AISystem) -> str:
    """Where a version of the system is written, for who may."""
    known = find_register(VERSIONS)
    if known is None or not may_add(member, known):
        return ""
    return reverse("new", args=[VERSIONS]) + f"?system={system.pk}"


def chain(system: AISystem, main: list[Related], shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The links that there are, and registers of the chain that hold nothing yet, in the order of `CHAIN`."""
    links = {"roles": roles_step(system)}
    links |= {path: empty_step(found) for path in CHAIN if (found := find_register(path))}
    links |= {one.register.path: step(one) for one in main}
    links |= {panel["step"]["key"]: panel["step"] for panel in shown if panel.get("step")}
    return [links[key] for key in CHAIN if key in links]


def empty_step(kind: Register) -> dict[str, Any]:
    """A register that says nothing about the system."""
    label = first_letter_up(str(kind.plural))
    return {"label": label, "value": 0, "chip": chip(_("none")), "url": reverse("register", args=[kind.path])}


def roles_step(system: AISystem) -> dict[str, Any]:
    """The first link of the chain: the roles that the organisation plays for it."""
    number = len(system.roles.all())
    mark = chip(_("determined"), "ok") if number else chip(_("missing"), "bad")
    return {"label": _("Roles"), "value": number, "chip": mark, "url": "#roles"}


def step(one: Related) -> dict[str, Any]:
    """A register as a link of the chain: how many, and the state that most asks for somebody."""
    worst = one.worst
    words = (
        f"{one.states[worst.code]} {worst.label}"
        if len(one.states) > 1
        else first_letter_up(str(worst.label))
    )
    return {
        "label": first_letter_up(str(one.register.plural)),
        "value": one.number,
        "chip": chip(words, worst.tone),
        "url": f"#r-{one.register.path}",
    }


def card(one: Related, key: Any) -> dict[str, Any]:
    """A register's records that refer to the system."""
    here = reverse("register", args=[one.register.path])
    narrowed = "?system=" + str(key) if "system" in one.register.filters else ""
    return {
        "id": f"r-{one.register.path}",
        "heading": first_letter_up(str(one.register.plural)),
        "icon": one.register.icon,
        "number": one.number,
        "more": max(0, one.number - SHOWN),
        "url": here + narrowed,
        "rows": [related_row(one, row) for row in sorted(one.rows, key=_gravest(one))[:SHOWN]],
    }


def summary(one: Related, key: Any) -> dict[str, Any]:
    """A register beside the chain as one row: how many, and the state that most asks for somebody."""
    here = card(one, key)
    url = here["rows"][0]["url"] if one.number == 1 else here["url"]
    return {
        "label": here["heading"],
        "icon": here["icon"],
        "url": url,
        "info": one.number,
        "chip": step(one)["chip"],
    }


def _gravest(one: Related) -> Any:
    tones = ("bad", "warn", "info", "idle", "seal", "ok")
    return lambda row: tones.index(one.register.lifecycle.state(row.state).tone)


def related_row(one: Related, row: Row) -> dict[str, Any]:
    """One record for components/list_row.html."""
    state = one.register.lifecycle.state(row.state)
    return {
        "label": row.title,
        "ref": row.ref,
        "url": reverse("record", args=[one.register.path, row.key]),
        "chip": chip(first_letter_up(str(state.label)), state.tone),
    }


def gaps_about(member: Member, system: AISystem, found: Iterable[Related]) -> list[Gap]:
    """What the rules of all clauses find missing at the system or at what refers to it."""
    urls = {record_url(system)}
    urls |= {reverse("record", args=[one.register.path, row.key]) for one in found for row in one.rows}
    # a gap leads to the record, or to the field of its form that mends it
    return [gap for gap in gaps(member) if gap.url.partition("#")[0].removesuffix("edit/") in urls]


def gap_row(gap: Gap) -> dict[str, Any]:
    """A gap with the requirement that it is about."""
    tone = {"major": "bad", "minor": "warn"}.get(gap.grade, "idle")
    words = {"major": _("Major"), "minor": _("Minor")}.get(gap.grade, _("Observation"))
    return {"label": gap.title, "url": gap.url, "ref": gap.ref, "code": gap.code, "chip": chip(words, tone)}


def next_dates(member: Member, system: AISystem, found: Iterable[Related]) -> list[dict[str, Any]]:
    """What must be done next about the system or about what refers to it."""
    keys = [system.pk, *(row.key for one in found for row in one.rows)]
    rows = visible(member, Occurrence).filter(subject_id__in=keys, state__in=Occurrence.OPEN)
    return occurrence_rows(member, rows.select_related("obligation").order_by("due", "pk")[:NEXT])
