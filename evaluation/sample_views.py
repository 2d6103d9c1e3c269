"""The samples of an audit: choosing what is drawn from, and the list from which a sample was drawn."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from aims.organisation.refused import Refused
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import fetch, may_add, require, visible
from aims.records.changes import create, move
from aims.records.display import label
from aims.records.registry import register_of, registers
from context.models import AISystem
from evaluation import sampling
from evaluation.audit_tabs import tabs
from evaluation.auditing import asks_in
from evaluation.models import Audit, Population, Sample
from evaluation.room_views import audit_of

DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class SampleForm(forms.Form):
    """What is drawn from, and how many."""

    kind = forms.ChoiceField(label=gettext_lazy("Register"))
    system = forms.ModelChoiceField(
        AISystem.objects.none(),
        label=gettext_lazy("AI system"),
        required=False,
        empty_label=gettext_lazy("all"),
    )
    period_from = forms.DateField(label=gettext_lazy("From"), widget=DAY)
    period_to = forms.DateField(label=gettext_lazy("To"), widget=DAY)
    dated_by = forms.ChoiceField(
        label=gettext_lazy("Dated by"),
        required=False,
        help_text=gettext_lazy("The day that puts a record into the period."),
    )
    size = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=500, widget=forms.NumberInput({"class": "num"})
    )
    title = forms.CharField(label=gettext_lazy("What the sample shall show"), max_length=200)
    code = forms.CharField(label=gettext_lazy("Clause or control"), max_length=20, required=False)

    def __init__(self, request: MemberRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = sampling.kinds()
        fields["system"].queryset = visible(request.member, AISystem).order_by("title", "pk")
        fields["dated_by"].choices = [("", _("the day on which it was made")), *date_choices()]


def date_choices() -> list[tuple[str, str]]:
    """Every field by which some register can be dated, once."""
    found: dict[str, str] = {}
    for register in registers():
        for name in sampling.dates_of(register)[1:]:
            found.setdefault(name, label(register.model, name))
    return sorted(found.items(), key=lambda one: one[1].lower())


@require_http_methods(["GET", "HEAD", "POST"])
def samples(request: MemberRequest, key: Any) -> HttpResponse:
    """The samples of an audit, and the form that chooses another: its population is fixed at once, without a seed."""
    audit = audit_of(request, key)
    if request.method != "POST":
        return show(request, audit, SampleForm(request))
    require(may_draw(request, audit))
    form = SampleForm(request, request.POST)
    if not form.is_valid():
        return show(request, audit, form, 422)
    try:
        sample = choose(request, audit, form.cleaned_data)
    except Refused as refusal:
        for name, problems in (refusal.fields or {"": [str(refusal)]}).items():
            form.add_error(name if name in form.fields else None, [str(one) for one in problems])
        return show(request, audit, form, refusal.status)
    return HttpResponseRedirect(record_url(sample))


def may_draw(request: MemberRequest, audit: Audit) -> bool:
    """Who draws samples of an audit: its auditors, and those who keep the AIMS where the auditors have no account."""
    return may_add(request.member, register_of(Sample)) and asks_in(request.member, audit)


@transaction.atomic
def choose(request: MemberRequest, audit: Audit, given: dict[str, Any]) -> Sample:
    """The sample with its population fixed; one that cannot be fixed is not kept."""
    sample = create(request.member, Sample, {**given, "audit": audit})
    return move(request.member, sample, "fix")


def show(request: MemberRequest, audit: Audit, form: SampleForm, status: int = 200) -> HttpResponse:
    """The page."""
    rows = visible(request.member, Sample).filter(audit=audit).exclude(state="withdrawn")
    lifecycle = register_of(Sample).lifecycle
    context = {
        "title": _("Samples of %(audit)s") % {"audit": audit.ref},
        "crumbs": record_crumbs(audit, (_("Samples"), "")),
        "tabs": tabs(request.member, audit, "samples"),
        "tabs_label": _("Audit room"),
        "audit": audit,
        "rows": [
            {
                "sample": row,
                "url": record_url(row),
                "kind": sampling.kind_label(row),
                "state": lifecycle.state(row.state),
            }
            for row in rows.select_related("system", "replaces").order_by("-pk")
        ],
        "form": form if may_draw(request, audit) else None,
    }
    return render(request, "evaluation/samples.html", context, status=status)


@require_GET
def sample_list(request: MemberRequest, key: Any) -> HttpResponse:
    """The list from which a sample was drawn, for whoever recomputes it: its SHA-256 is that of the sample."""
    sample = fetch(request.member, Sample, key)
    row = Population.objects.filter(sample=sample).first()
    if row is None:
        raise Refused("conflict", _("The population of this sample has not been fixed yet."))
    answer = HttpResponse(row.lines, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{sample.ref}.txt"'
    return answer
