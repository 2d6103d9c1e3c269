"""The audit room: the checklist with its lines, written by themselves; working notes; findings drafted from a line."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.organisation.refused import Refused
from aims.pages import errors
from aims.pages.forms import RecordForm, choices_for, initial_of, raw_values
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest, wants_short_answer
from aims.records.access import fetch, may_change, require, visible
from aims.records.changes import create, write
from aims.records.evidence import link, unlink
from aims.records.models import Evidence, Link
from aims.records.registry import register_of
from evaluation import judging, room
from evaluation.audit_tabs import tabs
from evaluation.checklist import lay_checklist
from evaluation.independence import standings
from evaluation.models import Audit, AuditCheck, Finding, WorkingNote
from evaluation.models.findings import grades

LINE = ("verdict", "note", "interviewed", "how")
MEETINGS = ("opened_on", "opening_people", "closed_on", "closing_people")
DRAFT = ("title", "code", "grade", "system", "text", "evidence_note", "owner")
# what a verdict suggests as grade
SUGGESTED = {"nonconform": "minor", "observation": "observation", "conform": "strength"}


class NoteForm(forms.Form):
    """A private working note."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Private note"),
        required=False,
        max_length=8000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Only the auditors of this audit can read it. Administrators cannot."),
    )


class QuestionForm(forms.Form):
    """A question of the auditors' own."""

    code = forms.CharField(label=gettext_lazy("Clause or control"), max_length=20)
    question = forms.CharField(
        label=gettext_lazy("What is examined"), max_length=1000, widget=forms.Textarea({"rows": 2})
    )


def audit_of(request: MemberRequest, key: Any) -> Audit:
    """The audit, with the programme that says in which words its grades are said."""
    fetch(request.member, Audit, key)
    return Audit.objects.select_related("programme", "lead").get(pk=key)


def check_of(request: MemberRequest, key: Any) -> tuple[Audit, AuditCheck]:
    """A line that the member writes."""
    check = fetch(request.member, AuditCheck, key)
    audit = audit_of(request, check.audit_id)
    require(room.writes(request.member, audit))
    return audit, check


@require_GET
def audit_room(request: MemberRequest, key: Any) -> HttpResponse:
    """The room of an audit, at one line of its checklist."""
    return show(request, audit_of(request, key), request.GET.get("line", ""))


def show(
    request: MemberRequest, audit: Audit, line: str = "", status: int = 200, **again: Any
) -> HttpResponse:
    """The whole page; `again` holds forms with what was typed and what is wrong with it."""
    member = request.member
    checks = room.checks_of(member, audit)
    current = room.chosen(checks, line)
    writes = room.writes(member, audit)
    context: dict[str, Any] = {
        "title": f"{audit.ref} {audit.title}",
        "crumbs": record_crumbs(audit, (_("Audit room"), "")),
        "audit": audit,
        "audit_url": record_url(audit),
        "tabs": tabs(request.member, audit, "room"),
        "tabs_label": _("Audit room"),
        "groups": room.groups(checks, current),
        "writes": writes,
        "sealed": audit.state not in ("reported", "closed") and str(audit.pk) not in member.granted,
        "findings": room.findings_of(member, audit),
        "samples": judging.tallies(member, audit),
        "standings": standings(audit),
        "state": register_of(audit).lifecycle.state(audit.state),
        "meetings": again.get("meetings") or meetings_form(request, audit),
        "question": again.get("question") or QuestionForm(prefix="own"),
        "current": current,
        **room.figures(checks),
    }
    context["meetings_open"] = "meetings" in again
    context["question_open"] = "question" in again
    if current:
        context |= line_context(request, current, checks, writes, again)
    return render(request, "evaluation/audit_room.html", context, status=status)


def line_context(
    request: MemberRequest, check: AuditCheck, checks: list[AuditCheck], writes: bool, again: dict[str, Any]
) -> dict[str, Any]:
    """What the middle and the right pane show."""
    context = room.line_context(request.member, check)
    before, after = room.beside(checks, check)
    note = context["note"]
    initial = {"version": note.version, "text": note.text} if note else {"version": 0}
    return context | {
        "heading": room.words(check),
        "before": before,
        "after": after,
        "form": again.get("form") or (check_form(request, check) if writes else None),
        "note_form": again.get("note_form") or NoteForm(initial=initial, auto_id="private_%s"),
        "verdicts": [
            {"value": verdict.value, "label": verdict.label, "key": number, "shape": shape, "tone": tone}
            for number, (verdict, (shape, tone)) in enumerate(room.MARKS.items())
        ],
        "verdict": room.Verdict(check.verdict).label,
        "conflict": again.get("conflict", False),
    }


