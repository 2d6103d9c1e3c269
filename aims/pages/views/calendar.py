"""The calendar: the year at a glance, what moving a date would bring with it, and feeds for other programs."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aims.organisation.acting import acting
from aims.organisation.member import FEED_ALL, FEED_MINE, FEEDS, Member, member_by_feed
from aims.organisation.models import ApiToken
from aims.organisation.refused import Refused
from aims.pages import date_filter, planner
from aims.pages.request import MemberRequest
from aims.pages.templatetags.words import SOON_DAYS
from aims.pages.work import MOST_DATES, dates_between, occurrence_rows
from aims.records.access import existing, fetch, require
from aims.schedule import feeds, moving
from aims.schedule.dates import add_months
from aims.schedule.floors import floors
from aims.schedule.models import Occurrence

AHEAD = timedelta(days=400)


class MoveForm(forms.Form):
    """Another date, and why."""

    due = forms.DateField(
        label=gettext_lazy("New date"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    seen = forms.DateField(widget=forms.HiddenInput)


@require_GET
def calendar(request: MemberRequest) -> HttpResponse:
    """What falls due; with `?at=` a date is chosen to be moved, and with `?due=` what that would bring."""
    chosen = chosen_date(request.member, request.GET.get("at", ""))
    form = move_form(chosen, request.GET) if chosen else None
    return show(request, chosen, form)


def chosen_date(member: Member, key: str) -> Occurrence | None:
    """The occurrence that an address names, or None."""
    return fetch(member, Occurrence, key) if key else None


def move_form(chosen: Occurrence, data: Any) -> MoveForm:
    """The form of moving: with what was typed where there is something."""
    if "due" not in data:
        return MoveForm(initial={"due": chosen.due, "seen": chosen.due})
    initial = {"due": data.get("due"), "why": data.get("why", ""), "seen": chosen.due}
    return MoveForm(initial=initial)


def show(
    request: MemberRequest, chosen: Occurrence | None = None, form: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    """The page."""
    member, day = request.member, timezone.localdate()
    since = day.replace(day=1) - timedelta(days=90)
    by = date_filter.chosen(request.GET)
    found = date_filter.narrowed(member, dates_between(member, since, day + AHEAD), by)
    rows = occurrence_rows(member, found[:MOST_DATES])
    shown = [row for row in rows if row["late"] or row["day"] >= day.replace(day=1)]
    soon = day + timedelta(days=SOON_DAYS)
    near = [row for row in shown if row["day"] < add_months(day.replace(day=1), 3)]
    context = {
        "title": _("Calendar"),
        "by": by,
        "kept": by.address(),
        "hidden": list(vars(by).items()),
        "list_address": by.address(view="list"),
        "whole": by.address(clause="", who="", kind="", state=""),
        "filters": date_filter.fields(member, by),
        "tabs": [
            {"label": words, "url": f"?{by.address(view=name)}", "current": name == by.view}
            for name, words in (("year", _("Year")), ("list", _("List")))
        ],
        "heads": planner.heads(day),
        "planner": planner.planner(shown, day, soon, chosen and chosen.pk) if by.view == "year" else [],
        "months": by_month(shown if by.view == "list" else near),
        "number": len(shown),
        "late": sum(row["late"] for row in shown),
        "may_plan": moving.may_plan(member),
        "move": moved(member, chosen, form, request.GET.get("due", "")) if chosen else None,
        "feeds": my_feeds(member),
        "floors": kept(member),
    }
    return render(request, "pages/calendar.html", context, status=status)


def kept(member: Member) -> list[dict[str, Any]]:
    """What must be kept and how long, with the number of records under each floor and the earliest end."""
    rows = []
    for _code, group in groupby(floors(member), lambda floor: floor.code):
        whole, *under = group
        end = under[0].end if under else None
        rows.append(
            {"label": whole.label, "months": whole.months, "law": whole.law, "number": len(under), "end": end}
        )
    return rows


def by_month(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows under the names of their months."""
    return [
        (date_format(month, "F Y"), list(group))
        for month, group in groupby(rows, lambda r: r["day"].replace(day=1))
    ]


def moved(member: Member, chosen: Occurrence, form: MoveForm | None, asked: str) -> dict[str, Any]:
    """The card of a chosen date: what it is, the form, and what another date would bring with it."""
    row = occurrence_rows(member, [chosen])[0]
    found: dict[str, Any] = {"row": row, "form": form, "open": chosen.state in Occurrence.OPEN, "was": chosen}
    due = parsed(asked)
    if due:
        try:
            found["knock_on"] = moving.knock_on(chosen, due, timezone.localdate())
        except Refused as refusal:
            found["refused"] = str(refusal)
    elif asked:
        found["refused"] = _("This is no date.")
    return found


def parsed(text: str) -> date | None:
    """A date as forms send it, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
def move(request: MemberRequest, key: UUID) -> HttpResponse:
    """Move a date, after its knock-on was seen."""
    require(moving.may_plan(request.member))
    chosen, form = fetch(request.member, Occurrence, key), MoveForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            moving.move(request.member, chosen.pk, given["due"], given["why"], given["seen"])
        except Refused as refusal:
            if refusal.code in ("forbidden", "not_found"):
                raise
            for name in refusal.fields or {"": ()}:
                form.add_error(name or None, str(refusal))
        else:
            messages.success(request, _("Moved to %(day)s.") % {"day": date_format(given["due"], "j F Y")})
            kept = date_filter.chosen(request.GET).address()
            return HttpResponseRedirect(f"{reverse('calendar')}?{kept}")
    return show(request, chosen, form, 422)


def my_feeds(member: Member) -> list[ApiToken]:
    """The member's feeds that have not ended."""
    rows = ApiToken.objects.filter(membership_id=member.id, revoked_at=None, expires_at__gt=timezone.now())
    return [row for row in rows if FEEDS & set(row.scopes)]


@require_POST
def add_feed(request: MemberRequest) -> HttpResponse:
    """Make a feed and show its address, once."""
    scope = FEED_ALL if request.POST.get("of") == "all" else FEED_MINE
    _token, secret = feeds.make_feed(request.member, scope)
    return shown_once(request, secret)


@require_POST
def renew_feed(request: MemberRequest, key: UUID) -> HttpResponse:
    """End a feed's address and show another in its place, once: for an address that came into wrong hands."""
    token = fetch(request.member, ApiToken, key)
    existing(token if token.membership_id == request.member.id and feeds.is_open(token) else None)
    return shown_once(request, feeds.renew(request.member, token))


def shown_once(request: MemberRequest, secret: str) -> HttpResponse:
    """The page with the address of a feed."""
    address = request.build_absolute_uri(reverse("calendar feed", args=[secret]))
    answer = render(request, "pages/calendar_feed.html", {"title": _("Calendar feed"), "address": address})
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def feed(request: Any, secret: str) -> HttpResponse:
    """The calendar at a secret address, without signing in. An address that is unknown or has ended is not there."""
    member = member_by_feed(secret)
    if member is None:
        raise Http404
    with (
        acting(member.organisation_id, member.actor, member.token),
        translation.override(member.language),
        timezone.override(member.time_zone),
    ):
        body = feeds.feed(member, timezone.now())
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="aims.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
