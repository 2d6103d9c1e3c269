"""ISO/IEC 23894: guidance on AI risk, with default scales, a taxonomy of sources and example risks (ours)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principle:
    """A principle and what it means for AI."""

    code: str
    name: str
    ai_note: str


@dataclass(frozen=True, slots=True)
class FrameworkElement:
    """An element of the framework (clause 5)."""

    clause: str
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class ProcessStep:
    """A step of the process (clause 6) and what comes out of it."""

    clause: str
    code: str
    name: str
    summary: str
    output: str


@dataclass(frozen=True, slots=True)
class IdentificationStep:
    """A step of risk identification (6.4.2)."""

    clause: str
    code: str
    summary: str


@dataclass(frozen=True, slots=True)
class TreatmentOption:
    """A way to treat a risk."""

    code: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A step of the likelihood scale."""

    value: int
    label: str
    guide: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """A step of the consequence scale, with what it means for people."""

    value: int
    label: str
    individuals: str


@dataclass(frozen=True, slots=True)
class Band:
    """A band of risk levels, both ends included, and who may accept what is in it."""

    code: str
    min: int
    max: int
    rule: str


@dataclass(frozen=True, slots=True)
class Criteria:
    """A suggestion that every organisation replaces or approves (6.1.1)."""

    note: str
    likelihood_scale: tuple[Likelihood, ...]
    consequence_dimensions: tuple[str, ...]
    consequence_scale: tuple[Consequence, ...]
    level: str
    bands: tuple[Band, ...]
    override: str


@dataclass(frozen=True, slots=True)
class RiskSourceGroup:
    """A group of risk sources; `annex_c` is its code in ISO/IEC 42001, None for our own extension."""

    code: str
    annex_c: str | None
    iso_23894_ref: str | None
    name: str
    sub_sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rating:
    """Likelihood and severity on the default scales."""

    likelihood: int
    severity: int


@dataclass(frozen=True, slots=True)
class ExampleRisk:
    """A risk to start from."""

    code: str
    title: str
    typical_systems: tuple[str, ...]
    risk_sources: tuple[str, ...]
    cause: str
    event: str
    consequences: Mapping[str, str]
    affected_objectives: tuple[str, ...]
    affected_parties: tuple[str, ...]
    suggested_controls: tuple[str, ...]
    treatment_options: tuple[str, ...]
    example_rating: Rating
    example_indicator: str


@dataclass(frozen=True, slots=True)
class RiskGuidance:
    """The file as a whole."""

    source: str
    note: str
    structure: Mapping[str, str]
    principles: tuple[Principle, ...]
    framework: tuple[FrameworkElement, ...]
    process: tuple[ProcessStep, ...]
    identification_steps: tuple[IdentificationStep, ...]
    life_cycle_use: Mapping[str, str]
    treatment_options: tuple[TreatmentOption, ...]
    default_criteria: Criteria
    reassessment_triggers: tuple[str, ...]
    risk_source_groups: tuple[RiskSourceGroup, ...]
    example_risks: tuple[ExampleRisk, ...]
