"""What an AI system's page shows of its life: the stages, its versions, and the decisions that are to come."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.places import record_url
from aims.pages.templatetags.marks import chip
from aims.records.access import may_change, visible
from aims.records.display import first_letter_up, plain
from aims.records.lifecycle import Lifecycle
from aims.records.registry import register as register_at
from aims.records.registry import register_of
from aims.records.related import Related, Row
from context import ml_description as ml
from context.lifecycles import VERSIONS
from context.ml_shown import own_values
from context.models import AISystem, EvaluationResult, SystemVersion

SHOWN = 8  # versions, and decisions to come


def stages(member: Member, system: AISystem) -> dict[str, Any]:
    """The eight stages with the one in which the system is, and the steps that may be taken."""
    codes = [stage.code for stage in edition().life_cycle.stages]
    now = codes.index(system.stage)
    open_ = not register_of(system).lifecycle.state(system.state).locked and may_change(member, system)
    names = {code: first_letter_up(str(label)) for code, label in AISystem.Stage.choices}
    return {
        "all": [
            {"label": names[code], "now": at == now, "done": at < now, "next": code in system.next_stages}
            for at, code in enumerate(codes)
        ],
        "next": [(code, names[code]) for code in system.next_stages] if open_ else [],
    }


def description(member: Member, system: AISystem) -> dict[str, Any]:
    """How far the description after ISO/IEC 23053 is, and where it stands."""
    return {
        "progress": ml.whole(system.ml, own_values(member, system)),
        "url": reverse("system description", args=[system.pk]),
    }


def versions(member: Member, system: AISystem) -> list[dict[str, Any]]:
    """The versions, the newest first, with their results: how many reach their threshold."""
    rows = visible(member, SystemVersion).filter(system=system.pk).prefetch_related("evaluations")
    return [
        version_row(version) for version in rows.exclude(state="withdrawn", basis=[]).order_by("-id")[:SHOWN]
    ]


def version_row(version: SystemVersion) -> dict[str, Any]:
    """One version for the table."""
    state = register_of(version).lifecycle.state(version.state)
    judged = [one.met for one in version.evaluations.all() if one.met is not None]
    missed = judged.count(False)
    results = chip(_("%(number)d missed") % {"number": missed}, "bad") if missed else ""
    return {
        "label": version.label,
        "url": record_url(version),
        "state": chip(first_letter_up(str(state.label)), state.tone),
        "when": when(version),
        "results": results or (chip(_("all reached"), "ok") if judged else ""),
        "held": _held(version),
    }


def when(version: SystemVersion) -> str:
    """The day that counts in its state."""
    if version.state == "withdrawn":
        return _("out of use since %(day)s") % {"day": plain(version.withdrawn_on)}
    if version.released_on and version.state == "released":
        return plain(version.released_on)
    if version.planned_for:
        return _("planned for %(day)s") % {"day": plain(version.planned_for)}
    return ""


def _held(version: SystemVersion) -> str:
    """How many assessments held at the release; the system's own record is not one."""
    rows = version.basis[1:]
    there = sum(1 for row in rows if row.get("id"))
    return _("%(there)d of %(all)d") % {"there": there, "all": len(rows)} if rows else ""


def version_shown(member: Member, version: SystemVersion) -> dict[str, Any]:
    """A version for its page: what held at its release, and its results."""
    rows = [basis_shown(row) for row in version.basis]
    results = [
        {
            "metric": one.metric,
            "subgroup": one.subgroup,
            "value": f"{plain(one.value.normalize())} {one.unit}".strip(),
            "threshold": _threshold(one),
            "dataset": one.dataset,
            "chip": ""
            if one.met is None
            else chip(_("reached"), "ok")
            if one.met
            else chip(_("missed"), "bad"),
        }
        for one in version.evaluations.all()
    ]
    return {"basis": rows, "results": results}


def _threshold(one: EvaluationResult) -> str:
    if one.threshold is None:
        return ""
    return f"{one.get_comparison_display()} {plain(one.threshold.normalize())} {one.unit}".strip()


def basis_shown(row: dict[str, Any]) -> dict[str, Any]:
    """One record that held, with its place today."""
    known = register_at(str(row.get("kind", "")))
    there = bool(known and row.get("id"))
    return {
        "kind": first_letter_up(str(known.name)) if known else row.get("kind", ""),
        "url": reverse("record", args=[known.path, row["id"]]) if known and there else "",
        "ref": row.get("ref", ""),
        "title": row.get("title", ""),
        "version": row.get("version", ""),
        "dated": plain(_day(row.get("dated"))),
        "until": plain(_day(row.get("until"))),
    }


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else None


def step(found: list[dict[str, Any]], related: Iterable[Related]) -> dict[str, Any] | None:
    """Versions as a link of the chain: what is released."""
    known = next((one for one in related if one.register.path == VERSIONS), None)
    if known is None:
        return None
    released = known.states.get("released", 0)
    words = _("%(number)d released") % {"number": released} if released else _("none released")
    return {
        "key": VERSIONS,
        "label": _("Versions"),
        "value": next((row["label"] for row in found), known.number),
        "chip": chip(words, "ok" if released else "warn"),
        "url": "#versions",
    }


def to_come(found: Iterable[Related]) -> list[dict[str, Any]]:
    """The decisions about the system that wait for somebody: a step that is signed, or taken by another person."""
    rows = [
        decision(one, row)
        for one in found
        for row in one.rows
        if next_decision(one.register.lifecycle, row.state)
    ]
    return sorted(rows, key=lambda row: row["due"] or date.max)[:SHOWN]


def next_decision(lifecycle: Lifecycle, state: str) -> Any:
    """The decision that leaves a state, or None."""
    return next((t for t in lifecycle.leaving(state) if t.meaning or t.four_eyes), None)


def decision(one: Related, row: Row) -> dict[str, Any]:
    """A decision to come, for components/list_row.html."""
    taken = next_decision(one.register.lifecycle, row.state)
    return {
        "label": row.title,
        "ref": row.ref,
        "icon": one.register.icon,
        "url": reverse("record", args=[one.register.path, row.key]),
        "detail": taken.label,
        "due": row.review_due,
    }
