"""The pages of packs: the list with the form, and one pack with its progress."""

from typing import Any

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pack import asking, rights
from aims.pack.models import Pack
from aims.pack.scope import TOPS, in_words
from aims.pack.sections import chapter_title
from aims.pages.request import MemberRequest
from aims.pages.templatetags.marks import chip, icon
from aims.pages.templatetags.words import date_row
from aims.records.access import require, visible
from aims.records.display import plain
from aims.records.models import Job
from context.models import AISystem

SHOWN = 100  # packs in the list
SYSTEMS = 200  # to choose from; over REST any
TONES = {"queued": "idle", "building": "info", "done": "ok", "failed": "bad"}
WAITING = (Job.State.QUEUED, Job.State.BUILDING)


class PackForm(forms.Form):
    """What a new pack shall be about."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    scope = forms.MultipleChoiceField(
        label=gettext_lazy("What goes in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen means everything: clauses 4 to 10 and Annex A."),
    )
    systems = forms.MultipleChoiceField(
        label=capfirst(gettext_lazy("AI systems")),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Records that concern other systems only stay out. Nothing chosen means all."),
    )
    since = forms.DateField(
        label=gettext_lazy("Period from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Records that began after it or were over before it stay out."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Pack.Language.choices)

    def __init__(self, member: Member, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        seen = visible(member, AISystem).exclude(state="withdrawn").order_by("ref")
        self.fields["systems"].choices = [(str(s.pk), str(s)) for s in seen[:SYSTEMS]]  # type: ignore[attr-defined]
        clauses = [(top, f"{top} {chapter_title(top)}") for top in TOPS if top != "A"]
        self.fields["scope"].choices = [*clauses, ("A", chapter_title("A"))]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: MemberRequest) -> HttpResponse:
    """The packs so far, and the form for a new one."""
    require(rights.may_use(request.member))
    form = PackForm(request.member, request.POST or None, initial={"language": request.member.language})
    if request.method == "POST" and form.is_valid():
        try:
            pack = wished(request.member, form.cleaned_data)
            return HttpResponseRedirect(reverse("pack", args=[pack.pk]))
        except Refused as refusal:
            for name, messages in (refusal.fields or {"": [str(refusal)]}).items():
                form.add_error(name if name in form.fields else None, [str(m) for m in messages])
    status = 422 if request.method == "POST" else 200
    return render(request, "pack/packs.html", listed(request, form), status=status)


def wished(member: Member, data: dict[str, Any]) -> Pack:
    """The pack that a form asks for."""
    limits = {name: data[name] for name in ("systems", "since", "until")}
    return asking.ask_pack(member, data["title"], data["scope"], data["language"], **limits)


def listed(request: MemberRequest, form: PackForm) -> dict[str, Any]:
    """What the list shows: those that are being built on top, the rest as a table."""
    every = list(rights.packs(request.member)[:SHOWN])
    building = [pack for pack in every if pack.state in WAITING]
    columns = [
        {"label": _("As of"), "css": "nowrap"},
        {"label": _("What goes in"), "css": "small"},
        {"label": _("Pages"), "css": "end num"},
        {"label": _("State")},
    ]
    rows = [row(pack, columns) for pack in every if pack.state not in WAITING]
    table = {"label": _("Earlier packs"), "columns": columns, "head": {"label": _("Pack")}, "rows": rows}
    return {
        "title": _("Evidence packs"),
        "form": form,
        "may_ask": rights.may_use(request.member, "write"),
        "building": [progress(pack) for pack in building],
        "table": {**table, "actions": True},
    }


def row(pack: Pack, columns: list[dict[str, str]]) -> dict[str, Any]:
    """A pack that is done or has failed, as a row."""
    values = [
        date_row(pack.asked_at),
        limits_in_words(pack) or _("all"),
        pack.pages or "",
        chip(pack.job.get_state_display(), TONES[pack.state]),
    ]
    return {
        "id": pack.pk,
        "url": reverse("pack", args=[pack.pk]),
        "title": pack.title,
        "sub": short_digest(pack.sha256) if pack.sha256 else pack.job.error,
        "mark": "attention" if pack.state == Job.State.FAILED else "",
        "cells": list(zip(columns, values, strict=True)),
        "actions": download(pack),
    }


def limits_in_words(pack: Pack) -> str:
    """Clauses, AI systems and period of a pack in a few words; empty for a whole one."""
    said = [in_words(pack.scope), ", ".join(system.ref for system in pack.systems.all())]
    if pack.since or pack.until:
        days = [plain(day) or "…" for day in (pack.since, pack.until)]
        said.append(" – ".join(days))
    return " · ".join(part for part in said if part)


def short_digest(sha256: str) -> SafeString:
    """The ends of a digest, to tell files apart."""
    return format_html('<span class="mono">sha256 {} … {}</span>', sha256[:4], sha256[-4:])


def download(pack: Pack) -> SafeString:
    """The link to the file, with its size; nothing while there is none."""
    if not pack.file:
        return SafeString("")
    return format_html(
        '<a class="btn sm" href="{}" aria-label="{}">{}{}</a>',
        reverse("pack_file", args=[pack.pk]),
        _("Download %(title)s") % {"title": pack.title},
        icon("download"),
        filesizeformat(pack.size or 0),
    )


@require_http_methods(["GET", "HEAD"])
def pack(request: MemberRequest, key: Any) -> HttpResponse:
    """One pack: its progress, then its file. htmx asks for the middle part again while it is being built."""
    found = rights.pack(request.member, key)
    template = "pack/standing.html" if request.htmx and not request.htmx.boosted else "pack/pack.html"
    context = {
        "title": found.title,
        "crumbs": [{"label": _("Evidence packs"), "url": reverse("packs")}, {"label": found.title}],
        "pack": found,
        "volumes": list(enumerate(found.volumes, 2)),
        "scope": in_words(found.scope),
        "systems": [str(system) for system in found.systems.all()],
        "progress": progress(found),
        "may_ask": rights.may_use(request.member, "write"),
    }
    return render(request, template, context)


def progress(pack: Pack) -> dict[str, Any]:
    """How far a pack is, for the bar."""
    return {
        "pack": pack,
        "url": reverse("pack", args=[pack.pk]),
        "percent": 100 if pack.state == Job.State.DONE else pack.job.progress,
        "label": pack.title,
        "doing": _("waiting for a worker") if pack.state == Job.State.QUEUED else pack.job.doing,
        "waits": pack.state in WAITING,
    }


@require_POST
def again(request: MemberRequest, key: Any) -> HttpResponse:
    """Build a pack that could not be built once more."""
    made = asking.again(request.member, rights.pack(request.member, key))
    return HttpResponseRedirect(reverse("pack", args=[made.pk]))


@require_GET
def pack_file(request: MemberRequest, key: Any) -> FileResponse:
    """The finished file; `?volume=` names a further one."""
    found = rights.pack(request.member, key)
    return asking.handed_out(asking.finished(found, request.GET.get("volume", "")))
