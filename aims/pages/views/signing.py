"""Signing a record: what exactly is signed, what changed since, the second proof of identity; and letting another sign."""

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.pages import shown
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.views.records import found
from aims.pages.views.steps import StepForm, explain, moved, transition_of
from aims.records.access import delegated, may_move, require
from aims.records.base import Record
from aims.records.delegating import delegate as let_sign
from aims.records.delegating import delegates, may_delegate, may_take_back, take_back
from aims.records.display import Named
from aims.records.lifecycle import Transition
from aims.records.models import Signature
from aims.records.proving import ask_passkey, count_wrong, factors, prove
from aims.records.registry import register_of
from aims.records.signatures import canonical, digest_of, printed
from aims.records.signatures import sign as sign_record
from aims.schedule.telling import ask_again, ask_delegate

BACK = "sign_at"  # session key: where to go on signing once a second factor is set up
DAYS = 14  # for which a delegation is proposed


class SignForm(StepForm):
    """A signature: what was shown, and the proof of who signs."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    one_time = forms.CharField(
        label=gettext_lazy("Six-digit code from your phone"),
        required=False,
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    passkey = forms.JSONField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=4000, widget=forms.Textarea({"rows": 2})
    )
    field_order = ("password", "one_time", "note")

    def clean_passkey(self) -> dict[str, Any]:
        """What a passkey answered: an object, or nothing."""
        answer = self.cleaned_data["passkey"]
        return answer if isinstance(answer, dict) else {}


class DelegateForm(forms.Form):
    """Who signs instead, until when, and why."""

    to = forms.ChoiceField(label=gettext_lazy("Who signs for you"))
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, people: list[Membership], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(one.pk): one for one in people}
        choices = [(key, printed(one.name, one.title)) for key, one in self.people.items()]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


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
    proof = prove(request.member, given["password"], given["one_time"], given["passkey"])
    return sign_record(request.member, record, step, given["version"], given["shown"], proof, given["note"])


def show_sign(
    request: MemberRequest,
    record: Record,
    transition: Transition,
    form: SignForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The signing page. What it shows and the digest it carries are made from the same text."""
    meta = record._meta
    template = select_template([f"{meta.app_label}/{meta.model_name}_sign.html", "pages/sign.html"])
    context = {
        **what_is_signed(request, record),
        **how_to_sign(request, form or SignForm(), transition),
        "title": _("%(step)s: %(title)s") % {"step": transition.label, "title": record.heading},
        "step": transition,
        "for_whom": for_whom(request, record, transition),
        "refuse_url": refuse_url(request, record, transition),
        "delegate_url": delegate_url(request, record, transition),
        "back_url": record_url(record),
    }
    return HttpResponse(template.render(context, request), status=status)


def what_is_signed(request: MemberRequest, record: Record) -> dict[str, Any]:
    """The content, in words, with its digest and what changed since the last signature."""
    register, named, text = register_of(record), Named(request.member), canonical(record)
    content = json.loads(text)
    filled, empty = shown.content_pairs(register, content, named)
    return {
        "record": record,
        "register": register,
        "carry": {"version": record.version, "shown": digest_of(text)},
        "digest": digest_of(text),
        "facts": shown.facts(record, [], named),
        "signed_content": content,
        "content": filled,
        "empty": ", ".join(empty),
        "part_tables": shown.part_tables(register, content, named),
        "since": since_last(request, record, content, named),
    }


def how_to_sign(request: MemberRequest, form: SignForm, transition: Transition) -> dict[str, Any]:
    """The form with the proofs that this person has; who has no second factor is led to set one up."""
    has = factors(request.member)
    form.fields["note"].required = transition.note
    if not has.password:
        form.fields["password"].widget = forms.HiddenInput()
    if not has.codes:
        form.fields["one_time"].widget = forms.HiddenInput()
    if has.second:
        request.session.pop(BACK, None)
    else:
        request.session[BACK] = request.path
    asked = ask_passkey(request.member) if has.passkeys else None
    return {
        "form": form,
        "factors": has,
        "passkey_data": {"request_options": asked} if asked else None,
        "now": timezone.now(),
    }


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


def for_whom(request: MemberRequest, record: Record, transition: Transition) -> str:
    """In whose place the member signs; empty when in their own name alone."""
    given = delegated(request.member, record, transition)
    return printed(given.giver.name, given.giver.title) if given else ""


def refuse_url(request: MemberRequest, record: Record, transition: Transition) -> str:
    """Where to refuse with a reason: a step from the same state that asks for one and is not a signature."""
    for other in register_of(record).lifecycle.leaving(record.state):
        plain = (
            other.note and not other.meaning and other.code not in ("withdraw", "restore", transition.code)
        )
        if plain and may_move(request.member, record, other):
            return reverse("move", args=[register_of(record).path, record.pk, other.code])
    return ""


def delegate_url(request: MemberRequest, record: Record, transition: Transition) -> str:
    """Where to let somebody else sign, for who may."""
    if not may_delegate(request.member, record, transition):
        return ""
    return reverse("delegate", args=[register_of(record).path, record.pk, transition.code])


@require_http_methods(["GET", "HEAD", "POST"])
def delegate(request: MemberRequest, path: str, key: Any, step: str) -> HttpResponse:
    """Let somebody else sign in one's place, with a record of it."""
    record = found(request, path, key)
    transition = transition_of(record, step)
    require(may_move(request.member, record, transition) and may_delegate(request.member, record, transition))
    people = delegates(request.member)
    if request.method != "POST":
        proposed = timezone.localdate() + timedelta(days=DAYS)
        return show_delegate(request, record, transition, DelegateForm(people, initial={"until": proposed}))
    form = DelegateForm(people, request.POST)
    if not form.is_valid():
        return show_delegate(request, record, transition, form, 422)
    given = form.cleaned_data
    try:
        row = let_sign(request.member, record, transition, given["to"], given["until"], given["reason"])
    except Refused as refusal:
        for name, problems in refusal.fields.items():
            form.add_error(name if name in form.fields else None, list(problems))
        if not refusal.fields:
            form.add_error(None, str(refusal))
        return show_delegate(request, record, transition, form, refusal.status)
    ask_delegate(row, record)
    messages.success(request, _("%(name)s is asked to sign in your place.") % {"name": row.to.name})
    return HttpResponseRedirect(record_url(record))


@require_POST
def end_delegation(request: MemberRequest, path: str, key: Any, step: str) -> HttpResponse:
    """Take a delegation back: one signs oneself again, or delegates to somebody else."""
    record = found(request, path, key)
    transition = transition_of(record, step)
    require(may_take_back(request.member, record, transition))
    for row in take_back(request.member, record, transition):
        ask_again(row, timezone.now())
    messages.success(request, _("The delegation is taken back: the signature is yours again."))
    return HttpResponseRedirect(record_url(record))


def show_delegate(
    request: MemberRequest, record: Record, transition: Transition, form: DelegateForm, status: int = 200
) -> HttpResponse:
    """The page on which a signature is delegated."""
    context = {
        "title": _("Let somebody else sign: %(title)s") % {"title": record.heading},
        "crumbs": record_crumbs(record, (_("Delegate"), "")),
        "record": record,
        "step": transition,
        "form": form,
        "back_url": reverse("sign", args=[register_of(record).path, record.pk, transition.code]),
    }
    return render(request, "pages/sign_delegate.html", context, status=status)
