"""The scope statement as a document: its page, its paper, and what differs between two versions (4.3)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.cells import state_of
from aims.pages.paper import printed
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.shown import signatures
from aims.records.access import fetch, visible
from aims.records.registry import register_of
from context import editions
from context.models import AISystem, ScopeStatement


def document(member: Member, scope: ScopeStatement) -> dict[str, Any]:
    """What the document says, for the page and for the paper."""
    systems = visible(member, AISystem)
    return {
        "scope": scope,
        "organisation": member.organisation_name,
        "state": state_of(register_of(scope), scope.state),
        "systems": list(systems.filter(scopes=scope).order_by("ref")),
        "outside": list(systems.filter(in_scope=False).exclude(state="withdrawn").order_by("ref")),
        "sites": list(scope.sites.all()),
        "exclusions": list(scope.exclusions.all()),
        "signatures": signatures(member, scope),
    }


@require_GET
def page(request: MemberRequest, key: Any) -> HttpResponse:
    """The document."""
    scope = fetch(request.member, ScopeStatement, key)
    context = {
        "title": scope.title,
        "crumbs": record_crumbs(scope, (_("Document"), "")),
        "record_url": record_url(scope),
        "versions": editions.others(request.member, scope),
        **document(request.member, scope),
    }
    return render(request, "context/scope_document.html", context)


@require_GET
def paper(request: MemberRequest, key: Any) -> HttpResponse:
    """The document as a PDF to keep."""
    scope = fetch(request.member, ScopeStatement, key)
    context = {**document(request.member, scope), "at": timezone.localtime()}
    name = f"scope-{scope.edition}-{timezone.localdate()}"
    advice = _("The document is too long to be set. Shorten its text, or take the evidence pack.")
    return printed("context/scope_print.html", context, name, advice)


@require_GET
def compare(request: MemberRequest, key: Any) -> HttpResponse:
    """What differs between a version and another."""
    scope = fetch(request.member, ScopeStatement, key)
    return compared(request, scope)


def compared(request: MemberRequest, record: Any) -> HttpResponse:
    """The page of the differences between two versions of a document; without another there is nothing to compare."""
    versions = editions.others(request.member, record)
    wanted = request.GET.get("with", "")
    other = next((one for one in versions if str(one.pk) == wanted), None)
    if wanted and other is None:
        raise Refused("not_found", _("There is no such version."))
    other = other or editions.before(record, versions)
    context = {
        "title": _("Difference between two versions"),
        "crumbs": record_crumbs(record, (_("Compare"), "")),
        "record": record,
        "other": other,
        "versions": versions,
        "changes": editions.differences(request.member, other, record) if other else [],
    }
    return render(request, "context/compared.html", context)


def panel(member: Member, scope: Any) -> dict[str, Any] | None:
    """On the record's page: the way to the document, to the paper and to the other versions."""
    return {"scope": scope, "others": len(editions.others(member, scope))}
