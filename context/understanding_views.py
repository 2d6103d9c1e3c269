"""Clause 4 at a glance: the climate question, the issues by what they are about, and what answers each requirement."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.cells import state_of
from aims.pages.context import top_title
from aims.pages.places import record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, may_change, require, visible
from aims.records.registry import register_of
from context import answered
from context.climate import answer_question, climate_issue
from context.models import ContextIssue, InterestedParty

Category = ContextIssue.Category
OUTSIDE = (
    Category.POLITICAL, Category.ECONOMIC, Category.MARKET, Category.SOCIAL, Category.TECHNOLOGY,
    Category.ENVIRONMENT, Category.CLIMATE, Category.LEGAL, Category.CONTRACT,
)  # fmt: skip
INSIDE = tuple(one for one in Category if one not in OUTSIDE)


class ClimateForm(forms.Form):
    """The question that clause 4.1 always asks: whether climate change matters here, and why."""

    relevant = forms.TypedChoiceField(
        label=gettext_lazy("Is climate change a relevant issue for our AI management system?"),
        choices=(("yes", gettext_lazy("Yes, it is")), ("no", gettext_lazy("No, it is not"))),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    rationale = forms.CharField(
        label=gettext_lazy("Why, or why not"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


@require_GET
def at_a_glance(request: MemberRequest) -> HttpResponse:
    """The page."""
    return page(request)


def page(request: MemberRequest, form: ClimateForm | None = None, status: int = 200) -> HttpResponse:
    """The question, the issues, the requirements."""
    member, climate = request.member, climate_issue(request.member)
    parties = list(answered.answers_of(member, answered.live_parties(member)))
    counts = [one.state for _party, rows in parties for one in rows]
    context = {
        "title": _("Context at a glance"),
        "crumbs": [
            {"label": f"4 {top_title('4')}", "url": reverse("clause", args=["4"])},
            {"label": _("Context at a glance"), "url": ""},
        ],
        "climate": climate_shown(climate),
        "climate_form": form or _form_for(climate) if may_answer(member, climate) else None,
        "sides": sides(member),
        "parties": [party_row(party, rows) for party, rows in parties],
        "stats": stats(counts),
        **addresses(member),
    }
    return render(request, "context/glance.html", context, status=status)


def may_answer(member: Member, climate: ContextIssue | None) -> bool:
    """Whether a member may answer the climate question."""
    if climate is None:
        return may_add(member, register_of(ContextIssue))
    return may_change(member, climate)


def climate_shown(climate: ContextIssue | None) -> dict[str, Any]:
    """The answer as it stands; without a decision and a reason it is not answered (4.1-c)."""
    done = climate is not None and climate.relevant is not None and bool(climate.rationale.strip())
    return {"answered": done, "issue": climate, "url": record_url(climate) if climate else ""}


def _form_for(climate: ContextIssue | None) -> ClimateForm:
    if climate is None:
        return ClimateForm()
    said = {True: "yes", False: "no", None: None}[climate.relevant]
    return ClimateForm(initial={"relevant": said, "rationale": climate.rationale, "version": climate.version})


@require_POST
def answer_climate(request: MemberRequest) -> HttpResponse:
    """Answer the climate question: the issue that holds the answer is made, or changed."""
    require(may_answer(request.member, climate_issue(request.member)))
    form = ClimateForm(request.POST)
    if not form.is_valid():
        return page(request, form, 422)
    given = form.cleaned_data
    try:
        answer_question(request.member, given["relevant"], given["rationale"], given["version"])
    except Refused as refusal:
        if refusal.code in ("forbidden", "not_found"):
            raise
        form.add_error(None, str(refusal))
        return page(request, form, refusal.status)
    messages.success(request, _("The answer is kept."))
    return HttpResponseRedirect(reverse("context") + "#climate")


def sides(member: Member) -> list[dict[str, Any]]:
    """The issues outside and inside, by what they are about; an aspect without any is shown as such."""
    rows: dict[str, list[ContextIssue]] = {}
    for row in visible(member, ContextIssue).exclude(state="withdrawn").order_by("ref"):
        rows.setdefault(row.category, []).append(row)
    groups = ((_("Outside"), OUTSIDE), (_("Inside"), INSIDE))
    return [
        {
            "heading": heading,
            "groups": [(one.label, [issue_row(row) for row in rows.get(one, [])]) for one in names],
        }
        for heading, names in groups
    ]


def issue_row(issue: ContextIssue) -> dict[str, Any]:
    """An issue in its place."""
    return {
        "url": record_url(issue),
        "title": issue.title,
        "relevant": issue.relevant,
        "said": issue.ai_relevance or issue.effect or issue.rationale,
    }


def party_row(party: InterestedParty, rows: Iterable[answered.Answered]) -> dict[str, Any]:
    """A party with its requirements."""
    return {
        "title": party.title,
        "ref": party.ref,
        "url": record_url(party),
        "rows": [requirement_row(one) for one in rows],
    }


def requirement_row(one: answered.Answered) -> dict[str, Any]:
    """A requirement with what answers it, as words and links."""
    return {
        "text": one.requirement.text,
        "state": one.state,
        "codes": [(code, workspace_url(code)) for code in one.codes],
        "records": [
            {
                "url": record_url(row),
                "label": row.heading,
                "ref": row.ref,
                "state": state_of(register_of(row), row.state),
            }
            for row in one.records
        ],
        "lost": one.lost,
        "words": one.words,
        "reason": one.requirement.reason if one.state == answered.REFUSED else "",
    }


def stats(states: list[str]) -> list[dict[str, Any]]:
    """The requirements in figures."""
    unsettled = states.count(answered.OPEN) + states.count(answered.GONE)
    return [
        {"value": len(states), "label": _("requirements of interested parties")},
        {"value": states.count(answered.ANSWERED), "label": _("answered by something")},
        {"value": states.count(answered.REFUSED), "label": _("not taken up, with a reason")},
        {"value": unsettled, "label": _("answered by nothing"), "tone": "bad" if unsettled else ""},
    ]


def addresses(member: Member) -> dict[str, Any]:
    """Where issues and parties are listed, and made by who may."""
    found: dict[str, Any] = {}
    for name, model in (("issues", ContextIssue), ("parties", InterestedParty)):
        register = register_of(model)
        found[f"{name}_url"] = reverse("register", args=[register.path])
        found[f"new_{name}_url"] = reverse("new", args=[register.path]) if may_add(member, register) else ""
    return found


def panel(member: Member, party: Any) -> dict[str, Any] | None:
    """On the page of a party: what answers each of its requirements."""
    rows = [one for _party, found in answered.answers_of(member, [party]) for one in found]
    return {"rows": [requirement_row(one) for one in rows]} if rows else None
