"""The page of the Statement of Applicability: the grid, and one row of it changed in place (6.1.3)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.organisation.refused import Refused
from aims.pages import svg
from aims.pages.conflicts import Conflict, conflict_of
from aims.pages.context import top_title
from aims.pages.forms import RecordForm, choices_for, initial_of
from aims.pages.request import MemberRequest
from aims.records.access import fetch, may_add, may_change, may_move, require
from aims.records.changes import move, write
from aims.records.registry import register_of
from planning import soa, soa_lines
from planning.models import ApplicabilityStatement, ControlImplementation
from planning.soa import Grid, GridLine
from planning.soa_lines import Chosen, LinesForm

FIELDS = ("applicable", "ground", "inclusion_reason", "exclusion_reason", "status", "owner", "gap", "due")


@require_GET
def statement(request: MemberRequest) -> HttpResponse:
    """The 38 lines by area, with what is different from the statement that was issued last."""
    return page(request, soa.grid(request.member))


def page(request: MemberRequest, grid: Grid, status: int = 200, **typed: Any) -> HttpResponse:
    """The grid; after a change of several lines that was refused, with what was chosen and typed."""
    picks = any(line.editable for line in grid.lines)
    shown = [line for line in grid.lines if fits(line, request)]
    context = {
        "title": _("Statement of Applicability"),
        "crumbs": [
            {"label": f"6 {top_title('6')}", "url": reverse("clause", args=["6"])},
            {"label": _("Statement of Applicability"), "url": ""},
        ],
        "grid": grid,
        "areas": grid.areas(shown),
        "number": len(shown),
        "all_areas": [(code, title) for code, title, _lines in grid.areas(grid.lines)],
        "statuses": list(soa.status_words().items()),
        "asked": request.GET,
        "narrowed": len(shown) != len(grid.lines),
        **figures(grid),
        **issue(request, grid),
        "picks": picks,
        "lines_form": LinesForm(request.member) if picks else None,
        **typed,
    }
    return render(request, "planning/soa.html", context, status=status)


@require_POST
def change_lines(request: MemberRequest) -> HttpResponse:
    """The same change for the lines that were ticked: each is a version of its own, and none waits for another."""
    grid = soa.grid(request.member)
    require(any(line.editable for line in grid.lines))
    picks, form = soa_lines.chosen(request.member, request.POST), LinesForm(request.member, request.POST)
    if not picks.records:
        form.add_error(None, _("Select at least one row first."))
    if not form.is_valid():
        return page(request, grid, 422, lines_form=form, whole=picks.areas, picked=ids(picks))
    refused = soa_lines.change(request.member, picks, form.cleaned_data)
    done = len(picks.records) - len(refused)
    said = ngettext("%(number)d control is changed.", "%(number)d controls are changed.", done)
    said %= {"number": done}
    if not refused:
        messages.success(request, said)
        return HttpResponseRedirect(f"{reverse('soa')}?{request.GET.urlencode()}")
    told = {"refused": refused.items(), "said": said, "picked": {str(row.pk) for row in refused}}
    # an answer of 400 and more takes everything back: what was done stays done
    return page(request, soa.grid(request.member), 200 if done else 422, lines_form=form, **told)


def ids(picks: Chosen) -> set[str]:
    """The ids of chosen lines."""
    return {str(record.pk) for record in picks.records}


def fits(line: GridLine, request: MemberRequest) -> bool:
    """Whether a line is what the filters ask for."""
    words = request.GET.get("q", "").lower().split()
    text = f"{line.code} {line.title} {line.reason} {line.record.gap}".lower()
    area, status = request.GET.get("area", ""), request.GET.get("status", "")
    return (
        all(word in text for word in words)
        and (not area or soa.area_of(line.code) == area)
        and (not status or (bool(line.changed) if status == "changed" else line.status == status))
    )


def figures(grid: Grid) -> dict[str, Any]:
    """The counts as one bar with its legend."""
    counts = grid.counts
    parts = [
        svg.Bar(label, counts[name], soa.TONES[name])
        for name, label in soa.status_words().items()
        if counts[name]
    ]
    applies = len(grid.lines) - counts[soa.OUT] - counts[soa.OPEN]
    legend = [{"label": f"{part.value} {part.label}", "tone": part.tone} for part in parts]
    words = _("%(applies)d of %(all)d controls apply") % {"applies": applies, "all": len(grid.lines)}
    return {
        "chart": {"svg": svg.coverage_bar(words, parts), "legend": legend},
        "applies": words,
    }


def issue(request: MemberRequest, grid: Grid) -> dict[str, Any]:
    """Where the next version of the statement is written, or goes on."""
    register = register_of(ApplicabilityStatement)
    if grid.draft:
        url = reverse("record", args=[register.path, grid.draft.pk])
    else:
        url = reverse("new", args=[register.path]) if may_add(request.member, register) else ""
    return {
        "issue_url": url,
        "versions_url": reverse("register", args=[register.path]),
        "lines_url": reverse("register", args=["control-implementations"]),
        "xlsx_url": reverse("export xlsx", args=["control-implementations"]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: MemberRequest, key: Any) -> HttpResponse:
    """One row: as it is (`?show`), as a form, or saved. Without script it is the record's own edit page."""
    record = fetch(request.member, ControlImplementation, key)
    require(may_change(request.member, record))
    if not request.htmx:
        return HttpResponseRedirect(edit_url(record))
    if "show" in request.GET:
        return row(request, record)
    if request.method != "POST":
        return row_form(request, record, form_of(request, record))
    return save(request, record)


