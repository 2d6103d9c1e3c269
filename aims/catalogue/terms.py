"""ISO/IEC 22989: terms, stakeholder roles and the life cycle of an AI system."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Term:
    """A term in our words. Where `clause_confidence` is medium, do not show the clause as a citation."""

    term: str
    definition: str
    source: str
    clause: str = ""
    clause_confidence: Literal["high", "medium", "low"] = "high"


@dataclass(frozen=True, slots=True)
class SubRole:
    """A finer role under a stakeholder role."""

    code: str
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class StakeholderRole:
    """A role of ISO/IEC 22989 5.19 that an organisation plays for an AI system."""

    code: str
    name: str
    clause: str
    meaning: str
    sub_roles: tuple[SubRole, ...]
    eu_hint: str


@dataclass(frozen=True, slots=True)
class LifeCycleStage:
    """A stage of ISO/IEC 22989 clause 6, with what should be in hand to leave it."""

    code: str
    name: str
    clause: str
    purpose: str
    typical_activities: tuple[str, ...]
    gate_evidence: tuple[str, ...]
    applies_if: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one stage to another; the list is ours, not the standard's."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """Stages and the steps between them."""

    note: str
    stages: tuple[LifeCycleStage, ...]
    transitions: tuple[Transition, ...]

    def after(self, stage: str) -> tuple[str, ...]:
        """The stages that may follow `stage`, in the order of the list."""
        return tuple(step.target for step in self.transitions if step.source == stage)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The file as a whole."""

    note: str
    cross_cutting: tuple[str, ...]
    terms: tuple[Term, ...]
    roles: tuple[StakeholderRole, ...]
    life_cycle: LifeCycle
