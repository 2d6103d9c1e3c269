"""The records of a pack as data, in the form of the REST interface."""

import json
from collections.abc import Sequence
from typing import Any

from aims.organisation.member import Member
from aims.pack.choosing import SEALED, Choice
from aims.pack.evidence import Proofs
from aims.pack.lines import Answers
from aims.pack.reading import Rows
from aims.records.access import visible
from aims.records.models import Answer, Evidence
from aims.records.registry import Register, register_of
from aims.records.represent import listing

ALL = 1_000_000  # rows of a register


def data(
    member: Member, said: Answers, shown: Proofs, rows: dict[str, Rows], choice: Choice
) -> dict[str, Any]:
    """Every register of the pack by its path, as far as it is chosen; of answers and evidence only what is in scope."""
    answers, evidence = register_of(Answer), register_of(Evidence)
    exhibits = [exhibit.shown.key for exhibit in shown.exhibits]
    return {
        answers.path: some(member, answers, [answer.pk for answer in said.by_code.values()]),
        **{path: every(member, found.register, choice) for path, found in rows.items()},
        evidence.path: some(member, evidence, exhibits),
    }


def every(member: Member, register: Register, choice: Choice) -> list[dict[str, Any]]:
    """All records of a register that the member sees and that are chosen."""
    if choice.limited or register.path in SEALED:
        keys = choice.rows(visible(member, register.model)).order_by("pk")
        return some(member, register, list(keys.values_list("pk", flat=True)))
    found: list[dict[str, Any]] = json.loads(listing(member, register, limit=ALL)[0])
    return found


def some(member: Member, register: Register, keys: Sequence[Any]) -> list[dict[str, Any]]:
    """Some records of a register."""
    conditions = ["r.id = any(%s::uuid[])"]
    text = listing(member, register, conditions, [[str(key) for key in keys]], limit=ALL)[0]
    found: list[dict[str, Any]] = json.loads(text)
    return found
