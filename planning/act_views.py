"""Pages of the AI Act: the duties of the organisation and of one system, and what a new version of the rules changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from aims.catalogue import edition
from aims.catalogue.ai_act_support import ActForm
from aims.organisation.models import Organisation
from aims.organisation.roles import WRITERS
from aims.pages.places import record_crumbs, record_url
from aims.pages.request import MemberRequest
from aims.records.access import fetch, may_add, require, visible
from aims.records.registry import register_of
from context.gaps import today_there
from context.models import AISystem
from planning import act_review, act_rules
from planning.act_changes import amended, compare
from planning.act_duties import Duties, tally
from planning.act_forms import forms_for
from planning.act_shown import (
    changes_shown,
    dates_shown,
    duty_table,
    open_table,
    standards_table,
    systems_table,
)
from planning.models import AIActAnswer


@require_GET
def law(request: MemberRequest) -> HttpResponse:
    """The organisation under the AI Act: systems with class and duties, dates to come, what no certificate covers."""
    all_duties = Duties(request.member)
    rows, today = all_duties.rows, today_there(request.member)
    context = {
        "title": _("AI Act"),
        "tabs": tabs("act law"),
        "tabs_label": _("AI Act"),
        "systems": systems_table(all_duties, today),
        "everybody": duty_table([row for row in rows if row.duty.key is None], _("Duties of everybody")),
        "open": open_table([row for row in rows if row.unanswered]),
        "dates": dates_shown(rows, today),
        "tally": tally(rows),
        "standards": standards_table(),
        "support": edition().act_support,
        "rules": all_duties.act.meta,
        "stale": len(act_review.stale_for(request.member)),
    }
    return render(request, "planning/act_law.html", context)


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of law beside each other."""
    pages = (
        ("act law", _("Systems and duties")),
        ("act rules", _("Versions of the rules")),
        ("crosswalks", _("Other frameworks")),
        ("compare standard", _("ISO 13485")),
    )
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in pages]


@require_GET
def system_law(request: MemberRequest, key: Any) -> HttpResponse:
    """One system under the AI Act: how it is classified, its duties by role, what answers them and what does not."""
    system = fetch(request.member, AISystem, key)
    all_duties = Duties(request.member)
    rows = [row for row in all_duties.of(system.pk) if not row.duty.waits]
    roles = dict.fromkeys(row.duty.role for row in rows)
    sheets = visible(request.member, AIActAnswer).filter(system=system, state="approved").order_by("-pk")
    sheet = sheets.first()
    context = {
        "title": _("%(system)s under the AI Act") % {"system": system.title},
        "crumbs": record_crumbs(system, (_("AI Act"), "")),
        "system": system,
        "sheet": sheet,
        "sheet_url": record_url(sheet) if sheet else "",
        "groups": [duty_table([r for r in rows if r.duty.role == role], "", role) for role in roles],
        "tally": tally(rows),
        "forms": forms_of(all_duties, system, sheet),
        "support": edition().act_support,
        "outdated": bool(sheet and act_rules.outdated(sheet.rules)),
        "new_url": reverse("new", args=["ai-act-answer-sheets"]) + f"?system={system.pk}",
    }
    return render(request, "planning/act_system.html", context)


def forms_of(all_duties: Duties, system: AISystem, sheet: AIActAnswer | None) -> list[ActForm]:
    """The forms that the organisation fills in for a system, by class and role."""
    facts = next((one for one in all_duties.facts.systems if one.key == system.pk), None)
    if sheet is None or facts is None:
        return []
    public = facts.deployed and all_duties.facts.profile.public
    return forms_for(sheet.outcomes, facts.provided, public)


@require_GET
def rules(request: MemberRequest) -> HttpResponse:
    """The versions of the rules; which classifications went by older ones, and what the newest make of their answers."""
    known, newest = act_rules.versions(), act_rules.current()
    others = [name for name in known if known[name] is not newest]
    chosen = request.GET.get("from", "")
    chosen = chosen if chosen in others else (others[-1] if others else "")
    sheets = list(act_review.approved(visible(request.member, AIActAnswer)))
    found = act_review.stale(sheets)
    asked = act_review.asked_for(request.member.organisation_id)
    context = {
        "title": _("Versions of the rules"),
        "tabs": tabs("act rules"),
        "tabs_label": _("AI Act"),
        "versions": [(name, act.meta, name == chosen) for name, act in sorted(known.items(), reverse=True)],
        "newest": newest.meta,
        "chosen": chosen,
        "amended": amended(known[chosen], newest) if chosen else None,
        "stale": [changes_shown(one, asked) for one in found],
        "to_ask": sum(one.difference.any and one.sheet.system_id not in asked for one in found),
        "replayed": replayed(sheets, chosen) if chosen else [],
        "adds": may_add(request.member, register_of(AIActAnswer)),
        "asks": request.member.role in WRITERS,
    }
    return render(request, "planning/act_rules.html", context)


def replayed(sheets: list[AIActAnswer], name: str) -> list[dict[str, Any]]:
    """What the same answers gave under an older version and give under the newest."""
    old, new = act_rules.versions()[name], act_rules.current()
    rows = [act_review.Stale(sheet, compare(old, new, sheet.answers)) for sheet in sheets if sheet.act is new]
    return [changes_shown(row, set()) for row in rows]


@require_POST
def ask_reviews(request: MemberRequest) -> HttpResponse:
    """Open a task for each system of which the newest rules make something else."""
    require(request.member.role in WRITERS)
    organisation = Organisation.objects.get(pk=request.member.organisation_id)
    count = act_review.ask(organisation, act_review.stale_for(request.member), timezone.now())
    words = ngettext("%(n)s review is asked for.", "%(n)s reviews are asked for.", count)
    messages.success(request, words % {"n": count})
    return HttpResponseRedirect(reverse("act rules"))


@require_POST
def answer_again(request: MemberRequest, key: Any) -> HttpResponse:
    """Begin a new sheet with the answers of an old one, under the newest rules. The old one stays as it is."""
    record = act_review.again(request.member, fetch(request.member, AIActAnswer, key))
    return HttpResponseRedirect(reverse("edit", args=[register_of(record).path, record.pk]))
