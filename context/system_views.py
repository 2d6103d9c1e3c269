"""Pages of an AI system that are truly different: its description by section, and the step to the next stage."""

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.catalogue.ml import FormSection
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.views.records import edit_url
from aims.records.access import fetch, may_change, require, visible
from aims.records.changes import write
from aims.records.exchange.importing import may_import
from aims.records.registry import register_of
from context import ml_description as ml
from context.documents.ml_bom_export import Facts, Result, bill
from context.ml_forms import CHANGED, SectionForm
from context.ml_shown import own_values, section_shown
from context.models import AISystem, EvaluationResult, SystemVersion


def page_url(system: AISystem, section: str = "") -> str:
    """Where the description of a system is shown."""
    return reverse("system description", args=[system.pk]) + (f"#{section}" if section else "")


@require_GET
def description(request: MemberRequest, key: Any) -> HttpResponse:
    """All sections with how far each is, and what each says."""
    system = fetch(request.member, AISystem, key)
    own = own_values(request.member, system)
    editable = bool(edit_url(request, system))
    shown = [section_shown(one, system, own) for one in ml.sections()]
    context = {
        "title": _("Description of %(title)s") % {"title": system.heading},
        "crumbs": record_crumbs(system, (_("Description"), "")),
        "system": system,
        "whole": ml.whole(system.ml, own),
        "sections": shown,
        "contents": [contents_row(one) for one in shown],
        "editable": editable,
        "may_import": editable and may_import(request.member, register_of(system)),
        "record_edit": edit_url(request, system),
    }
    return render(request, "context/description.html", context)


def contents_row(one: dict[str, Any]) -> dict[str, Any]:
    """A section in the table of contents, with how far it is."""
    far = one["progress"]
    said = _("%(filled)d of %(total)d") % {"filled": far.filled, "total": far.total}
    return {
        "label": one["heading"],
        "url": f"#{one['code']}",
        "info": said,
        "percent": far.percent,
        "percent_label": said,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: MemberRequest, key: Any) -> HttpResponse:
    """The form of a section, or of one model or data set in it (`?section=model&row=2`; the next number is a new one)."""
    system = fetch(request.member, AISystem, key)
    require(may_change(request.member, system))
    one, number = asked(request, system)
    seen, row = digest(system, one), row_at(system, one, number)
    if request.method != "POST":
        return show(request, system, one, number, SectionForm(one, row, seen))
    form = SectionForm(one, row, seen, request.POST)
    if not form.is_valid():
        return show(request, system, one, number, form, 422)
    if form.cleaned_data["seen"] not in ("", seen):
        return conflict(request, system, one, number)
    return save(request, system, one, number, form)


def asked(request: MemberRequest, system: AISystem) -> tuple[FormSection, int]:
    """Which section and which row; 404 for what is not there."""
    one = ml.section(request.GET.get("section", ml.sections()[0].code))
    said = request.GET.get("row", "1")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if one is None or not 1 <= number <= (len(system.ml.get(one.code, [])) + 1 if one.repeatable else 1):
        raise Http404
    return one, number


def row_at(system: AISystem, one: FormSection, number: int) -> Any:
    """What the description says there; nothing yet for a new row."""
    rows = ml.rows_of(one, system.ml)
    return rows[number - 1] if number <= len(rows) else {}


