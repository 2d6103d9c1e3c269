"""The workspace of a clause: what is asked, our answer, records, evidence, and what is still missing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.catalogue import Clause, Line, Place, UnknownCode, edition
from aims.journal.history import history
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.pages import errors
from aims.pages.conflicts import conflict_of
from aims.pages.context import own_pages, top_title
from aims.pages.evidence_rows import drop_zone, evidence_rows
from aims.pages.forms import RecordForm, choices_for, initial_of, raw_values
from aims.pages.histories import timeline
from aims.pages.places import workspace_url
from aims.pages.request import MemberRequest, wants_short_answer
from aims.pages.templatetags.words import markdown
from aims.records.access import fetch, may_add, may_change, may_move, require, visible
from aims.records.changes import move, write
from aims.records.coverage import TOPS, Leaf, Tally, coverage, documented, leaf
from aims.records.display import Named, first_letter_up
from aims.records.models import Answer
from aims.records.registry import answering, register_of

MARKS = {
    "ready": ("circle-check", "ok"),
    "in_progress": ("triangle-alert", "warn"),
    "not_started": ("circle-dashed", ""),
}


def text(code: str, field: str) -> str:
    """A text of the standard in the reader's language."""
    return edition().text(code, field, translation.get_language() or "en")


@require_GET
def clause(request: MemberRequest, code: str) -> HttpResponse:
    """A top clause, the workspace of a leaf or area, or the way from any other code to its workspace."""
    if code in TOPS:
        return overview(request, code)
    try:
        place, top = edition().clause_of(code), edition().top(code)
    except UnknownCode as error:
        raise Refused("not_found", "") from error
    if place.code != code:
        return HttpResponseRedirect(workspace_url(code))
    places = edition().workspaces(top)
    if place not in places:
        below = next(p for p in places if p.code.startswith(f"{code}."))
        return HttpResponseRedirect(reverse("clause", args=[below.code]))
    return workspace(request, place)


def overview(request: MemberRequest, top: str) -> HttpResponse:
    """A whole clause: its workspaces with how far they are, and its registers."""
    tallies = request.coverage = coverage(request.member)
    rows = [
        _overview_row(place, tallies[place.code])
        for place in edition().workspaces(top)
        if place.code in tallies
    ]
    records = [
        {
            "label": first_letter_up(str(r.plural)),
            "url": reverse("register", args=[r.path]),
            "icon": r.icon,
            "detail": r.about,
        }
        for r in answering(top)
    ]
    records = [*own_pages(answering(top)), *records]
    context = {
        "title": f"{top} {top_title(top)}",
        "tabs": tabs(top, "", tallies),
        "rows": rows,
        "records": records,
        "tally": tallies.get(top, Tally()),
    }
    return render(request, "pages/clause_overview.html", context)


def _overview_row(place: Place, found: Tally) -> dict[str, Any]:
    percent = 100 * found.ready / found.total if found.total else 0
    words = _("%(ready)d of %(total)d ready") % {"ready": found.ready, "total": found.total}
    return {
        "label": f"{place.code} {text(place.code, 'heading')}",
        "url": reverse("clause", args=[place.code]),
        "icon": "circle-check"
        if not found.open
        else "triangle-alert"
        if found.ready + found.partly
        else "circle-dashed",
        "icon_tone": "ok" if not found.open else "",
        "percent": percent,
        "percent_label": words,
        "info": words,
    }


