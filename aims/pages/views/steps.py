"""Steps of a lifecycle: taken with a button, with a reason, or with a signature."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages import shown
from aims.pages.evidence_rows import spoken_for
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.views.records import found
from aims.records.access import may_move, require
from aims.records.base import Record
from aims.records.changes import move as take
from aims.records.display import Named, label
from aims.records.lifecycle import Transition
from aims.records.models import Evidence, Signature
from aims.records.registry import register_of
from aims.records.signatures import canonical, count_wrong, digest_of, prove
from aims.records.signatures import sign as sign_record


class StepForm(forms.Form):
    """A step, on the version that the person saw."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


class SignForm(StepForm):
    """A signature: what was shown, and the proof of who signs."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=500,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    one_time = forms.CharField(
        label=gettext_lazy("Six-digit code from your phone"),
        required=False,
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )
    field_order = ("password", "one_time", "note")


def transition_of(record: Record, code: str) -> Transition:
    """A step of the record's lifecycle."""
    found_ = register_of(record).lifecycle.transition(code)
    if found_ is None:
        raise Refused("not_found", "")
    return found_


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: MemberRequest, path: str, key: Any, step: str) -> HttpResponse:
    """Take a step. A step that is a signature has its own page."""
    record = found(request, path, key)
    transition = transition_of(record, step)
    require(may_move(request.member, record, transition))
    if transition.meaning:
        return HttpResponseRedirect(reverse("sign", args=[path, record.pk, step]))
    if request.method != "POST":
        return show_step(request, record, transition, StepForm(initial={"version": record.version}))
    form = StepForm(request.POST)
    if not form.is_valid():
        return show_step(request, record, transition, form, 422)
    try:
        record = take(request.member, record, step, form.cleaned_data["version"], form.cleaned_data["note"])
    except Refused as refusal:
        return refused_step(request, record, transition, form, refusal)
    return moved(request, record)


def moved(request: MemberRequest, record: Record) -> HttpResponse:
    """Say where the record is now, and show it."""
    state = register_of(record).lifecycle.state(record.state).label
    messages.success(request, _("%(ref)s is now “%(state)s”.") % {"ref": record.ref, "state": state})
    return HttpResponseRedirect(record_url(record))


def refused_step(
    request: MemberRequest, record: Record, transition: Transition, form: StepForm, refusal: Refused
) -> HttpResponse:
    """The step's page with the reason why not, and what was typed."""
    explain(record, form, refusal)
    record.refresh_from_db()
    return show_step(request, record, transition, form, refusal.status)


def explain(record: Record, form: StepForm, refusal: Refused) -> None:
    """Say a refusal in a form: beside its fields, and the record's fields by their labels."""
    names = {"password": "password", "note": "note"}
    for name, problems in refusal.fields.items():
        for problem in problems:
            if name in names and name in form.fields:
                form.add_error(name, str(problem))
            else:
                form.add_error(None, f"{label(type(record), name)}: {problem}")
    if not refusal.fields:
        form.add_error(None, str(refusal))


def show_step(
    request: MemberRequest, record: Record, transition: Transition, form: StepForm, status: int = 200
) -> HttpResponse:
    """The page of a step."""
    form.fields["note"].required = transition.note
    target = register_of(record).lifecycle.state(transition.target)
    context = {
        "title": _("%(step)s: %(title)s") % {"step": transition.label, "title": record.heading},
        "crumbs": record_crumbs(record, (str(transition.label), "")),
        "record": record,
        "step": transition,
        "target": target.label,
        "form": form,
        "danger": transition.code == "withdraw",
        "relied_on": relied_on(request.member, record) if transition.code == "withdraw" else [],
        "back_url": record_url(record),
        "edit_url": reverse("edit", args=[register_of(record).path, record.pk]),
    }
    return render(request, "pages/step.html", context, status=status)


def relied_on(member: Member, record: Record) -> list[dict[str, Any]]:
    """What stands without a piece of evidence when it is withdrawn."""
    return spoken_for(member, record) if isinstance(record, Evidence) else []


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: MemberRequest, path: str, key: Any, step: str) -> HttpResponse:
    """Sign a record: exactly what is signed, what changed since the last signature, and the second proof."""
    record = found(request, path, key)
    transition = transition_of(record, step)
    require(may_move(request.member, record, transition))
    if not transition.meaning:
        return HttpResponseRedirect(reverse("move", args=[path, record.pk, step]))
    if request.method != "POST":
        return show_sign(request, record, transition)
    form = SignForm(request.POST)
    if not form.is_valid():
        return show_sign(request, record, transition, form, 422)
    try:
        record = signed(request, record, step, form.cleaned_data)
    except Refused as refusal:
        if refusal.code == "proof_needed":
            request.afterwards.append(lambda: count_wrong(request.member))
        explain(record, form, refusal)
        record = found(request, path, key)
        return show_sign(request, record, transition, form, refusal.status)
    return moved(request, record)


def signed(request: MemberRequest, record: Record, step: str, given: dict[str, Any]) -> Record:
    """Prove who signs, then sign."""
    proof = prove(request.member, given["password"], given["one_time"])
    return sign_record(request.member, record, step, given["version"], given["shown"], proof, given["note"])


def show_sign(
    request: MemberRequest,
    record: Record,
    transition: Transition,
    form: SignForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The signing page. What it shows and the digest it carries are made from the same text."""
    register, named, text = register_of(record), Named(request.member), canonical(record)
    content = json.loads(text)
    filled, empty = shown.content_pairs(register, content, named)
    form = form or SignForm()
    carry = {"version": record.version, "shown": digest_of(text)}
    if not has_codes(request):
        form.fields["one_time"].widget = forms.HiddenInput()
    form.fields["note"].required = transition.note
    context = {
        "title": _("%(step)s: %(title)s") % {"step": transition.label, "title": record.heading},
        "record": record,
        "register": register,
        "step": transition,
        "form": form,
        "carry": carry,
        "digest": carry["shown"],
        "facts": shown.facts(record, [], named),
        "content": filled,
        "empty": ", ".join(empty),
        "part_tables": shown.part_tables(register, content, named),
        "since": since_last(request, record, content, named),
        "refuse_url": refuse_url(request, record, transition),
        "back_url": record_url(record),
    }
    return render(request, "pages/sign.html", context, status=status)


def has_codes(request: MemberRequest) -> bool:
    """Whether the person has set up one-time codes."""
    rows = Authenticator.objects.filter(user_id=request.member.person_id, type=Authenticator.Type.TOTP)
    return bool(rows.exists())


def since_last(
    request: MemberRequest, record: Record, content: dict[str, Any], named: Named
) -> dict[str, Any] | None:
    """The last signature and what changed since, the person's own first; None where nobody has signed."""
    rows = list(Signature.objects.filter(organisation_id=record.organisation_id, record_id=record.pk))
    mine = [row for row in rows if row.signer_id == request.member.id]
    last = (mine or rows)[0] if rows else None
    if last is None:
        return None
    changes = shown.content_changes(register_of(record), json.loads(last.content), content, named)
    return {"signature": last, "mine": bool(mine), "changes": changes}


def refuse_url(request: MemberRequest, record: Record, transition: Transition) -> str:
    """Where to refuse with a reason: a step from the same state that asks for one and is not a signature."""
    for other in register_of(record).lifecycle.leaving(record.state):
        plain = (
            other.note and not other.meaning and other.code not in ("withdraw", "restore", transition.code)
        )
        if plain and may_move(request.member, record, other):
            return reverse("move", args=[register_of(record).path, record.pk, other.code])
    return ""
