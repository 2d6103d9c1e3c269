"""One value for one or several cells of the grid, by keyboard: what a spreadsheet calls fill and copy down (6.1.3).

`field` and `value` say what is written (`reason` beside a decision), each `row` names a line and the version seen, as
`<id>:<version>`. Every line is written by itself, through the door; what is refused is told for each line.
"""

from typing import Any

from django import forms
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aims.pages.request import MemberRequest
from aims.records.access import may_change, require, visible
from planning import soa, soa_lines, soa_views
from planning.models import ControlImplementation
from planning.soa_lines import Chosen, LinesForm

CELLS = ("applicable", "ground", "reason", "status", "owner")
MOST = 100  # rows of one change; there are 38 lines


@require_POST
def change_cells(request: MemberRequest) -> JsonResponse:
    """Write the cells; the answer brings the rows as they are now, the figures, and why a line was refused."""
    picks = chosen(request)
    lines = picks.records or visible(
        request.member, ControlImplementation
    )  # nothing chosen: who may change any line
    allowed = [may_change(request.member, line) for line in lines]
    require(all(allowed) if picks.records else any(allowed))
    form = LinesForm(request.member, entered(request))
    wrong = problem(request, picks, form)
    if wrong:
        return JsonResponse({"said": wrong, "rows": {}, "refused": {}}, status=422)
    refused = soa_lines.change(request.member, picks, form.cleaned_data)
    done = len(picks.records) - len(refused)
    told = {record.code: why for record, why in refused.items()}
    # an answer of 400 and more takes everything back: what was done stays done
    return JsonResponse(answer(request, picks, told, done), status=200 if done else 422)


def chosen(request: MemberRequest) -> Chosen:
    """The lines that were sent, with the versions that the person saw."""
    pairs = [text.partition(":") for text in request.POST.getlist("row")[:MOST]]
    versions = {key: soa_lines.number(version) for key, _colon, version in pairs}
    rows = visible(request.member, ControlImplementation).filter(pk__in=soa_lines.keys(versions))
    return Chosen(list(rows.select_related("owner").order_by("created_at", "id")), versions)


def entered(request: MemberRequest) -> dict[str, str]:
    """What was sent, as the form for several lines takes it."""
    field, value = request.POST.get("field", ""), request.POST.get("value", "")
    reason = {"reason": request.POST.get("reason", "")} if field == "applicable" else {}
    return {**reason, field: value}


def problem(request: MemberRequest, picks: Chosen, form: forms.Form) -> str:
    """What is wrong with what was sent, in words; nothing where it can be tried."""
    if request.POST.get("field") not in CELLS or not picks.records:
        return _("Choose a cell of the grid.")
    if not form.is_valid():
        return " ".join(str(message) for messages in form.errors.values() for message in messages)
    return ""


def answer(request: MemberRequest, picks: Chosen, refused: dict[str, str], done: int) -> dict[str, Any]:
    """The rows as they are now, and what is said."""
    grid = soa.grid(request.member)
    keys = {record.pk for record in picks.records}
    rows = {line.code: row(line, request) for line in grid.lines if line.record.pk in keys}
    figures = render_to_string(
        "planning/soa_figures.html", {"grid": grid, **soa_views.figures(grid)}, request
    )
    said = ngettext("%(number)d control is changed.", "%(number)d controls are changed.", done)
    return {"said": said % {"number": done}, "rows": rows, "refused": refused, "figures": figures}


def row(line: soa.GridLine, request: MemberRequest) -> str:
    """One row as it is."""
    return render_to_string("planning/soa_row.html", {"line": line}, request)