def check_form(request: MemberRequest, check: AuditCheck, data: Any = None) -> RecordForm:
    """The fields of a line that an auditor fills in."""
    choices = choices_for(request.member, [check], LINE)
    initial = {"version": check.version, **initial_of(check, LINE)}
    return RecordForm(register_of(check), choices, LINE, data=data, initial=initial)


def meetings_form(request: MemberRequest, audit: Audit, data: Any = None) -> RecordForm | None:
    """The opening and the closing meeting, for who may change the audit."""
    if audit.state == "closed" or not may_change(request.member, audit):
        return None
    choices = choices_for(request.member, [audit], MEETINGS)
    initial = {"version": audit.version, **initial_of(audit, MEETINGS)}
    return RecordForm(register_of(audit), choices, MEETINGS, data=data, initial=initial, auto_id="meeting_%s")


@require_POST
def save_check(request: MemberRequest, key: Any) -> HttpResponse:
    """Save a line: by itself while somebody types, or with the button where there is no script."""
    audit, check = check_of(request, key)
    form = check_form(request, check, request.POST)
    if not form.is_valid():
        return line_refused(request, audit, check, form, invalid(form))
    version = form.cleaned_data["version"]
    try:
        if version is None:
            raise Refused("version_needed", _("The form is incomplete. Load the page again."))
        saved = write(request.member, check, form.entered, version)
    except Refused as refusal:
        return line_refused(request, audit, check, form, refusal)
    if wants_short_answer(request):
        return kept(saved.version)
    messages.success(request, _("%(code)s is saved.") % {"code": check.code})
    return HttpResponseRedirect(room.room_url(audit.pk, check))


def kept(version: int) -> JsonResponse:
    """The answer to a form that saves itself."""
    return JsonResponse({"version": version}, headers={"X-Version": str(version)})


def invalid(form: forms.Form) -> Refused:
    """What a form refuses, as the door would say it."""
    wrong = {name: [str(e) for e in found] for name, found in form.errors.items()}
    return Refused("invalid", _("Check the marked fields."), wrong)


def line_refused(
    request: MemberRequest, audit: Audit, check: AuditCheck, form: RecordForm, refusal: Refused
) -> HttpResponse:
    """The line with what was typed; where somebody else was first, on top of what they wrote."""
    if wants_short_answer(request):
        return errors.short(refusal)
    if refusal.code in ("forbidden", "not_found"):
        raise refusal
    again: dict[str, Any] = {"form": form}
    if refusal.code == "stale":
        fresh = check_form(request, fetch(request.member, AuditCheck, check.pk))
        fresh.initial = {**raw_values(form), "version": fresh.initial["version"]}
        again = {"form": fresh, "conflict": True}
    else:
        tell(form, refusal)
    return show(request, audit, str(check.pk), refusal.status, **again)


def tell(form: forms.Form, refusal: Refused) -> None:
    """The door's words beside the fields that they are about, where the form has not said them itself."""
    for name, said in refusal.fields.items():
        for message in said:
            if not form.has_error(name):
                form.add_error(name if name in form.fields else None, str(message))
    if not refusal.fields:
        form.add_error(None, str(refusal))


@require_POST
def save_note(request: MemberRequest, key: Any) -> HttpResponse:
    """Save the auditor's own working note on a line; the first words make it."""
    audit, check = check_of(request, key)
    form = NoteForm(request.POST, auto_id="private_%s")
    try:
        if not form.is_valid():
            raise invalid(form)
        version = keep_note(request, audit, check, form.cleaned_data)
    except Refused as refusal:
        if wants_short_answer(request):
            return errors.short(refusal)
        tell(form, refusal)
        return show(request, audit, str(check.pk), refusal.status, note_form=form)
    if wants_short_answer(request):
        return kept(version)
    messages.success(request, _("Your note is saved. Only the auditors can read it."))
    return HttpResponseRedirect(room.room_url(audit.pk, check))


def keep_note(request: MemberRequest, audit: Audit, check: AuditCheck, given: dict[str, Any]) -> int:
    """Write or make the note; answers its version, 0 where there is still nothing to keep."""
    note = room.my_note(request.member, check)
    if note is not None:
        return write(request.member, note, {"text": given["text"]}, given["version"] or 0).version
    if not given["text"]:
        return 0
    data = {"audit": audit, "check_line": check, "title": f"{check.code} {audit.ref}", "text": given["text"]}
    return create(request.member, WorkingNote, data).version


@require_POST
def note_seen(request: MemberRequest, key: Any) -> HttpResponse:
    """Say that a piece of evidence was seen for a line, or take that back."""
    audit, check = check_of(request, key)
    evidence = fetch(request.member, Evidence, request.POST.get("evidence", ""))
    path = register_of(check).path
    if "take" in request.POST:
        rows = visible(request.member, Link).filter(evidence=evidence, kind=path, record_id=check.pk)
        for row in rows:
            unlink(request.member, row)
    else:
        link(request.member, evidence, path, check.pk)
    return HttpResponseRedirect(room.room_url(audit.pk, check))


