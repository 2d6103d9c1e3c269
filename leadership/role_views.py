"""Who answers for what, as a matrix; and what top management shows for its commitment (5.1, 5.3)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.places import crumbs, record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, visible
from aims.records.display import first_letter_up
from aims.records.registry import register_of
from context.gaps import today_there, where
from leadership import commitment, raci
from leadership.models import LeadershipAction, RoleAssignment

LETTERS = {
    "accountable": "A",
    "responsible": "R",
    "consulted": "C",
    "informed": "I",
}  # the same in every language


def part_words() -> dict[str, str]:
    """The parts in words."""
    return {
        "accountable": _("answers for it"),
        "responsible": _("does it"),
        "consulted": _("is asked"),
        "informed": _("is told"),
    }


def assignments(member: Member) -> list[RoleAssignment]:
    """The roles that are assigned now, with who holds them and who stands in."""
    rows = visible(member, RoleAssignment).filter(state="in_force")
    return list(rows.select_related("holder", "deputy", "system").order_by("role", "ref"))


def built(member: Member) -> raci.Matrix:
    """The matrix of today."""
    return raci.matrix(assignments(member), today_there(member))


@require_GET
def matrix(request: MemberRequest) -> HttpResponse:
    """The matrix, the roles with their deputies and dates, and the gaps."""
    member, register = request.member, register_of(RoleAssignment)
    found = built(member)
    context = {
        "title": _("Who answers for what"),
        "crumbs": crumbs(register, (_("Matrix"), "")),
        "columns": [column(one) for one in found.columns],
        "rows": [row(one, found) for one in found.rows],
        "legend": [(LETTERS[part], part_words()[part]) for part in raci.PARTS],
        "without": found.without,
        "shared": found.shared,
        "roles": [role_row(member, one) for one in assignments(member)],
        "list_url": reverse("register", args=[register.path]),
        "new_url": reverse("new", args=[register.path]) if may_add(member, register) else "",
    }
    return render(request, "leadership/raci.html", context)


def column(one: RoleAssignment) -> dict[str, str]:
    """A role as the head of a column."""
    return {"title": one.title, "holder": one.holder.name if one.holder else "–", "url": record_url(one)}


def title_of(code: str) -> str:
    """What an activity is called."""
    language = get_language() or "en"
    return edition().text(code, "heading", language) or edition().text(code, "text", language)


def row(one: raci.Row, found: raci.Matrix) -> dict[str, Any]:
    """An activity as a row of the table."""
    words = part_words()
    cells = [
        {
            "letters": "/".join(LETTERS[part] for part in parts),
            "words": ", ".join(words[part] for part in parts),
        }
        for parts in one.cells
    ]
    heads = [column(each) for each in found.columns]
    return {
        "code": one.code,
        "title": title_of(one.code),
        "url": workspace_url(one.code),
        "cells": list(zip(heads, cells, strict=True)),
        "nobody": one.nobody,
        "several": one.several,
    }


def role_row(member: Member, one: RoleAssignment) -> dict[str, Any]:
    """A role with who holds it, who stands in, and until when; what is wrong with it leads to the field."""
    day = today_there(member)
    wrong = [
        (raci.empty(one), _("nobody holds it"), "bad", "holder"),
        (raci.ended(one, day), _("has ended"), "bad", "until"),
        (raci.alone(one), _("no deputy"), "warn", "deputy"),
        (one.communicated_on is None, _("not communicated"), "warn", "communicated_on"),
    ]
    return {
        "one": one,
        "url": record_url(one),
        "wrong": [(words, tone, where(one, at, member)) for bad, words, tone, at in wrong if bad],
    }


@require_GET
def commitments(request: MemberRequest) -> HttpResponse:
    """Each commitment of 5.1 with what shows it."""
    member, register = request.member, register_of(LeadershipAction)
    found = commitment.shown(member)
    context = {
        "title": _("Commitment of top management"),
        "crumbs": crumbs(register, (_("Commitments"), "")),
        "rows": [commitment_row(one) for one in found],
        "stats": [
            {
                "value": sum(bool(one.acts) for one in found),
                "of": len(found),
                "label": _("commitments shown by an act"),
            },
            {
                "value": sum(one.proved for one in found),
                "of": len(found),
                "label": _("commitments with evidence"),
            },
        ],
        "list_url": reverse("register", args=[register.path]),
        "new_url": reverse("new", args=[register.path]) if may_add(member, register) else "",
    }
    return render(request, "leadership/commitments.html", context)


def commitment_row(one: commitment.Shown) -> dict[str, Any]:
    """A commitment with its acts and the registers that speak for it too."""
    language = get_language() or "en"
    return {
        "code": one.code,
        "kind": commitment.COMMITMENTS[one.code][0].value,
        "url": workspace_url(one.code),
        "text": edition().text(one.code, "text", language),
        "acts": [{"act": act, "url": record_url(act), "evidence": one.evidence[act.pk]} for act in one.acts],
        "proved": one.proved,
        "others": [
            {
                "label": first_letter_up(str(kind.plural)),
                "url": reverse("register", args=[kind.path]),
                "number": number,
            }
            for kind, number in one.others
        ],
    }
