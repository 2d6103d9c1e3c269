"""The risk matrix: all AI risks as a heat map, before treatment, now, and as aimed at (6.1.2, 8.2)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.pages.cells import state_of
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add
from aims.records.registry import register_of
from planning import matrix as over
from planning.models import AIRisk
from planning.scoring import Consequence


@require_GET
def matrix(request: MemberRequest) -> HttpResponse:
    """The heat map, and the risks in it or in the place that was chosen."""
    asked = {name: request.GET.get(name, "") for name in ("stage", "system", "control", "at")}
    stage = asked["stage"] if asked["stage"] in over.STAGES else "residual"
    risks = list(over.risks_of(request.member, asked["system"], asked["control"]).order_by("ref"))
    place = place_of(asked["at"])
    register = register_of(AIRisk)
    context = {
        "title": _("Risk matrix"),
        "crumbs": crumbs(register, (_("Matrix"), "")),
        "tabs": [
            {"label": words, "url": link(asked, stage=name), "current": name == stage}
            for name, words in over.stage_words().items()
        ],
        "tabs_label": _("Which rating"),
        "heat": [(up, words, cells(row, asked, place)) for up, words, row in over.heat(risks, stage)],
        "scale": [str(label) for label in Consequence.labels],
        "bands": over.bands(risks, stage),
        "number": len(risks),
        "unrated": sum(over.spot(risk, stage) is None for risk in risks),
        "rows": [risk_row(risk, stage) for risk in in_place(risks, stage, place)],
        "place": place,
        "all_url": link(asked, at=""),
        "asked": asked,
        "systems": systems(risks, asked["system"]),
        "new_url": reverse("new", args=[register.path]) if may_add(request.member, register) else "",
        "list_url": reverse("register", args=[register.path]),
    }
    return render(request, "planning/matrix.html", context)


def place_of(text: str) -> over.Spot | None:
    """The place that an address names (`4-5`), or None."""
    up, _dash, along = text.partition("-")
    known = ("1", "2", "3", "4", "5")
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


def in_place(risks: list[AIRisk], stage: str, place: over.Spot | None) -> list[AIRisk]:
    """The risks of a place, else all; the gravest first."""
    found = [risk for risk in risks if place is None or over.spot(risk, stage) == place]
    return sorted(found, key=lambda risk: -(getattr(risk, f"{stage}_level") or 0))


def risk_row(risk: AIRisk, stage: str) -> dict[str, Any]:
    """One risk of the list."""
    return {
        "url": record_url(risk),
        "title": risk.title,
        "ref": risk.ref,
        "system": risk.system.title if risk.system else "",
        "levels": [over.level_mark(risk, name) for name in over.STAGES],
        "state": state_of(register_of(risk), risk.state),
        "owner": risk.owner.name if risk.owner else "–",
    }


def systems(risks: list[AIRisk], chosen: str) -> list[tuple[str, str, bool]]:
    """The AI systems that can be chosen: those of the risks shown."""
    found = {risk.system.ref: risk.system.title for risk in risks if risk.system}
    return [(ref, title, ref == chosen) for ref, title in sorted(found.items())]
