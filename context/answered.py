"""What answers the requirements of interested parties (4.2): clauses and controls by their codes, records by their numbers.

Later clauses keep the risks, objectives and duties that answer a requirement. They are found by the prefix of their number
in the registry, so that clause 4 names none of them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.base import Record
from aims.records.registry import register_of, registers
from context.models import InterestedParty, PartyRequirement

NUMBER = re.compile(r"\b([A-Z]{2,5})-[A-Za-z0-9.]*[A-Za-z0-9]")
ANSWERED, REFUSED, OPEN, GONE = "answered", "refused", "open", "gone"


@dataclass(frozen=True)
class Answered:
    """A requirement with what answers it: records that are live, numbers that lead nowhere, other words."""

    requirement: PartyRequirement
    codes: tuple[str, ...]
    records: tuple[Record, ...]
    lost: tuple[str, ...]
    words: str

    @property
    def state(self) -> str:
        """answered; refused (with a reason); open (nobody decided); gone (what it names is withdrawn or not there)."""
        if not self.requirement.addressed:
            return REFUSED if self.requirement.reason.strip() else OPEN
        if self.codes or self.records or self.words:
            return ANSWERED
        return GONE if self.lost else OPEN


def numbers_in(text: str) -> list[str]:
    """The numbers of records that stand in some words, each once and in their order."""
    return list(dict.fromkeys(found.group(0) for found in NUMBER.finditer(text)))


def words_beside(text: str) -> str:
    """What stands in a text beside numbers of records."""
    return NUMBER.sub("", text).strip(" ,;.:/&-–()")


def named(member: Member, texts: Iterable[str]) -> dict[str, Record]:
    """The records behind the numbers (or external ids) in some texts: one statement for each kind that is named."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for found in NUMBER.finditer(text):
            wanted[found.group(1)].add(found.group(0))
    kinds = [register.model for register in registers() if register.model.ref_prefix in wanted]
    known: dict[str, Record] = {}
    for model in kinds:
        numbers = wanted[model.ref_prefix]
        rows = visible(member, model).filter(Q(ref__in=numbers) | Q(external_id__in=numbers))
        for row in rows.exclude(state="withdrawn"):
            known |= {key: row for key in (row.ref, row.external_id) if key in numbers}
    return known


def answer(requirement: PartyRequirement, known: Mapping[str, Record]) -> Answered:
    """One requirement with what answers it."""
    numbers = numbers_in(requirement.place)
    records = {known[number].pk: known[number] for number in numbers if number in known}
    return Answered(
        requirement=requirement,
        codes=tuple(requirement.answered_by),
        records=tuple(records.values()),
        lost=tuple(number for number in numbers if number not in known),
        words=words_beside(requirement.place),
    )


def answers_of(
    member: Member, parties: Iterable[InterestedParty]
) -> Iterator[tuple[InterestedParty, list[Answered]]]:
    """Each party with its requirements and what answers them; `parties` come with their requirements."""
    found = [(party, list(party.requirements.all())) for party in parties]
    known = named(member, (row.place for _party, rows in found for row in rows))
    for party, rows in found:
        yield party, [answer(row, known) for row in rows]


def live_parties(member: Member) -> Any:
    """The parties that count, with their requirements."""
    rows = visible(member, InterestedParty).exclude(state="withdrawn")
    return rows.prefetch_related("requirements").order_by("ref")


def kind_of(record: Record) -> str:
    """What a record is called."""
    return str(register_of(record).name)
