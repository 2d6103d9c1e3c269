"""Material changes at work: they mark what they make outdated, ask the owners, and hold the release (8.1, 8.2, 8.4)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pages.places import record_url
from aims.records.base import Record
from aims.records.changes import create, move
from aims.records.display import label
from aims.records.models import Signature
from aims.records.registry import Effect, Guard, Observer, register_of
from aims.records.represent import content
from aims.schedule.asking import active_members, ask, holders
from aims.schedule.models import Task
from context.gaps import today_there
from context.models import AISystem, SystemVersion
from planning.material import KINDS, OBSERVED, VERSIONS, Change, Mark, holding, material, redone_by
from planning.models import ReleaseWaiver, StaleMark
from planning.reassessed import in_force

DAYS = 14  # within which our default wants an outdated assessment to be redone
RELATIONS = {"impact": "impact", "risks": "run", "classification": "sheet"}
APPROVALS = {
    "impact-assessments.approve": "impact",
    "risk-assessments.approve": "risks",
    "ai-act-answer-sheets.approve": "classification",
}
TASK = gettext_lazy("Redo: %(what)s of %(system)s")


def look(record: Record) -> dict[str, Any]:
    """The content of a record as it is now, its parts and relations included."""
    return content(record, register_of(record))


def told(member: Member, record: Record, before: dict[str, Any], after: dict[str, Any]) -> list[Effect]:
    """Mark what the change makes outdated; answers what that is."""
    found = material(register_of(record).path, str(record.pk), before, after)
    marks = [mark for change in found for mark in marks_of(member, record, change, before, after)]
    for mark in marks:
        ask_owner(member, mark)
    return [effect(mark) for mark in marks]


def marks_of(
    member: Member, record: Record, change: Change, before: dict[str, Any], after: dict[str, Any]
) -> Iterable[StaleMark]:
    """New marks for what holds now and is touched; what is marked for the same change already is not marked twice."""
    systems = AISystem.objects.filter(organisation_id=member.organisation_id, pk__in=change.systems)
    for system in systems.order_by("ref"):
        for kind in (one for one in KINDS if one in change.rule.touches):
            touched = in_force(system.pk, kind)
            if touched is not None and not marked(system, kind, change, record):
                given = values(member, record, system, kind, change, touched)
                yield lay(member, {**given, "details": details(record, change, before, after)})


def marked(system: AISystem, kind: str, change: Change, record: Record) -> bool:
    """Whether the same record's change of the same sort is marked already and not redone."""
    rows = StaleMark.objects.filter(system=system, kind=kind, cause=change.rule.code, state="stale")
    return rows.filter(change__startswith=f"{record.ref} ").exists()


def values(
    member: Member, record: Record, system: AISystem, kind: str, change: Change, touched: Any
) -> dict[str, Any]:
    """The fields of a mark."""
    names = Signature.objects.filter(record_id=touched.pk, transition="approve").order_by("-signed_at")
    signed = ", ".join(f"{row.name} ({row.signed_at:%Y-%m-%d})" for row in names[:3])
    words = _("%(what)s of %(system)s")
    title = words % {"what": StaleMark.Kind(kind).label, "system": system.title}
    return {
        "title": Truncator(title[:1].upper() + title[1:]).chars(200),
        "system": system,
        "kind": kind,
        "cause": change.rule.code,
        "since": today_there(member),
        "change": f"{record.ref} {record.title}"[:300],
        "system_version": record if isinstance(record, SystemVersion) else None,
        "signatures": signed[:500],
        "owner": touched.owner_id or system.owner_id,
        RELATIONS[kind]: touched,
    }


def details(record: Record, change: Change, before: dict[str, Any], after: dict[str, Any]) -> str:
    """What is different, field by field; relations and rows by their names alone."""
    lines = []
    for name in change.fields:
        was, is_ = before.get(name), after.get(name)
        plain = isinstance(was or "", str) and isinstance(is_ or "", str)
        lines.append(
            f"{label(type(record), name)}: {was or '–'} → {is_ or '–'}"
            if plain
            else label(type(record), name)
        )
    return Truncator("\n".join(lines)).chars(4000)


def lay(member: Member, given: dict[str, Any]) -> StaleMark:
    """A mark is made by the change, whoever makes it: not every writer of a system may add one by hand."""
    return create(replace(member, role=Role.OFFICER, scopes=None), StaleMark, given)


def ask_owner(member: Member, mark: StaleMark) -> None:
    """A task for the owner of what is outdated, else of the system, else for who keeps the whole."""
    members = active_members(member.organisation_id)
    owners = list(members.filter(pk=mark.owner_id)) if mark.owner_id else []
    for person in owners or holders(members, (Role.OFFICER, Role.ADMINISTRATOR)):
        title = TASK % {"what": StaleMark.Kind(mark.kind).label, "system": mark.system.title}
        ask(
            person,
            title,
            f"stale:{mark.pk}:{person.pk}",
            mark.since + timedelta(days=DAYS),
            timezone.now(),
            (register_of(mark).path, mark.pk),
            why="8.4" if mark.kind == "impact" else "8.2",
        )


def effect(mark: StaleMark) -> Effect:
    """What follows, for who makes the change."""
    touched = getattr(mark, RELATIONS[mark.kind])
    words = _("“%(title)s” must be redone (%(why)s). Releases of %(system)s wait for it.")
    said = words % {"title": touched.title, "why": mark.get_cause_display(), "system": mark.system.title}
    return Effect(f"redo_{mark.kind}", said, touched.ref, record_url(touched))


def follow(member: Member, record: Record, step: str) -> None:
    """An assessment that was approved again closes the marks that it answers, and the tasks about them."""
    kind = APPROVALS.get(f"{register_of(record).path}.{step}")
    if kind is None:
        return
    system, day = record.system_id, getattr(record, "done_on", None) or getattr(record, "assessed_on", None)  # type: ignore[attr-defined]
    for mark in StaleMark.objects.filter(system_id=system, kind=kind, state="stale"):
        if redone_by(Mark(mark.kind, mark.since), kind, day):
            move(replace(member, role=Role.OFFICER, scopes=None), mark, "redo")
            rows = Task.objects.filter(source__startswith=f"stale:{mark.pk}:", state=Task.State.OPEN)
            rows.update(state=Task.State.DONE, done_at=timezone.now())


def held(member: Member, version: SystemVersion) -> list[StaleMark]:
    """The marks that hold the release of a version today: neither redone, nor waived for it by a waiver that holds."""
    rows = list(StaleMark.objects.filter(system_id=version.system_id, state="stale").order_by("ref"))
    waivers = ReleaseWaiver.objects.filter(
        system_version=version.pk, state="granted", until__gte=today_there(member)
    )
    waived = map(str, waivers.values_list("marks", flat=True))
    keys = {one.key for one in holding((Mark(r.kind, r.since, str(r.pk)) for r in rows), waived)}
    return [row for row in rows if str(row.pk) in keys]


def hold_release(member: Member, version: SystemVersion) -> None:
    """No version is released while an assessment of its system is outdated and nobody waived that (8.2, 8.4)."""
    marks = held(member, version)
    if marks:
        words = _(
            "Not released: %(what)s. Redo and approve each, or have a release waiver granted by the named authority."
        )
        raise Refused("conflict", words % {"what": "; ".join(f"{mark.ref} {mark.title}" for mark in marks)})


OBSERVERS = tuple(Observer(path, look, told) for path in OBSERVED)
GUARDS = (Guard(f"{VERSIONS}.release", hold_release),)
