"""Evidence: upload, reuse, taking a link back with a warning, and serving files without running anything in them."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.pages.evidence_rows import MB, evidence_row, target_of
from aims.pages.places import crumbs, record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import fetch, may_add, may_change, require, visible
from aims.records.base import Record
from aims.records.changes import create
from aims.records.coverage import latest_media
from aims.records.evidence import add_revision, is_inert, link, linked_record, opened, unlink
from aims.records.models import Evidence, Link, Revision
from aims.records.registry import register_of

LOCKED = "sandbox; default-src 'none'"
FRAMED = "default-src 'none'; frame-ancestors 'self'; style-src 'unsafe-inline'; object-src 'self'"
SHOWN = 50


class UploadForm(forms.Form):
    """A file with the four fields that make it evidence."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True, max_length=1000)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Without one, the file's name."),
    )
    shows = forms.CharField(
        label=gettext_lazy("What it shows"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
    )
    effective_from = forms.DateField(
        label=gettext_lazy("Effective from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    review_due = forms.DateField(
        label=gettext_lazy("Look at it again on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    to = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)


def target(request: MemberRequest, named: str) -> Record | None:
    """The record that evidence shall speak for (`answers:<id>`), or None where none is named."""
    path, _colon, key = named.partition(":")
    return linked_record(request.member, path, key) if named else None


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: MemberRequest) -> HttpResponse:
    """New evidence from a file, linked at once to the record from whose page it came."""
    require(may_add(request.member, register_of(Evidence)))
    if request.method != "POST":
        return show_upload(request, UploadForm(initial={"to": request.GET.get("to", "")[:120]}))
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_upload(request, form, 422)
    about = target(request, form.cleaned_data["to"])
    try:
        evidence = keep(request, form.cleaned_data, about)
    except Refused as refusal:
        for name, problems in (refusal.fields or {"file": [str(refusal)]}).items():
            form.add_error(name if name in form.fields else None, [str(p) for p in problems])
        return show_upload(request, form, refusal.status)
    messages.success(request, _("The file is kept as %(ref)s.") % {"ref": evidence.ref})
    return HttpResponseRedirect(record_url(about, "evidence") if about else record_url(evidence))


def keep(request: MemberRequest, given: dict[str, Any], about: Record | None) -> Evidence:
    """Make the record, keep the file, link it."""
    file: Any = given["file"]
    title = given["title"] or PurePath((file.name or "").replace("\\", "/")).stem[:200] or _("Evidence")
    data = {name: given[name] for name in ("shows", "effective_from", "review_due")}
    owner = Membership.objects.get(pk=request.member.id)
    evidence = create(request.member, Evidence, {"title": title, "owner": owner, **data})
    add_revision(request.member, evidence, file)
    if about is not None:
        link(request.member, evidence, register_of(about).path, about.pk)
    return evidence


def show_upload(request: MemberRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    """The upload form."""
    limit = settings.EVIDENCE_LIMIT // MB
    context = {
        "title": _("Add evidence"),
        "crumbs": crumbs(register_of(Evidence), (_("New"), "")),
        "form": form,
        "drop": {"limit_mb": limit, "hint": _("PDF, image, text, Office. Up to %(mb)d MB.") % {"mb": limit}},
    }
    return render(request, "pages/upload.html", context, status=status)


@require_POST
def revise(request: MemberRequest, key: Any) -> HttpResponse:
    """A new file for evidence that is there: the next revision; the earlier ones stay."""
    evidence = fetch(request.member, Evidence, key)
    require(may_change(request.member, evidence) or evidence.created_by_id == request.member.id)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("invalid", _("Choose a file first."))
    revision = add_revision(request.member, evidence, file)
    messages.success(request, _("Kept as revision %(number)d.") % {"number": revision.number})
    return HttpResponseRedirect(record_url(evidence))


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: MemberRequest) -> HttpResponse:
    """Evidence that is there already, to be linked to a record as well."""
    about = target(request, (request.POST.get("to") or request.GET.get("to", "")).replace("\x00", "")[:120])
    if about is None:
        raise Refused("invalid", _("Say for which record."))
    require(may_change(request.member, about) or may_add(request.member, register_of(Evidence)))
    if request.method == "POST":
        return link_chosen(request, about)
    words = request.GET.get("q", "").strip()[:200]
    rule = Q(title__icontains=words) | Q(ref__icontains=words) | Q(shows__icontains=words)
    there = Link.objects.filter(kind=register_of(about).path, record_id=about.pk).values("evidence_id")
    rows = visible(request.member, Evidence).exclude(state="withdrawn").exclude(pk__in=there).filter(rule)
    found = list(rows.annotate(media=latest_media("pk")).order_by("-pk")[: SHOWN + 1])
    context = {
        "title": _("Choose evidence for %(ref)s") % {"ref": about.ref},
        "crumbs": record_crumbs(about, (_("Choose evidence"), "")),
        "about": about,
        "to": target_of(about),
        "words": words,
        "rows": [{**evidence_row(row, row.media), "pk": row.pk} for row in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "back_url": record_url(about, "evidence"),
    }
    return render(request, "pages/choose_evidence.html", context)


def link_chosen(request: MemberRequest, about: Record) -> HttpResponse:
    """Link what was picked."""
    picked = request.POST.getlist("picked")[:SHOWN]
    if not picked:
        raise Refused("invalid", _("Pick at least one."))
    for key in picked:
        link(request.member, fetch(request.member, Evidence, key), register_of(about).path, about.pk)
    linked = ngettext(
        "%(number)d piece of evidence is linked.", "%(number)d pieces of evidence are linked.", len(picked)
    )
    messages.success(request, linked % {"number": len(picked)})
    return HttpResponseRedirect(record_url(about, "evidence"))


@require_http_methods(["GET", "HEAD", "POST"])
def take_away(request: MemberRequest, key: Any) -> HttpResponse:
    """Take a link back, after saying what then stands without evidence."""
    row = fetch(request.member, Link, key)
    about = linked_record(request.member, row.kind, row.record_id)
    evidence = fetch(request.member, Evidence, row.evidence_id)
    if request.method == "POST":
        unlink(request.member, row)
        messages.success(
            request,
            _("“%(title)s” no longer speaks for %(ref)s.") % {"title": evidence.title, "ref": about.ref},
        )
        return HttpResponseRedirect(record_url(about, "evidence"))
    links = Link.objects.filter(organisation_id=request.member.organisation_id)
    context = {
        "title": _("Take “%(title)s” away from %(ref)s") % {"title": evidence.title, "ref": about.ref},
        "crumbs": record_crumbs(about, (_("Take away"), "")),
        "about": about,
        "evidence": evidence,
        "left": links.filter(kind=row.kind, record_id=row.record_id).count() - 1,
        "elsewhere": links.filter(evidence=evidence).count() - 1,
        "back_url": record_url(about, "evidence"),
    }
    return render(request, "pages/take_away.html", context)


def find_revision(request: MemberRequest, key: Any) -> Revision:
    """A file of evidence that the member may see."""
    revision = fetch(request.member, Revision, key)
    fetch(request.member, Evidence, revision.evidence_id)
    return revision


def frame(answer: HttpResponseBase) -> None:
    """Let our own pages frame a PDF. No sandbox: browsers refuse to draw PDFs in one, and run no script of theirs here."""
    answer["Content-Security-Policy"] = FRAMED
    answer["X-Frame-Options"] = "SAMEORIGIN"


@require_GET
def file(request: MemberRequest, key: Any) -> HttpResponseBase:
    """A file as it was uploaded. It comes as an attachment; `?inline` shows types that can run nothing."""
    revision = find_revision(request, key)
    inline = "inline" in request.GET and is_inert(revision)
    try:
        content = opened(revision)
    except FileNotFoundError as error:
        raise Refused(
            "not_found", _("The file is no longer in storage. The nightly check reports it.")
        ) from error
    media = revision.media_type if inline or is_inert(revision) else "application/octet-stream"
    if media == "text/plain":
        media = "text/plain; charset=utf-8"
    answer = FileResponse(content, as_attachment=not inline, filename=revision.name, content_type=media)
    answer["Content-Length"] = revision.size
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    # django-csp leaves alone a policy that is there already
    answer["Content-Security-Policy"] = LOCKED
    if media == "application/pdf" and "framed" in request.GET:
        frame(answer)
    return answer
