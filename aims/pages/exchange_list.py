"""What the list of a register has beside its rows: exports, import, bulk changes, and the views that people keep."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.listings import link, order_of, question
from aims.pages.request import MemberRequest
from aims.records.access import visible
from aims.records.display import first_letter_up
from aims.records.exchange.bulk import fields_for, steps_for
from aims.records.exchange.importing import may_import
from aims.records.exchange.views import clean, may_remove, views_of
from aims.records.registry import Register


def listed(request: MemberRequest, register: Register) -> "QuerySet[Any]":
    """The rows of a list as it is filtered and sorted, all pages of it."""
    rule = question(request.member, register, request.GET).rule
    order = order_of(register, request.GET.get("sort", ""))
    return order.turned(visible(request.member, register.model).filter(rule), False)


def beside(
    request: MemberRequest, register: Register, records: list[Any], asked: dict[str, str]
) -> dict[str, Any]:
    """The context that the list adds; `records` are the rows of this page."""
    bulk = bulk_bar(request.member, register, records)
    here = link(asked) if any(asked.values()) else ""
    return {
        "exports": [
            (_("CSV"), reverse("export", args=[register.path]) + here),
            (_("Excel (XLSX)"), reverse("export xlsx", args=[register.path]) + here),
        ],
        "import_url": reverse("import", args=[register.path]) if may_import(request.member, register) else "",
        "bulk": bulk,
        "saved": saved(request.member, register, request),
    }


def bulk_bar(member: Member, register: Register, records: list[Any]) -> dict[str, Any] | None:
    """The context of components/bulk.html, or None where the member may change none of these records."""
    icons = {"owner": "user", "review_due": "calendar-days"}
    acts: list[dict[str, Any]] = [
        {"value": name, "label": first_letter_up(str(register.field(name).verbose_name)), "icon": icons[name]}
        for name in fields_for(member, register, records)
    ]
    acts += [
        {"value": step.code, "label": step.label, "danger": step.code == "withdraw"}
        for step in steps_for(member, register, records)
    ]
    if not acts:
        return None
    return {
        "label": _("Selected: %(kinds)s") % {"kinds": register.plural},
        "action": reverse("bulk", args=[register.path]),
        "actions": acts,
    }


def saved(member: Member, register: Register, request: HttpRequest) -> dict[str, Any]:
    """The views of a register, and whether this one can be kept."""
    here, query = reverse("register", args=[register.path]), clean(request.META.get("QUERY_STRING", ""))
    views = [
        {
            "name": view.name,
            "url": f"{here}?{view.query}" if view.query else here,
            "current": view.query == query,
            "shared": view.shared,
            "remove_url": reverse("remove view", args=[register.path, view.pk])
            if may_remove(member, view)
            else "",
        }
        for view in views_of(member, register)
    ]
    return {"views": views, "query": query, "keep_url": reverse("keep view", args=[register.path])}
