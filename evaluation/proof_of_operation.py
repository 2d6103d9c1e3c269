"""Proof of operation: whether what shows a requirement came about by working, or was made for the audit.

For each requirement: how often its records should come (the calendar says), when they really did (the day on which a thing
happened, not the day on which it was typed), and who made them. Four signs make an auditor doubt (certification.md, section
2, step 3: a system runs two to three months before stage 2):

- crammed: all of it happened in the three weeks before the audit (before today, where none is planned);
- stale: the last one is older than its interval and a quarter of it;
- single author: three or more, all made and moved on by the same person, though others could have;
- approved before it was written: its content was changed after the approval that it still carries.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import get_language

from aims.catalogue import edition
from aims.catalogue.model import Requirement
from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import Register
from aims.schedule.dates import add_months
from aims.schedule.models import Obligation, Occurrence
from evaluation.approvals import edited_after_approval
from evaluation.inputs import now_there
from evaluation.mandatory import NOT_YET, keeping
from evaluation.models import Audit, CertificationCycle

CRAMMED, STALE, SINGLE, BEFORE, NONE = "crammed", "stale", "single_author", "approved_before", "none"
WEIGHTS = {CRAMMED: 3, NONE: 3, BEFORE: 3, STALE: 2, SINGLE: 1}  # how much each sign takes from belief
WORST = max(WEIGHTS.values())
WINDOW = timedelta(days=21)  # before the audit
LOOK_BACK = 36  # months: nothing older says anything about how the AIMS works now
# fields that say when something was done, in kinds whose steps name no day
DAYS = ("reviewed_on", "assessed_on", "evaluated_on", "checked_on", "dated", "decided_on", "communicated_on")
SEVERAL = 3  # records from which one author is conspicuous


@dataclass(frozen=True)
class Piece:
    """What happened on a day: how many records, and who made and last moved them (nobody: work by the clock)."""

    day: date
    people: frozenset[uuid.UUID] = frozenset()
    number: int = 1


@dataclass(frozen=True)
class Proof:
    """A requirement with what shows that it is lived."""

    code: str
    text: str
    months: int  # how often it is expected; 0 where no interval is set
    pieces: tuple[Piece, ...]
    flags: tuple[str, ...]
    kept: tuple[Register, ...]
    until: date
    edited: tuple[str, ...] = ()  # records that were changed after their approval

    @property
    def expected(self) -> int:
        """How many a year should be there; 0 where no interval is set."""
        return 12 // self.months if self.months else 0

    @property
    def seen(self) -> int:
        """How many happened in the last twelve months."""
        start = add_months(self.until, -12)
        return sum(piece.number for piece in self.pieces if piece.day > start)

    @property
    def weight(self) -> int:
        """The gravest sign."""
        return max((WEIGHTS[flag] for flag in self.flags), default=0)


@dataclass(frozen=True)
class Picture:
    """All requirements of an organisation, judged at a day, for an audit."""

    proofs: tuple[Proof, ...]
    until: date
    audit: date | None

    @property
    def end(self) -> date:
        """From where the three weeks are counted back."""
        return self.audit or self.until

    @property
    def flagged(self) -> list[Proof]:
        """Those that an auditor would doubt, the gravest first."""
        doubted = [proof for proof in self.proofs if proof.flags]
        return sorted(doubted, key=lambda proof: -proof.weight)

    @property
    def score(self) -> int:
        """From 0 to 100: how far the records show a system at work. 100 has no sign against it."""
        if not self.proofs:
            return 0
        lost = sum(proof.weight for proof in self.proofs)
        return round(100 - 100 * lost / (WORST * len(self.proofs)))


def picture(member: Member) -> Picture:
    """Every requirement whose kind of record a register keeps, in statements that do not grow with the records."""
    day, audit = now_there(member), next_audit(member)
    until = min(day, audit) if audit else day
    wanted = [(line, keeping(line)) for line in edition().requirements.values() if not line.permission]
    kept = {register.path: register for _line, found in wanted for register in found}
    months = cadences(member)
    pieces = pieces_of(member, kept.values(), until)
    add_done(member, pieces, until)
    edited = edited_after_approval(member, list(kept.values()))
    evidence = evidence_of(member, until)
    judge = Judge(until, audit or until, machines(member), writers(member) > 1)
    proofs = []
    for line, found in wanted:
        shown = [piece for register in found for piece in pieces[register.path]] + evidence[line.code]
        interval = min((months[r.path] for r in found if months.get(r.path)), default=0)
        late = tuple(ref for register in found for ref in edited[register.path])
        if shown or interval or line.documented_information == "required":
            proofs.append(judge.proof(line, found, interval, shown, late))
    return Picture(tuple(proofs), until, audit)


@dataclass(frozen=True)
class Judge:
    """What is known once for all requirements: the day, who is a machine, whether several people write at all."""

    until: date
    end: date  # the first day of the audit, or today
    machines: frozenset[uuid.UUID]
    several: bool

    def proof(
        self,
        line: Requirement,
        kept: list[Register],
        months: int,
        shown: list[Piece],
        edited: tuple[str, ...],
    ) -> Proof:
        """One requirement with the signs against it."""
        pieces = tuple(sorted(shown, key=lambda piece: piece.day))
        text = edition().text(line.code, "text", get_language() or "en")
        signs: tuple[tuple[str, bool], ...] = (
            (NONE, not pieces),
            (CRAMMED, crammed(pieces, self.end)),
            (STALE, stale(pieces, months, self.until)),
            (SINGLE, self.several and single(pieces, self.machines)),
            (BEFORE, bool(edited)),
        )
        flags = tuple(flag for flag, there in signs if there)
        return Proof(line.code, text, months, pieces, flags, tuple(kept), self.until, edited)


def crammed(pieces: Sequence[Piece], end: date) -> bool:
    """Whether everything happened in the three weeks before the audit."""
    return bool(pieces) and pieces[0].day > end - WINDOW


def stale(pieces: Sequence[Piece], months: int, until: date) -> bool:
    """Whether the next one is overdue by a quarter of its interval, two weeks at least."""
    if not (pieces and months):
        return False
    grace = timedelta(days=max(14, months * 30 // 4))
    return add_months(pieces[-1].day, months) + grace < until


def single(pieces: Sequence[Piece], machines: frozenset[uuid.UUID]) -> bool:
    """Whether several records are all by one person; what machines record says nothing about people."""
    by_people = [piece for piece in pieces if piece.people - machines]
    people = {person for piece in by_people for person in piece.people - machines}
    return sum(piece.number for piece in by_people) >= SEVERAL and len(people) == 1


def next_audit(member: Member) -> date | None:
    """The first day of the certification audit that counts: the next one, else the last."""
    stages = visible(member, Audit).filter(kind__in=["stage_2", "surveillance", "recertification"])
    begun = stages.exclude(state="withdrawn").values_list("starts_on", flat=True)
    cycles = visible(member, CertificationCycle).exclude(state__in=["withdrawn", "ended"])
    planned = cycles.values_list("stage_2_from", flat=True)
    days = [day for day in (*begun, *planned) if day]
    today = now_there(member)
    ahead = [day for day in days if day >= today]
    return min(ahead) if ahead else max(days, default=None)


# ── When it is expected ──────────────────────────────────────────────────


def cadences(member: Member) -> dict[str, int]:
    """How often the calendar asks for records of a register, by the organisation's own intervals, in months."""
    rows = Obligation.objects.filter(
        organisation_id=member.organisation_id, active=True, kind=Obligation.Kind.PERIODIC, months__gt=0
    )
    found: dict[str, int] = {}
    for done_by, register, months in rows.values_list("done_by", "register", "months"):
        path = done_by.rpartition(".")[0] or register
        found[path] = min(months, found.get(path, months))
    return found


