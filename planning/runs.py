"""What a risk assessment looked at, kept as it was when it was approved, and how it differs from the run before (8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pages.templatetags.marks import chip
from context.models import AISystem
from planning.matrix import stage_words
from planning.models import AIRisk, RiskAssessment
from planning.models.risk_criteria import rules_of
from planning.models.risks import RATINGS, STAGES

GONE = ("closed", "withdrawn")
Frozen = Mapping[str, Any]


def freeze(member: Member, run: RiskAssessment) -> None:
    """Keep what the run looked at: all open risks of the system where it names none."""
    rows = looked_at(run)
    criteria = next((row.criteria for row in rows if row.criteria), None)
    system = run.system
    run.frozen = {
        "system": {
            "ref": system.ref,
            "title": system.title,
            "release": system.release,
            "stage": system.stage,
        },
        "method": {"ref": run.method.ref, "edition": run.method.edition} if run.method else {},
        "criteria": {"ref": criteria.ref, "edition": criteria.edition} if criteria else {},
        "risks": [frozen_risk(row) for row in rows],
    }


def looked_at(run: RiskAssessment) -> "QuerySet[AIRisk]":
    """The risks that a run names, else the open ones of its system."""
    rows = run.risks.all()
    if not rows.exists():
        rows = AIRisk.objects.filter(organisation_id=run.organisation_id, system_id=run.system_id)
        rows = rows.exclude(state__in=GONE)
    parts = (
        "controls",
        "custom_controls",
        "criteria__likelihoods",
        "criteria__consequences",
        "criteria__acceptance",
    )
    return rows.select_related("owner").prefetch_related("criteria", *parts).order_by("ref")


def frozen_risk(risk: AIRisk) -> dict[str, Any]:
    """A risk as JSON: its ratings with levels and the words of their bands, its controls, who owns it."""
    labels = {rule.code: str(rule.label) for rule in rules_of(risk.criteria).bands}
    return {
        "ref": risk.ref,
        "title": risk.title,
        "state": risk.state,
        "owner": risk.owner.name if risk.owner else "",
        "option": risk.option,
        "controls": sorted(row.code for row in risk.controls.all()),
        "own_controls": sorted(row.ref for row in risk.custom_controls.all()),
        "criteria": f"{risk.criteria.ref} {risk.criteria.edition}" if risk.criteria else "",
        "levels": {stage: frozen_rating(risk, stage, labels) for stage in STAGES},
    }


def frozen_rating(risk: AIRisk, stage: str, labels: Mapping[str, str]) -> dict[str, Any]:
    """One rating."""
    band = getattr(risk, f"{stage}_band")
    ratings = {name: getattr(risk, f"{stage}_{name}") for name in RATINGS}
    return {
        **ratings,
        "level": getattr(risk, f"{stage}_level"),
        "band": band,
        "label": labels.get(band, band),
    }


@dataclass(frozen=True)
class Step:
    """How a risk differs between two runs: `kind` is new, gone, up, down, changed or same; `was` its level then."""

    kind: str
    was: int | None = None


def difference(before: Frozen | None, after: Frozen) -> dict[str, Step]:
    """For each risk of two runs, by its number: what happened to it in between. Nothing where there was no run before."""
    if not before:
        return {}
    old, new = by_ref(before), by_ref(after)
    found = {ref: _step(old.get(ref), row) for ref, row in new.items()}
    return {**found, **{ref: Step("gone", remaining(row)) for ref, row in old.items() if ref not in new}}


def by_ref(frozen: Frozen) -> dict[str, Any]:
    """The risks of a run by their numbers."""
    return {row["ref"]: row for row in frozen.get("risks", [])}


def _step(was: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Step:
    if was is None:
        return Step("new")
    before, after = remaining(was), remaining(now)
    if before == after:
        same = all(was[name] == now[name] for name in ("levels", "controls", "own_controls", "option"))
        return Step("same" if same else "changed", before)
    return Step("up" if (after or 0) > (before or 0) else "down", before)


def remaining(row: Mapping[str, Any]) -> int | None:
    """The level that counts in a comparison: after treatment, else before."""
    levels = row["levels"]
    found: int | None = levels.get("residual", {}).get("level") or levels.get("inherent", {}).get("level")
    return found


def earlier(run: RiskAssessment) -> RiskAssessment | None:
    """The run of the same system before this one that has kept what it saw."""
    rows = RiskAssessment.objects.filter(organisation_id=run.organisation_id, system_id=run.system_id)
    rows = rows.filter(state__in=("approved", "superseded")).exclude(pk=run.pk).exclude(frozen={})
    return rows.filter(created_at__lt=run.created_at).order_by("-created_at").first()


def table(run: RiskAssessment) -> dict[str, Any]:
    """What a run saw as a table, with the difference to the run before."""
    before = earlier(run)
    kept = before.frozen if before else None
    steps = difference(kept, run.frozen)
    stages = dict(AISystem.Stage.choices)
    return {
        "frozen": run.frozen,
        "stage": stages.get(run.frozen.get("system", {}).get("stage"), ""),
        "before": before,
        "heads": list(stage_words().values()),
        "rows": [
            {**row, "said": said(steps.get(row["ref"])), "cells": cells(row)}
            for row in run.frozen.get("risks", [])
        ],
        "gone": [row for ref, row in by_ref(kept or {}).items() if steps[ref].kind == "gone"],
    }


def said(step: Step | None) -> SafeString:
    """What happened to a risk since the run before, as a chip."""
    if step is None:
        return SafeString("–")
    words = {
        "new": (_("New"), "info"),
        "up": (_("Higher, was %(level)s"), "warn"),
        "down": (_("Lower, was %(level)s"), "ok"),
        "changed": (_("Changed, same level"), "info"),
        "same": (_("Same"), "idle"),
    }
    text, tone = words[step.kind]
    return chip(text % {"level": step.was or "–"} if "%" in text else text, tone)


def cells(row: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The stages of a risk with their ratings."""
    words = stage_words()
    return [(words[stage], row["levels"].get(stage) or {}) for stage in STAGES]
