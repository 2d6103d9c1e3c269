"""The page of the audit programme: three years, what is missing, and the audit that fills it, planned with one click."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.organisation.refused import Refused
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, require
from aims.records.registry import register_of
from evaluation.inputs import now_there
from evaluation.models import Audit, AuditProgramme
from evaluation.programme import DONE, Plan, Row, plan, plan_missing

EARLIEST, LATEST = 2000, 2100


def asked_year(request: MemberRequest, given: str) -> int:
    """The year that was asked for, else this one."""
    if not given:
        return now_there(request.member).year
    if not (given.isascii() and given.isdigit() and EARLIEST < int(given[:5]) < LATEST):
        raise Refused("invalid", _("This is no year of the programme."))
    return int(given)


@require_GET
def programme(request: MemberRequest) -> HttpResponse:
    """Three years around the one asked for."""
    made = plan(request.member, asked_year(request, request.GET.get("year", "")))
    groups = (
        (_("Clauses"), made.clauses),
        (_("Controls of Annex A"), made.controls),
        (_("AI systems"), made.systems),
    )
    context = {
        "title": _("Audit programme, three years"),
        "crumbs": crumbs(register_of(AuditProgramme), (_("Three years"), "")),
        "plan": made,
        "quarters": [
            {"year": year, "label": f"Q{q}", "now": now(made, year, q)} for year, q in made.quarters
        ],
        "years": [made.year - 1, made.year, made.year + 1],
        "groups": [(name, [shown(made, row) for row in rows]) for name, rows in groups],
        "gaps": made.gaps,
        "may_plan": may_add(request.member, register_of(Audit)),
        "programmes_url": reverse("register", args=["audit-programmes"]),
    }
    return render(request, "evaluation/programme.html", context)


def now(made: Plan, year: int, quarter: int) -> bool:
    """Whether a quarter is the present one."""
    return (year, quarter) == (made.today.year, (made.today.month + 2) // 3)


def shown(made: Plan, row: Row) -> dict[str, Any]:
    """A row of the matrix."""
    cells = [
        [
            {"ref": audit.ref, "url": record_url(audit), "done": audit.state in DONE, "title": str(audit)}
            for audit in row.cells.get(quarter, ())
        ]
        for quarter in made.quarters
    ]
    return {
        "row": row,
        "code": "" if row.system else row.key,
        "cells": cells,
        "gap": row.gap(made.end),
        "due": row.due,
        "late": row.due is None or row.due < made.today,
        "every": _("yearly") if row.months == 12 else _("once in three years"),
        "why": "; ".join(row.why),
    }


@require_POST
def plan_audit(request: MemberRequest) -> HttpResponse:
    """Plan the audit of what is missing, and go there to give it auditors and dates."""
    require(may_add(request.member, register_of(Audit)))
    year = asked_year(request, request.POST.get("year", ""))
    if not plan(request.member, year).gaps:
        raise Refused("conflict", _("Nothing is missing in this year."))
    audit = plan_missing(request.member, year)
    messages.success(request, _("%(ref)s is planned. Give it auditors and dates.") % {"ref": audit.ref})
    return HttpResponseRedirect(record_url(audit))