# ── When it really came ──────────────────────────────────────────────────


def happened(register: Register, zone: str) -> Any:
    """The day on which a record of this register happened: what it says itself, else from when it holds, else its entry."""
    named = [*reversed(list(register.model.event_dates.values())), *(n for n in DAYS if n in register.fields)]
    entered = [F(name) for name in dict.fromkeys(named)]
    made = TruncDate("created_at", tzinfo=ZoneInfo(zone))
    return Coalesce(*entered, F("effective_from"), made, output_field=DateField())


def pieces_of(member: Member, kept: Iterable[Register], until: date) -> dict[str, list[Piece]]:
    """What the records of some registers show up to a day, by register and day; one statement for all of them."""
    grouped = [_days(member, register, until) for register in kept]
    found: dict[str, list[Piece]] = defaultdict(list)
    for path, day, author, mover, number in grouped[0].union(*grouped[1:], all=True) if grouped else ():
        found[path].append(Piece(day, _people(author, mover), number))
    return found


def _days(member: Member, register: Register, until: date) -> "QuerySet[Any, tuple[Any, ...]]":
    """How many records happened on which day, by whom, drafts and plans left out."""
    rows = visible(member, register.model).exclude(state__in=NOT_YET).order_by()
    rows = rows.annotate(day=happened(register, member.time_zone))
    rows = rows.filter(day__lte=until, day__gt=add_months(until, -LOOK_BACK))
    path = Value(register.path, output_field=CharField())
    people = {"author": F("created_by_id"), "mover": F("changed_by_id")}
    grouped = rows.values(path=path, on=F("day"), **people).annotate(number=Count("pk"))
    return grouped.values_list("path", "on", "author", "mover", "number")


