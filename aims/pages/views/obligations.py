"""What the calendar is made from: the obligations with their intervals, and the organisation's week."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.organisation.models import Membership, Organisation
from aims.organisation.roles import Role
from aims.pages.context import top_title
from aims.pages.request import MemberRequest
from aims.records.access import fetch, require
from aims.records.registry import obligation_rule, register
from aims.schedule.floors import fact
from aims.schedule.models import FreeDay, Obligation
from aims.schedule.moving import may_plan
from aims.schedule.obligations import change, plan
from aims.schedule.working import choose_week, keeps_holidays, rest_of

Kind = Obligation.Kind


class ObligationForm(forms.Form):
    """What an organisation changes about an obligation; a number that its kind does not use is not asked."""

    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=0, max_value=600)
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=0, max_value=3650)
    hours = forms.IntegerField(label=gettext_lazy("Hours"), min_value=0, max_value=8760)
    lead = forms.RegexField(
        r"^\s*\d{1,3}(\s*,\s*\d{1,3}){0,5}\s*$",
        label=gettext_lazy("Announced so many days before"),
        help_text=gettext_lazy("Numbers with commas, such as 60, 30, 7."),
        error_messages={"invalid": gettext_lazy("Write numbers with commas, such as 60, 30, 7.")},
    )
    shift = forms.ChoiceField(
        label=gettext_lazy("On a day without work"), choices=Obligation.Shift.choices, required=False
    )
    owner = forms.ChoiceField(label=gettext_lazy("Who is asked"), required=False)
    active = forms.BooleanField(label=gettext_lazy("Planned and asked for"), required=False)

    def __init__(self, *args: Any, row: Obligation, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = _("Owner of the record, else: %(role)s") % {"role": row.get_role_display()}
        self.fields["owner"].choices = [("", nobody), *people]  # type: ignore[attr-defined]
        for name in {"months", "days", "hours"} - asked(row):
            del self.fields[name]
        if row.kind in (Kind.RETENTION, Kind.PRECONDITION):
            for name in ("lead", "shift", "owner"):
                del self.fields[name]

    def clean_lead(self) -> list[int]:
        """The numbers, the largest first."""
        found = {int(part) for part in self.cleaned_data["lead"].split(",")}
        if max(found) > 366:
            raise ValidationError(_("A year is the longest."))
        return sorted(found, reverse=True)

    def clean(self) -> dict[str, Any]:
        """An interval is at least a day."""
        given: dict[str, Any] = super().clean() or {}
        times = [given[name] for name in ("months", "days", "hours") if name in given]
        if times and not any(times):
            raise ValidationError(_("An interval is at least a day."))
        return given


class WeekForm(forms.Form):
    """On which days the organisation does not work."""

    rest = forms.MultipleChoiceField(
        label=gettext_lazy("Days of the week without work"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    holidays = forms.BooleanField(label=gettext_lazy("Closed on public holidays"), required=False)

    def clean_rest(self) -> frozenset[int]:
        """Not the whole week."""
        rest = frozenset(int(day) for day in self.cleaned_data["rest"])
        if len(rest) > 6:
            raise ValidationError(_("A day of work must remain."))
        return rest


class DayForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day of one's own without work."""

    class Meta:
        model = FreeDay
        fields = ("day", "name")
        widgets = {"day": forms.DateInput({"type": "date"}, "%Y-%m-%d")}


def asked(row: Obligation) -> set[str]:
    """Which numbers an obligation of its kind has."""
    if row.kind == Kind.PRECONDITION:
        return set()
    if row.kind == Kind.RETENTION:
        return {"months"}
    return {"hours"} if row.hours else {"months", "days"}


def counted(row: Obligation) -> str:
    """A number of months, days and hours in words."""
    parts = []
    if row.months:
        parts.append(ngettext("%(n)d month", "%(n)d months", row.months) % {"n": row.months})
    if row.days:
        parts.append(ngettext("%(n)d day", "%(n)d days", row.days) % {"n": row.days})
    if row.hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", row.hours) % {"n": row.hours})
    return ", ".join(parts)


def when(row: Obligation) -> str:
    """When an obligation falls due, in words."""
    time, rule = counted(row), row.rule
    if rule and rule.before:
        words = ngettext("%(n)d day before: %(what)s", "%(n)d days before: %(what)s", rule.before_days)
        other = obligation_rule(rule.before)
        return words % {"n": rule.before_days, "what": other.title if other else rule.before}
    said = {
        Kind.PERIODIC: _("every %(time)s"),
        Kind.AFTER: _("%(time)s after the event"),
        Kind.TRIGGER: _("asked at once, within %(time)s") if time else _("at once"),
        Kind.RETENTION: _("kept at least %(time)s"),
        Kind.PRECONDITION: _("first: %(needs)s"),
    }[Kind(row.kind)]
    needs = ", ".join(str(need.title) for need in rule.needs) if rule else ""
    return said % {"time": time, "needs": needs}


