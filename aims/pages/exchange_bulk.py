"""The same change for many records: chosen, looked at, done, and told for each. And views that people keep."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.pages.views.registers import known
from aims.records.access import fetch, visible
from aims.records.display import first_letter_up
from aims.records.exchange import views
from aims.records.exchange.bulk import (
    MOST,
    Change,
    Outcome,
    Pick,
    carry_out,
    fields_for,
    picked,
    preview,
    steps_for,
)
from aims.records.exchange.models import SavedView
from aims.records.registry import Register

Records = list[Any]


class ChangeForm(forms.Form):
    """What the records get; only the field of the act that was chosen is there."""

    def __init__(
        self, request: MemberRequest, register: Register, act: str, records: Records, data: Any
    ) -> None:
        super().__init__(data)
        self.act = act
        steps = {step.code: step for step in steps_for(request.member, register, records)}
        if act in fields_for(request.member, register, records):
            self.heading = first_letter_up(str(register.field(act).verbose_name))
            self.fields["value"] = self.owner(request) if act == "owner" else self.day(register, act)
        elif act in steps:
            self.heading = str(steps[act].label)
            if steps[act].note:
                self.fields["note"] = forms.CharField(
                    label=_("Why"), max_length=4000, widget=forms.Textarea({"rows": 3})
                )
        else:
            raise Refused("forbidden", _("Your role does not allow this for these records."))

    def owner(self, request: MemberRequest) -> forms.Field:
        """Active members, and nobody."""
        rows = visible(request.member, Membership).filter(active=True)
        choices = [("", _("nobody")), *((str(row.pk), row.name) for row in rows)]
        return forms.ChoiceField(label=_("Owner"), choices=choices, required=False)

    def day(self, register: Register, act: str) -> forms.Field:
        """A day, or none."""
        return forms.DateField(
            label=first_letter_up(str(register.field(act).verbose_name)),
            required=False,
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        )

    def change(self) -> Change:
        """The change that was chosen."""
        value = self.cleaned_data.get("value") or None
        return Change(self.act, value, self.cleaned_data.get("note", ""))


@require_POST
def bulk(request: MemberRequest, path: str) -> HttpResponse:
    """From the list with picked rows: what to change; then what it would do; then what it did."""
    register, act = known(path), request.POST.get("act", "")
    records = picked(request.member, register, keys_of(request))
    if not records:
        messages.warning(request, _("Select at least one row first."))
        return HttpResponseRedirect(reverse("register", args=[path]))
    stage = request.POST.get("stage", "")
    form = ChangeForm(request, register, act, records, request.POST if stage else None)
    if stage not in ("look", "do") or not form.is_valid():
        return show(request, register, form, records, status=422 if stage else 200)
    picks = picks_of(request, records)
    if stage == "do":
        return done(request, register, form, carry_out(request.member, register, form.change(), picks))
    foreseen = preview(request.member, register, form.change(), picks)
    return show(request, register, form, records, foreseen)


def keys_of(request: HttpRequest) -> list[str]:
    """The ids that were picked; what is no id is left out."""
    keys = []
    for text in request.POST.getlist("picked")[: MOST + 1]:
        try:
            keys.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return list(dict.fromkeys(keys))


def picks_of(request: HttpRequest, records: Records) -> list[Pick]:
    """The records with the versions that the person saw on the page before."""
    seen = {str(record.pk): request.POST.get(f"v-{record.pk}", "") for record in records}
    return [
        Pick(key, int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0)
        for key, text in seen.items()
    ]


def show(
    request: MemberRequest,
    register: Register,
    form: ChangeForm,
    records: Records,
    foreseen: list[Outcome] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form with the records; after a look, with what each would get."""
    versions = [(r.pk, request.POST.get(f"v-{r.pk}") or r.version) for r in records]
    context = base(register, form) | {
        "form": form,
        "versions": versions,
        "outcomes": told(foreseen if foreseen is not None else [Outcome(record) for record in records]),
        "looked": foreseen is not None,
        "will": sum(not outcome.refusal for outcome in foreseen or ()),
        "back_url": reverse("register", args=[register.path]),
    }
    return render(request, "pages/exchange/bulk.html", context, status=status)


def base(register: Register, form: ChangeForm) -> dict[str, Any]:
    """What both pages show."""
    return {
        "title": _("%(what)s: %(kinds)s") % {"what": form.heading, "kinds": register.plural},
        "crumbs": crumbs(register, (form.heading, "")),
        "register": register,
    }


def told(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Outcomes with where their records are shown."""
    return [{"of": outcome, "url": record_url(outcome.record)} for outcome in outcomes]


def done(
    request: MemberRequest, register: Register, form: ChangeForm, outcomes: list[Outcome]
) -> HttpResponse:
    """What was done, and what was refused with the reason."""
    number = sum(not outcome.refusal for outcome in outcomes)
    said = ngettext("%(number)d record is changed.", "%(number)d records are changed.", number) % {
        "number": number
    }
    context = base(register, form) | {
        "outcomes": told(outcomes),
        "said": said,
        "refused": len(outcomes) - number,
        "back_url": reverse("register", args=[register.path]),
    }
    return render(request, "pages/exchange/bulk_done.html", context)


@require_POST
def keep_view(request: MemberRequest, path: str) -> HttpResponse:
    """Keep a list as it is filtered and sorted under a name."""
    register, query = known(path), request.POST.get("query", "")
    view = views.keep(request.member, register, request.POST.get("name", ""), query, "shared" in request.POST)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    here = reverse("register", args=[path])
    return HttpResponseRedirect(f"{here}?{view.query}" if view.query else here)


@require_POST
def remove_view(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """Remove a view."""
    view = fetch(request.member, SavedView, key)
    views.remove(request.member, view)
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return HttpResponseRedirect(reverse("register", args=[path]))
