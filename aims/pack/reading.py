"""The rows of a register with their parts and what they refer to, in a number of queries that rows do not change."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aims.organisation.member import Member
from aims.pack.choosing import Choice
from aims.records.access import visible
from aims.records.base import Part, Record
from aims.records.display import Named
from aims.records.registry import Register

ROWS = 2000  # of a register in the document; its data has all


@dataclass(frozen=True)
class Rows:
    """The records of a register, the newest of them when there are too many, and how many there are in all."""

    register: Register
    records: Sequence[Any]
    parts: dict[type[Part], dict[Any, list[Part]]]
    total: int

    @property
    def live(self) -> list[Any]:
        """The records that are not withdrawn."""
        return [record for record in self.records if record.state != "withdrawn"]


def read(member: Member, register: Register, named: Named, choice: Choice) -> Rows:
    """The records of a register that a member sees and that are chosen; `named` is told what they refer to."""
    model = register.model
    several = [f.name for f in model._meta.many_to_many if f.name in register.fields]
    chosen = choice.rows(visible(member, model))
    seen = chosen.select_related("owner").prefetch_related(*several)
    records: list[Record] = list(seen.order_by("-pk")[: ROWS + 1])
    total = len(records) if len(records) <= ROWS else chosen.count()
    records = sorted(records[:ROWS], key=lambda record: (getattr(record, "position", 0), record.pk))
    for record in records:
        named.want(model, (*register.columns, *register.fields, *model.settled), record)
    parts = {part: parts_of(part, records, named) for part in register.parts}
    return Rows(register, records, parts, total)


def parts_of(part: type[Part], records: Sequence[Record], named: Named) -> dict[Any, list[Part]]:
    """The parts of some records, by record, in their order."""
    found: dict[Any, list[Part]] = defaultdict(list)
    several = [f.name for f in part._meta.many_to_many if f.name in part.form]
    relation = part._meta.get_field(part.of).attname  # type: ignore[union-attr]
    rows = part._default_manager.filter(**{f"{part.of}__in": [record.pk for record in records]})
    for row in rows.prefetch_related(*several).order_by("position", "pk"):
        named.want(part, part.form, row)
        found[getattr(row, relation)].append(row)
    return found