def _people(*ids: uuid.UUID | None) -> frozenset[uuid.UUID]:
    return frozenset(one for one in ids if one)


def add_done(member: Member, pieces: dict[str, list[Piece]], until: date) -> None:
    """What the calendar knows to be done counts too: a document that is approved anew each year is one record."""
    rows = Occurrence.objects.filter(
        organisation_id=member.organisation_id, state=Occurrence.State.DONE, done_on__lte=until
    )
    done = rows.filter(done_on__gt=add_months(until, -LOOK_BACK)).exclude(record_kind="")
    for path, day in done.values_list("record_kind", "done_on").distinct():
        if day and all(piece.day != day for piece in pieces[path]):
            pieces[path].append(Piece(day))


def evidence_of(member: Member, until: date) -> dict[str, list[Piece]]:
    """The evidence linked to the answers, by line: on the day from which it holds, not on that of its upload."""
    codes = dict(visible(member, Answer).values_list("pk", "code"))
    links = Link.objects.filter(organisation_id=member.organisation_id, kind="answers")
    links = links.filter(evidence__in=visible(member, Evidence).exclude(state="withdrawn"))
    made = TruncDate("evidence__created_at", tzinfo=ZoneInfo(member.time_zone))
    day = Coalesce("evidence__effective_from", made, output_field=DateField())
    found: dict[str, list[Piece]] = defaultdict(list)
    rows = links.annotate(day=day).filter(day__lte=until, day__gt=add_months(until, -LOOK_BACK))
    for key, on, *people in rows.values_list(
        "record_id", "day", "evidence__created_by_id", "evidence__changed_by_id"
    ):
        if key in codes:
            found[codes[key]].append(Piece(on, _people(*people)))
    return found


def machines(member: Member) -> frozenset[uuid.UUID]:
    """The members that are programs."""
    rows = Membership.objects.filter(organisation_id=member.organisation_id, role=Role.API_CLIENT)
    return frozenset(rows.values_list("pk", flat=True))


def writers(member: Member) -> int:
    """How many people could have written: in a team of one, one author is no sign."""
    able = Q(role__in=[Role.ADMINISTRATOR, Role.OFFICER, Role.CONTRIBUTOR, Role.EXECUTIVE])
    return Membership.objects.filter(able, organisation_id=member.organisation_id, active=True).count()
