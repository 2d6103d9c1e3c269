"""An impact assessment on paper, and the difference between two of its approved results (6.1.4, 8.4)."""

import json
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.pages import shown
from aims.pages.paper import printed
from aims.pages.places import record_crumbs
from aims.pages.request import MemberRequest
from aims.records.access import fetch
from aims.records.display import Named
from aims.records.models import Signature
from aims.records.registry import register_of
from planning.impact_document import document, results, told
from planning.models import ImpactAssessment


@require_GET
def paper(request: MemberRequest, key: Any) -> HttpResponse:
    """The assessment as a PDF to keep."""
    record = fetch(request.member, ImpactAssessment, key)
    context = {
        "record": record,
        "sections": told(record, shown.sections(record, Named(request.member))),
        "doc": document(request.member, record),
        "signatures": shown.signatures(request.member, record),
        "organisation": request.member.organisation_name,
        "at": timezone.localtime(),
    }
    advice = _("The assessment is too long for one document. Take its rows as XLSX from the register.")
    return printed("planning/impact_print.html", context, f"{record.ref} {record.title}", advice)


@require_GET
def difference(request: MemberRequest, key: Any) -> HttpResponse:
    """Two approved results of a system beside each other: `old` and `new` name signatures; else the last two."""
    record = fetch(request.member, ImpactAssessment, key)
    found = results(request.member, record)
    picked = chosen(found, request.GET.get("old", ""), request.GET.get("new", ""))
    context = {
        "title": _("Results of the impact assessment"),
        "crumbs": record_crumbs(record, (_("Results"), "")),
        "record": record,
        "results": found,
        "old": picked[0] if picked else None,
        "new": picked[1] if picked else None,
        "changes": changes(request, record, *picked) if picked else [],
    }
    return render(request, "planning/impact_results.html", context)


Result = dict[str, Any]


def chosen(found: list[Result], old: str, new: str) -> tuple[Result, Result] | None:
    """The two results asked for; the last two where nothing, or nothing known, is asked for."""
    known = {one["id"]: one for one in found}
    if len(found) < 2:
        return None
    return known.get(plain(old), found[1]), known.get(plain(new), found[0])


def plain(text: str) -> str:
    """An id as it is written, or nothing."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def changes(
    request: MemberRequest, record: ImpactAssessment, old: Result, new: Result
) -> list[dict[str, str]]:
    """What is different between two signed contents."""
    rows = Signature.objects.filter(pk__in=(old["id"], new["id"]))
    said = {str(row.pk): json.loads(row.content) for row in rows}
    return shown.content_changes(register_of(record), said[old["id"]], said[new["id"]], Named(request.member))
