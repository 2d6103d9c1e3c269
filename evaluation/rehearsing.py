"""Simulated audits that are kept: the run, its result as it was, and how it stands against the run before.

Two runs draw different samples. What both drew is compared link by link; the rest by how many links of a kind could not be
shown.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.roles import WRITERS
from aims.pages.context import may_read_journal
from aims.records.access import require, visible
from evaluation.models import SimulatedAudit
from evaluation.simulated_audit import Simulation, Step, Thread, new_seed, simulate

Link = tuple[str, int]  # number of the system or code of the control, place in its thread


def sealed_runs(member: Member) -> Q:
    """Who reads the whole organisation or writes all of it (a client of the API); a part of it would show false gaps."""
    return Q() if may_read_journal(member) or member.role in WRITERS else Q(pk__in=[])


def run(member: Member, record: SimulatedAudit) -> None:
    """Draw with a seed that nobody chose, follow, and keep what was found. Refuses who sees only a part."""
    require(may_read_journal(member))
    found = simulate(member, new_seed())
    record.run_at, record.run_by_id = timezone.now(), member.id
    record.seed, record.digest, record.population = found.seed, found.digest, found.population
    record.asked, record.lacking, record.result = found.asked, found.lacking, written(found)
    record.save()


# ── The result as it is kept ─────────────────────────────────────────────


def written(found: Simulation) -> dict[str, Any]:
    """A simulation as JSON."""
    return {
        "systems": [thread_as_json(thread) for thread in found.systems],
        "controls": [thread_as_json(thread) for thread in found.controls],
    }


def thread_as_json(thread: Thread) -> dict[str, Any]:
    """A thread with its links."""
    steps = [
        {
            "title": str(step.title),
            "code": step.code,
            "shown": step.shown,
            "url": step.url,
            "rows": [list(row) for row in step.rows],
            "note": str(step.note),
        }
        for step in thread.steps
    ]
    return {"title": thread.title, "ref": thread.ref, "url": thread.url, "why": thread.why, "steps": steps}


def threads(record: SimulatedAudit, kind: str) -> list[Thread]:
    """The threads of a kept result, `systems` or `controls`."""
    return [
        Thread(
            row["title"],
            row["ref"],
            row["url"],
            row["why"],
            tuple(
                Step(
                    one["title"],
                    one["code"],
                    one["shown"],
                    one["url"],
                    tuple((words, url) for words, url in one["rows"]),
                    one["note"],
                )
                for one in row["steps"]
            ),
        )
        for row in record.result.get(kind, ())
    ]


# ── Against the run before ───────────────────────────────────────────────


@dataclass(frozen=True)
class Compared:
    """A run against an earlier one: links that both followed and that changed, and each kind of link in numbers."""

    before: SimulatedAudit
    mended: list[str]
    lost: list[str]
    kinds: list[dict[str, Any]]
    better: int  # percentage points of links shown, more than before


def history(member: Member) -> list[SimulatedAudit]:
    """The runs, the newest first."""
    rows = visible(member, SimulatedAudit).exclude(run_at=None).exclude(state="withdrawn")
    return list(rows.select_related("run_by").order_by("-run_at", "-pk"))


def compared(member: Member, record: SimulatedAudit) -> Compared | None:
    """A run against the one before it, if there is one."""
    if record.run_at is None:
        return None
    rows = visible(member, SimulatedAudit).exclude(state="withdrawn").exclude(pk=record.pk)
    before = rows.filter(run_at__lte=record.run_at).order_by("-run_at", "-pk").first()
    if before is None:
        return None
    now, then = links(record), links(before)
    common = [key for key in now if key in then]
    return Compared(
        before,
        [named(key, now[key]) for key in common if now[key].shown and not then[key].shown],
        [named(key, now[key]) for key in common if then[key].shown and not now[key].shown],
        kinds(now.values(), then.values()),
        share(record) - share(before),
    )


def links(record: SimulatedAudit) -> dict[Link, Step]:
    """Every link of a run."""
    every = [*threads(record, "systems"), *threads(record, "controls")]
    return {(thread.ref, place): step for thread in every for place, step in enumerate(thread.steps)}


def named(key: Link, step: Step) -> str:
    """A link in words."""
    return f"{key[0]}: {step.title}"


def kinds(now: Iterable[Step], then: Iterable[Step]) -> list[dict[str, Any]]:
    """Each kind of link that could not be shown in one of the runs: how many of how many, now and before; worst first."""
    asked, before = Counter[str](), Counter[str]()
    lacking, lacked = Counter[str](), Counter[str]()
    for steps, every, missing in ((now, asked, lacking), (then, before, lacked)):
        for step in steps:
            every[str(step.title)] += 1
            missing[str(step.title)] += not step.shown
    names = sorted(lacking | lacked, key=lambda name: (-lacking[name], name))
    return [
        {
            "title": name,
            "lacking": lacking[name],
            "asked": asked[name],
            "lacked": lacked[name],
            "before": before[name],
        }
        for name in names
        if lacking[name] or lacked[name]
    ]


def share(record: SimulatedAudit) -> int:
    """How many of a hundred links could be shown."""
    return round(100 * ((record.asked or 0) - (record.lacking or 0)) / record.asked) if record.asked else 0
