"""What people do together at a record: watching, calling names, taking one's last change back; and evidence to read."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from aims.journal.history import Change
from aims.organisation.member import Member
from aims.records.base import Record
from aims.records.checking import damages, last_check
from aims.records.mentions import can_be_called, pattern
from aims.records.models import Comment, Evidence, Revision
from aims.records.previews import preview
from aims.records.registry import register_of
from aims.records.undoing import undoable
from aims.records.watching import watches

register = template.Library()


@register.inclusion_tag("pages/parts/watch.html", takes_context=True)
def watching(context: Context, record: Record) -> dict[str, Any]:
    """The button that begins or ends watching."""
    member: Member = context["request"].member
    return {**_place(context, record), "watching": watches(member, record)}


@register.inclusion_tag("pages/parts/undo.html", takes_context=True)
def undo_last(context: Context, record: Record, latest: Sequence[Change]) -> dict[str, Any]:
    """The button that takes one's own last change back, where that can be; `latest` begins with the newest change."""
    member: Member = context["request"].member
    return {**_place(context, record), "undoable": undoable(member, record, latest)}


def _place(context: Context, record: Record) -> dict[str, Any]:
    return {"record": record, "path": register_of(record).path, "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def names_to_call(context: Context) -> str:
    """The names that a comment can call, as JSON for the script that offers them."""
    return json.dumps([one.name for one in _people(context)], ensure_ascii=False)


@register.simple_tag(takes_context=True)
def said(context: Context, comment: Comment) -> SafeString:
    """A comment with the names that it calls marked."""
    text = linebreaks(comment.text, autoescape=True)
    finder = pattern(escape(one.name) for one in _people(context))
    marked = finder.sub(lambda found: f"<b>{found.group()}</b>", text) if finder else text
    return mark_safe(marked)  # noqa: S308 - escaped by linebreaks


def _people(context: Context) -> Sequence[Any]:
    """Who can be called, asked once a page."""
    request = context["request"]
    if not hasattr(request, "people"):
        request.people = can_be_called(request.member.organisation_id)
    people: Sequence[Any] = request.people
    return people


@register.inclusion_tag("pages/parts/damaged.html")
def damaged(evidence: Evidence) -> dict[str, Any]:
    """What the nightly check found wrong with the files of evidence; nothing where all is well."""
    found = list(damages(evidence.pk))
    return {"damages": found, "last": last_check(evidence.organisation_id) if found else None}


@register.inclusion_tag("pages/parts/shown_file.html")
def shown_file(revision: Revision, tall: bool = False) -> dict[str, Any]:
    """A file as far as it can be shown on a page."""
    return {"revision": revision, "preview": preview(revision), "tall": tall}
