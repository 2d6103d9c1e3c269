"""What an audit asks to be shown, for its auditors and for those who are asked."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.pages.places import record_crumbs, record_url, safe_next
from aims.pages.request import MemberRequest
from aims.records.access import fetch, may_add, may_move, visible
from aims.records.models import Link
from aims.records.registry import register_of
from evaluation import requests as asking
from evaluation.audit_tabs import tabs
from evaluation.auditing import asks_in
from evaluation.models import Audit, AuditRequest
from evaluation.room_views import audit_of

PATH = "audit-requests"
ACTS = ("deliver", "accept", "send_back")


@require_GET
def requests(request: MemberRequest, key: Any) -> HttpResponse:
    """The request list of an audit, of one person or in one state."""
    audit = audit_of(request, key)
    every = visible(request.member, AuditRequest)
    person, state, sample = (request.GET.get(name, "")[:150] for name in ("person", "state", "sample"))
    rows = asking.asked(audit, every, person, state)
    if sample:
        rows = rows.filter(sample__ref=sample)
    found = list(rows.select_related("created_by"))
    for row in found:
        row.audit = audit  # each step asks who audits
    context = {
        "title": _("Requests of %(audit)s") % {"audit": audit.ref},
        "crumbs": record_crumbs(audit, (_("Requests"), "")),
        "tabs": tabs(request.member, audit, "requests"),
        "tabs_label": _("Audit room"),
        "audit": audit,
        "rows": shown(request, found),
        "asked": {"person": person, "state": state, "sample": sample},
        "narrowed": bool(person or state or sample),
        "today": timezone.localdate(),
        "new_url": new_url(request, audit),
        **choices(audit, request),
    }
    return render(request, "evaluation/requests.html", context)


def new_url(request: MemberRequest, audit: Audit) -> str:
    """Where a request is written, for who may."""
    register = register_of(AuditRequest)
    if not (may_add(request.member, register) and asks_in(request.member, audit)):
        return ""
    return reverse("new", args=[register.path]) + "?" + urlencode({"audit": str(audit.pk)})


def choices(audit: Audit, request: MemberRequest) -> dict[str, Any]:
    """What the list can be narrowed to, with how many wait."""
    every = visible(request.member, AuditRequest).filter(audit=audit).exclude(state="withdrawn")
    facts = list(every.values_list("state", "owner__name", "due"))
    today = timezone.localdate()
    late = sum(state in asking.WAITING and due is not None and due < today for state, _name, due in facts)
    states = register_of(AuditRequest).lifecycle.states
    return {
        "total": len(facts),
        "waiting": sum(state in asking.WAITING for state, _name, _due in facts),
        "late": late,
        "people": sorted({name for _state, name, _due in facts if name}),
        "states": [("late", _("late")), *((one.code, one.label) for one in states)],
    }


def shown(request: MemberRequest, found: list[AuditRequest]) -> list[dict[str, Any]]:
    """The rows, each with what the reader may do with it."""
    lifecycle = register_of(AuditRequest).lifecycle
    keys = [row.pk for row in found]
    linked = Link.objects.filter(kind=PATH, record_id__in=keys).values_list("record_id", flat=True)
    files: dict[Any, int] = {}
    for key in linked:
        files[key] = files.get(key, 0) + 1
    ages = asking.ages(found, timezone.now())
    return [
        {
            "request": row,
            "url": record_url(row),
            "state": lifecycle.state(row.state),
            "files": files.get(row.pk, 0),
            "age": ages[row.pk],
            "waits": row.state in asking.WAITING,
            "acts": acts(request, row),
        }
        for row in found
    ]


def acts(request: MemberRequest, row: AuditRequest) -> list[dict[str, Any]]:
    """The steps that the reader may take from here; delivering leads to the request, where evidence is dropped."""
    member, found = request.member, []
    for step in register_of(row).lifecycle.leaving(row.state):
        if step.code not in ACTS or not may_move(member, row, step):
            continue
        if step.code != "deliver" and not asking.judges(member, row):
            continue
        url = (
            record_url(row, "evidence")
            if step.code == "deliver"
            else reverse("move", args=[PATH, row.pk, step.code])
        )
        found.append({"label": step.label, "url": url, "post": step.code == "accept"})
    if asking.may_remind(member, row, timezone.now()):
        found.append({"label": _("Remind"), "url": reverse("remind", args=[row.pk]), "post": True})
    return found


@require_POST
def remind(request: MemberRequest, key: Any) -> HttpResponse:
    """Ask again for what is late."""
    row = fetch(request.member, AuditRequest, key)
    asking.remind(request.member, row, timezone.now())
    messages.success(request, _("%(ref)s is asked for again in the next daily mail.") % {"ref": row.ref})
    return HttpResponseRedirect(safe_next(request, record_url(row)))
