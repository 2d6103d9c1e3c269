"""The risk matrix: all AI risks as a heat map, before treatment, now, after it, and as aimed at (6.1.2, 8.2)."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, visible
from aims.records.registry import register_of
from context.models import AISystem
from planning import matrix as over
from planning.criteria import older
from planning.models import AIRisk
from planning.models.risks import STAGES

MOST = 100  # risks that the page lists
USUAL = "current"


@require_GET
def matrix(request: MemberRequest) -> HttpResponse:
    """The heat map, and the risks in it or in the place that was chosen."""
    asked = {name: request.GET.get(name, "") for name in ("stage", "system", "control", "at")}
    stage = asked["stage"] if asked["stage"] in STAGES else USUAL
    rules, others = older(request.member.organisation_id)
    rows = over.risks_of(request.member, asked["system"], asked["control"])
    there, place = rows.filter(over.on_scales(others)), place_of(asked["at"])
    number = over.places(there, stage)
    listed = in_place(rows if place is None else there, stage, place)
    words, in_bands = over.band_words(rules), over.bands(rows, stage)
    apart = rows.exclude(over.on_scales(others)).filter(**{f"{STAGES[0]}_level__isnull": False})
    context = {
        "title": _("Risk matrix"),
        "crumbs": crumbs(register_of(AIRisk), (_("Matrix"), "")),
        "tabs": tabs(asked, stage),
        "tabs_label": _("Which rating"),
        "note": over.stage_notes()[stage],
        "heads": list(over.stage_words().values()),
        "heat": [(up, label, cells(row, asked, place)) for up, label, row in over.heat(number, rules)],
        "scale": [str(label) for label in rules.scales.consequence],
        "bands": over.band_counts(in_bands, rules),
        "number": in_bands.total(),
        "older": apart.count() if others else 0,
        "unrated": in_bands[""],
        "rows": [risk_row(risk, words) for risk in listed[:MOST]],
        "more": len(listed) > MOST,
        "most": MOST,
        "place": place,
        "all_url": link(asked, at=""),
        "asked": asked,
        "systems": systems(request.member, asked["system"]),
        **places_to_go(request.member),
    }
    return render(request, "planning/matrix.html", context)


def tabs(asked: dict[str, str], stage: str) -> list[dict[str, Any]]:
    """The four ratings."""
    return [
        {"label": words, "url": link(asked, stage=name), "current": name == stage}
        for name, words in over.stage_words().items()
    ]


def places_to_go(member: Member) -> dict[str, str]:
    """Where the buttons of the page lead."""
    register = register_of(AIRisk)
    adds = may_add(member, register)
    return {
        "new_url": reverse("new", args=[register.path]) if adds else "",
        "list_url": reverse("register", args=[register.path]),
    }


def place_of(text: str) -> over.Spot | None:
    """The place that an address names (`4-5`), or None."""
    up, _dash, along = text.partition("-")
    known = ("1", "2", "3", "4", "5", "6")
    return (int(up), int(along)) if up in known and along in known else None


def link(asked: dict[str, str], **changes: str) -> str:
    """The same page with something else."""
    return "?" + urlencode({name: value for name, value in {**asked, **changes}.items() if value})


def cells(
    row: list[over.HeatCell], asked: dict[str, str], place: over.Spot | None
) -> list[tuple[over.HeatCell, str, bool]]:
    """The cells of a row with where a click leads and whether they are chosen."""
    return [
        (
            cell,
            link(asked, at=f"{cell.likelihood}-{cell.consequence}") if cell.number else "",
            place == (cell.likelihood, cell.consequence),
        )
        for cell in row
    ]


def in_place(rows: QuerySet[AIRisk], stage: str, place: over.Spot | None) -> list[Any]:
    """The first risks of a place, else of all, the gravest first; one more than is listed tells that there are more."""
    found = over.staged(rows, stage)
    if place is not None:
        found = found.filter(at_likelihood=place[0], at_worst=place[1], at_level__isnull=False)
    ordered = found.order_by(F("at_level").desc(nulls_last=True), "ref")
    return list(ordered.select_related("system", "owner")[: MOST + 1])


def risk_row(risk: AIRisk, words: dict[str, str]) -> dict[str, Any]:
    """One risk of the list."""
    return {
        "url": record_url(risk),
        "title": risk.title,
        "ref": risk.ref,
        "system": risk.system.title if risk.system else "",
        "levels": [(head, over.level_mark(risk, name, words)) for name, head in over.stage_words().items()],
        "state": state_of(register_of(risk), risk.state),
        "owner": risk.owner.name if risk.owner else "–",
    }


def systems(member: Member, chosen: str) -> list[tuple[str, str, bool]]:
    """The AI systems that can be chosen: those that have a live risk."""
    rows = visible(member, AISystem).filter(pk__in=over.risks_of(member).order_by().values("system_id"))
    return [(ref, title, ref == chosen) for ref, title in rows.order_by("ref").values_list("ref", "title")]
