"""Handing tasks over, and being away."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.request import MemberRequest
from aims.records.access import fetch
from aims.schedule import handing
from aims.schedule.models import Task

DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class HandForm(forms.Form):
    """To whom, and why."""

    to = forms.ChoiceField(label=gettext_lazy("To whom"))
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


class AwayForm(HandForm):
    """From when to when, who does it meanwhile, and why."""

    since = forms.DateField(label=gettext_lazy("First day"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("Last day"), widget=DAY)
    to = forms.ChoiceField(label=gettext_lazy("Who does your tasks meanwhile"))
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Who stands in sees it. Leave it empty rather than write about health."),
    )
    field_order = ("since", "until", "to", "why")


def people(member: Member, besides: UUID | None) -> list[tuple[str, str]]:
    """Those to whom something can be handed, for a choice."""
    return [(str(row.pk), row.name) for row in handing.takers(member, besides)]


def refuse(form: forms.Form, refusal: Refused) -> None:
    """Say a refusal beside the fields that it names."""
    if refusal.code in ("forbidden", "not_found"):
        raise refusal
    for name, said in (refusal.fields or {"": [str(refusal)]}).items():
        form.add_error(name or None, [str(words) for words in said])


@require_http_methods(["GET", "POST"])
def hand(request: MemberRequest, key: UUID) -> HttpResponse:
    """Hand one task to somebody else."""
    task: Task = fetch(request.member, Task, key)
    if not handing.may_hand(request.member, task):
        raise Refused("forbidden", _("This task is somebody else's."))
    choices = people(request.member, task.member_id)
    form = HandForm(request.POST or None, people=choices)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = handing.hand_over(request.member, task.pk, given["to"], given["why"])
        except Refused as refusal:
            refuse(form, refusal)
        else:
            words = _("Handed to %(name)s: %(title)s")
            name = dict(choices).get(str(done.member_id), "")
            messages.success(request, words % {"name": name, "title": task.title})
            return HttpResponseRedirect("/")
    context = {"title": _("Hand over a task"), "task": task, "form": form, "people": choices}
    return render(request, "pages/hand_over.html", context, status=422 if form.errors else 200)


@require_POST
def back(request: MemberRequest, key: UUID) -> HttpResponse:
    """Take back a task that one has handed over."""
    task = handing.take_back(request.member, fetch(request.member, Task, key).pk)
    messages.success(request, _("Yours again: %(title)s") % {"title": task.title})
    return HttpResponseRedirect("/")


@require_http_methods(["GET", "POST"])
def away(request: MemberRequest) -> HttpResponse:
    """One's absences, those for which one stands in, and a new one."""
    member = request.member
    form = AwayForm(request.POST or None, people=people(member, member.id))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = handing.be_away(member, given["to"], given["since"], given["until"], given["why"])
        except Refused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("%(name)s stands in for you.") % {"name": row.stand_in})
            return HttpResponseRedirect(reverse("away"))
    given_away = Task.objects.filter(
        organisation_id=member.organisation_id, given_by_id=member.id, state=Task.State.OPEN
    )
    rows = list(handing.absences(member))
    context = {
        "title": _("When you are away"),
        "form": form,
        "mine": [row for row in rows if row.member_id == member.id],
        "others": [row for row in rows if row.member_id != member.id],
        "given": list(given_away.select_related("member").order_by("due", "pk")[:100]),
    }
    return render(request, "pages/away.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: MemberRequest, key: UUID) -> HttpResponse:
    """Be there again before the time."""
    handing.end_absence(request.member, key)
    messages.success(request, _("Your tasks are yours again."))
    return HttpResponseRedirect(reverse("away"))
