"""Could it be elsewhere? Systems like those of a nonconformity, searched, so that each is judged (10.2-b)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.base import Record
from context.models import AISystem
from evaluation.models import Finding
from improvement.models import Nonconformity, SimilarCase
from operation.models import Dataset, Supplier

GONE = ("withdrawn", "retired")


@dataclass(frozen=True)
class Alike:
    """A system that is like one of the case's, and in what."""

    system: AISystem
    reasons: tuple[str, ...]


def alike(member: Member, case: Nonconformity) -> list[Alike]:
    """The systems in which the same could be, each with what makes it alike; those of the case itself left out."""
    own = list(case.systems.all())
    reasons: dict[UUID, list[str]] = defaultdict(list)
    for system, reason in (*_by_kind(member, own), *_by_sharing(member, own), *_by_codes(member, case)):
        if reason not in reasons[system]:
            reasons[system].append(reason)
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


def _by_codes(member: Member, case: Nonconformity) -> Iterator[tuple[UUID, str]]:
    """Systems on which the same requirement was found wanting."""
    if not case.codes:
        return
    found = visible(member, Finding).filter(code__in=case.codes, grade__in=["major", "minor"])
    for code, key in found.exclude(system=None).values_list("code", "system_id"):
        yield key, _("a finding on %(code)s too") % {"code": code}
    others = visible(member, Nonconformity).filter(sharing(case.codes)).exclude(state="withdrawn")
    rows = others.exclude(pk=case.pk).filter(systems__isnull=False)
    for ref, system in rows.values_list("ref", "systems"):
        yield system, _("%(ref)s on the same requirement") % {"ref": ref}


def sharing(codes: Iterable[str]) -> Q:
    """Records with one of these codes at least."""
    return reduce(or_, (Q(codes__contains=[code]) for code in codes), Q(pk__in=[]))


def unjudged(member: Member, case: Nonconformity) -> list[Alike]:
    """The systems that are alike and for which nobody has said yet whether they are affected."""
    judged = case.elsewhere.exclude(affected=SimilarCase.Affected.UNKNOWN)
    known = set(judged.values_list("system_id", flat=True))
    return [row for row in alike(member, case) if row.system.pk not in known]


def extent_judged(member: Member, case: Nonconformity) -> None:
    """Refuse to end the analysis while a place where it could be is not judged (10.2-b)."""
    rows = case.elsewhere.filter(affected=SimilarCase.Affected.UNKNOWN).select_related("system")
    waiting = [str(row) for row in rows]
    waiting += [str(row.system) for row in unjudged(member, case) if str(row.system) not in waiting]
    if waiting:
        words = _("Could it be elsewhere? Judge these first: %(names)s.") % {"names": ", ".join(waiting)}
        raise Refused("invalid", _("Something is missing."), {"elsewhere": [words]})