@require_http_methods(["GET", "HEAD", "POST"])
def draft_finding(request: MemberRequest, key: Any) -> HttpResponse:
    """A finding drafted from a line: its code, its words and its evidence are there already."""
    audit, check = check_of(request, key)
    form = finding_form(request, audit, check, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            finding = create(request.member, Finding, {"audit": audit, **form.entered})
        except Refused as refusal:
            if refusal.code == "forbidden":
                raise
            tell(form, refusal)
        else:
            bind_evidence(request, check, finding)
            messages.success(
                request, _("%(ref)s is drafted. Only the auditors see it.") % {"ref": finding.ref}
            )
            return HttpResponseRedirect(record_url(finding))
    context = {
        "title": _("Draft a finding"),
        "crumbs": record_crumbs(audit, (_("Audit room"), room.room_url(audit.pk, check)), (_("Finding"), "")),
        "form": form,
        "fields": [form[name] for name in DRAFT],
        "check": check,
        "heading": room.words(check),
        "back_url": room.room_url(audit.pk, check),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "evaluation/audit_finding.html", context, status=status)


def finding_form(request: MemberRequest, audit: Audit, check: AuditCheck, data: Any) -> RecordForm:
    """The form of a finding, with the grades in the words of the audit's scale."""
    seen = Link.objects.filter(
        organisation_id=audit.organisation_id, kind=register_of(check).path, record_id=check.pk
    )
    pieces = visible(request.member, Evidence).filter(pk__in=seen.values("evidence_id")).order_by("ref")
    initial = {
        "title": room.words(check)[:200],
        "code": check.code,
        "grade": SUGGESTED.get(check.verdict, ""),
        "text": check.note,
        "evidence_note": "; ".join(f"{piece.ref} {piece.title}" for piece in pieces),
    }
    choices = choices_for(request.member, [], DRAFT)
    form = RecordForm(register_of(Finding), choices, DRAFT, data=data, initial=initial)
    grade = form.fields["grade"]
    assert isinstance(grade, forms.ChoiceField)
    grade.choices = [("", "–"), *grades(audit.words)]
    form.fields["owner"].label = _("Who answers for it")
    return form


def bind_evidence(request: MemberRequest, check: AuditCheck, finding: Finding) -> None:
    """What was seen for the line speaks for the finding as well."""
    rows = Link.objects.filter(
        organisation_id=check.organisation_id, kind=register_of(check).path, record_id=check.pk
    )
    for row in rows.select_related("evidence"):
        link(request.member, row.evidence, register_of(finding).path, finding.pk)


@require_POST
def make_checklist(request: MemberRequest, key: Any) -> HttpResponse:
    """Bring the checklist up to the audit's scope; what was judged stays."""
    audit = audit_of(request, key)
    require(room.writes(request.member, audit))
    added = lay_checklist(request.member, audit)
    words = ngettext("%(n)s line was added.", "%(n)s lines were added.", added) % {"n": added}
    messages.success(request, words if added else _("The checklist is complete already."))
    return HttpResponseRedirect(room.room_url(audit.pk))


@require_POST
def add_question(request: MemberRequest, key: Any) -> HttpResponse:
    """One more line, with a question of the auditors' own."""
    audit = audit_of(request, key)
    require(room.writes(request.member, audit))
    form = QuestionForm(request.POST, prefix="own")
    try:
        if not form.is_valid():
            raise invalid(form)
        code, question = form.cleaned_data["code"].strip(), form.cleaned_data["question"]
        data = {"audit": audit, "code": code, "question": question, "title": f"{code} {question}"[:200]}
        check = create(request.member, AuditCheck, data)
    except Refused as refusal:
        tell(form, refusal)
        return show(request, audit, "", refusal.status, question=form)
    return HttpResponseRedirect(room.room_url(audit.pk, check))


@require_POST
def save_meetings(request: MemberRequest, key: Any) -> HttpResponse:
    """Keep when the opening and the closing meeting were, and who was there."""
    audit = audit_of(request, key)
    form = meetings_form(request, audit, request.POST)
    require(form is not None)
    assert form is not None
    try:
        if not form.is_valid():
            raise invalid(form)
        saved = write(request.member, audit, form.entered, form.cleaned_data["version"] or 0)
    except Refused as refusal:
        if wants_short_answer(request):
            return errors.short(refusal)
        tell(form, refusal)
        return show(request, audit, "", refusal.status, meetings=form)
    if wants_short_answer(request):
        return kept(saved.version)
    messages.success(request, _("The meetings are saved."))
    return HttpResponseRedirect(room.room_url(audit.pk))
