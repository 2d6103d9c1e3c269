"""The report of an audit: as a page, as PDF and as a Word document."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.organisation.refused import Refused
from aims.pages.paper import TooLong, kept, printed
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from evaluation.audit_tabs import tabs
from evaluation.report import Report, report
from evaluation.report_word import WORD, document
from evaluation.room_views import audit_of


@require_GET
def audit_report(request: MemberRequest, key: Any) -> HttpResponse:
    """The report as far as the member may read it."""
    audit = audit_of(request, key)
    context = {
        "title": f"{audit.ref} {audit.title}",
        "crumbs": record_crumbs(audit, (_("Report"), "")),
        "report": report(request.member, audit),
        "audit": audit,
        "audit_url": record_url(audit),
        "tabs": tabs(request.member, audit, "report"),
        "tabs_label": _("Audit room"),
    }
    return render(request, "evaluation/audit_report.html", context)


@require_GET
def report_pdf(request: MemberRequest, key: Any) -> HttpResponse:
    """The report on paper."""
    made = report(request.member, audit_of(request, key))
    context, advice = {"report": made}, _("The report is too long for one document. Take it as Word.")
    return printed("evaluation/audit_report_print.html", context, name_of(made), advice)


@require_GET
def report_word(request: MemberRequest, key: Any) -> HttpResponse:
    """The report as a document to write on."""
    made = report(request.member, audit_of(request, key))
    try:
        return kept(document(made), WORD, name_of(made), "docx")
    except TooLong as error:
        raise Refused("conflict", _("The report is too long for one document. Read it as a page.")) from error


def name_of(made: Report) -> str:
    """The name of the file: that of the audit."""
    return f"{made.audit.ref} {made.audit.title}"