def digest(system: AISystem, one: FormSection) -> str:
    """The digest of a section: whoever saves must have seen it as it is."""
    text = json.dumps(system.ml.get(one.code), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def save(
    request: MemberRequest, system: AISystem, one: FormSection, number: int, form: SectionForm
) -> HttpResponse:
    """Write the section; what stands in the others stays."""
    remove = one.repeatable and "remove" in request.POST
    content = with_row(system, one, number, {} if remove else form.values)
    try:
        write(request.member, system, {"ml": {**system.ml, one.code: content}}, system.version)
    except Refused as refused:
        if refused.code == "stale":
            return conflict(request, fetch(request.member, AISystem, system.pk), one, number)
        for said in [*refused.fields.values()] or [[str(refused)]]:
            form.add_error(None, [str(words) for words in said])
        return show(request, system, one, number, form, refused.status)
    messages.success(request, _("“%(section)s” is saved.") % {"section": ml.heading(one)})
    return HttpResponseRedirect(page_url(system, one.code))


def with_row(system: AISystem, one: FormSection, number: int, values: dict[str, Any]) -> Any:
    """The content of a section with a row as it was typed; an empty row goes."""
    if not one.repeatable:
        return values
    rows = [dict(row) for row in ml.rows_of(one, system.ml)]
    rows[number - 1 : number] = [values] if values else []
    return rows


def conflict(request: MemberRequest, system: AISystem, one: FormSection, number: int) -> HttpResponse:
    """Somebody else changed the section: what was typed stays, and what they wrote stands above it."""
    data = request.POST.copy()
    data["seen"] = digest(system, one)
    form = SectionForm(one, row_at(system, one, number), str(data["seen"]), data)
    form.is_valid()
    form.add_error(None, str(CHANGED))
    theirs = [(line.label, line.words) for line in ml.lines({one.code: system.ml.get(one.code)})]
    return show(request, system, one, number, form, 409, theirs)


def show(
    request: MemberRequest,
    system: AISystem,
    one: FormSection,
    number: int,
    form: SectionForm,
    status: int = 200,
    theirs: Any = (),
) -> HttpResponse:
    """The form of a section."""
    own = own_values(request.member, system)
    context = {
        "title": ml.heading(one),
        "crumbs": record_crumbs(system, (_("Description"), page_url(system)), (ml.heading(one), "")),
        "system": system,
        "section": section_shown(one, system, own),
        "number": number if one.repeatable else 0,
        "new": one.repeatable and number > len(ml.rows_of(one, system.ml)),
        "form": form,
        "theirs": theirs,
        "back_url": page_url(system, one.code),
        "record_edit": edit_url(request, system),
    }
    return render(request, "context/section.html", context, status=status)


@require_GET
def ml_bom(request: MemberRequest, key: Any) -> HttpResponse:
    """The system as a CycloneDX 1.6 ML-BOM."""
    system = fetch(request.member, AISystem, key)
    content = json.dumps(bill(facts_of(request.member, system)), ensure_ascii=False, indent=2)
    name = f"{system.ref.lower()}-ml-bom.cdx.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/vnd.cyclonedx+json; version=1.6", headers=headers)


def facts_of(member: Member, system: AISystem) -> Facts:
    """What a bill of materials is made from: the results are those of the latest version in use, else of the latest."""
    rows = visible(member, SystemVersion).filter(system=system.pk).exclude(state="withdrawn")
    versions = sorted(rows.prefetch_related("evaluations"), key=lambda one: (one.state == "released", one.pk))
    latest = versions[-1] if versions else None
    results = latest.evaluations.all() if latest else ()
    return Facts(
        key=system.pk,
        title=system.title,
        version=system.version,
        release=latest.label if latest and latest.state == "released" else system.release,
        purpose=system.purpose,
        users=system.users,
        misuse=system.misuse,
        affected=system.affected,
        task=system.task_type,
        approach=system.approach,
        organisation=member.organisation_name,
        ml=system.ml,
        results=tuple(Result(one.metric, measured(one), one.subgroup) for one in results),
        made_at=timezone.now(),
    )


def measured(one: EvaluationResult) -> str:
    """A value with its unit."""
    return f"{one.value.normalize():f} {one.unit}".strip()


@require_POST
def stage(request: MemberRequest, key: Any) -> HttpResponse:
    """Take the step to another stage of the life cycle."""
    system = fetch(request.member, AISystem, key)
    said = request.POST.get("version", "")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
    try:
        write(request.member, system, {"stage": request.POST.get("stage", "")}, version)
    except Refused as refused:
        if refused.code in ("forbidden", "not_found"):
            raise
        found = refused.fields.get("stage")
        messages.error(request, str(found[0]) if found else str(refused))
    else:
        messages.success(request, _("The stage is changed."))
    return HttpResponseRedirect(record_url(system))
