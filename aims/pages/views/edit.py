"""New records and changes of records: one form for every kind, with its parts, that loses nothing that was typed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aims.organisation.refused import Refused
from aims.pages import errors
from aims.pages.conflicts import Conflict, conflict_of_sheet
from aims.pages.forms import Sheet
from aims.pages.places import crumbs, record_crumbs, record_url, safe_next
from aims.pages.request import MemberRequest, wants_short_answer
from aims.pages.views.records import found
from aims.pages.views.registers import known
from aims.records import origins
from aims.records.access import fetch, may_add, may_change, require
from aims.records.base import Record
from aims.records.changes import create, write
from aims.records.display import first_letter_up
from aims.records.foretelling import foretell
from aims.records.registry import Effect, Register, observers, register_of


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest, path: str) -> HttpResponse:
    """A new record. The address may bring values (`?system=…`) or what it comes from (`?from=…`), to see and change."""
    register = known(path)
    require(may_add(request.member, register))
    source = origins.source_at(request.member, request.GET["from"]) if "from" in request.GET else None
    if request.method != "POST":
        sheet = Sheet(register, request.member)
        sheet.form.initial.update(origins.prefill(source, register) if source else {})
        sheet.form.initial.update({n: v for n, v in request.GET.items() if n in register.fields})
        return show(request, sheet)
    sheet = Sheet(register, request.member, data=request.POST)
    if "add" in request.POST:
        return one_more(request, sheet, request.POST)
    if not sheet.is_valid():
        return show(request, sheet, 422)

    def make() -> Record:
        return create(request.member, register.model, sheet.form.entered, sheet.entered_parts)

    try:
        if effects := unconfirmed(request, register, make):
            return show(request, sheet, effects=effects)
        record = make()
        if source:
            origins.lay(request.member, source, record)
    except Refused as refusal:
        return refuse(request, sheet, refusal)
    messages.success(request, _("%(ref)s is kept.") % {"ref": record.ref})
    return HttpResponseRedirect(safe_next(request, record_url(record)))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, path: str, key: Any) -> HttpResponse:
    """Change a record."""
    record = found(request, path, key)
    require(may_change(request.member, record))
    if request.method != "POST":
        return show(request, Sheet(register_of(record), request.member, record))
    sheet = Sheet(register_of(record), request.member, record, request.POST)
    if "add" in request.POST:
        return one_more(request, sheet, request.POST)
    if not sheet.is_valid():
        return errors.short(unread(sheet)) if wants_short_answer(request) else show(request, sheet, 422)
    return save(request, record, sheet)


def unread(sheet: Sheet) -> Refused:
    """What could not be read of a form, as a refusal."""
    found = {name: [str(e) for e in problems] for name, problems in sheet.form.errors.items()}
    return Refused("invalid", _("Check the marked fields."), found)


def save(request: MemberRequest, record: Record, sheet: Sheet) -> HttpResponse:
    """Write through the door; a refusal comes back with everything that was typed."""
    version = sheet.form.cleaned_data["version"]

    def change() -> Record:
        return write(request.member, record, sheet.form.entered, version, sheet.entered_parts)

    try:
        if version is None:
            raise Refused("version_needed", _("The form is incomplete. Load the page again."))
        if effects := unconfirmed(request, sheet.register, change):
            return show(request, sheet, effects=effects)
        record = change()
    except Refused as refusal:
        if refusal.code == "stale":
            return conflict(request, record, sheet, refusal)
        return refuse(request, sheet, refusal)
    if wants_short_answer(request):
        return JsonResponse({"version": record.version}, headers={"X-Version": str(record.version)})
    if record.version == version:
        messages.info(request, _("Nothing was changed: %(ref)s said this already.") % {"ref": record.ref})
        return HttpResponseRedirect(safe_next(request, record_url(record)))
    messages.success(
        request,
        _("Saved as version %(version)d of %(ref)s.") % {"version": record.version, "ref": record.ref},
    )
    return HttpResponseRedirect(safe_next(request, record_url(record)))


def unconfirmed(
    request: MemberRequest, register: Register, change: Callable[[], Record]
) -> tuple[Effect, ...]:
    """What would follow elsewhere from a change that nobody has confirmed yet: it is shown before anything is saved."""
    if "confirmed" in request.POST or wants_short_answer(request) or not observers(register.path):
        return ()
    return foretell(change)


def refuse(request: MemberRequest, sheet: Sheet, refusal: Refused) -> HttpResponse:
    """The form again with what was typed and what is wrong; who may not write at all gets no form."""
    if wants_short_answer(request):
        return errors.short(refusal)
    if refusal.code in ("forbidden", "not_found"):
        raise refusal
    sheet.show(refusal)
    return show(request, sheet, refusal.status)


def conflict(request: MemberRequest, record: Record, typed: Sheet, refusal: Refused) -> HttpResponse:
    """Somebody else was first: both texts, and the form to go on with."""
    if wants_short_answer(request):
        return errors.short(refusal)
    now = fetch(request.member, type(record), record.pk)
    fresh = Sheet(typed.register, request.member, now)
    both = conflict_of_sheet(request.member, now, typed, fresh)
    return show(request, fresh, refusal.status, both)


def one_more(request: MemberRequest, sheet: Sheet, data: QueryDict) -> HttpResponse:
    """The form with one more row of parts; nothing is judged or saved."""
    fresh = sheet.again(data)
    fresh.more(str(data["add"]))
    return show(request, fresh)


def show(
    request: MemberRequest,
    sheet: Sheet,
    status: int = 200,
    both: Conflict | None = None,
    effects: tuple[Effect, ...] = (),
) -> HttpResponse:
    """The form; with `effects`, what would follow from saving it, to be confirmed."""
    register, record = sheet.register, sheet.record
    context = {
        "title": heading(register, record),
        "crumbs": record_crumbs(record, (_("Edit"), "")) if record else crumbs(register, (_("New"), "")),
        "register": register,
        "record": record,
        "sheet": sheet,
        "form": sheet.form,
        "conflict": both,
        "effects": effects,
        "next": safe_next(request, ""),
        "back_url": safe_next(
            request, record_url(record) if record else crumbs(register, ("", ""))[-2]["url"]
        ),
    }
    return render(request, "pages/form.html", context, status=status)


def heading(register: Register, record: Record | None) -> str:
    """The title of the form."""
    if record is not None:
        return _("Edit %(title)s") % {"title": record.heading}
    return first_letter_up(_("New: %(kind)s") % {"kind": register.name})
