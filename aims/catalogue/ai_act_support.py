"""What stands beside the AI Act's rules: what answers a duty, and the forms of its annexes, point by point.

Own words and our reading: orientation, not legal advice. A certificate of ISO/IEC 42001 gives no presumption of
conformity with the Act; for each duty it is said what it leaves open, and which European standard is written for it.
"""

from dataclasses import dataclass
from typing import Literal

from aims.catalogue.ai_act import Confidence

Reach = Literal["much", "partly", "little"]


@dataclass(frozen=True, slots=True)
class EuropeanStandard:
    """A standard of CEN-CENELEC JTC 21 in support of the Act. None gives presumption before the OJ cites it (Art. 40)."""

    code: str
    title: str
    articles: str
    status: str
    confidence: Confidence = "medium"


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """What answers a duty: clauses and controls of ISO/IEC 42001, and kinds of records (`kind`, or `kind:field` for a field
    that must be filled). `reach` is how far a management system under ISO/IEC 42001 carries, `lacks` what it leaves open.
    """

    ref: str
    codes: tuple[str, ...]
    records: tuple[str, ...]
    reach: Reach
    lacks: str
    standards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormPoint:
    """A point of a form: what it asks for, and where the records have it.

    A source is `system.purpose` (a field of the AI system), `version.…` (of its newest version), `impact.…` (of its impact
    assessment), `file.…` (of its conformity file), `sheet.…` (of its classification), `organisation.…`, `ml.…` (a field of
    its ML description), or `record:kind` (its records of that kind, with links).
    """

    code: str
    title: str
    asks: str
    sources: tuple[str, ...]
    heading: str = ""  # begins a group of points
    optional: bool = False  # not wanted in every case


@dataclass(frozen=True, slots=True)
class ActForm:
    """A form that an annex of the Act describes."""

    code: str
    title: str
    ref: str
    about: str
    points: tuple[FormPoint, ...]


@dataclass(frozen=True, slots=True)
class ActSupport:
    """The file as a whole."""

    note: str
    as_of: str
    standards: tuple[EuropeanStandard, ...]
    answers: tuple[DutyAnswer, ...]
    forms: tuple[ActForm, ...]

    def answer(self, ref: str) -> DutyAnswer | None:
        """What answers a duty, or None where the table has no row for it."""
        return next((one for one in self.answers if one.ref == ref), None)

    def form(self, code: str) -> ActForm | None:
        """The form of that code, or None."""
        return next((one for one in self.forms if one.code == code), None)
