"""The AI Act as rows of pages: duties with their answers, systems with their duties, dates, and what new rules change."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.pages.places import record_url, workspace_url
from aims.pages.templatetags.marks import chip, tag
from aims.records.display import first_letter_up, plain
from context.models import AISystem
from planning import act_rules
from planning.act_answered import Kind
from planning.act_changes import Asked
from planning.act_duties import Answered, Duties, next_day, tally
from planning.act_review import Stale
from planning.act_sheet import labels_of, spoken
from planning.ai_act import ANNEX_I, ANNEX_III, LITERACY, MODELS, TRANSPARENCY
from planning.proposals_act import DEPLOYER, EVERYBODY, PROVIDER

TONES = {"answered": "ok", "partly": "warn", "nothing": "bad"}


def role_words(role: str) -> str:
    """Whose duties they are."""
    words = {
        PROVIDER: _("As its provider"),
        DEPLOYER: _("As its deployer"),
        EVERYBODY: _("Whatever the role"),
        "importer": _("As its importer"),
        "distributor": _("As its distributor"),
        "component_supplier": _("As a supplier of its components"),
    }
    return words.get(role, role)


def event_words(event: str) -> str:
    """What begins to apply with an event of the Act's timeline."""
    words = {
        LITERACY: _("AI literacy and prohibited practices"),
        MODELS: _("General-purpose models"),
        TRANSPARENCY: _("Transparency"),
        ANNEX_III: _("High risk, Annex III"),
        ANNEX_I: _("High risk, Annex I"),
    }
    return words.get(event, event)


def standing_words(standing: str) -> str:
    """How far a duty is answered."""
    return {"answered": _("Records there"), "partly": _("In part"), "nothing": _("Nothing yet")}[standing]


def standing_chip(row: Answered) -> SafeString:
    """The same as a chip; a duty that applies later asks for nothing yet."""
    tone = TONES[row.standing] if row.in_force or row.standing == "answered" else "idle"
    return chip(standing_words(row.standing), tone)


def reach_words(reach: str) -> str:
    """How far a management system under ISO/IEC 42001 carries for a duty."""
    return {"much": _("much of it"), "partly": _("part of it"), "little": _("little of it")}[reach]


def duty_table(rows: Sequence[Answered], caption: str, role: str = "") -> dict[str, Any]:
    """The duties of one role: what is asked, from when, what answers it, and what stays open."""
    return {
        "id": f"role-{role or 'all'}",
        "heading": caption or role_words(role),
        "rows": [duty_row(row) for row in rows],
    }


def duty_row(row: Answered) -> dict[str, Any]:
    """One duty for `templates/planning/act_duties.html`."""
    duty, answer = row.duty, row.answer
    return {
        "ref": duty.ref,
        "title": first_letter_up(spoken(duty.title)),
        "summary": first_letter_up(spoken(duty.summary)),
        "outcome": spoken(labels_of(act_rules.current()).get(duty.outcome, "")),
        "applies": duty.applies,
        "now": row.in_force,
        "chip": standing_chip(row),
        "kinds": list({kind.label: kind_row(kind) for kind in row.kinds}.values()),
        "codes": [tag(code, workspace_url(code)) for code in answer.codes] if answer else [],
        "reach": reach_words(answer.reach) if answer else "",
        "lacks": spoken(answer.lacks) if answer else "",
        "standards": ", ".join(answer.standards) if answer else "",
        "legal": legal_row(row),
    }


def kind_row(kind: Kind) -> dict[str, Any]:
    """A kind of record with where it is, or where it is entered."""
    first = kind.holdings[0] if kind.holdings else None
    return {
        "label": kind.label,
        "number": sum(holding.number for holding in kind.holdings),
        "url": first.url if first else kind.new_url,
        "standing": kind.standing,
    }


def legal_row(row: Answered) -> dict[str, Any] | None:
    """How the legal register judges it."""
    if row.legal is None:
        return None
    said = row.legal.get_verdict_display() or _("not evaluated")
    return {"label": first_letter_up(str(said)), "ref": row.legal.ref, "url": record_url(row.legal)}


