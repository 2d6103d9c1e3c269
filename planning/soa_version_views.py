"""Versions of the Statement of Applicability: their difference, and each as PDF and XLSX as it was approved (6.1.3)."""

import io
import uuid
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.organisation.member import Member
from aims.pages import shown
from aims.pages.paper import kept, printed
from aims.pages.places import crumbs
from aims.pages.request import MemberRequest
from aims.records.access import fetch, visible
from aims.records.exchange.export import MEDIA, OPTIONS
from aims.records.exchange.neutral import neutral
from aims.records.registry import register_of
from planning.models import ApplicabilityStatement
from planning.models.statements import frozen_lines
from planning.soa import area_title
from planning.soa_shown import by_area, own_lines
from planning.soa_versions import compare, field_words, rows, said

NOW = "now"


@require_GET
def difference(request: MemberRequest) -> HttpResponse:
    """Any two versions beside each other; `now` is the statement as it stands. Without a choice: the last one and now."""
    versions = versions_of(request.member)
    old, new = picked(versions, request.GET.get("old", "")), picked(versions, request.GET.get("new", NOW))
    old = old or (versions[0] if versions else None)
    changes = compare(lines_of(request.member, old), lines_of(request.member, new)) if versions else []
    context = {
        "title": _("Difference between versions"),
        "crumbs": crumbs(register_of(ApplicabilityStatement), (_("Difference"), "")),
        "versions": versions,
        "old": old,
        "new": new,
        "changes": rows(changes),
    }
    return render(request, "planning/soa_difference.html", context)


def versions_of(member: Member) -> list[ApplicabilityStatement]:
    """The versions that can be compared, the newest first."""
    found = visible(member, ApplicabilityStatement).exclude(state="withdrawn")
    return list(found.order_by("-created_at", "-id"))


def picked(versions: Iterable[ApplicabilityStatement], key: str) -> ApplicabilityStatement | None:
    """The version that an address names; None for the statement as it stands now."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return next((one for one in versions if one.pk == wanted), None)


def lines_of(member: Member, version: ApplicabilityStatement | None) -> list[dict[str, Any]]:
    """The lines of a version, or those of now."""
    return version.lines if version else frozen_lines(member.organisation_id)


@require_GET
def version_pdf(request: MemberRequest, key: Any) -> HttpResponse:
    """A version as it was approved, with who signed it."""
    version = fetch(request.member, ApplicabilityStatement, key)
    context = {
        "version": version,
        "areas": by_area(version.lines),
        "own": own_lines(version.lines),
        "signatures": shown.signatures(request.member, version),
        "organisation": request.member.organisation_name,
        "at": timezone.localtime(),
    }
    advice = _("The statement is too long for one document. Take it as XLSX.")
    return printed("planning/soa_version_print.html", context, name_of(version), advice)


@require_GET
def version_xlsx(request: MemberRequest, key: Any) -> HttpResponse:
    """A version as a table: every line with its reasons, risks, owner and evidence."""
    version = fetch(request.member, ApplicabilityStatement, key)
    return kept(workbook(version), MEDIA["xlsx"], name_of(version), "xlsx")


def name_of(version: ApplicabilityStatement) -> str:
    """Under which name a version is kept."""
    return f"statement-of-applicability-{version.edition}"


def workbook(version: ApplicabilityStatement) -> bytes:
    """The XLSX file of a version."""
    heads = {"code": _("Control"), "title": _("Title"), **field_words(), "evidence": _("Evidence")}
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        page = book.add_worksheet(neutral(_("Statement"))[:31])
        page.write_row(0, 0, [_("Area"), *heads.values()], book.add_format({"bold": True}))
        page.freeze_panes(1, 2)
        page.set_column(0, 1, 12)
        page.set_column(2, len(heads), 24)
        for at, line in enumerate(version.lines, start=1):
            for place, value in enumerate(cells(line, heads)):
                page.write(at, place, value)
    return stream.getvalue()


def cells(line: dict[str, Any], heads: Iterable[str]) -> list[Any]:
    """One row: the area, then each field in words; numbers as numbers, and no cell is a formula."""
    area = _("Own control") if line.get("own") else area_of_line(line)
    found = [
        line.get("evidence", "") if name == "evidence" else said(name, line.get(name, "")) for name in heads
    ]
    return [area, *(neutral(one) if isinstance(one, str) else one for one in found)]


def area_of_line(line: dict[str, Any]) -> str:
    """The area of Annex A in words."""
    code = ".".join(str(line["code"]).split(".")[:2])
    return f"{code} {area_title(code)}"
