"""Watching a record, taking one's last change back, and evidence beside what it is to show."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.catalogue import edition
from aims.organisation.refused import Refused
from aims.pages.evidence_rows import spoken_for
from aims.pages.places import record_crumbs, record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.pages.templatetags.words import markdown
from aims.pages.views.evidence import find_revision
from aims.pages.views.records import found
from aims.records.access import may_change, require, visible
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import register_of
from aims.records.undoing import undo as take_back
from aims.records.watching import watch as keep_watch


@require_POST
def watch(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """Begin to hear of a record's changes, or stop (`on` empty)."""
    record, on = found(request, path, key), bool(request.POST.get("on"))
    keep_watch(request.member, record, on)
    words = (
        _("You hear of changes to %(ref)s with the day's digest.")
        if on
        else _("You no longer hear of changes to %(ref)s.")
    )
    messages.success(request, words % {"ref": record.ref})
    return HttpResponseRedirect(record_url(record))


@require_POST
def undo(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """Take one's own last change back."""
    record, version = found(request, path, key), request.POST.get("version", "")
    require(may_change(request.member, record))
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Refused("version_needed", _("The form is incomplete. Load the page again."))
    record = take_back(request.member, record, int(version))
    words = _("Your change is undone: %(ref)s is as before, as version %(version)d.")
    messages.success(request, words % {"ref": record.ref, "version": record.version})
    return HttpResponseRedirect(record_url(record, "history"))


@require_GET
def view(request: MemberRequest, key: Any) -> HttpResponse:
    """A file of evidence with the requirements beside it that it is to show."""
    revision = find_revision(request, key)
    evidence = visible(request.member, Evidence).get(pk=revision.evidence_id)
    lines = requirements(request, evidence)
    others = [
        row for row in spoken_for(request.member, evidence) if not lines or row["url"] not in _urls(lines)
    ]
    context = {
        "title": evidence.title,
        "crumbs": record_crumbs(evidence, (revision.name, "")),
        "evidence": evidence,
        "revision": revision,
        "lines": lines,
        "others": others,
        "back_url": record_url(evidence),
    }
    return render(request, "pages/view_evidence.html", context)


def _urls(lines: list[dict[str, Any]]) -> set[str]:
    return {line["record_url"] for line in lines}


def requirements(request: MemberRequest, evidence: Evidence) -> list[dict[str, Any]]:
    """The requirements that evidence speaks for: what is asked, and what the organisation answers."""
    links = Link.objects.filter(evidence=evidence, kind=register_of(Answer).path)
    answers = visible(request.member, Answer).filter(pk__in=links.values("record_id")).order_by("code")
    language = translation.get_language() or "en"
    return [
        {
            "code": answer.code,
            "url": workspace_url(answer.code),
            "record_url": record_url(answer),
            "asked": edition().text(answer.code, "text", language),
            "answer": markdown(answer.text),
        }
        for answer in answers
    ]
