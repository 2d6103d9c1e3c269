"""ISO/IEC 42001 itself: clauses, requirements, Annex A controls, and what Annexes C and D say.

Everything is frozen: the standard is data that nobody writes to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from aims.catalogue.crosswalks import Crosswalk

DocumentedInformation = Literal["required", "implied", "not_required"]
Pdca = Literal["plan", "do", "check", "act"]
TypicalRole = Literal["provider", "producer", "customer_user"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a clause: something the standard asks for (or, once, permits), in our words.

    `app_check` says in plain words what the application can test; `di_kind` whether the documented
    information is maintained (document) or retained (record).
    """

    code: str
    text: str
    clause: str
    documented_information: DocumentedInformation
    record_type: str
    di_kind: Literal["document", "record"] | None = None
    permission: bool = False
    app_check: str = ""

    @property
    def workspace(self) -> str:
        """Code of the leaf clause where it is worked on."""
        return self.clause

    @property
    def title_or_text(self) -> str:
        """A requirement has no title: its text."""
        return self.text

    @property
    def heading(self) -> str:
        """What names it on a page: a requirement has no title."""
        return self.text

    @property
    def record_types(self) -> tuple[str, ...]:
        """The kinds of record that answer it, as for a control."""
        return (self.record_type,)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause from 4 to 10.2; only a leaf has requirements, guidance and links."""

    code: str
    title: str
    parent: str | None
    leaf: bool
    long_title: str = ""
    pdca: Pdca | None = None
    note: str = ""
    requirements: tuple[Requirement, ...] = ()
    guidance: str = ""
    evidence_examples: tuple[str, ...] = ()
    auditor_questions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    crosswalk: Crosswalk | None = None

    @property
    def heading(self) -> str:
        """The title that stands on its own: four clauses are merely called “General”."""
        return self.long_title or self.title


@dataclass(frozen=True, slots=True)
class Control:
    """A control of Annex A. `documented`: the control itself asks for something in writing, when applicable.

    `area` is the sub-area for A.6; `objectives` and `risk_sources` are codes of Annex C.
    """

    code: str
    title: str
    area: str
    intent: str
    documented: bool
    guidance: str
    evidence_examples: tuple[str, ...]
    auditor_questions: tuple[str, ...]
    life_cycle_stages: tuple[str, ...]
    typical_roles: tuple[TypicalRole, ...]
    record_types: tuple[str, ...]
    objectives: tuple[str, ...]
    risk_sources: tuple[str, ...]
    links: tuple[str, ...]
    crosswalk: Crosswalk

    @property
    def workspace(self) -> str:
        """Code of the area where it is worked on."""
        return self.area

    @property
    def text(self) -> str:
        """What it is for, as a requirement's text says what is asked."""
        return self.intent

    @property
    def title_or_text(self) -> str:
        """A control is named by its title."""
        return self.title

    @property
    def heading(self) -> str:
        """The title, as for a clause."""
        return self.title


@dataclass(frozen=True, slots=True)
class Area:
    """An area of Annex A (A.2 to A.10) or, with a parent, a sub-area (A.6.1, A.6.2)."""

    code: str
    title: str
    parent: str | None
    objective: str

    @property
    def heading(self) -> str:
        """The title, as for a clause."""
        return self.title


Line = Requirement | Control
Place = Clause | Area


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that Annex C offers for objectives (C.2.1 to C.2.11)."""

    code: str
    title: str
    meaning: str
    example_indicator: str
    suggested_controls: tuple[str, ...]
    iso_23894_ref: str

    @property
    def heading(self) -> str:
        """The title, as for a clause."""
        return self.title


@dataclass(frozen=True, slots=True)
class RiskSource:
    """A source of risk named by Annex C (C.3.1 to C.3.7)."""

    code: str
    title: str
    meaning: str
    examples: str
    suggested_controls: tuple[str, ...]
    iso_23894_ref: str

    @property
    def heading(self) -> str:
        """The title, as for a clause."""
        return self.title


@dataclass(frozen=True, slots=True)
class AnnexDClause:
    """What a clause of Annex D says, in short."""

    code: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Integration:
    """How the AIMS goes together with another management system."""

    standard: str
    topic: str
    integration: str


@dataclass(frozen=True, slots=True)
class DomainNote:
    """What to watch in a domain of use."""

    domain: str
    ai_act: str
    watch: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnnexD:
    """Use of the AIMS across domains and sectors."""

    clauses: tuple[AnnexDClause, ...]
    integration: tuple[Integration, ...]
    domain_notes: tuple[DomainNote, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each the edition must have."""

    leaves: int
    lines: int
    permissions: int
    controls: int


@dataclass(frozen=True, slots=True)
class Edition:
    """Which edition of the standard this is."""

    code: str
    standard: str
    title: str
    edition: int
    published: str
    european_adoption: str
    normative_reference: str
    annexes: Mapping[str, str]
    counts: Counts
    notes: tuple[str, ...]
    conventions: Mapping[str, str]
    corrections_to_public_sources: tuple[str, ...]
    titles_checked_against: tuple[str, ...]
