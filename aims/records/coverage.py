"""How far the organisation is with each line of the standard, and what is still missing for a leaf.

Computed from the answers, never entered. Each question takes a number of queries that does not grow with the records.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Subquery, Value
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aims.catalogue import Control, Line, edition
from aims.journal.models import Entry
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.collaboration import Damage
from aims.records.models import Answer, Evidence, Link, Revision
from aims.records.registry import Gap, Register, answering, workspaces

KEPT = 120  # seconds
GRAVITY = {"major": 0, "minor": 1}
TOPS = ("4", "5", "6", "7", "8", "9", "10", "A")


@dataclass(frozen=True)
class Tally:
    """How many lines are ready, in progress, and not started."""

    ready: int = 0
    partly: int = 0
    nothing: int = 0

    @property
    def total(self) -> int:
        """All lines that the member may see."""
        return self.ready + self.partly + self.nothing

    @property
    def open(self) -> int:
        """The lines that are not ready."""
        return self.partly + self.nothing

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.ready + other.ready, self.partly + other.partly, self.nothing + other.nothing)


def tally(states: Iterable[str]) -> Tally:
    """The tally of the states of answers."""
    count = Counter(states)
    return Tally(count["ready"], count["in_progress"], count["not_started"])


def coverage(member: Member) -> dict[str, Tally]:
    """The tally per top clause (`4` to `10`, `A`), per leaf clause and per area, in one query."""
    rows = visible(member, Answer).values_list("code", "state")
    states: dict[str, list[str]] = defaultdict(list)
    for code, state in rows:
        for place in (edition().line(code).workspace, edition().top(code)):
            states[place].append(state)
    return {place: tally(found) for place, found in states.items()}


def coverage_by_top(member: Member) -> dict[str, Tally]:
    """The tally per top clause, counted by the database: for the navigation of every page."""
    top = Func(F("code"), Value("."), Value(1), function="split_part", output_field=CharField())
    rows = visible(member, Answer).order_by().values("state", top=top).annotate(number=Count("pk"))
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        totals[row["top"]][row["state"]] += row["number"]
    return {code: tally(count.elements()) for code, count in totals.items()}


def requirements_ready(by_top: dict[str, Tally]) -> Tally:
    """The 138 lines of clauses 4 to 10 together, without Annex A."""
    return sum((found for code, found in by_top.items() if code != "A"), Tally())


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a leaf from being ready: what to do, why, at which line, and where when it is elsewhere."""

    code: str  # of the line, or the leaf
    what: str
    why: str
    part: str = "answer"  # where on the workspace it is mended: answer, evidence, records
    url: str = ""
    grade: str = ""


@dataclass
class Leaf:
    """Everything that the workspace of a leaf clause or area shows, for one member."""

    code: str
    lines: tuple[Line, ...]
    answers: dict[str, Answer]
    links: list[tuple[Link, Answer]]  # evidence of the answers, in the order of the lines
    records: list[tuple[Register, int]]  # the registers that answer it, with how many live records each
    gaps: list[Gap]
    missing: list[Missing] = field(default_factory=list)

    @property
    def tally(self) -> Tally:
        """How far its lines are."""
        return tally(answer.state for answer in self.answers.values())


def leaf(member: Member, code: str) -> Leaf:
    """A leaf with what is missing. Four queries, and what the rules ask when something has changed."""
    lines = edition().lines_of(code)
    answers = {
        a.code: a
        for a in visible(member, Answer)
        .filter(code__in=[line.code for line in lines])
        .select_related("owner", "verdict_by")
    }
    found = Leaf(
        code,
        tuple(line for line in lines if line.code in answers),
        answers,
        evidence_links(member, answers.values()),
        live(member, answering(code)),
        gaps_of(member, code),
    )
    found.missing = list(missing_in(found))
    return found


def missing(member: Member, code: str) -> list[Missing]:
    """What keeps a leaf clause or an area from being ready."""
    return leaf(member, code).missing


def live(member: Member, registers: Sequence[Register]) -> list[tuple[Register, int]]:
    """How many records of some registers the member sees that are not withdrawn, in one query."""
    counts = [
        visible(member, register.model)
        .exclude(state="withdrawn")
        .order_by()
        .values(path=Value(register.path, output_field=CharField()))
        .annotate(number=Count("pk"))
        .values_list("path", "number")
        for register in registers
    ]
    found = dict(counts[0].union(*counts[1:], all=True)) if counts else {}
    return [(register, found.get(register.path, 0)) for register in registers]


def evidence_links(member: Member, answers: Iterable[Answer]) -> list[tuple[Link, Answer]]:
    """The evidence that speaks for some answers, withdrawn evidence left out."""
    by_id: dict[Any, Answer] = {answer.pk: answer for answer in answers}
    seen = visible(member, Evidence).exclude(state="withdrawn")
    rows = (
        Link.objects.filter(organisation_id=member.organisation_id, kind="answers", record_id__in=list(by_id))
        .filter(evidence__in=seen)
        .select_related("evidence")
        .annotate(media=latest_media("evidence_id"), damaged=is_damaged("evidence_id"))
        .order_by("evidence__title", "pk")
    )
    return [(row, by_id[row.record_id]) for row in rows]


