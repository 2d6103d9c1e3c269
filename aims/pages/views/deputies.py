"""Who may sign in one's place in general, until when, and which roles the organisation lets sign for top management."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pages.request import MemberRequest
from aims.pages.views.handing import refuse
from aims.pages.views.signing import DAYS, DelegateForm
from aims.records import delegating
from aims.records.access import require
from aims.schedule.telling import tell_deputy


class RolesForm(forms.Form):
    """The roles that may sign for top management, beside itself."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("May sign for top management, beside itself"),
        choices=[(role.value, role.label) for role in delegating.CHOICES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def says_roles(request: MemberRequest) -> bool:
    """Who says which roles may sign for top management."""
    return request.member.role in (Role.ADMINISTRATOR, Role.EXECUTIVE)


@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request: MemberRequest) -> HttpResponse:
    """Whom one has named, for whom one stands in, and a new deputy."""
    names = delegating.may_name(request.member)
    people = delegating.delegates(request.member) if names else []
    if request.method != "POST":
        proposed = timezone.localdate() + timedelta(days=DAYS)
        return show(request, DelegateForm(people, initial={"until": proposed}))
    require(names)
    form = DelegateForm(people, request.POST)
    if form.is_valid():
        try:
            row = delegating.name_deputy(request.member, form.cleaned_data)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            tell_deputy(row)
            messages.success(request, _("%(name)s may sign for you now.") % {"name": row.to.name})
            return HttpResponseRedirect(reverse("deputies"))
    return show(request, form, 422)


def show(request: MemberRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    """The page."""
    member, day = request.member, timezone.localdate()
    rows = delegating.deputies(member)
    allowed = delegating.delegate_roles(member.organisation_id)
    mine = [row for row in rows if row.giver_id == member.id]
    context: dict[str, Any] = {
        "title": _("Who signs for you"),
        "crumbs": [
            {"label": _("Settings"), "url": reverse("settings")},
            {"label": _("Who signs for you"), "url": ""},
        ],
        "form": form if delegating.may_name(member) else None,
        "live": [row for row in mine if delegating.in_force(row, day)],
        "past": [row for row in mine if not delegating.in_force(row, day)],
        "others": [row for row in rows if row.to_id == member.id and delegating.in_force(row, day)],
        "roles_form": RolesForm(initial={"roles": sorted(allowed)}) if says_roles(request) else None,
    }
    return render(request, "pages/deputies.html", context, status=status)


@require_POST
def end(request: MemberRequest, key: UUID) -> HttpResponse:
    """Take the leave to sign back from a deputy."""
    row = delegating.end_deputy(request.member, key)
    messages.success(request, _("%(name)s no longer signs for you.") % {"name": row.to.name})
    return HttpResponseRedirect(reverse("deputies"))


@require_POST
def roles(request: MemberRequest) -> HttpResponse:
    """Say which roles may sign for top management."""
    require(says_roles(request))
    form = RolesForm(request.POST)
    if not form.is_valid():
        raise Refused("invalid", _("There is no such role."))
    delegating.allow_roles(request.member, form.cleaned_data["roles"])
    messages.success(request, _("The roles are kept."))
    return HttpResponseRedirect(reverse("deputies"))
