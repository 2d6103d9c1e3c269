"""Pages about risk criteria: a new version from another, and rating again what was rated under older ones (6.1.1)."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.choices import readable
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.templatetags.marks import band, chip
from aims.records.access import fetch, may_add, require
from aims.records.registry import register_of
from planning import matrix as over
from planning import rerating
from planning.criteria import draft
from planning.models import AIRisk, RiskCriteria
from planning.models.risk_criteria import criteria_in_force, rules_of
from planning.models.risks import STAGES
from planning.scoring import Criteria


@require_POST
def new_version(request: MemberRequest) -> HttpResponse:
    """A draft of a new version: from the criteria named, else from those in force, else from the default scales."""
    member = request.member
    require(may_add(member, register_of(RiskCriteria)))
    key = request.POST.get("of", "")
    of = fetch(member, RiskCriteria, key) if key else criteria_in_force(member.organisation_id)
    made = draft(member, of)
    messages.success(request, _("This is a draft. Change it, then send it to approval."))
    return HttpResponseRedirect(reverse("edit", args=[register_of(made).path, made.pk]))


@require_http_methods(["GET", "POST"])
def rate_again(request: MemberRequest) -> HttpResponse:
    """Risks rated under older criteria: what they would be, and rating those picked again."""
    if request.method == "POST":
        return applied(request)
    member = request.member
    rows = rerating.waiting(member)
    force = criteria_in_force(member.organisation_id)
    rules = rules_of(force)
    listed = list(rows.select_related("criteria", "system").order_by("ref")[: rerating.MOST])
    context = {
        "title": _("Rate again"),
        "crumbs": crumbs(register_of(AIRisk), (_("Rate again"), "")),
        "force": force,
        "number": rows.count(),
        "most": rerating.MOST,
        "table": table(member, rerating.preview(listed, rules), rules),
        "bulk": {
            "label": _("Selected risks"),
            "action": reverse("rate again"),
            "actions": [{"value": "again", "label": _("Rate the selected again"), "icon": "refresh-cw"}],
        },
        "list_url": reverse("register", args=[register_of(AIRisk).path]),
    }
    return render(request, "planning/rate_again.html", context)


def table(member: Member, found: list[rerating.Again], rules: Criteria) -> dict[str, Any]:
    """The risks with their ratings before and after, for components/table.html."""
    heads = [_("Rated under"), *over.stage_words().values(), _("What changes")]
    columns = [{"label": head, "css": "small"} for head in heads]
    words = over.band_words(rules)
    return {
        "label": _("Risks rated under older criteria"),
        "head": {"label": _("AI risk")},
        "columns": columns,
        "rows": [row(member, one, columns, words) for one in found],
        "selectable": True,
        "dense": True,
    }


def row(member: Member, one: rerating.Again, columns: list[Any], words: dict[str, str]) -> dict[str, Any]:
    """One risk: the ratings before and after."""
    risk = one.risk
    old = over.band_words(rules_of(None)) if risk.criteria_id is None else words
    cells = [arrow(one.before[stage], one.after[stage], old, words) for stage in STAGES]
    under = str(risk.criteria) if risk.criteria else _("default criteria")
    return {
        "id": str(risk.pk),
        "url": record_url(risk),
        "title": risk.title,
        "sub": f"{risk.ref} {risk.system.title if risk.system else ''}",
        "mark": "attention" if one.falls else "",
        "cells": list(zip(columns, [under, *cells, follows(one)], strict=True)),
    }


def arrow(
    before: rerating.Rating, after: rerating.Rating, old: dict[str, str], new: dict[str, str]
) -> SafeString:
    """A rating before and after."""
    if not before[0]:
        return SafeString("–")
    marks = (
        band(points, code, words.get(code, code)) for (points, code), words in ((before, old), (after, new))
    )
    return format_html("{} → {}", *marks)


def follows(one: rerating.Again) -> SafeString:
    """What rating a risk again does to it."""
    if one.falls:
        return chip(_("Acceptance falls"), "warn")
    return chip(_("Another band"), "info") if one.moves else chip(_("Same bands"), "idle")


@transaction.atomic
def applied(request: MemberRequest) -> HttpResponse:
    """Rate those picked again, all or none."""
    keys = readable(AIRisk, request.POST.getlist("picked"))
    if not keys:
        raise Refused("invalid", _("Select the risks to rate again."))
    done = rerating.apply(request.member, keys)
    words = ngettext("%(number)d risk is rated again.", "%(number)d risks are rated again.", done)
    messages.success(request, words % {"number": done})
    return HttpResponseRedirect(reverse("rate again"))
