"""The search over everything: a code leads to its place, words to records by register, and to lines of the standard."""

from itertools import groupby
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.catalogue import Line, edition
from aims.pages.cells import state_of
from aims.pages.places import workspace_url
from aims.pages.request import MemberRequest
from aims.records.base import line_heading
from aims.records.display import first_letter_up
from aims.records.models import Answer
from aims.records.search import LONGEST, Hit, Words, find, lines, marked, words_of

SHOWN = 60


@require_GET
def search(request: MemberRequest) -> HttpResponse:
    """Go to a code of the standard, or show what holds the words."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    code = next((c for c in (text, text.upper()) if edition().is_code(c)), "")
    if code:
        return HttpResponseRedirect(workspace_url(code))
    words, hits = words_of(text), find(request.member, text, SHOWN + 1)
    context = {
        "title": _("Search"),
        "words": text,
        "groups": groups(hits[:SHOWN], words),
        "lines": [line_row(line, words) for line in lines(text)],
        "more": len(hits) > SHOWN,
    }
    return render(request, "pages/search.html", context)


def groups(hits: list[Hit], words: Words) -> list[dict[str, Any]]:
    """The records by register; the register of the best one first."""
    order = {register: place for place, register in enumerate(dict.fromkeys(hit.register for hit in hits))}
    ordered = sorted(hits, key=lambda hit: order[hit.register])
    return [
        {
            "label": first_letter_up(str(register.plural)),
            "url": reverse("register", args=[register.path]),
            "id": register.path,
            "rows": [row(hit, words) for hit in found],
        }
        for register, found in groupby(ordered, key=lambda hit: hit.register)
    ]


def row(hit: Hit, words: Words) -> dict[str, Any]:
    """A record that was found, with the place in its text."""
    record_url = reverse("record", args=[hit.register.path, hit.key])
    named = line_heading(hit.ref, hit.title) if hit.register.model.fixed else hit.title
    return {
        "label": highlighted(named, words),
        "ref": hit.ref,
        "url": workspace_url(hit.ref, "answer") if hit.register.model is Answer else record_url,
        "icon": hit.register.icon,
        "detail": highlighted(hit.excerpt, words),
        "chip": state_of(hit.register, hit.state),
    }


def line_row(line: Line, words: Words) -> dict[str, Any]:
    """A line of the standard that was found."""
    said = edition().text(line.code, "heading", translation.get_language() or "en")
    return {
        "label": highlighted(Truncator(said).chars(200), words),
        "ref": line.code,
        "url": workspace_url(line.code),
        "icon": "book-open",
    }


def highlighted(text: str, words: Words) -> SafeString:
    """A text with what was looked for marked."""
    pieces = (
        (format_html("<mark>{}</mark>", piece) if hit else piece,) for piece, hit in marked(text, words)
    )
    return format_html_join("", "{}", pieces)
