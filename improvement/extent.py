"""Could it be elsewhere? What is like a nonconformity's own place, searched, with the reason why (10.2-b).

Systems are alike by their task or domain, by a supplier, data, a gate, a process or a control that they share, by the same
requirement found wanting, or by the same kind of cause before; each must be judged before the analysis ends. Processes,
datasets and earlier nonconformities are proposed beside them, and wait for a judgement once somebody takes them up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.base import Record
from aims.schedule.dates import add_months
from context.models import AISystem, Process
from evaluation.models import Finding
from improvement.models import Nonconformity, SimilarCase
from improvement.recurrence import MONTHS
from operation.models import Dataset, OperationalControl, Supplier
from planning.models import AIRisk

GONE = ("withdrawn", "retired")
NAMED = (Process, Dataset, Nonconformity)  # the kinds of other places, named by their number
MOST = 20  # places of one kind
Reasons = dict[UUID, list[str]]


@dataclass(frozen=True)
class Alike:
    """A record that is like the place of a case, and in what."""

    record: Record
    reasons: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in the list of places: its number, and as much of its title as fits."""
        return Truncator(str(self.record)).chars(200)


def gathered(found: Iterable[tuple[UUID, str]]) -> Reasons:
    """Each record with its reasons, each said once."""
    reasons: Reasons = defaultdict(list)
    for key, reason in found:
        if reason not in reasons[key]:
            reasons[key].append(reason)
    return reasons


def alike(member: Member, case: Nonconformity) -> list[Alike]:
    """The systems in which the same could be, each with what makes it alike; those of the case itself left out."""
    own = list(case.systems.all())
    ways = (_by_kind(member, own), _by_sharing(member, own), _by_gates(member, own), _by_codes(member, case))
    reasons = gathered(pair for way in (*ways, _by_cause(member, case)) for pair in way)
    for system in own:
        reasons.pop(system.pk, None)
    rows = visible(member, AISystem).filter(pk__in=reasons).exclude(state__in=GONE)
    rows = rows.exclude(stage=AISystem.Stage.RETIREMENT).order_by("ref")
    return [Alike(system, tuple(reasons[system.pk])) for system in rows]


def _by_kind(member: Member, own: Iterable[AISystem]) -> Iterator[tuple[UUID, str]]:
    """Systems of the same task, and of the same domain. The way of learning alone makes nothing alike."""
    tasks = {system.task_type for system in own} - {""}
    domains = {system.domain for system in own} - {""}
    if not tasks and not domains:
        return
    rows = visible(member, AISystem).filter(Q(task_type__in=tasks) | Q(domain__in=domains))
    learning = {(system.task_type, system.approach) for system in own}
    for row in rows:
        if row.task_type in tasks:
            same = (row.task_type, row.approach) in learning and row.approach
            words = _("same task and kind of model: %(task)s") if same else _("same task: %(task)s")
            yield row.pk, words % {"task": row.get_task_type_display()}
        if row.domain in domains:
            yield row.pk, _("same domain: %(domain)s") % {"domain": row.domain}


def _by_sharing(member: Member, own: list[AISystem]) -> Iterator[tuple[UUID, str]]:
    """Systems of the same supplier, or that learn from the same data."""
    shared: tuple[tuple[type[Record], str], ...] = (
        (Supplier, _("same supplier: %(name)s")),
        (Dataset, _("same data: %(name)s")),
    )
    for model, words in shared:
        known: Any = visible(member, model)
        rows = known.filter(pk__in=known.filter(systems__in=own).values("pk")).exclude(state="withdrawn")
        for title, key in rows.filter(systems__isnull=False).values_list("title", "systems"):
            yield key, words % {"name": title}


def _by_gates(member: Member, own: list[AISystem]) -> Iterator[tuple[UUID, str]]:
    """Systems that pass the same gate of operation, or another gate of the same process (8.1)."""
    if not own:
        return
    gates = visible(member, OperationalControl).exclude(state="withdrawn")
    passed = gates.filter(systems__in=own)
    for title, key in gates.filter(pk__in=passed.values("pk")).values_list("title", "systems"):
        if key:
            yield key, _("same gate: %(name)s") % {"name": title}
    processes = visible(member, Process).filter(gates__in=passed).exclude(state="withdrawn")
    rows = gates.filter(processes__in=processes.values("pk"), systems__isnull=False)
    for title, key in rows.values_list("processes__title", "systems"):
        yield key, _("same process: %(name)s") % {"name": title}


def _by_codes(member: Member, case: Nonconformity) -> Iterator[tuple[UUID, str]]:
    """Systems on which the same requirement was found wanting, and those whose risks rely on the same control."""
    if not case.codes:
        return
    found = visible(member, Finding).filter(code__in=case.codes, grade__in=["major", "minor"])
    for code, key in found.exclude(system=None).values_list("code", "system_id"):
        yield key, _("a finding on %(code)s too") % {"code": code}
    others = visible(member, Nonconformity).filter(sharing(case.codes)).exclude(state="withdrawn")
    rows = others.exclude(pk=case.pk).filter(systems__isnull=False)
    for ref, system in rows.values_list("ref", "systems"):
        yield system, _("%(ref)s on the same requirement") % {"ref": ref}
    risks = visible(member, AIRisk).filter(controls__code__in=case.codes).exclude(state__in=(*GONE, "closed"))
    for code, key in risks.exclude(system=None).values_list("controls__code", "system_id"):
        if code in case.codes:
            yield key, _("same control: %(code)s") % {"code": code}


