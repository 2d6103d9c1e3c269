"""The drafts of Annexes IV and VIII of the AI Act: as a page, as PDF and as a Word document to write on."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.catalogue import edition
from aims.organisation.refused import Refused
from aims.pages.paper import TooLong, kept, printed, word
from aims.pages.places import record_crumbs
from aims.pages.request import MemberRequest
from aims.records.access import existing, fetch
from context.models import AISystem
from planning.act_forms import Draft, Filled, draft
from planning.act_sheet import spoken

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


FIRST = "annex-iv"


def asked(request: MemberRequest, key: Any) -> Draft:
    """The draft of the form that an address names; the technical documentation where it names none."""
    form = existing(edition().act_support.form(request.GET.get("form", FIRST)))
    return draft(request.member, fetch(request.member, AISystem, key), form)


@require_GET
def form_page(request: MemberRequest, key: Any) -> HttpResponse:
    """A form with what the records say, and what they do not."""
    made = asked(request, key)
    law = (_("AI Act"), reverse("system law", args=[key]))
    context = {
        "title": made.title,
        "crumbs": record_crumbs(made.system, law, (spoken(made.form.title), "")),
        "draft": made,
        "about": spoken(made.form.about),
        "note": spoken(edition().act_support.note),
    }
    return render(request, "planning/act_form.html", context)


@require_GET
def form_pdf(request: MemberRequest, key: Any) -> HttpResponse:
    """The same on paper."""
    made = asked(request, key)
    context = {
        "draft": made,
        "about": spoken(made.form.about),
        "organisation": request.member.organisation_name,
        "at": timezone.localtime(),
    }
    advice = _("The draft is too long for one document. Take it as Word.")
    return printed("planning/act_form_print.html", context, name_of(made), advice)


@require_GET
def form_word(request: MemberRequest, key: Any) -> HttpResponse:
    """The same as a document to write on."""
    made = asked(request, key)
    try:
        return kept(word(described(made, request.member.organisation_name)), WORD, name_of(made), "docx")
    except TooLong as error:
        raise Refused("conflict", _("The draft is too long for one document. Read it as a page.")) from error


def name_of(made: Draft) -> str:
    """The name of the file."""
    return f"{made.form.code} {made.system.ref}"


def described(made: Draft, organisation: str) -> dict[str, Any]:
    """The draft as the program that makes Word documents reads it."""
    open_points = [f"{point.point.code} {point.title}: {point.asks}" for point in made.missing]
    first = {
        "heading": _("What is missing"),
        "paragraphs": open_points or [_("Every point has an entry.")],
        "tables": [],
    }
    return {
        "title": made.title,
        "author": organisation,
        "heading": made.title,
        "paragraphs": [
            f"{organisation} · {made.form.ref}",
            _("Draft filled from the records. People check, complete and sign it."),
        ],
        "sections": [*(point_section(point) for point in made.points), first],
    }


def point_section(point: Filled) -> dict[str, Any]:
    """One point: what is asked, and what the records say with their sources."""
    rows = [[entry.text, entry.source] for entry in point.entries]
    table = {"heads": [_("What the records say"), _("Source")], "rows": rows}
    return {
        "heading": f"{point.point.code} {point.title}",
        "paragraphs": [point.asks, *([] if rows else [_("Nothing in the records answers this yet.")])],
        "tables": [table] if rows else [],
    }