def tabs(top: str, here: str, tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """The overview and the workspaces of a clause, each with how many lines are not ready."""
    first = {"label": _("Overview"), "url": reverse("clause", args=[top]), "current": not here}
    return [first] + [
        {
            "label": f"{place.code} {text(place.code, 'title')}",
            "url": reverse("clause", args=[place.code]),
            "current": place.code == here,
            "count": tallies[place.code].open or "",
            "count_label": _("lines not ready"),
        }
        for place in edition().workspaces(top)
        if place.code in tallies
    ]


def workspace(
    request: MemberRequest,
    place: Place,
    form: RecordForm | None = None,
    line: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The workspace of a leaf clause or area; `form` is an answer that was refused, of `line`."""
    found = leaf(request.member, place.code)
    if not found.lines:
        return errors.not_found(request)
    answer = chosen(found, line or request.GET.get("line", ""))
    context = {
        **head(request, place, found),
        **asked(found, answer),
        **answer_context(request, answer, form),
        "records": record_rows(request, found),
        "evidence": evidence_rows(
            request.member, [(link, link.evidence, answer.code) for link, answer in found.links]
        ),
        "drop": drop_zone(request.member, answer),
        "questions": edition().texts(place.code, "auditor_questions", translation.get_language() or "en")
        if isinstance(place, Clause)
        else edition().texts(answer.code, "auditor_questions", translation.get_language() or "en"),
        "guidance": text(place.code if isinstance(place, Clause) else answer.code, "guidance"),
        "linked": linked(place, edition().line(answer.code)),
        **more,
    }
    return render(request, "pages/clause.html", context, status=status)


def chosen(found: Leaf, code: str) -> Answer:
    """The answer of the line that was asked for, else of the first that is not ready."""
    open_ = (line.code for line in found.lines if found.answers[line.code].state != "ready")
    return found.answers.get(code) or found.answers[next(open_, found.lines[0].code)]


def head(request: MemberRequest, place: Place, found: Leaf) -> dict[str, Any]:
    """Title, crumbs, tabs, neighbours, and what is missing."""
    top = edition().top(place.code)
    tallies = request.coverage = coverage(request.member)
    codes = [p.code for t in TOPS for p in edition().workspaces(t) if p.code in tallies]
    here = codes.index(place.code)
    return {
        "title": text(place.code, "heading"),
        "place": place,
        "crumbs": [
            {"label": f"{top} {top_title(top)}", "url": reverse("clause", args=[top])},
            {"label": place.code, "url": ""},
        ],
        "tabs": tabs(top, place.code, tallies),
        "before": codes[here - 1] if here else "",
        "after": codes[here + 1] if here + 1 < len(codes) else "",
        "tally": found.tally,
        "missing": [
            {
                "label": m.what,
                "text": m.why,
                "url": m.url or workspace_url(m.code if m.code in found.answers else place.code, m.part),
            }
            for m in found.missing
        ],
    }


def asked(found: Leaf, answer: Answer) -> dict[str, Any]:
    """The lines with how far each is."""
    return {
        "answer": answer,
        "line_text": text(answer.code, "text"),
        "lines": [
            asked_line(line, found.answers[line.code], line.code == answer.code) for line in found.lines
        ],
    }


def asked_line(line: Line, answer: Answer, current: bool) -> dict[str, Any]:
    """One line of "what is asked"."""
    shape, tone = MARKS[answer.state if answer.state in MARKS else "not_started"]
    if answer.verdict == Answer.Verdict.NOT_APPLICABLE:
        shape, tone = "circle-minus", ""
    state = register_of(Answer).lifecycle.state(answer.state).label
    first = text(line.code, "title") or text(line.code, "text")
    return {
        "code": line.code,
        "text": first,
        "url": workspace_url(line.code, "answer"),
        "shape": shape,
        "tone": tone,
        "state": first_letter_up(str(answer.get_verdict_display() if not tone and answer.verdict else state)),
        "document": documented(line),
        "permission": getattr(line, "permission", False),
        "current": current,
        "owner": answer.owner.name if answer.owner else "",
    }


def answer_context(request: MemberRequest, answer: Answer, form: RecordForm | None) -> dict[str, Any]:
    """The form of the chosen answer, or its words for those who only read, and its history."""
    member, register = request.member, register_of(Answer)
    writes = may_change(member, answer)
    state = register.lifecycle.state(answer.state)
    steps = [
        t
        for t in register.lifecycle.leaving(answer.state)
        if t.code in ("ready", "reopen") and may_move(member, answer, t)
    ]
    form, named = form or (answer_form(request, answer) if writes else None), Named(member)
    if form is not None:
        named.learn(form.choices.rows(Membership).values())
    return {
        "writes": writes,
        "form": form,
        "state": {"label": first_letter_up(str(state.label)), "tone": state.tone},
        "steps": steps,
        "entries": brief(timeline(member, history(answer, limit=6), named=named)),
        "history_url": reverse("history", args=["answers", answer.pk]),
    }


def brief(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries for the narrow rail: which fields changed, without the texts."""
    for entry in entries:
        labels = ", ".join(change["label"] for change in entry["changes"])
        entry.update(changes=[], note=entry.get("note") or labels)
    return entries


def answer_form(request: MemberRequest, answer: Answer, data: Any = None) -> RecordForm:
    """The form of an answer."""
    register = register_of(Answer)
    choices = choices_for(request.member, [answer], register.fields)
    initial = {"version": answer.version, **initial_of(answer, register.fields)}
    return RecordForm(register, choices, data=data, initial=initial)


def record_rows(request: MemberRequest, found: Leaf) -> list[dict[str, Any]]:
    """The registers that answer a leaf, with how many records each holds, after their pages of their own."""
    return [
        *own_pages(register for register, _number in found.records),
        *(
            {
                "label": first_letter_up(str(register.plural)),
                "url": reverse("register", args=[register.path]),
                "icon": register.icon,
                "detail": _("%(number)d in use") % {"number": number} if number else _("none yet"),
                "new_url": reverse("new", args=[register.path]) if may_add(request.member, register) else "",
                "new_label": _("New: %(kind)s") % {"kind": register.name},
            }
            for register, number in found.records
        ),
    ]


def linked(place: Place, line: Line) -> list[tuple[str, str]]:
    """The codes that a clause or control is linked to, with their places."""
    links = getattr(place, "links", ()) or getattr(line, "links", ())
    return [(code, workspace_url(code)) for code in links if edition().is_code(code)]


@require_POST
def save_answer(request: MemberRequest, code: str) -> HttpResponse:
    """Save the answer to a line: by itself while somebody types, or with a button that also takes a step."""
    answer = visible(request.member, Answer).filter(code=code).first()
    if answer is None:
        raise Refused("not_found", "")
    require(may_change(request.member, answer))
    place, form = edition().clause_of(code), answer_form(request, answer, request.POST)
    if "preview" in request.POST:
        return preview(request, place, answer)
    if not form.is_valid():
        return answer_refused(request, place, form, code, Refused("invalid", "", _errors(form)))
    try:
        answer = keep(request, answer, form)
    except Refused as refusal:
        if refusal.code in ("forbidden", "not_found"):
            raise
        return answer_refused(request, place, form, code, refusal)
    if wants_short_answer(request):
        return JsonResponse({"version": answer.version}, headers={"X-Version": str(answer.version)})
    messages.success(request, _("%(code)s is saved.") % {"code": code})
    return HttpResponseRedirect(workspace_url(code, "answer"))


def _errors(form: RecordForm) -> dict[str, list[str]]:
    return {name: [str(e) for e in errors_] for name, errors_ in form.errors.items()}


def keep(request: MemberRequest, answer: Answer, form: RecordForm) -> Answer:
    """Write what is different from what is kept; a verdict only when it was given with its button."""
    version = form.cleaned_data["version"]
    if version is None:
        raise Refused("version_needed", _("The form is incomplete. Load the page again."))
    given = form.entered
    if "judge" not in request.POST:
        given.pop("verdict", None)
    now = {name: getattr(answer, name) for name in given}
    changed = {n: v for n, v in given.items() if v != now[n] or (n == "verdict" and "judge" in request.POST)}
    step = request.POST.get("move", "")
    if changed or not step:
        answer = write(request.member, answer, changed, version)
    if step:
        answer = move(request.member, answer, step[:40], answer.version if changed else version)
    return answer


def answer_refused(
    request: MemberRequest, place: Place, form: RecordForm, code: str, refusal: Refused
) -> HttpResponse:
    """The same page with what was typed, and what is wrong with it."""
    if wants_short_answer(request):
        return errors.short(refusal)
    if refusal.code == "stale":
        answer = fetch(request.member, Answer, visible(request.member, Answer).get(code=code).pk)
        found = conflict_of(request.member, answer, form, answer_form(request, answer))
        return workspace(request, place, found.form, code, refusal.status, conflict=found)
    if refusal.fields:
        for name, problems in refusal.fields.items():
            for problem in problems:
                if not form.has_error(name):
                    form.add_error(name if name in form.fields else None, problem)
    else:
        form.add_error(None, str(refusal))
    return workspace(request, place, form, code, refusal.status)


def preview(request: MemberRequest, place: Place, answer: Answer) -> HttpResponse:
    """What was typed as it will look: the part alone for htmx, else the whole page with nothing saved."""
    shown = markdown(request.POST.get("text", "").replace("\x00", "")[:20_000])
    if request.htmx:
        return render(request, "pages/parts/preview.html", {"preview": shown})
    form = answer_form(request, answer)
    form.initial = raw_values(answer_form(request, answer, request.POST))
    return workspace(request, place, form, answer.code, preview=shown)
