"""The journal of the organisation."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.journal.history import Change, changes
from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.context import may_read_journal
from aims.pages.histories import timeline
from aims.pages.request import MemberRequest
from aims.records.access import require, visible
from aims.records.base import Part, Record
from aims.records.display import model_of
from aims.records.registry import Register, register, register_of

PAGE = 50


@require_GET
def journal(request: MemberRequest) -> HttpResponse:
    """Every change in the organisation, newest first."""
    require(may_read_journal(request.member))
    before = request.GET.get("before", "")
    if before and (not before.isascii() or not before.isdigit() or len(before) > 18):
        raise Refused("invalid", _("This is no place in the journal."))
    rows = Entry.objects.filter(organisation_id=request.member.organisation_id)
    if before:
        rows = rows.filter(id__lt=int(before))
    entries = list(rows.order_by("-id")[: PAGE + 1])
    more, entries = len(entries) > PAGE, entries[:PAGE]
    read = changes(entries)
    told = timeline(request.member, read)
    for one, line in zip(read, told, strict=True):
        line.update(named_record(one, line["what"]))
    hide_sealed(request.member, entries, told)
    context = {
        "title": _("Journal"),
        "entries": told,
        "pager": {
            "previous_url": request.path if before else "",
            "next_url": f"?before={entries[-1].id}" if more else "",
        },
    }
    return render(request, "pages/journal.html", context)


def named_record(change: Change, what: str) -> dict[str, Any]:
    """Which record an entry is about, with the way there; nothing to add for other rows."""
    model = model_of(change.kind)
    if model is None or not issubclass(model, Record):
        return {}
    ref, title = change.state.get("ref", ""), change.state.get("title", "")
    address = reverse("record", args=[register_of(model).path, change.pk])
    return {"what": f"{what}: {ref} {title if title != ref else ''}".strip(), "url": address}


def hide_sealed(member: Member, entries: list[Entry], told: list[dict[str, Any]]) -> None:
    """What is sealed from a member stays sealed in the journal: that there was a change is all that is said."""
    owners = [sealed_owner(entry) for entry in entries]
    for kind in {kind for kind, _key in owners if kind is not None}:
        keys = {key for of, key in owners if of is kind}
        seen = {
            str(pk) for pk in visible(member, kind.model).filter(pk__in=keys).values_list("pk", flat=True)
        }
        for (of, key), line in zip(owners, told, strict=True):
            if of is kind and key not in seen:
                line.update(
                    what=_("changed something that is sealed"), changes=[], note="", icon="lock", url=""
                )


def sealed_owner(entry: Entry) -> tuple[Register | None, str]:
    """The register with a seal to whose record an entry belongs, with the record's id; None without a seal."""
    model, state = model_of(entry.kind), json.loads(entry.state or "{}")
    if model is not None and issubclass(model, Record):
        found: Register | None = register_of(model)
    elif model is not None and issubclass(model, Part):
        found = register_of(model._meta.get_field(model.of).related_model)  # type: ignore[arg-type]
    else:
        found = register(str(state.get("kind", "")))
    key = entry.pk_text if model is not None and issubclass(model, Record) else entry.parent or ""
    return (found, key) if found and found.sealed and key else (None, "")