def shown(row: Obligation) -> dict[str, Any]:
    """An obligation as a row."""
    known, kind = fact(row.rule), register(row.register)
    return {
        "key": row.pk,
        "label": row.label,
        "clause": row.clause,
        "kind": row.get_kind_display(),
        "when": when(row),
        "about": str(kind.plural) if kind else "",
        "source": known.source if known and known.basis != "default" else "",
        "who": row.owner.name if row.owner else row.get_role_display(),
        "own": bool(row.own),
        "active": row.active,
        "lead": ", ".join(str(day) for day in row.lead_days),
    }


@require_GET
def rules(request: MemberRequest) -> HttpResponse:
    """All obligations by clause, and the week."""
    return show(request)


def show(request: MemberRequest, status: int = 200, **more: Any) -> HttpResponse:
    """The page; `more` are forms that were refused."""
    member = request.member
    organisation = Organisation.objects.get(pk=member.organisation_id)
    rows = Obligation.objects.filter(organisation=organisation).select_related("owner")
    found = sorted(rows, key=lambda row: (top_of(row), row.clause, row.code))
    days = FreeDay.objects.filter(organisation=organisation, day__gte=timezone.localdate())
    context = {
        "title": _("What the calendar is made from"),
        "groups": [
            (top_title(str(top)) if top < 11 else _("Annex A"), [shown(row) for row in group])
            for top, group in groupby(found, key=top_of)
        ],
        "may_plan": may_plan(member),
        "week": WeekForm(
            initial={
                "rest": sorted(map(str, rest_of(organisation))),
                "holidays": keeps_holidays(organisation),
            }
        ),
        "country": organisation.country,
        "days": list(days[:60]),
        "day_form": DayForm(),
        **more,
    }
    return render(request, "pages/obligations.html", context, status=status)


def top_of(row: Obligation) -> int:
    """The number of the clause under which an obligation stands; Annex A comes last."""
    top = row.clause.split(".")[0]
    return int(top) if top.isdigit() else 11


@require_http_methods(["GET", "POST"])
def rule(request: MemberRequest, key: UUID) -> HttpResponse:
    """One obligation, to be changed by who plans."""
    row: Obligation = fetch(request.member, Obligation, key)
    require(may_plan(request.member))
    members = Membership.objects.filter(organisation_id=row.organisation_id, active=True)
    people = [(str(one.pk), one.name) for one in members.exclude(role=Role.API_CLIENT)]
    initial = {name: getattr(row, name) for name in ("months", "days", "hours", "shift", "active")}
    initial |= {"lead": ", ".join(map(str, row.lead_days)), "owner": str(row.owner_id or "")}
    form = ObligationForm(request.POST or None, initial=initial, row=row, people=people)
    if request.method == "POST" and form.is_valid() and changed(request, row, form):
        messages.success(request, _("Changed: %(title)s") % {"title": row.label})
        return HttpResponseRedirect(reverse("obligations"))
    context = {"title": row.label, "row": shown(row), "form": form}
    return render(request, "pages/obligation.html", context, status=422 if form.errors else 200)


def changed(request: MemberRequest, row: Obligation, form: ObligationForm) -> bool:
    """Keep what differs, and plan again; False, with the errors on the form, where the law or the model refuses."""
    given = dict(form.cleaned_data)
    given["lead_days"] = given.pop("lead", row.lead_days)
    given["owner_id"] = UUID(given.pop("owner")) if given.get("owner") else given.pop("owner", None) or None
    values = {name: value for name, value in given.items() if getattr(row, name) != value}
    try:
        change(row, **values)
    except ValidationError as error:
        for name, said in error.message_dict.items():
            form.add_error(name if name in form.fields else None, said)
        return False
    plan(Organisation.objects.get(pk=row.organisation_id), timezone.now(), [row.code])
    return True


@require_POST
def week(request: MemberRequest) -> HttpResponse:
    """Choose the days of the week without work."""
    require(may_plan(request.member))
    form = WeekForm(request.POST)
    if not form.is_valid():
        return show(request, 422, week=form)
    organisation = Organisation.objects.get(pk=request.member.organisation_id)
    choose_week(organisation, form.cleaned_data["rest"], form.cleaned_data["holidays"])
    return planned_again(request, organisation)


@require_POST
def add_day(request: MemberRequest) -> HttpResponse:
    """Add a day without work."""
    require(may_plan(request.member))
    organisation = Organisation.objects.get(pk=request.member.organisation_id)
    form = DayForm(request.POST, instance=FreeDay(organisation=organisation))
    if (
        form.is_valid()
        and FreeDay.objects.filter(organisation=organisation, day=form.cleaned_data["day"]).exists()
    ):
        form.add_error("day", _("This day is on the list already."))
    if not form.is_valid():
        return show(request, 422, day_form=form)
    form.save()
    return planned_again(request, organisation)


@require_POST
def remove_day(request: MemberRequest, key: UUID) -> HttpResponse:
    """Work on a day after all."""
    row: FreeDay = fetch(request.member, FreeDay, key)
    require(may_plan(request.member))
    row.delete()
    return planned_again(request, row.organisation)


def planned_again(request: MemberRequest, organisation: Organisation) -> HttpResponse:
    """The dates that are only planned follow the week at once."""
    plan(organisation, timezone.now())
    messages.success(request, _("The calendar follows your week."))
    return HttpResponseRedirect(reverse("obligations") + "#week")