def edit_url(record: ControlImplementation) -> str:
    """The edit page of a line, which leads back to the grid."""
    back = f"{reverse('soa')}%23{record.code}"
    return reverse("edit", args=["control-implementations", record.pk]) + f"?next={back}"


def form_of(request: MemberRequest, record: ControlImplementation, data: Any = None) -> RecordForm:
    """The fields that a row changes."""
    register = register_of(record)
    choices = choices_for(request.member, [record], FIELDS)
    initial = {"version": record.version, **initial_of(record, FIELDS)}
    form = RecordForm(register, choices, FIELDS, data=data, initial=initial, prefix=record.code)
    form.fields["applicable"].widget.attrs["autofocus"] = True
    return form


def save(request: MemberRequest, record: ControlImplementation) -> HttpResponse:
    """Write through the door; a refusal comes back in the row with everything that was typed."""
    form = form_of(request, record, request.POST)
    if not form.is_valid():
        return row_form(request, record, form, 422)
    try:
        saved = write(request.member, record, form.entered, form.cleaned_data["version"] or 0)
        if "decide" in request.POST:
            saved = move(request.member, saved, "decide", saved.version)
    except Refused as refusal:
        if refusal.code in ("forbidden", "not_found"):
            raise
        if refusal.code == "stale":
            return conflict(request, form, record)
        refused(form, refusal)
        return row_form(request, record, form, refusal.status)
    return row(request, fetch(request.member, ControlImplementation, saved.pk), saved=True)


def conflict(request: MemberRequest, typed: RecordForm, record: ControlImplementation) -> HttpResponse:
    """Somebody else was first: both texts, and the row with what was typed to go on with."""
    now = fetch(request.member, ControlImplementation, record.pk)
    both = conflict_of(request.member, now, typed, form_of(request, now))
    return row_form(request, now, both.form, 409, both)


def refused(form: RecordForm, refusal: Refused) -> None:
    """The door's words beside the fields that they are about."""
    for name, said in refusal.fields.items():
        for message in said:
            form.add_error(name if name in form.fields else None, str(message))
    if not refusal.fields:
        form.add_error(None, str(refusal))


def row(request: MemberRequest, record: ControlImplementation, saved: bool = False) -> HttpResponse:
    """The row as it is; after a change with the figures on top."""
    context: dict[str, Any] = {"line": soa.grid_line(request.member, record), "focus": True}
    if saved:
        grid = soa.grid(request.member)
        context |= {"again": True, "grid": grid, **figures(grid)}
    return render(request, "planning/soa_row.html", context)


def row_form(
    request: MemberRequest,
    record: ControlImplementation,
    form: RecordForm,
    status: int = 200,
    both: Conflict | None = None,
) -> HttpResponse:
    """The row as a form."""
    decide = register_of(record).lifecycle.transition("decide")
    context = {
        "record": record,
        "form": form,
        "conflict": both,
        "title": soa.grid_line(request.member, record).title,
        "decides": record.state == "open" and decide and may_move(request.member, record, decide),
    }
    return render(request, "planning/soa_form.html", context, status=status)
