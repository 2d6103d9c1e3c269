"""Steps of a lifecycle: taken with a button or with a reason; those that are signatures stand in `signing`."""

from typing import Any

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
from aims.pages.evidence_rows import spoken_for
from aims.pages.places import record_crumbs, record_url, safe_next
from aims.pages.request import MemberRequest
from aims.pages.views.records import found
from aims.records.access import require_move
from aims.records.base import Record
from aims.records.changes import move as take
from aims.records.display import label
from aims.records.lifecycle import Transition
from aims.records.models import Evidence
from aims.records.registry import register_of


class StepForm(forms.Form):
    """A step, on the version that the person saw."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


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
    require_move(request.member, record, transition)
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
    """Say where the record is now, and show it, or go back to the list from which the step was taken."""
    state = register_of(record).lifecycle.state(record.state).label
    messages.success(request, _("%(ref)s is now “%(state)s”.") % {"ref": record.ref, "state": state})
    return HttpResponseRedirect(safe_next(request, record_url(record)))


def refused_step(
    request: MemberRequest, record: Record, transition: Transition, form: StepForm, refusal: Refused
) -> HttpResponse:
    """The step's page with the reason why not, and what was typed."""
    explain(record, form, refusal)
    record.refresh_from_db()
    return show_step(request, record, transition, form, refusal.status)


def explain(record: Record, form: StepForm, refusal: Refused) -> None:
    """Say a refusal in a form: beside its fields, and the record's fields by their labels."""
    names = ("password", "note", "passkey")
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
