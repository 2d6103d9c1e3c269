"""The process map: the processes of the AIMS with what goes in and out, drawn and as a list (4.4)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aims.pages.cells import state_of
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, visible
from aims.records.registry import register_of
from context.models import Process
from context.processes import boxes_of, drawn


@require_GET
def process_map(request: MemberRequest) -> HttpResponse:
    """The map, and the same as a table."""
    register = register_of(Process)
    rows = visible(request.member, Process).exclude(state="withdrawn").select_related("owner").order_by("ref")
    processes = list(rows)
    boxes = boxes_of(processes, record_url)
    titles = {box.key: box.title for box in boxes}
    context = {
        "title": _("Process map"),
        "crumbs": crumbs(register, (_("Map"), "")),
        "svg": drawn(boxes) if boxes else "",
        "rows": [row(process, box.before, titles) for process, box in zip(processes, boxes, strict=True)],
        "list_url": reverse("register", args=[register.path]),
        "new_url": reverse("new", args=[register.path]) if may_add(request.member, register) else "",
    }
    return render(request, "context/process_map.html", context)


def row(process: Process, before: tuple[str, ...], titles: dict[str, str]) -> dict[str, Any]:
    """A process as a line of the table."""
    return {
        "process": process,
        "url": record_url(process),
        "follows": ", ".join(titles[key] for key in before if key in titles),
        "state": state_of(register_of(process), process.state),
    }
