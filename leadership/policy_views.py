"""The AI policy: begun from the template, read as a document, taken as a PDF, compared, and acknowledged (5.2)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.paper import printed
from aims.pages.places import crumbs, record_crumbs, record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.pages.shown import signatures
from aims.records.access import fetch, may_add, require
from aims.records.registry import register_of
from context import editions
from context.gaps import where
from context.scope_views import compared
from leadership import drafting, readers
from leadership.elements import ELEMENTS, Stands, blanks, stands
from leadership.models import AIPolicy, PolicyPublication


def document(member: Member, policy: AIPolicy) -> dict[str, Any]:
    """What the document says, for the page and for the paper: each element under its heading, with its number."""
    return {
        "policy": policy,
        "organisation": member.organisation_name,
        "state": state_of(register_of(policy), policy.state),
        "sections": [section(one) for one in stands(policy) if one.filled and not one.element.parts],
        "principles": list(policy.principles.all()),
        "links": list(policy.links.all()),
        "signatures": signatures(member, policy),
        "publications": list(policy.publications.exclude(state="withdrawn").order_by("published_on")),
    }


def section(one: Stands) -> dict[str, Any]:
    """An element of the policy as a section of the document."""
    label = AIPolicy._meta.get_field(one.element.place).verbose_name  # type: ignore[union-attr]
    return {"code": one.element.code, "place": one.element.place, "heading": label, "text": one.texts[0]}


@require_GET
def page(request: MemberRequest, key: Any) -> HttpResponse:
    """The document, with what the member has said of it."""
    member, policy = request.member, fetch(request.member, AIPolicy, key)
    context = {
        "title": policy.title,
        "crumbs": record_crumbs(policy, (_("Document"), "")),
        "record_url": record_url(policy),
        "versions": editions.others(member, policy),
        "mine": readers.of_member(member, policy),
        "asked": policy.state == "approved" and readers.is_bound(member),
        "reading": readers.reading(policy) if policy.state == "approved" else None,
        **document(member, policy),
    }
    return render(request, "leadership/policy_document.html", context)


@require_GET
def current(request: MemberRequest) -> HttpResponse:
    """The policy that is in force; where there is none, the way to one."""
    policy = readers.in_use(request.member)
    if policy is not None:
        return HttpResponseRedirect(reverse("policy document", args=[policy.pk]))
    return HttpResponseRedirect(reverse("register", args=[register_of(AIPolicy).path]))


@require_GET
def paper(request: MemberRequest, key: Any) -> HttpResponse:
    """The document as a PDF to keep."""
    policy = fetch(request.member, AIPolicy, key)
    context = {**document(request.member, policy), "at": timezone.localtime()}
    name = f"ai-policy-{policy.edition}-{timezone.localdate()}"
    advice = _("The document is too long to be set. Shorten its text, or take the evidence pack.")
    return printed("leadership/policy_print.html", context, name, advice)


@require_GET
def compare(request: MemberRequest, key: Any) -> HttpResponse:
    """What differs between a version and another."""
    return compared(request, fetch(request.member, AIPolicy, key))


@require_POST
def say_read(request: MemberRequest, key: Any) -> HttpResponse:
    """A member says that they have read the policy."""
    policy = fetch(request.member, AIPolicy, key)
    readers.acknowledge(request.member, policy)
    messages.success(request, _("Kept: you have read version %(edition)s.") % {"edition": policy.edition})
    return HttpResponseRedirect(reverse("policy document", args=[policy.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: MemberRequest) -> HttpResponse:
    """What the template says about each element; a press makes a draft of it."""
    register = register_of(AIPolicy)
    require(may_add(request.member, register))
    if request.method == "POST":
        policy = drafting.begin(request.member)
        messages.success(request, _("The draft is there. Fill in what stands in double brackets."))
        return HttpResponseRedirect(reverse("edit", args=[register.path, policy.pk]))
    data, parts = drafting.drafted(request.member)
    context = {
        "title": _("An AI policy from the template"),
        "crumbs": crumbs(register, (_("Template"), "")),
        "text": data["text"],
        "rows": [(one, data[one.place]) for one in ELEMENTS if not one.parts],
        "parts": [
            (one, [" – ".join(row.values()) for row in parts[one.place]]) for one in ELEMENTS if one.parts
        ],
    }
    return render(request, "leadership/policy_template.html", context)


def elements_panel(member: Member, policy: Any) -> dict[str, Any] | None:
    """On the record's page: each required element, where it stands, and what is missing."""
    known, language = edition(), get_language() or "en"
    rows = [
        {
            "code": one.element.code,
            "code_url": workspace_url(one.element.code),
            "asked": one.element.words,
            "line": known.text(one.element.code, "text", language),
            "where": _place(policy, one),
            "url": where(policy, one.element.anchor, member),
            "filled": one.filled,
            "blank": one.blank,
            "advised": one.element.advised,
        }
        for one in stands(policy)
    ]
    return {
        "rows": rows,
        "blanks": len(blanks(policy)),
        "good": sum(row["filled"] and not row["blank"] for row in rows),
    }


def _place(policy: AIPolicy, one: Stands) -> str:
    field: Any = policy._meta.get_field(one.element.place)
    return str(field.related_model._meta.verbose_name_plural if one.element.parts else field.verbose_name)


def reading_panel(member: Member, policy: Any) -> dict[str, Any] | None:
    """In the rail of the record: the document, where it was published, who has read it."""
    register = register_of(PolicyPublication)
    return {
        "policy": policy,
        "others": len(editions.others(member, policy)),
        "reading": readers.reading(policy) if policy.state == "approved" else None,
        "publications": list(policy.publications.exclude(state="withdrawn").order_by("published_on")),
        "publish_url": f"{reverse('new', args=[register.path])}?policy={policy.pk}"
        if policy.state == "approved" and may_add(member, register)
        else "",
    }
