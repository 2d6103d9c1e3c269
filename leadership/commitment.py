"""What top management shows for each commitment that clause 5.1 asks of it: acts with their evidence, and other records."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.models import Link
from aims.records.registry import Register, register_of, registers
from leadership.models import LeadershipAction

Kind = LeadershipAction.Kind
# the lines of 5.1, and the acts that show them; to stop something shows that results count
COMMITMENTS: dict[str, tuple[Kind, ...]] = {
    "5.1-a": (Kind.DIRECTION,),
    "5.1-b": (Kind.INTEGRATION,),
    "5.1-c": (Kind.RESOURCES,),
    "5.1-d": (Kind.MESSAGE,),
    "5.1-e": (Kind.RESULTS, Kind.STOP),
    "5.1-f": (Kind.SUPPORT,),
}
# registers of other clauses that speak for a commitment, beside those of the kinds of record that its line asks for
BESIDE = {
    "5.1-a": ("ai-policies", "ai-objectives"),
    "5.1-e": ("management-reviews", "performance-evaluations"),
}


@dataclass
class Shown:
    """A commitment: the acts that show it, with how much evidence each has, and registers that speak for it."""

    code: str
    acts: list[LeadershipAction] = field(default_factory=list)
    evidence: dict[Any, int] = field(default_factory=dict)
    others: list[tuple[Register, int]] = field(default_factory=list)

    @property
    def proved(self) -> bool:
        """Whether some act has evidence."""
        return any(self.evidence.get(act.pk) for act in self.acts)


def code_of(act: LeadershipAction) -> str:
    """The line of 5.1 that an act shows."""
    return next(code for code, kinds in COMMITMENTS.items() if act.kind in kinds)


def shown(member: Member) -> list[Shown]:
    """Every commitment of 5.1 with what shows it; the number of statements does not grow with the acts."""
    acts = list(visible(member, LeadershipAction).exclude(state="withdrawn").order_by("-decided_on", "-ref"))
    proofs = evidence_of(member, acts)
    found = {code: Shown(code, others=others(member, code)) for code in COMMITMENTS}
    for act in acts:
        one = found[code_of(act)]
        one.acts.append(act)
        one.evidence[act.pk] = proofs.get(act.pk, 0)
    return list(found.values())


def evidence_of(member: Member, acts: Iterable[LeadershipAction]) -> dict[Any, int]:
    """How many pieces of evidence speak for each act."""
    keys = [act.pk for act in acts]
    rows = Link.objects.filter(
        organisation_id=member.organisation_id, kind=register_of(LeadershipAction).path, record_id__in=keys
    )
    number: dict[Any, int] = defaultdict(int)
    for key in rows.exclude(evidence__state="withdrawn").values_list("record_id", flat=True):
        number[key] += 1
    return dict(number)


def others(member: Member, code: str) -> list[tuple[Register, int]]:
    """Registers of other clauses whose records speak for a commitment too: by the kinds of record that the line asks for."""
    kinds = set(edition().requirements[code].record_types) - {"leadership_action"}
    beside = BESIDE.get(code, ())
    found = [one for one in registers() if kinds & set(one.record_types) or one.path in beside]
    return [(one, visible(member, one.model).exclude(state="withdrawn").count()) for one in found]