def systems_table(all_duties: Duties, today: date) -> list[dict[str, Any]]:
    """Each system in scope with its class, its duties answered and not, and its next date."""
    labels = dict(AISystem.Outcome.choices)
    rows = []
    for system in all_duties.facts.systems:
        own = [row for row in all_duties.rows if row.duty.key == system.key]
        outcomes = [first_letter_up(str(labels.get(code, code))) for code in system.outcomes]
        rows.append(
            {
                "title": system.title,
                "url": reverse("system law", args=[system.key]),
                "outcomes": outcomes,
                "prohibited": "PROHIBITED" in system.outcomes,
                "tally": tally(own),
                "number": sum(not row.duty.waits for row in own),
                "unanswered": sum(row.unanswered for row in own),
                "next": next_day(own, today),
            }
        )
    return rows


def open_table(rows: Iterable[Answered]) -> list[dict[str, Any]]:
    """Duties in force that nothing answers."""
    return [{**duty_row(row), "system": row.duty.system, "url": place_of(row)} for row in rows]


def place_of(row: Answered) -> str:
    """Where a duty stands."""
    return reverse("system law", args=[row.duty.key]) if row.duty.key else reverse("act law")


def dates_shown(rows: Iterable[Answered], today: date) -> list[dict[str, Any]]:
    """The days to come on which duties begin to apply, with the systems that they concern."""
    days: dict[date, list[Answered]] = {}
    for row in rows:
        if row.duty.applies and row.duty.applies > today:
            days.setdefault(row.duty.applies, []).append(row)
    return [
        {
            "day": day,
            "number": len(found),
            "open": sum(row.standing != "answered" for row in found),
            "systems": ", ".join(dict.fromkeys(row.duty.system for row in found if row.duty.system)),
        }
        for day, found in sorted(days.items())
    ]


def standards_table() -> dict[str, Any]:
    """The European standards that are written for the Act."""
    columns = [
        {"label": _("Articles"), "css": "small"},
        {"label": _("Stage"), "css": "small"},
    ]
    rows = [
        {
            "title": one.code,
            "sub": spoken(one.title),
            "cells": list(zip(columns, (one.articles, spoken(one.status)), strict=True)),
        }
        for one in edition().act_support.standards
    ]
    words = _("European standards in support of the AI Act")
    return {
        "label": words,
        "caption": words,
        "columns": columns,
        "head": {"label": _("Standard")},
        "rows": rows,
    }


def changes_shown(one: Stale, asked: set[Any]) -> dict[str, Any]:
    """A classification with what newer rules make of it, and why."""
    change, labels = one.difference, dict(AISystem.Outcome.choices)

    def said(codes: Iterable[str]) -> str:
        return first_letter_up(", ".join(str(labels.get(code, code)) for code in codes))

    return {
        "sheet": one.sheet,
        "key": one.sheet.pk,
        "system": one.sheet.system.title,
        "url": record_url(one.sheet),
        "before": said(change.before),
        "after": said(change.after) or _("open: answer again"),
        "reclassified": change.reclassified,
        "same": not change.any,
        "why": reasons_shown(change.asked, change.waiting, list(change.problems)),
        "moved": [
            _("%(outcome)s: from %(before)s to %(after)s")
            % {
                "outcome": said([moved.outcome]),
                "before": plain(moved.before) or "–",
                "after": plain(moved.after) or "–",
            }
            for moved in change.moved
        ],
        "asked": one.sheet.system_id in asked,
    }


def reasons_shown(asked: Iterable[Asked], waiting: str, problems: list[str]) -> list[str]:
    """Why an answer does not simply stand: questions that are new, other, or offer other choices."""
    found = [asked_words(one) for one in asked]
    if waiting:
        found.append(_("%(code)s waits for an answer") % {"code": waiting})
    found += [_("%(code)s: the answer is no choice any more") % {"code": code} for code in problems]
    return found


def asked_words(one: Asked) -> str:
    """What is different about a question."""
    code = one.node.code
    if one.was is None:
        return _("%(code)s is asked for the first time") % {"code": code}
    parts = []
    if one.added:
        parts.append(_("new: %(choices)s") % {"choices": ", ".join(spoken(label) for label in one.added)})
    if one.gone:
        parts.append(_("gone: %(choices)s") % {"choices": ", ".join(spoken(label) for label in one.gone)})
    if one.leads:
        parts.append(_("leads elsewhere"))
    if one.reworded:
        parts.append(_("other words or legal basis"))
    return f"{code}: {'; '.join(parts)}"
