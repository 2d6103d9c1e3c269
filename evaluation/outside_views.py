"""Who from outside may read for an audit, until when, and what they have read; for those who invite."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import fetch, require, visible
from aims.records.base import Record
from aims.records.registry import register
from evaluation import outside
from evaluation.audit_tabs import tabs
from evaluation.models import Audit, AuditorRead, OutsideAuditor
from evaluation.room_views import audit_of

SHOWN = 200  # reads on the page, the newest first
DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class InvitationForm(forms.Form):
    """Who is invited, and for how long."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    firm = forms.CharField(
        label=gettext_lazy("Certification body or customer"), max_length=150, required=False
    )
    until = forms.DateField(label=gettext_lazy("Access until the end of"), widget=DAY)
    period_from = forms.DateField(label=gettext_lazy("Records from"), required=False, widget=DAY)
    period_to = forms.DateField(label=gettext_lazy("Records to"), required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        """A period has an order."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("period_from"), data.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", _("The end must not be before the beginning."))
        return data


def may_invite(member: Member) -> bool:
    """Who invites, and sees what was read."""
    return member.role in outside.HOSTS


@require_http_methods(["GET", "HEAD", "POST"])
def auditors(request: MemberRequest, key: Any) -> HttpResponse:
    """Who was invited to an audit, what they read, and the form that invites."""
    audit = audit_of(request, key)
    require(may_invite(request.member))
    form = InvitationForm(request.POST or None)
    if request.method != "POST":
        return show(request, audit, form)
    if not form.is_valid():
        return show(request, audit, form, 422)
    try:
        row = outside.invite(request.member, audit, form.cleaned_data)
    except Refused as refusal:
        for name, problems in (refusal.fields or {"": [str(refusal)]}).items():
            form.add_error(name if name in form.fields else None, [str(one) for one in problems])
        return show(request, audit, form, refusal.status)
    except ValidationError as error:  # an address or a name that no person can have
        form.add_error(None, error.messages)
        return show(request, audit, form, 422)
    messages.success(request, _("%(name)s is invited.") % {"name": row.membership.name})
    return HttpResponseRedirect(request.path)


def show(request: MemberRequest, audit: Audit, form: InvitationForm, status: int = 200) -> HttpResponse:
    """The page."""
    rows = list(OutsideAuditor.objects.filter(audit=audit).select_related("membership__person"))
    reads = reads_of(request.member, rows)
    now = timezone.now()
    context = {
        "title": _("Auditors from outside"),
        "crumbs": record_crumbs(audit, (_("Auditors from outside"), "")),
        "tabs": tabs(request.member, audit, "outside"),
        "tabs_label": _("Audit room"),
        "audit": audit,
        "systems": list(audit.systems.order_by("title")),
        "rows": [
            {"row": row, "live": row.live(now), "proof": row.membership.person_id in proven(rows)}
            for row in rows
        ],
        "reads": reads,
        "form": form,
    }
    return render(request, "evaluation/outside.html", context, status=status)


def proven(rows: list[OutsideAuditor]) -> set[Any]:
    """Those of the invited who have a second proof of identity."""
    return outside.with_proof([row.membership.person_id for row in rows])


def reads_of(member: Member, rows: list[OutsideAuditor]) -> list[dict[str, Any]]:
    """What the invited asked for, the newest first, with the records by their titles; a query for each register."""
    people = {row.membership_id: row.membership.name for row in rows}
    found = list(AuditorRead.objects.filter(membership_id__in=people)[:SHOWN])
    names = named(member, found)
    return [
        {
            "who": people[row.membership_id],
            "at": row.at,
            "what": str(names.get(row.record_id) or row.path),
            "url": record_url(names[row.record_id]) if row.record_id in names else "",
            "path": row.path,
            "wrote": row.method not in outside.SAFE,
            "refused": row.status >= 400,
        }
        for row in found
    ]


def named(member: Member, reads: list[AuditorRead]) -> dict[Any, Record]:
    """The records that were read, by their ids."""
    keys: dict[str, set[Any]] = {}
    for row in reads:
        if row.record_id:
            keys.setdefault(row.kind or "audits", set()).add(row.record_id)
    found: dict[Any, Record] = {}
    for path, wanted in keys.items():
        known = register(path)
        if known:
            found |= {record.pk: record for record in visible(member, known.model).filter(pk__in=wanted)}
    return found


@require_POST
def end_access(request: MemberRequest, key: Any) -> HttpResponse:
    """End the access of somebody from outside at once."""
    require(may_invite(request.member))
    row = fetch(request.member, OutsideAuditor, key)
    outside.end(request.member, row)
    messages.success(request, _("The access of %(name)s has ended.") % {"name": row.membership.name})
    return HttpResponseRedirect(reverse("outside auditors", args=[row.audit_id]))


@require_POST
def mail_again(request: MemberRequest, key: Any) -> HttpResponse:
    """Send the invitation once more, with a fresh link."""
    require(may_invite(request.member))
    row = fetch(request.member, OutsideAuditor, key)
    if not row.live(timezone.now()):
        raise Refused("conflict", _("This access has ended. Invite again with a later day."))
    request.afterwards.append(lambda: outside.mail(row))
    messages.success(request, _("The mail to %(name)s is on its way.") % {"name": row.membership.name})
    return HttpResponseRedirect(reverse("outside auditors", args=[row.audit_id]))
