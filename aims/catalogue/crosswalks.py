"""Related topics in other texts: never equivalence, no presumption of conformity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Beyond:
    """Whether ISO/IEC 42001 asks for something new, for more, or for much the same as another standard, and what it is."""

    level: Literal["new", "more", "same"]
    more: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """What corresponds to a leaf clause or a control elsewhere; an empty list means nothing real."""

    code: str
    nist_ai_rmf: tuple[str, ...]
    eu_ai_act: tuple[str, ...]
    iso_27001_2022: tuple[str, ...]
    iso_9001_2015: tuple[str, ...]
    iso_13485_2016: tuple[str, ...]
    beyond_13485: Beyond
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImprovementNote:
    """Where ISO/IEC 42001 goes further than ISO 13485."""

    title: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """How two standards lay out the same thing."""

    topic: str
    iso_42001: str
    iso_27001: str


@dataclass(frozen=True, slots=True)
class Crosswalks:
    """All entries, with the editions they were written for."""

    note: str
    sources: tuple[str, ...]
    editions: Mapping[str, str]
    improvement_note: ImprovementNote
    annex_a_layout: tuple[LayoutRow, ...]
    ai_act_presumption: str
    entries: tuple[Crosswalk, ...]

    def from_nist(self) -> dict[str, tuple[str, ...]]:
        """The other way round: NIST AI RMF subcategory to the codes of ISO/IEC 42001, in its order."""
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.entries:
            for subcategory in entry.nist_ai_rmf:
                found[subcategory] = (*found.get(subcategory, ()), entry.code)
        return found
