"""Related topics in other texts, and the comparison with ISO 13485: informative, never equivalence."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aims.catalogue import Crosswalk, edition
from aims.organisation.refused import Refused
from aims.pages.places import record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.records.access import existing, may_add, visible
from aims.records.changes import create, move, write
from aims.records.models import Link
from aims.records.registry import register_of
from planning.act_sheet import spoken
from planning.act_views import tabs
from planning.models.conformity import StandardComparison

# a framework → the field of a crosswalk entry, and what it is called
FRAMEWORKS = {
    "nist": ("nist_ai_rmf", "NIST AI RMF 1.0"),
    "ai-act": ("eu_ai_act", "EU AI Act"),
    "iso-27001": ("iso_27001_2022", "ISO/IEC 27001:2022"),
    "iso-9001": ("iso_9001_2015", "ISO 9001:2015"),
    "iso-13485": ("iso_13485_2016", "ISO 13485:2016"),
}
DEVICES = StandardComparison.Standard.DEVICES.value
TONES = {"have": "ok", "partly": "warn", "new": "bad", "": "idle"}


def heading(code: str) -> str:
    """The title of a clause or control in the reader's language."""
    return edition().text(code, "heading", get_language() or "en")


@require_GET
def crosswalks(request: MemberRequest) -> HttpResponse:
    """What corresponds elsewhere to each clause and control; with a framework's number the other way round."""
    framework = request.GET.get("framework", "")
    framework = framework if framework in FRAMEWORKS else ""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    part = request.GET.get("part", "")
    entries = [e for e in edition().crosswalks.entries if fits(e, framework, asked, part)]
    shown = [framework] if framework else list(FRAMEWORKS)
    columns = [{"label": FRAMEWORKS[name][1], "css": "small"} for name in shown]
    rows = [
        {
            "title": entry.code,
            "sub": heading(entry.code),
            "url": workspace_url(entry.code),
            "cells": list(
                zip(columns, (", ".join(numbers(entry, name)) or "–" for name in shown), strict=True)
            ),
        }
        for entry in entries
    ]
    words = _("Clauses and controls with what corresponds elsewhere")
    context = {
        "title": _("Other frameworks"),
        "tabs": tabs("crosswalks"),
        "tabs_label": _("AI Act"),
        "table": {"label": words, "columns": columns, "head": {"label": "ISO/IEC 42001"}, "rows": rows},
        "frameworks": [(name, label, name == framework) for name, (_field, label) in FRAMEWORKS.items()],
        "parts": [(value, label, value == part) for value, label in parts()],
        "asked": asked,
        "filtered": bool(framework or asked or part),
        "reverse": backwards(entries, framework) if framework else [],
        "framework_label": FRAMEWORKS[framework][1] if framework else "",
        "data": edition().crosswalks,
        "note": spoken(edition().crosswalks.note),
        "presumption": spoken(edition().crosswalks.ai_act_presumption),
    }
    return render(request, "planning/crosswalks.html", context)


def parts() -> list[tuple[str, str]]:
    """The parts of ISO/IEC 42001 by which the page is narrowed."""
    tops = [(str(number), f"{number} {heading(str(number))}") for number in range(4, 11)]
    return [*tops, ("A", _("Annex A, the controls"))]


def fits(entry: Crosswalk, framework: str, asked: str, part: str) -> bool:
    """Whether an entry is in the part, has something in the framework, and is what was looked for."""
    names = [framework] if framework else list(FRAMEWORKS)
    texts = [entry.code, heading(entry.code), *(n for name in names for n in numbers(entry, name))]
    inside = not part or entry.code.split(".")[0] == part
    found = not asked or any(asked.lower() in text.lower() for text in texts)
    return inside and found and (not framework or bool(numbers(entry, framework)))


def numbers(entry: Crosswalk, framework: str) -> tuple[str, ...]:
    """What corresponds in a framework."""
    found: tuple[str, ...] = getattr(entry, FRAMEWORKS[framework][0])
    return found