def same_cause(member: Member, case: Nonconformity) -> Any:
    """Earlier nonconformities of the same kind of cause, as far back as a recurrence is looked for."""
    if not case.cause_category:
        return Nonconformity.objects.none()
    since = add_months(case.opened_on, -MONTHS)
    rows = visible(member, Nonconformity).filter(cause_category=case.cause_category).exclude(pk=case.pk)
    return rows.filter(opened_on__range=(since, case.opened_on)).exclude(state="withdrawn")


def _by_cause(member: Member, case: Nonconformity) -> Iterator[tuple[UUID, str]]:
    """Systems in which the same kind of cause was found before."""
    if not case.cause_category:
        return
    for ref, key in same_cause(member, case).filter(systems__isnull=False).values_list("ref", "systems"):
        yield key, _("%(ref)s had the same kind of cause") % {"ref": ref}


# ── Places that are no systems ───────────────────────────────────────────


def other_places(member: Member, case: Nonconformity) -> list[Alike]:
    """Processes, datasets and earlier nonconformities that are like the case, and are not in its list of places yet."""
    own = list(case.systems.all())
    named = {row.subject.split(" ")[0] for row in case.elsewhere.all() if row.subject}
    found = [*_processes(member, case), *_data(member, own), *_cases(member, case)]
    return [row for row in found if row.record.ref not in named]


def _processes(member: Member, case: Nonconformity) -> Iterator[Alike]:
    """Processes that carry out the same requirement or control (4.4)."""
    if not case.codes:
        return
    rows = visible(member, Process).filter(sharing(case.codes)).exclude(state="withdrawn")
    for row in rows.order_by("ref")[:MOST]:
        shared = ", ".join(code for code in row.codes if code in case.codes)
        yield Alike(row, (_("carries out %(codes)s too") % {"codes": shared},))


def _data(member: Member, own: list[AISystem]) -> Iterator[Alike]:
    """Datasets from which those of the systems were made, and those that were made from the same (A.7)."""
    if not own:
        return
    known = visible(member, Dataset).exclude(state="withdrawn")
    used = dict(known.filter(systems__in=own).values_list("pk", "title"))
    reasons = gathered(
        (key, words % {"name": title})
        for way, words in (
            ("derived", _("%(name)s was made from it")),
            ("derived_from", _("made from %(name)s")),
        )
        for key, title in known.filter(**{f"{way}__in": list(used)}).values_list("pk", f"{way}__title")
        if key not in used
    )
    for row in known.filter(pk__in=reasons).order_by("ref")[:MOST]:
        yield Alike(row, tuple(reasons[row.pk]))


def _cases(member: Member, case: Nonconformity) -> Iterator[Alike]:
    """Earlier nonconformities of the same kind of cause: is what caused them still there?"""
    for row in same_cause(member, case).order_by("-opened_on", "-ref")[:MOST]:
        words = _("the same kind of cause: %(kind)s") % {"kind": row.get_cause_category_display()}
        yield Alike(row, (words,))


def records_named(member: Member, subjects: Iterable[str]) -> dict[str, Record]:
    """The records that places name by their number, as far as the member sees them; one statement for each kind."""
    refs = {subject.split(" ")[0] for subject in subjects if subject}
    found: dict[str, Record] = {}
    for model in NAMED:
        wanted = [ref for ref in refs if ref.startswith(f"{model.ref_prefix}-")]
        if wanted:
            rows: Any = visible(member, model).filter(ref__in=wanted)
            found |= {row.ref: row for row in rows}
    return found


def sharing(codes: Iterable[str]) -> Q:
    """Records with one of these codes at least."""
    return reduce(or_, (Q(codes__contains=[code]) for code in codes), Q(pk__in=[]))


def unjudged(member: Member, case: Nonconformity) -> list[Alike]:
    """The systems that are alike and for which nobody has said yet whether they are affected."""
    judged = case.elsewhere.exclude(affected=SimilarCase.Affected.UNKNOWN)
    known = set(judged.values_list("system_id", flat=True))
    return [row for row in alike(member, case) if row.record.pk not in known]


def extent_judged(member: Member, case: Nonconformity) -> None:
    """Refuse to end the analysis while a place where it could be is not judged (10.2-b)."""
    rows = case.elsewhere.filter(affected=SimilarCase.Affected.UNKNOWN).select_related("system")
    waiting = [str(row) for row in rows]
    waiting += [str(row.record) for row in unjudged(member, case) if str(row.record) not in waiting]
    if waiting:
        words = _("Could it be elsewhere? Judge these first: %(names)s.") % {"names": ", ".join(waiting)}
        raise Refused("invalid", _("Something is missing."), {"elsewhere": [words]})
