"""The list of every register, and the list of registers."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.cells import cell
from aims.pages.context import top_title
from aims.pages.exchange_list import beside
from aims.pages.listings import (
    WITHDRAWN,
    Page,
    Question,
    link,
    order_of,
    page_of,
    question,
    sort_links,
)
from aims.pages.places import crumbs, record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, visible
from aims.records.display import Named, first_letter_up
from aims.records.registry import Register, registers
from aims.records.registry import register as register_at


def known(path: str) -> Register:
    """The register at a path, or the refusal that there is none."""
    found = register_at(path)
    if found is None:
        raise Refused("not_found", "")
    return found


@require_GET
def index(request: MemberRequest) -> HttpResponse:
    """All registers, by clause."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for register in registers():
        row = {
            "label": first_letter_up(str(register.plural)),
            "url": reverse("register", args=[register.path]),
            "icon": register.icon,
            "detail": register.about,
            "info": ", ".join(register.answers),
        }
        groups.setdefault(register.clause, []).append(row)
    shown = [(f"{c} {top_title(c)}" if c else _("All clauses"), rows) for c, rows in groups.items()]
    return render(request, "pages/registers.html", {"title": _("Registers"), "groups": shown})


@require_GET
def register(request: MemberRequest, path: str) -> HttpResponse:
    """The list of a register."""
    here, asked = known(path), request.GET.dict()
    told, order = question(request.member, here, request.GET), order_of(here, request.GET.get("sort", ""))
    rows = visible(request.member, here.model).filter(told.rule)
    if order.path != order.name and "__" in order.path:
        rows = rows.select_related(order.name)
    several = [name for name in here.columns if here.field(name).many_to_many]
    page = page_of(
        rows.prefetch_related(*several), order, request.GET.get("after", ""), request.GET.get("before", "")
    )
    counts = count_states(request.member, here)
    context = {
        "title": first_letter_up(str(here.plural)),
        "register": here,
        "crumbs": crumbs(here),
        "told": told,
        "tabs": state_tabs(here, counts, told, asked),
        "table": table(request.member, here, page, order_heads(here, order, asked)),
        "pager": pager(page, asked, total(counts, told)),
        "new_url": reverse("new", args=[here.path]) if may_add(request.member, here) else "",
        "empty": empty(request.member, here, told),
        **beside(request, here, page.rows, asked),
        "codes": [(code, workspace_url(code)) for code in here.answers],
    }
    context["table"]["selectable"] = bool(context["bulk"])
    return render(request, "pages/register.html", context)


def names_of(register: Register) -> list[str]:
    """The columns after the title; the state is always one of them."""
    names = [name for name in register.columns if name not in ("title", "ref")]
    return names if "state" in names else [*names, "state"]


def order_heads(register: Register, order: Any, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The heads of the title and the columns."""
    return sort_links(register, order, asked, ["title", *names_of(register)])


def table(member: Member, register: Register, page: Page, heads: list[dict[str, Any]]) -> dict[str, Any]:
    """The context of components/table.html."""
    named, names = Named(member), names_of(register)
    for record in page.rows:
        named.want(register.model, names, record)
    return {
        "label": first_letter_up(str(register.plural)),
        "head": {**heads[0], "label": first_letter_up(str(register.name))},
        "columns": heads[1:],
        "rows": [
            {
                "id": record.pk,
                "url": record_url(record),
                "title": record.heading,
                "sub": record.ref,
                "cells": list(
                    zip(heads[1:], [cell(register, record, name, named) for name in names], strict=True)
                ),
            }
            for record in page.rows
        ],
    }


def count_states(member: Member, register: Register) -> dict[str, int]:
    """How many records are in each state."""
    rows = visible(member, register.model).order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in rows}


def state_tabs(
    register: Register, counts: dict[str, int], told: Question, asked: dict[str, str]
) -> list[dict[str, Any]]:
    """All that is not withdrawn, then each state that has records."""
    total_ = sum(n for state, n in counts.items() if state != WITHDRAWN)
    first = {"label": _("All"), "url": link(asked, state=""), "current": not told.state, "count": total_}
    return [first] + [
        {
            "label": first_letter_up(str(state.label)),
            "url": link(asked, state=state.code),
            "current": told.state == state.code,
            "count": counts.get(state.code, 0),
        }
        for state in register.lifecycle.all_states
        if counts.get(state.code) or told.state == state.code
    ]


def total(counts: dict[str, int], told: Question) -> int | None:
    """How many rows the list has; not known where filters narrow it."""
    if told.narrowed:
        return None
    if told.state:
        return counts.get(told.state, 0)
    return sum(number for state, number in counts.items() if state != WITHDRAWN)


def pager(page: Page, asked: dict[str, str], of: int | None) -> dict[str, str]:
    """The context of components/pagination.html."""
    shown = len(page.rows)
    text = _("%(shown)d of %(of)d") % {"shown": shown, "of": of} if of is not None else str(shown)
    return {
        "previous_url": link(asked, before=page.before) if page.before else "",
        "next_url": link(asked, after=page.after) if page.after else "",
        "text": text,
    }


def empty(member: Member, register: Register, told: Question) -> dict[str, Any]:
    """What stands where no rows are: what belongs here, and the first step; or that nothing fits the filters."""
    here = reverse("register", args=[register.path])
    if told.narrowed or told.state:
        return {
            "icon": "search",
            "heading": _("Nothing fits these filters"),
            "text": _("Take one away, or look at all."),
            "second_url": here,
            "second": _("Show all"),
        }
    adds = may_add(member, register)
    return {
        "icon": register.icon,
        "heading": _("No %(kinds)s yet") % {"kinds": register.plural},
        "text": register.about or _("Nothing has been kept here so far."),
        "url": reverse("new", args=[register.path]) if adds else "",
        "action": _("New: %(kind)s") % {"kind": register.name},
    }