def backwards(entries: list[Crosswalk], framework: str) -> list[dict[str, Any]]:
    """From the framework's numbers to the codes of ISO/IEC 42001, in the order of the framework."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        for number in numbers(entry, framework):
            found.setdefault(number, []).append(entry.code)
    return [
        {"number": number, "codes": [(code, workspace_url(code)) for code in codes]}
        for number, codes in sorted(found.items(), key=lambda pair: natural(pair[0]))
    ]


def natural(text: str) -> list[Any]:
    """An order in which 4.2 comes before 4.10."""
    digits = "".join(c if c.isdigit() else f" {c} " for c in text).split()
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in digits]


@require_GET
def compare(request: MemberRequest) -> HttpResponse:
    """Where ISO/IEC 42001 asks for more than ISO 13485, and what the organisation has already."""
    return comparison(request)


def comparison(
    request: MemberRequest, code: str = "", refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The page; with a refusal what was typed for one row."""
    member = request.member
    kept = {
        row.code: row
        for row in visible(member, StandardComparison).filter(standard=DEVICES, state="in_force")
    }
    evidence = evidence_of(request, [row.pk for row in kept.values()])
    more = request.GET.get("show", "")
    rows = [comparison_row(entry, kept.get(entry.code), evidence) for entry in edition().crosswalks.entries]
    for row in rows:
        if row["code"] == code and refused:
            row.update(
                note=request.POST.get("note", ""),
                standing=request.POST.get("standing", ""),
                wrong=str(refused),
            )
    counts = {name: sum(row["standing"] == name for row in rows) for name in ("have", "partly", "new", "")}
    context = {
        "title": _("ISO/IEC 42001 beside ISO 13485"),
        "tabs": tabs("compare standard"),
        "tabs_label": _("AI Act"),
        "rows": [row for row in rows if not more or row["level"] == more or row["standing"] == more],
        "counts": counts,
        "number": len(rows),
        "levels": [(value, label, value == more) for value, label in level_words().items()],
        "standings": StandardComparison.Standing.choices,
        "writes": may_add(member, register_of(StandardComparison)),
        "note": edition().crosswalks.improvement_note,
        "points": [spoken(point) for point in edition().crosswalks.improvement_note.points],
        "heading": spoken(edition().crosswalks.improvement_note.title),
    }
    return render(request, "planning/compare.html", context, status=status)


def level_words() -> dict[str, str]:
    """How much more ISO/IEC 42001 asks for."""
    return {"new": _("new"), "more": _("more"), "same": _("much the same")}


def comparison_row(
    entry: Crosswalk, kept: StandardComparison | None, evidence: dict[Any, int]
) -> dict[str, Any]:
    """One clause or control beside ISO 13485."""
    return {
        "code": entry.code,
        "title": heading(entry.code),
        "url": workspace_url(entry.code),
        "theirs": ", ".join(entry.iso_13485_2016),
        "level": entry.beyond_13485.level,
        "level_label": level_words()[entry.beyond_13485.level],
        "more": spoken(entry.beyond_13485.more),
        "standing": kept.standing if kept else "",
        "standing_label": kept.get_standing_display() if kept else "",
        "tone": TONES[kept.standing if kept else ""],
        "note": kept.note if kept else "",
        "version": kept.version if kept else "",
        "record_url": record_url(kept) if kept else "",
        "evidence": evidence.get(kept.pk, 0) if kept else 0,
        "wrong": "",
    }


def evidence_of(request: MemberRequest, keys: list[Any]) -> dict[Any, int]:
    """How many pieces of evidence speak for each answer."""
    kind = register_of(StandardComparison).path
    rows = visible(request.member, Link).filter(kind=kind, record_id__in=keys)
    found: dict[Any, int] = {}
    for key in rows.values_list("record_id", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


@require_POST
def keep(request: MemberRequest, code: str) -> HttpResponse:
    """Keep what the organisation has already for one clause or control."""
    existing(next((e for e in edition().crosswalks.entries if e.code == code), None))
    values = {"standing": request.POST.get("standing", ""), "note": request.POST.get("note", "")}
    row = (
        visible(request.member, StandardComparison)
        .filter(standard=DEVICES, code=code, state="in_force")
        .first()
    )
    try:
        kept = kept_row(request, row, code, values)
    except Refused as refused:
        if refused.code in ("forbidden", "not_found"):
            raise
        return comparison(request, code, refused, refused.status)
    messages.success(request, _("%(code)s is kept.") % {"code": code})
    if "evidence" in request.POST:
        return HttpResponseRedirect(record_url(kept, "evidence"))
    return HttpResponseRedirect(reverse("compare standard") + f"#c-{code}")


@transaction.atomic
def kept_row(
    request: MemberRequest, row: StandardComparison | None, code: str, values: dict[str, Any]
) -> StandardComparison:
    """The answer through the one door: changed, or new."""
    if row is not None:
        given = request.POST.get("version", "")
        return write(request.member, row, values, int(given) if given.isascii() and given.isdigit() else None)
    title = f"{code} {heading(code)}"[:200]
    record = create(
        request.member, StandardComparison, {**values, "title": title, "standard": DEVICES, "code": code}
    )
    return move(request.member, record, "put_in_force", record.version)
