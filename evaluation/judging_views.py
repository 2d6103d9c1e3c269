"""The page on which the records of a sample are judged, one beside the other, by keyboard as in the audit room."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aims.organisation.refused import Refused
from aims.pages import errors
from aims.pages.forms import RecordForm, choices_for, initial_of
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest, wants_short_answer
from aims.records.access import fetch, require, visible
from aims.records.changes import create, write
from aims.records.registry import register_of
from evaluation import judging, room
from evaluation.audit_tabs import tabs
from evaluation.models import Audit, Sample, SampleVerdict
from evaluation.room_views import audit_of, invalid, kept, tell

FIELDS = ("verdict", "note")


@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: MemberRequest, key: Any) -> HttpResponse:
    """The records of a sample, at one of them; a POST keeps the verdict on it."""
    sample = fetch(request.member, Sample, key)
    audit = audit_of(request, sample.audit_id)
    if request.method == "POST":
        require(room.writes(request.member, audit))
        return save(request, audit, sample)
    return show(request, audit, sample, request.GET.get("item", ""))


def save(request: MemberRequest, audit: Audit, sample: Sample) -> HttpResponse:
    """Keep the verdict on one record; the first words make it."""
    item = request.POST.get("item", "")[:36]
    form = form_of(request, sample, None, request.POST)
    try:
        if not form.is_valid():
            raise invalid(form)
        verdict = keep(request, sample, item, form)
    except Refused as refusal:
        if wants_short_answer(request):
            return errors.short(refusal)
        if refusal.code in ("forbidden", "not_found"):
            raise
        tell(form, refusal)
        return show(request, audit, sample, item, form, refusal.status)
    return kept(verdict.version) if wants_short_answer(request) else goes_back(sample, item)


def goes_back(sample: Sample, item: str) -> HttpResponse:
    """To the record that was judged."""
    return HttpResponseRedirect(judging.item_url(sample, item))


def keep(request: MemberRequest, sample: Sample, item: str, form: RecordForm) -> SampleVerdict:
    """Write the verdict, or make it."""
    drawn = next((row for row in sample.drawn if row["id"] == item), None)
    if drawn is None:
        raise Refused("not_found", _("This record is not in the sample."))
    rows = visible(request.member, SampleVerdict).exclude(state="withdrawn")
    there = rows.filter(sample=sample, item=item).first()
    if there:
        return write(request.member, there, form.entered, form.cleaned_data["version"] or 0)
    data = {"sample": sample, "item": item, "title": f"{sample.ref} {drawn['ref']}"[:200], **form.entered}
    return create(request.member, SampleVerdict, data)


def form_of(request: MemberRequest, sample: Sample, verdict: SampleVerdict | None, data: Any) -> RecordForm:
    """Verdict and note."""
    row = verdict or SampleVerdict(sample=sample, version=0)
    choices = choices_for(request.member, [row], FIELDS)
    initial = {"version": row.version, **initial_of(row, FIELDS)}
    return RecordForm(register_of(SampleVerdict), choices, FIELDS, data=data, initial=initial)


def show(
    request: MemberRequest,
    audit: Audit,
    sample: Sample,
    item: str,
    form: RecordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page."""
    rows, writes = judging.rows(request.member, sample), room.writes(request.member, audit)
    asked = next((row for row in rows if row["id"] == item), None)
    row = asked or next((row for row in rows if not row["said"]), rows[0] if rows else None)
    context: dict[str, Any] = {
        "title": _("Sample %(ref)s, record by record") % {"ref": sample.ref},
        "crumbs": record_crumbs(audit, (sample.ref, record_url(sample)), (_("Verdicts"), "")),
        "tabs": tabs(request.member, audit, "samples"),
        "tabs_label": _("Audit room"),
        "audit": audit,
        "sample": sample,
        "sample_url": record_url(sample),
        "rows": rows,
        "done": sum(bool(one["said"]) for one in rows),
        "writes": writes,
        "sealed": audit.state not in ("reported", "closed") and str(audit.pk) not in request.member.granted,
    }
    if row:
        context |= at(request, sample, rows, row)
        context["form"] = form or (form_of(request, sample, row["verdict"], None) if writes else None)
    return render(request, "evaluation/sample_verdicts.html", context, status=status)


def at(
    request: MemberRequest, sample: Sample, rows: list[dict[str, Any]], row: dict[str, Any]
) -> dict[str, Any]:
    """One record with its neighbours and what is beside it."""
    place = rows.index(row)
    return {
        "row": row,
        "before": rows[place - 1]["url"] if place else "",
        "after": rows[place + 1]["url"] if place + 1 < len(rows) else "",
        "verdicts": [
            {"value": verdict.value, "label": verdict.label, "key": number, "shape": shape, "tone": tone}
            for number, (verdict, (shape, tone)) in enumerate(judging.MARKS.items())
        ],
        **judging.beside(request.member, sample, row),
    }
