"""The EU AI Act, Regulation (EU) 2024/1689 as amended by (EU) 2026/1744, as dated data in our words.

Orientation, not legal advice. `confidence` below high must be re-checked before anyone relies on the entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from aims.catalogue.durations import Duration

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Version:
    """Which text the rules were written from, on which day, and what stayed open."""

    regulation: str
    amended_by: str
    status_date: date
    sources: tuple[str, ...]
    uncertain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActRole:
    """A role under the Act."""

    code: str
    ref: str


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule that stands on its own."""

    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """From which day what applies; `status` is as of the version's status date."""

    date: date
    event: str
    status: Literal["done", "in_application", "scheduled"]
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class OriginalDates:
    """The high-risk dates before the amendment; the amended ones bind."""

    annex_iii: date
    annex_i: date
    note: str


@dataclass(frozen=True, slots=True)
class ProhibitedPractice:
    """A practice of Art. 5; it counts only from `applies_from`."""

    code: str
    ref: str
    title: str
    summary: str
    exception: str | None
    applies_from: date


@dataclass(frozen=True, slots=True)
class AnnexI:
    """Product laws, and when a product under them is high-risk."""

    section_a: tuple[str, ...]
    section_b: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class AnnexIIIItem:
    """A use case, for example 4.a."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AnnexIIIPoint:
    """A point of Annex III with its use cases."""

    point: int
    code: str
    title: str
    items: tuple[AnnexIIIItem, ...]


@dataclass(frozen=True, slots=True)
class Exemption:
    """Art. 6(3): when an Annex III use is not high-risk, and what is due then."""

    rule: str
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransparencyCase:
    """A case of Art. 50."""

    code: str
    ref: str
    actor: Literal["provider", "deployer"]
    case: str
    duty: str
    applies_from: date
    applies_note: str = ""


@dataclass(frozen=True, slots=True)
class GeneralPurpose:
    """Duties for general-purpose AI models; `threshold_flop` is Art. 51's training compute."""

    model_duties: tuple[Provision, ...]
    systemic: tuple[Provision, ...]
    threshold_flop: float
    downstream_hint: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty of an actor."""

    ref: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class FundamentalRightsAssessment:
    """Art. 27: who makes one, when, and with what content."""

    ref: str
    who: tuple[str, ...]
    exclusion: str
    when: str
    content: tuple[str, ...]
    notify: str
    dpia: str


@dataclass(frozen=True, slots=True)
class ConformityRoute:
    """Which conformity assessment a case needs."""

    case: str
    route: str
    ref: str


@dataclass(frozen=True, slots=True)
class Registration:
    """Who registers what."""

    ref: str
    who: str
    what: str
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class IncidentDeadline:
    """A clock of Art. 73, `within` counted from the event `after`."""

    code: str
    ref: str
    trigger: str
    text: str
    within: Duration | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long an actor keeps what; `keep` is the floor in `period`'s words."""

    ref: str
    actor: str
    what: str
    period: str
    keep: Duration


@dataclass(frozen=True, slots=True)
class Penalty:
    """A ceiling in euro and in percent of yearly worldwide turnover."""

    ref: str
    breach: str
    max_eur: int
    max_turnover_pct: int


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose; `next` is where it leads, when the node does not say."""

    code: str
    label: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A question. `branches`: answer (or `always`) to the next node or a final outcome; `adds`: outcome.

    Answers are yes/no, any/none for a choice of several, or an option's code. `options_from` names a part of
    these rules. `per_practice` is asked once for each practice ticked before. `gate` must hold as well.
    """

    code: str
    type: Literal["yes_no", "single", "multi", "multi_and", "result"]
    question: str = ""
    ref: str = ""
    branches: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    adds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    options: tuple[Option, ...] = ()
    options_from: Literal["", "prohibited_practices", "annex_iii", "transparency"] = ""
    gate: Option | None = None
    rule: str = ""
    per_practice: bool = False
    requires_legal_signoff: bool = False
    help: str = ""

    def targets(self) -> tuple[str, ...]:
        """All nodes and outcomes to which an answer leads."""
        return (*self.branches.values(), *(option.next for option in self.options if option.next))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A classification with its consequence."""

    code: str
    tier: str
    label: str
    consequence: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked case: these answers (by node) give these outcomes."""

    name: str
    answers: Mapping[str, object]
    outcomes: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTree:
    """The questions. Outcomes stack; the headline is the first of `priority`."""

    start: str
    stacking: bool
    priority: tuple[str, ...]
    nodes: tuple[Node, ...]
    outcomes: tuple[Outcome, ...]
    store: tuple[str, ...]
    review_trigger: tuple[str, ...]
    examples: tuple[Example, ...]

    def node(self, code: str) -> Node:
        """The node of that code; LookupError when there is none."""
        for node in self.nodes:
            if node.code == code:
                return node
        raise LookupError(f"the decision tree has no node {code!r}")


@dataclass(frozen=True, slots=True)
class AIAct:
    """The file as a whole."""

    meta: Version
    roles: tuple[ActRole, ...]
    role_change: Provision
    timeline: tuple[TimelineEntry, ...]
    original_dates: OriginalDates
    legacy: Provision
    prohibited_practices: tuple[ProhibitedPractice, ...]
    annex_i: AnnexI
    annex_iii: tuple[AnnexIIIPoint, ...]
    art_6_3: Exemption
    transparency: tuple[TransparencyCase, ...]
    transparency_note: str
    gpai: GeneralPurpose
    obligations: Mapping[str, tuple[Obligation, ...]]
    fria: FundamentalRightsAssessment
    conformity: tuple[ConformityRoute, ...]
    registration: tuple[Registration, ...]
    incident_deadlines: tuple[IncidentDeadline, ...]
    incident_notes: tuple[str, ...]
    retention: tuple[Retention, ...]
    penalties: tuple[Penalty, ...]
    penalties_note: str
    decision_tree: DecisionTree

    def options(self, node: Node) -> tuple[Option, ...]:
        """What a node lets one choose: its own options, or those of the part that it names."""
        if node.options_from == "prohibited_practices":
            return tuple(Option(item.code, item.title) for item in self.prohibited_practices)
        if node.options_from == "annex_iii":
            return tuple(Option(item.code, item.text) for point in self.annex_iii for item in point.items)
        if node.options_from == "transparency":
            return tuple(Option(item.code, item.case) for item in self.transparency)
        return node.options
