"""Settings: of the person, of the members, of API tokens; and the choice of organisation and language."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import check_for_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.organisation.middleware import CHOSEN
from aims.organisation.models import ApiToken, Membership, Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.organisation.tokens import make_token, revoke
from aims.pages.places import safe_next
from aims.pages.request import MemberRequest
from aims.records.access import existing, fetch, require
from aims.schedule.fulfilment import people_changed

YEAR = 31_536_000  # seconds


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a person chooses for themselves."""

    class Meta:
        model = Person
        fields = ("language", "shortcuts", "digest")


class MemberForm(forms.Form):
    """A person to be added to the organisation."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    title = forms.CharField(label=gettext_lazy("Job title"), max_length=150, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    outside_reviewer = forms.BooleanField(
        label=gettext_lazy("Outside reviewer"),
        required=False,
        help_text=gettext_lazy("Somebody from outside, who approves what nobody here may approve alone."),
    )


class RoleForm(forms.Form):
    """What an administrator changes about a member."""

    role = forms.ChoiceField(choices=Role.choices)
    active = forms.BooleanField(required=False)
    outside_reviewer = forms.BooleanField(required=False)


class TokenForm(forms.Form):
    """A token to be made."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=100)
    may = forms.ChoiceField(
        label=gettext_lazy("It may"),
        choices=[("*:read", gettext_lazy("read")), ("*", gettext_lazy("read and write"))],
    )
    days = forms.IntegerField(label=gettext_lazy("Ends after days"), min_value=1, max_value=365, initial=90)


def is_administrator(request: MemberRequest) -> bool:
    """Whether the member administers the organisation."""
    return request.member.role == Role.ADMINISTRATOR


def show(request: MemberRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The page of settings; `more` are forms that were refused, or a token to be shown once."""
    administers = is_administrator(request)
    members = (
        Membership.objects.filter(organisation_id=request.member.organisation_id) if administers else None
    )
    tokens = ApiToken.objects.filter(membership_id=request.member.id, revoked_at=None)
    context = {
        "title": _("Settings"),
        "profile": ProfileForm(instance=Person.objects.get(pk=request.member.person_id)),
        "members": list(members.select_related("person").order_by("-active", "name"))
        if members is not None
        else None,
        "roles": Role.choices,
        "tokens": list(tokens),
        "member_form": MemberForm(),
        "token_form": TokenForm(),
        "today": timezone.now(),
        **more,
    }
    return render(request, "pages/settings.html", context, status=status)


@require_GET
def settings(request: MemberRequest) -> HttpResponse:
    """The settings of the person, and for administrators those of the members."""
    return show(request)


@require_POST
def profile(request: MemberRequest) -> HttpResponse:
    """Change one's own choices."""
    form = ProfileForm(request.POST, instance=Person.objects.get(pk=request.member.person_id))
    if not form.is_valid():
        return show(request, 422, profile=form)
    form.save()
    messages.success(request, _("Your choices are kept."))
    return HttpResponseRedirect(reverse("settings"))


@require_POST
def add_member(request: MemberRequest) -> HttpResponse:
    """Add a person; one who is new chooses a password by the link of “forgot password”."""
    require(is_administrator(request))
    form = MemberForm(request.POST)
    if not form.is_valid():
        return show(request, 422, member_form=form)
    given = form.cleaned_data
    try:
        people_changed(request.member, join(request, given), "join")
    except ValidationError as error:
        form.add_error(None, error.messages)
        return show(request, 422, member_form=form)
    messages.success(request, _("%(name)s is a member now.") % {"name": given["name"]})
    return HttpResponseRedirect(reverse("settings") + "#members")


def join(request: MemberRequest, given: dict[str, Any]) -> Membership:
    """The membership of a person, who is made when there is none with this address."""
    person = Person.objects.filter(email=given["email"].strip().lower()).first()
    if person is None:
        person = Person.objects.create_user(given["email"], None, name=given["name"])
    row = Membership(organisation_id=request.member.organisation_id, person=person)
    row.role, row.name, row.title = given["role"], given["name"], given["title"]
    row.outside_reviewer = given["outside_reviewer"]
    if Membership.objects.filter(organisation_id=row.organisation_id, person=person).exists():
        raise ValidationError(_("This person is a member already."))
    row.full_clean(exclude=["organisation"])
    row.save(force_insert=True)
    return row


@require_POST
def change_member(request: MemberRequest, key: Any) -> HttpResponse:
    """Change a member's role, or end or renew the membership. One administrator must remain."""
    require(is_administrator(request))
    row, form = fetch(request.member, Membership, key), RoleForm(request.POST)
    if not form.is_valid():
        raise Refused("invalid", _("There is no such role."))
    given, before = form.cleaned_data, (row.role, row.active)
    row.role, row.active, row.outside_reviewer = given["role"], given["active"], given["outside_reviewer"]
    if not (row.active and row.role == Role.ADMINISTRATOR) and not _another_administrator(row):
        raise Refused(
            "conflict", _("Somebody must remain administrator. Give the role to another member first.")
        )
    row.save(update_fields=["role", "active", "outside_reviewer"])
    tell_calendar(request, row, before)
    messages.success(request, _("%(name)s is changed.") % {"name": row.name})
    return HttpResponseRedirect(reverse("settings") + "#members")


def tell_calendar(request: MemberRequest, row: Membership, before: tuple[str, bool]) -> None:
    """Somebody left, came back, or has another place: roles are looked at again, and who is new is made aware."""
    role, active = before
    if active != row.active:
        people_changed(request.member, row, "join" if row.active else "leave")
    elif role != row.role:
        people_changed(request.member, row, "move")


def _another_administrator(row: Membership) -> bool:
    rows = Membership.objects.filter(
        organisation_id=row.organisation_id, active=True, role=Role.ADMINISTRATOR
    )
    return rows.exclude(pk=row.pk).exists()


@require_POST
def add_token(request: MemberRequest) -> HttpResponse:
    """Make an API token for oneself and show it, once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return show(request, 422, token_form=form)
    given = form.cleaned_data
    ends = timezone.now() + timedelta(days=given["days"])
    row = Membership.objects.get(pk=request.member.id)
    _token, secret = make_token(row, given["name"], (given["may"],), ends)
    answer = show(request, secret=secret)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def revoke_token(request: MemberRequest, key: Any) -> HttpResponse:
    """End one of one's own tokens."""
    token = fetch(request.member, ApiToken, key)
    existing(token if token.membership_id == request.member.id else None)
    revoke(token)
    messages.success(request, _("The token “%(name)s” has ended.") % {"name": token.name})
    return HttpResponseRedirect(reverse("settings") + "#tokens")


@require_POST
def switch(request: MemberRequest) -> HttpResponse:
    """Act for another organisation to which the person belongs."""
    wanted = request.POST.get("organisation", "")
    if wanted not in {str(member.organisation_id) for member in request.memberships}:
        raise Refused("not_found", "")
    request.session[CHOSEN] = wanted
    return HttpResponseRedirect("/")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Another language: kept in a cookie, and with the person who is signed in."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(django_settings.LANGUAGES) or not check_for_language(wanted):
        raise Refused("invalid", _("There is no such language."))
    if request.user.is_authenticated:
        Person.objects.filter(pk=request.user.pk).update(language=wanted)
    answer = HttpResponseRedirect(safe_next(request, "/"))
    answer.set_cookie(
        django_settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=YEAR,
        samesite="Lax",
        secure=django_settings.HTTPS,
    )
    return answer