def latest_media(evidence: str) -> Subquery:
    """The media type of the newest file of a piece of evidence, in the same query; None without a file."""
    rows = Revision.objects.filter(evidence=OuterRef(evidence)).order_by("-number")
    return Subquery(rows.values("media_type")[:1])


def is_damaged(evidence: str) -> Exists:
    """Whether the nightly check found a file of a piece of evidence damaged, and not well since; in the same query."""
    return Exists(Damage.objects.filter(evidence=OuterRef(evidence), mended_at=None))


T = TypeVar("T")


def kept(member: Member, name: str, ask: Callable[[Member], T]) -> T:
    """What many questions answered, as long as the organisation's journal has no newer entry (and `KEPT` seconds at
    most: an older entry may be committed after a newer one)."""
    last = (
        Entry.objects.filter(organisation_id=member.organisation_id)
        .order_by("-id")
        .values_list("id", flat=True)
    )
    state = (member.id, member.role, last.first() or 0, timezone.localdate(), get_language())
    key = f"{name}:" + hashlib.sha256(repr(state).encode()).hexdigest()
    found: T | None = cache.get(key)
    if found is None:
        found = ask(member)
        cache.set(key, found, KEPT)
    return found


def gaps(member: Member) -> list[Gap]:
    """What an auditor would find over all clauses, the gravest first."""
    return kept(member, "gaps", _sorted_gaps)


def _sorted_gaps(member: Member) -> list[Gap]:
    return sorted(find_gaps(member), key=lambda gap: GRAVITY.get(gap.grade, len(GRAVITY)))


def figures(member: Member) -> dict[str, int]:
    """The figures that the clauses declare for Today, by their codes."""
    return kept(member, "figures", _counted)


def _counted(member: Member) -> dict[str, int]:
    return {one.code: one.count(member) for workspace in workspaces() for one in workspace.indicators}


def find_gaps(member: Member) -> Iterator[Gap]:
    """Ask every rule, in the order of the clauses; titles are words of the reader's language from here on."""
    for workspace in workspaces():
        for rule in workspace.rules:
            for gap in rule.find(member):
                yield Gap(str(gap.code), str(gap.title), gap.grade, str(gap.url), str(gap.ref), gap.stage)


def gaps_of(member: Member, code: str) -> list[Gap]:
    """The gaps that belong to a leaf or area."""
    return [gap for gap in gaps(member) if _inside(gap.code, code)]


def _inside(found: str, code: str) -> bool:
    """Whether a code is a leaf or area itself, or a line of it."""
    return found == code or found.startswith((f"{code}-", f"{code}."))


def missing_in(found: Leaf) -> Iterator[Missing]:
    """Lines without answer or owner, documented information that nothing shows, stale evidence, gaps of rules."""
    shown = {answer.code for _, answer in found.links}
    filled = [register for register, number in found.records if number]
    for line in found.lines:
        answer = found.answers[line.code]
        if answer.verdict == Answer.Verdict.NOT_APPLICABLE:
            continue
        yield from _missing_answer(line, answer)
        if documented(line) and line.code not in shown and not any(r.serves(line.code) for r in filled):
            yield Missing(
                line.code,
                _("Show %(code)s") % {"code": line.code},
                _("documented information is required, and there is no evidence or record yet."),
                "evidence",
            )
    yield from _stale(found, timezone.localdate())
    for gap in found.gaps:
        yield Missing(gap.code, gap.title, gap.ref, "records", gap.url, gap.grade)


def _missing_answer(line: Line, answer: Answer) -> Iterator[Missing]:
    if not answer.text.strip():
        yield Missing(
            line.code, _("Answer %(code)s") % {"code": line.code}, _("nothing is said about it yet.")
        )
    elif answer.owner_id is None:
        yield Missing(
            line.code, _("Name an owner for %(code)s") % {"code": line.code}, _("nobody answers for it.")
        )


def documented(line: Line) -> bool:
    """Whether the standard asks for documented information on this line."""
    return line.documented if isinstance(line, Control) else line.documented_information == "required"


def _stale(found: Leaf, today: date) -> Iterator[Missing]:
    said = set()
    for link, answer in found.links:
        due = link.evidence.review_due
        if due and due < today and link.evidence_id not in said:
            said.add(link.evidence_id)
            days = (today - due).days
            late = ngettext(
                "its review was due %(days)d day ago.", "its review was due %(days)d days ago.", days
            )
            what = _("Renew “%(title)s”") % {"title": link.evidence.title}
            yield Missing(answer.code, what, late % {"days": days}, "evidence")
