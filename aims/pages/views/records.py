"""The page of a record, its history, and what people say about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aims.journal.history import history as journal_of
from aims.organisation.refused import Refused
from aims.pages import shown
from aims.pages.evidence_rows import drop_zone, evidence_rows, links_of, spoken_for
from aims.pages.histories import timeline
from aims.pages.places import record_crumbs, record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.pages.templatetags.words import date_text
from aims.pages.views.registers import known
from aims.records.access import fetch, may_change
from aims.records.base import Record
from aims.records.changes import comment as keep_comment
from aims.records.changes import part_name
from aims.records.display import NOTHING, Named, label
from aims.records.models import Answer, Comment, Evidence
from aims.records.registry import Register, register_of

PAGE = 30  # entries of the journal on a page


class CommentForm(forms.Form):
    """Something to say about a record."""

    text = forms.CharField(
        label=gettext_lazy("Add a comment"), max_length=4000, widget=forms.Textarea({"rows": 3})
    )


def found(request: MemberRequest, path: str, key: Any) -> Record:
    """The record at an address."""
    return fetch(request.member, known(path).model, key)


@require_GET
def record(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """The page of a record."""
    here = found(request, path, key)
    if isinstance(here, Answer):
        return HttpResponseRedirect(workspace_url(here.code, "answer"))
    return page(request, here)


def page(
    request: MemberRequest, here: Record, comment: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    """The record's page: `templates/<app>/<kind>.html` where a kind has its own, else the one for all."""
    meta = here._meta
    template = select_template([f"{meta.app_label}/{meta.model_name}.html", "pages/record.html"])
    context = {**record_context(request, here), "comment_form": comment or CommentForm()}
    if isinstance(here, Evidence):
        context["spoken_for"] = spoken_for(request.member, here)
    return HttpResponse(template.render(context, request), status=status)


def record_context(request: MemberRequest, here: Record) -> dict[str, Any]:
    """Everything that a record's page shows; own pages of a kind add to it."""
    member, register, named = request.member, register_of(here), Named(request.member)
    prefetch_related_objects([here], *relations(register))  # panels and sections then ask for them once
    signed, changes = shown.signatures(member, here), journal_of(here, limit=8)
    return {
        "title": here.heading,
        "record": here,
        "register": register,
        "crumbs": record_crumbs(here),
        "sections": shown.sections(here, named),
        "part_tables": shown.part_tables(register, shown.parts_of(here), named),
        "facts": shown.facts(here, signed, named),
        "signatures": signed,
        "steps": shown.steps(member, here),
        "edit_url": edit_url(request, here),
        "evidence": evidence_rows(member, links_of(member, here)),
        "drop": drop_zone(member, here),
        "comments": comments(here),
        "changes": changes,
        "entries": timeline(member, changes, named),
        "history_url": reverse("history", args=[register.path, here.pk]),
        "details": details(here, named),
        "codes": [(code, workspace_url(code)) for code in register.answers],
    }


def relations(register: Register) -> list[str]:
    """The names under which a record has what is kept beside its row: its relations to several and its parts."""
    several = [name for name in register.fields if register.field(name).many_to_many]
    return [*several, *(part_name(part) for part in register.parts)]


def edit_url(request: MemberRequest, here: Record) -> str:
    """Where the record is edited, when the member may and its state allows it."""
    register = register_of(here)
    if register.lifecycle.state(here.state).locked or not may_change(request.member, here):
        return ""
    return reverse("edit", args=[register.path, here.pk])


def details(here: Record, named: Named) -> shown.Pairs:
    """What a record has beside its own fields."""
    register = register_of(here)
    shown_already = set(register.fields)
    names = [n for n in ("owner", "effective_from", "review_due", "external_id") if n not in shown_already]
    rows = [row for row in shown.pairs(register, names, here, named) if row[1] != NOTHING]
    made = [(label(type(here), "created_at"), date_text(here.created_at)), *_changed(here, named)]
    return [*rows, *made]


def _changed(here: Record, named: Named) -> shown.Pairs:
    by = here._meta.get_field("changed_by").related_model
    who = named.name(by, here.changed_by_id) if here.changed_by_id else ""
    return [(_("Changed"), date_text(here.changed_at)), (_("By"), who or NOTHING)]


def comments(here: Record) -> list[Comment]:
    """What people said, oldest first."""
    rows = Comment.objects.filter(organisation_id=here.organisation_id, record_id=here.pk)
    return list(rows.select_related("author"))


@require_POST
def comment(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """Say something about a record."""
    here, form = found(request, path, key), CommentForm(request.POST)
    if not form.is_valid():
        return page(request, here, form, 422)
    keep_comment(request.member, here, form.cleaned_data["text"])
    messages.success(request, _("Your comment is kept."))
    return HttpResponseRedirect(record_url(here, "comments"))


@require_GET
def history(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """The whole history of a record, page by page."""
    here = found(request, path, key)
    before = request.GET.get("before", "")
    if before and (not before.isascii() or not before.isdigit() or len(before) > 18):
        raise Refused("invalid", _("This is no place in the history."))
    changes = journal_of(here, limit=PAGE + 1, before=int(before) if before else None)
    more, changes = len(changes) > PAGE, changes[:PAGE]
    context = {
        "title": _("History of %(ref)s") % {"ref": here.ref},
        "crumbs": record_crumbs(here, (_("History"), "")),
        "record": here,
        "entries": timeline(request.member, changes),
        "newest": [] if before else changes,
        "pager": {
            "previous_url": request.path if before else "",
            "next_url": f"?before={changes[-1].id}" if more else "",
        },
    }
    return render(request, "pages/history.html", context)
