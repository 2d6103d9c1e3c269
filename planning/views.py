"""What is proposed to an organisation, to be accepted by a person; and the profile from which it follows."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.catalogue import edition
from aims.organisation.models import Organisation
from aims.organisation.profile import OrganisationProfileForm, keep_profile, profile_of
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pages.places import record_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, require
from aims.records.registry import register_of
from leadership.models import RoleAssignment
from planning import proposals_accept as accepting
from planning.models import LegalRequirement
from planning.proposals_accept import Board
from planning.proposals_act import field_note
from planning.proposals_roles import persons
from planning.proposals_shown import calendar_table, controls_table, duty_groups, role_rows, spoken_note

PARTS = ("controls", "law", "roles", "calendar")
PROFILERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER})


def place(part: str = "") -> str:
    """The address of the proposals, or of one part of them."""
    return reverse("proposals") + (f"?part={part}" if part else "")


@require_GET
def proposals(request: MemberRequest) -> HttpResponse:
    """One part of the proposals: controls, law, roles or calendar."""
    part = request.GET.get("part", PARTS[0])
    if part not in PARTS:
        raise Refused("not_found", _("There is no such part."))
    board = Board(request.member)
    context = {
        "title": _("Proposals"),
        "part": part,
        "tabs": tabs(part),
        "tabs_label": _("What is proposed"),
        "profile": board.facts.profile,
        "systems": len(board.facts.systems),
        "profile_url": reverse("organisation profile") if request.member.role in PROFILERS else "",
        **SHOWN[part](board),
    }
    return render(request, "planning/proposals.html", context)


def tabs(part: str) -> list[dict[str, Any]]:
    """The four parts."""
    labels = {
        "controls": _("Controls"),
        "law": _("Duties by law"),
        "roles": _("Roles"),
        "calendar": _("Calendar"),
    }
    return [{"label": labels[one], "url": place(one), "current": one == part} for one in PARTS]


def show_controls(board: Board) -> dict[str, Any]:
    """The 38 lines."""
    accepts = accepting.may_accept_controls(board.member)
    clear = [line.token for line in board.lines if line.waits and line.proposal.clear]
    return {
        "table": controls_table(board.lines, accepts),
        "clear": clear if accepts else [],
        "waiting": sum(line.waits for line in board.lines),
        "bulk": {
            "label": _("Selected controls"),
            "action": reverse("accept controls"),
            "actions": [{"value": "picked", "label": _("Accept the selected"), "icon": "check"}],
        },
    }


def show_law(board: Board) -> dict[str, Any]:
    """Duties by system and role."""
    accepts = may_add(board.member, register_of(LegalRequirement))
    note = spoken_note(field_note(board.facts, edition()))
    return {"groups": duty_groups(board.groups), "accepts": accepts, "field": note}


def show_roles(board: Board) -> dict[str, Any]:
    """Roles, and how many people they need."""
    people = persons(tuple(role for role, _there in board.roles))
    return {
        "rows": role_rows(board.roles),
        "people": people,
        "accepts": may_add(board.member, register_of(RoleAssignment)),
    }


def show_calendar(board: Board) -> dict[str, Any]:
    """Intervals."""
    accepts = accepting.may_plan(board.member)
    differing = [accepting.rhythm_token(one) for one in board.calendar if one.differs]
    return {"table": calendar_table(board, accepts), "differing": differing if accepts else []}


SHOWN = {"controls": show_controls, "law": show_law, "roles": show_roles, "calendar": show_calendar}


def picked(request: MemberRequest) -> list[str]:
    """The rows that a form names: the one whose button was pressed, else those picked."""
    one = request.POST.get("one")
    tokens = [one] if one else request.POST.getlist("picked")
    if not tokens:
        raise Refused("invalid", _("Select what you accept."))
    return tokens


@require_POST
def accept_controls(request: MemberRequest) -> HttpResponse:
    """Decide lines of the Statement of Applicability as proposed."""
    require(accepting.may_accept_controls(request.member))
    count = accepting.accept_controls(Board(request.member), picked(request))
    words = ngettext("%(n)s control is decided.", "%(n)s controls are decided.", count)
    messages.success(request, words % {"n": count})
    return HttpResponseRedirect(place("controls"))


@require_POST
def accept_duties(request: MemberRequest) -> HttpResponse:
    """Enter the duties of a group into the legal register."""
    count = accepting.accept_duties(Board(request.member), request.POST.get("one", ""))
    words = ngettext("%(n)s duty is in the legal register.", "%(n)s duties are in the legal register.", count)
    messages.success(request, words % {"n": count})
    return HttpResponseRedirect(place("law"))


@require_POST
def accept_role(request: MemberRequest) -> HttpResponse:
    """Draft a role and go there to name who holds it."""
    record = accepting.accept_role(Board(request.member), request.POST.get("one", ""))
    messages.success(request, _("%(ref)s is drafted. Say who holds it.") % {"ref": record.ref})
    return HttpResponseRedirect(record_url(record))


@require_POST
def accept_calendar(request: MemberRequest) -> HttpResponse:
    """Change intervals as proposed."""
    require(accepting.may_plan(request.member))
    count = accepting.accept_rhythms(Board(request.member), picked(request))
    words = ngettext("%(n)s interval is changed.", "%(n)s intervals are changed.", count)
    messages.success(request, words % {"n": count})
    return HttpResponseRedirect(place("calendar"))


@require_http_methods(["GET", "HEAD", "POST"])
def organisation_profile(request: MemberRequest) -> HttpResponse:
    """What the organisation is; from it proposals follow."""
    require(request.member.role in PROFILERS)
    organisation = Organisation.objects.get(pk=request.member.organisation_id)
    form = OrganisationProfileForm.of(profile_of(organisation))
    status = 200
    if request.method == "POST":
        form = OrganisationProfileForm(request.POST)
        if form.is_valid():
            keep_profile(organisation.pk, form.profile)
            messages.success(request, _("The profile is kept. These are the proposals that follow from it."))
            return HttpResponseRedirect(place())
        status = 422
    context = {"title": _("Profile of the organisation"), "form": form, "name": organisation.name}
    return render(request, "planning/proposals_profile.html", context, status=status)
