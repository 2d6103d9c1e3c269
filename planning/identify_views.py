"""The page on which the risks of an AI system are identified, from the library and its traits (6.1.2, ISO/IEC 23894)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.choices import readable
from aims.pages.places import crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import may_add, require, visible
from aims.records.changes import create, locked
from aims.records.registry import register_of
from context.models import AISystem
from planning import identify as matching
from planning.models import AIRisk

ENTERED = ("title", "cause", "event")  # what may be changed before a risk is created


@require_http_methods(["GET", "POST"])
def identify(request: MemberRequest) -> HttpResponse:
    """The risks that concern a system, each with why; those chosen become records, each once."""
    member = request.member
    asked = request.POST if request.method == "POST" else request.GET
    system = system_of(member, asked.get("system", ""))
    if request.method == "GET":
        return page(request, system)
    require(may_add(member, register_of(AIRisk)))
    if system is None:
        raise Refused("invalid", _("Choose the AI system first."))
    try:
        made = taken(member, system, request.POST)
    except Refused as refusal:
        return page(request, system, request.POST, refusal)
    words = ngettext(
        "%(number)d risk is in the register.", "%(number)d risks are in the register.", len(made)
    )
    messages.success(request, words % {"number": len(made)})
    return HttpResponseRedirect(f"{reverse('register', args=[register_of(AIRisk).path])}?system={system.pk}")


def system_of(member: Member, text: str) -> AISystem | None:
    """The system that an address names by its number or id, or None."""
    rows = visible(member, AISystem).exclude(state="withdrawn")
    if keys := readable(AISystem, [text]) if text else []:
        return rows.filter(pk__in=keys).first()
    return rows.filter(ref=text[:30]).first() if text and text.isprintable() else None


@transaction.atomic
def taken(member: Member, system: AISystem, data: QueryDict) -> list[AIRisk]:
    """The risks chosen, as records of the system. What is there already is left as it is: never twice."""
    library = {risk.code: risk for risk in edition().risk.example_risks}
    picked = [code for code in dict.fromkeys(data.getlist("picked")) if code in library]
    if not picked:
        raise Refused("invalid", _("Select the risks that you want in the register."))
    system = locked(member, system)  # two people at once do not create one risk twice
    known = set(AIRisk.objects.filter(system=system).values_list("library", flat=True))
    made = []
    for code in picked:
        if code not in known:
            given = {**values(library[code]), **typed(data, code)}
            made.append(one(member, {**given, "system": system, "owner": system.owner_id}, code))
    return made


def one(member: Member, given: dict[str, Any], code: str) -> AIRisk:
    """A record of a risk of the library; what is wrong with it is said with its code."""
    try:
        return create(member, AIRisk, given)
    except Refused as refusal:
        fields = {f"{name}-{code}": said for name, said in refusal.fields.items()}
        raise Refused(refusal.code, f"{code}: {refusal}", fields) from refusal


def values(risk: Any) -> dict[str, Any]:
    """What the library says of a risk, in the language of who reads."""
    language = get_language() or "en"
    words = {name: edition().phrase(getattr(risk, name), language) for name in ENTERED}
    return {
        **words,
        "consequences": matching.consequence_words(risk, language),
        "sources": list(risk.risk_sources),
        "objectives": list(risk.affected_objectives),
        "library": risk.code,
    }


def typed(data: QueryDict, code: str) -> dict[str, str]:
    """What somebody wrote instead of the library's words."""
    names = ((name, data.get(f"{name}-{code}")) for name in ENTERED)
    return {name: text for name, text in names if text is not None}


def page(
    request: MemberRequest,
    system: AISystem | None,
    data: QueryDict | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    """The page; after a refusal with what was chosen and typed."""
    member, register = request.member, register_of(AIRisk)
    found = matching.offers(matching.traits_of(system)) if system else []
    known = (
        {row.library: row for row in AIRisk.objects.filter(system=system).exclude(library="")}
        if system
        else {}
    )
    rows = [row(offer, known.get(offer.risk.code), data, refusal) for offer in found]
    context = {
        "title": _("Identify risks"),
        "crumbs": crumbs(register, (_("Identify risks"), "")),
        "system": system,
        "system_url": record_url(system) if system else "",
        "systems": list(visible(member, AISystem).exclude(state="withdrawn").order_by("ref")),
        "groups": [
            group for group in grouped([r for r in rows if r["reasons"] or r["picked"]]) if group["rows"]
        ],
        "others": [r for r in rows if not r["reasons"] and not r["picked"]],
        "number": sum(bool(r["reasons"]) for r in rows),
        "may": may_add(member, register),
        "refusal": str(refusal) if refusal else "",
        "new_url": reverse("new", args=[register.path]) if may_add(member, register) else "",
        "list_url": reverse("register", args=[register.path]),
    }
    return render(request, "planning/identify.html", context, status=422 if refusal else 200)


def row(
    offer: matching.Offer, there: AIRisk | None, data: QueryDict | None, refusal: Refused | None
) -> dict[str, Any]:
    """One risk of the library for the template."""
    risk, language = offer.risk, get_language() or "en"
    said = {**values(risk), **(typed(data, risk.code) if data else {})}
    errors: Mapping[str, Any] = refusal.fields if refusal else {}
    return {
        "code": risk.code,
        **{name: said[name] for name in ENTERED},
        "errors": [str(text) for name in ENTERED for text in errors.get(f"{name}-{risk.code}", ())],
        "consequences": said["consequences"].splitlines(),
        "source": risk.risk_sources[0],
        "objectives": [(code, edition().text(code, "title", language)) for code in risk.affected_objectives],
        "controls": risk.suggested_controls,
        "reasons": offer.reasons,
        "picked": data is not None and risk.code in data.getlist("picked"),
        "there": there,
        "there_url": record_url(there) if there else "",
    }


def grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The risks by their first source, with what the source is."""
    language = get_language() or "en"
    return [
        {
            "code": group.code,
            "name": edition().phrase(group.name, language),
            "annex": group.annex_c or "",
            "sources": [edition().phrase(text, language) for text in group.sub_sources],
            "rows": [row for row in rows if row["source"] == group.code],
        }
        for group in edition().risk.risk_source_groups
    ]
