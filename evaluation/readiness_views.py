"""Readiness for certification, proof of operation, and the simulated audit: for who reads the whole organisation."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from aims.organisation.member import Member
from aims.pages.context import may_read_journal, top_title
from aims.pages.places import record_url, workspace_url
from aims.pages.request import MemberRequest
from aims.pages.templatetags.marks import chip
from aims.pages.templatetags.words import date_text
from aims.records.access import may_add, require
from aims.records.changes import create, move
from aims.records.coverage import gaps
from aims.records.registry import Gap, register_of
from aims.schedule.needs import preconditions
from evaluation import proof_of_operation as proof
from evaluation import rehearsing
from evaluation.mandatory import items
from evaluation.models import SimulatedAudit
from evaluation.readiness import Figure, figures, staged
from evaluation.simulated_audit import new_seed, seed_of, simulate
from evaluation.strips import strip

RUNS_SHOWN = 24
MOST = 60  # gaps of one grade on the page
GRADES = ("major", "minor", "observation")
TONES = {"major": "bad", "minor": "warn"}


def may_see(member: Member) -> bool:
    """Who reads the whole organisation, an auditor whose audit is not limited included: a part would show false gaps."""
    return may_read_journal(member)


def tabs(current: str) -> list[dict[str, Any]]:
    """The three pages."""
    named = (
        ("readiness", _("What an audit would find")),
        ("proof of operation", _("Proof of operation")),
        ("simulated audit", _("Simulated audit")),
    )
    return [{"label": label, "url": reverse(name), "current": name == current} for name, label in named]


@require_GET
def readiness(request: MemberRequest) -> HttpResponse:
    """The gaps by the finding that they would cause at stage 1 and stage 2, ten figures, and what must be in writing."""
    member = request.member
    require(may_see(member))
    found, shown = staged(gaps(member)), items(member)
    context = {
        "title": _("Readiness"),
        "tabs": tabs("readiness"),
        "tabs_label": _("Readiness"),
        "stats": stats(found, sum(item.shown for item in shown), len(shown)),
        "needs": preconditions(member),
        "figures": [figure_row(one) for one in figures(member, shown)],
        "stages": [stage(number, found[number]) for number in (1, 2)],
        "mandatory": shown,
        "lacking": [item for item in shown if not item.shown],
    }
    return render(request, "evaluation/readiness.html", context)


def stats(found: dict[int, list[Gap]], there: int, asked: int) -> list[dict[str, Any]]:
    """The figures on top."""
    majors = sum(gap.grade == "major" for rows in found.values() for gap in rows)
    rows: list[dict[str, Any]] = [
        {"value": majors, "label": _("major findings"), "tone": "bad" if majors else "", "url": ""},
        {"value": len(found[1]), "label": _("concerns at stage 1"), "url": "#stage-1" if found[1] else ""},
        {
            "value": len(found[2]),
            "label": _("more findings at stage 2"),
            "url": "#stage-2" if found[2] else "",
        },
        {"value": there, "of": asked, "label": _("documented information there"), "url": "#mandatory"},
    ]
    return rows


def figure_row(figure: Figure) -> dict[str, Any]:
    """One indicator."""
    return {
        "label": figure.title,
        "url": figure.url,
        "value": figure.value,
        "of": figure.of,
        "detail": figure.note,
        "good": figure.good,
        "percent": round(100 * int(figure.value) / figure.of) if figure.of else None,
    }


def stage(number: int, found: list[Gap]) -> dict[str, Any]:
    """What one stage would find, by grade."""
    headings = {
        "major": _("Major nonconformities"),
        "minor": _("Minor nonconformities"),
        "observation": _("Observations"),
    }
    by_grade = {grade: [gap for gap in found if gap.grade == grade] for grade in GRADES}
    about = {
        1: _(
            "Stage 1 reads documents and plans. It writes concerns; what is not mended becomes this finding."
        ),
        2: _("Stage 2 looks at what was really done, and at what stage 1 left open."),
    }
    return {
        "number": number,
        "heading": _("Stage 1") if number == 1 else _("Stage 2"),
        "about": about[number],
        "count": len(found),
        "groups": [
            {
                "heading": headings[grade],
                "count": len(rows),
                "rows": [gap_row(gap) for gap in rows[:MOST]],
                "more": max(0, len(rows) - MOST),
            }
            for grade, rows in by_grade.items()
            if rows
        ],
    }


def gap_row(gap: Gap) -> dict[str, Any]:
    """A gap with the finding that it would cause and the place where it is mended."""
    words = {"major": _("Major"), "minor": _("Minor")}.get(gap.grade, _("Observation"))
    icon = "circle-alert" if gap.grade == "major" else "triangle-alert"
    mark = chip(words, TONES.get(gap.grade, "idle"))
    return {
        "label": gap.title,
        "url": gap.url,
        "icon": icon,
        "ref": gap.ref,
        "detail": gap.code,
        "chip": mark,
    }


# ── Proof of operation ───────────────────────────────────────────────────


@require_GET
def operation(request: MemberRequest) -> HttpResponse:
    """Per requirement: how often it is expected, when it really happened, and the signs that an auditor would doubt."""
    require(may_see(request.member))
    every = request.GET.get("show") == "all"
    found = proof.picture(request.member)
    chosen = found.proofs if every else found.flagged
    context = {
        "title": _("Proof of operation"),
        "tabs": tabs("proof of operation"),
        "tabs_label": _("Readiness"),
        "picture": found,
        "doubted": len(found.flagged),
        "every": every,
        "groups": by_top(chosen, found.end)
        if every
        else [{"heading": "", "rows": [proof_row(one, found.end) for one in chosen]}],
    }
    return render(request, "evaluation/readiness_operation.html", context)


def by_top(proofs: Iterable[proof.Proof], end: date) -> list[dict[str, Any]]:
    """The requirements under their clause."""
    tops: dict[str, list[dict[str, Any]]] = {}
    for one in proofs:
        tops.setdefault(one.code.split(".")[0], []).append(proof_row(one, end))
    return [{"heading": f"{code} {top_title(code)}", "rows": rows} for code, rows in tops.items()]


def proof_row(one: proof.Proof, end: date) -> dict[str, Any]:
    """A requirement with its strip of time."""
    tone = "bad" if one.weight >= proof.WORST else "warn" if one.flags else "accent"
    return {
        "code": one.code,
        "text": one.text,
        "url": workspace_url(one.code),
        "expected": expected(one.months),
        "seen": one.seen,
        "kept": ", ".join(str(register.plural) for register in one.kept),
        "strip": strip(one.code, [(piece.day, piece.number) for piece in one.pieces], one.until, end, tone),
        "flags": [flag_chip(flag) for flag in one.flags],
        "edited": one.edited,
    }


def expected(months: int) -> str:
    """An interval in words; empty where none is set."""
    if not months:
        return ""
    return _("each month") if months == 1 else _("every %(n)s months") % {"n": months}


def flag_chip(flag: str) -> str:
    """A sign in words."""
    words = {
        proof.NONE: _("Nothing shows it"),
        proof.CRAMMED: _("All in the three weeks before the audit"),
        proof.STALE: _("Nothing for too long"),
        proof.SINGLE: _("A single author"),
        proof.BEFORE: _("Approved before it was written"),
    }
    return chip(words[flag], "bad" if proof.WEIGHTS[flag] == proof.WORST else "warn")


# ── Simulated audit ──────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
def simulation(request: MemberRequest) -> HttpResponse:
    """The runs that were kept. A POST draws and keeps another; the seed in the address shows what one would find today."""
    require(may_see(request.member))
    if request.method == "POST":
        return rehearse(request)
    seed, runs = seed_of(request.GET.get("seed", "")), rehearsing.history(request.member)
    context = {
        "title": _("Simulated audit"),
        "tabs": tabs("simulated audit"),
        "tabs_label": _("Readiness"),
        "simulated": simulate(request.member, seed) if seed else None,
        "may_run": may_add(request.member, register_of(SimulatedAudit)),
        "runs": [
            {"run": one, "share": rehearsing.share(one), "url": record_url(one)} for one in runs[:RUNS_SHOWN]
        ],
        "new_seed": new_seed(),
    }
    return render(request, "evaluation/readiness_simulation.html", context)


@transaction.atomic
def rehearse(request: MemberRequest) -> HttpResponse:
    """Draw, follow, and keep the result."""
    title = _("Simulated audit of %(day)s") % {"day": date_text(timezone.localdate())}
    run = create(request.member, SimulatedAudit, {"title": title, "owner": request.member.id})
    return HttpResponseRedirect(record_url(move(request.member, run, "run")))
