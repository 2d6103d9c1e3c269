"""The contents of a pack as plain values, in the order of its pages. Nothing here asks the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString

from aims.catalogue import Term
from aims.records.coverage import Tally
from aims.records.models import Revision

Html = SafeString | str


@dataclass(frozen=True)
class Table:
    """A table with words in its cells. `more` rows are in the attached data only."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Html]]
    more: int = 0


@dataclass(frozen=True)
class Chart:
    """A drawing with its title and the same figures as a table."""

    title: str
    drawing: SafeString
    figures: Table | None = None
    legend: Sequence[tuple[str, str]] = ()  # words and tone


@dataclass(frozen=True)
class Summary:
    """A section of figures about the whole."""

    anchor: str
    title: str
    lead: str
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()


@dataclass(frozen=True)
class Signpost:
    """Where something that an auditor asks for stands, and its figures."""

    title: str
    figures: str
    anchor: str


@dataclass(frozen=True)
class Month:
    """The dates of a month in words."""

    name: str
    rows: Sequence[Sequence[Html]]


@dataclass(frozen=True)
class Calendar:
    """What falls due from one day to another. `more` dates are not in it."""

    first: date
    last: date
    chart: Chart | None
    months: Sequence[Month]
    more: int = 0


@dataclass(frozen=True)
class Signed:
    """A signature and whether it covers the content as it is now."""

    subject: str  # number and title of what was signed
    meaning: str
    name: str
    at: datetime
    version: int
    proof: str
    digest: str
    stands: bool


@dataclass(frozen=True)
class Shown:
    """A piece of evidence as it stands beside what it speaks for."""

    ref: str
    title: str
    freshness: SafeString
    key: str

    @property
    def anchor(self) -> str:
        """Where its files are listed."""
        return f"evidence-{self.key}"


@dataclass(frozen=True)
class Group:
    """Fields under a heading: short values in columns, a sentence or two after their name, long ones below it."""

    heading: str
    short: Sequence[tuple[str, Html]]
    middle: Sequence[tuple[str, Html]]
    long: Sequence[tuple[str, Html]]


@dataclass(frozen=True)
class Sheet:
    """A record with everything that it says."""

    anchor: str
    ref: str
    title: str
    state: SafeString
    groups: Sequence[Group]
    parts: Sequence[Table] = ()
    evidence: Sequence[Shown] = ()
    signatures: Sequence[Signed] = ()


@dataclass(frozen=True)
class RegisterPart:
    """A register: its records as a table, then one by one. `more` sheets are in the attached data only."""

    anchor: str
    title: str
    about: str
    table: Table
    sheets: Sequence[Sheet]
    charts: Sequence[Chart] = ()
    more: int = 0
    added: Sequence[Table] = ()  # what is added up from the records


@dataclass(frozen=True)
class LinePart:
    """A requirement or control with what the organisation says about it."""

    code: str
    title: str
    text: str
    documented: bool
    answer: Html
    owner: str
    progress: SafeString
    verdict: SafeString
    judged: str
    decision: Sheet | None = None  # the line of the Statement of Applicability
    evidence: Sequence[Shown] = ()


@dataclass(frozen=True)
class PlacePart:
    """A leaf clause or area with its lines."""

    code: str
    title: str
    lines: Sequence[LinePart]
    objective: str = ""

    @property
    def anchor(self) -> str:
        """Where the contents lead to."""
        return f"place-{self.code.replace('.', '-')}"


@dataclass(frozen=True)
class Chapter:
    """A top clause, or Annex A."""

    code: str
    title: str
    tally: Tally
    places: Sequence[PlacePart]
    registers: Sequence[RegisterPart]

    @property
    def anchor(self) -> str:
        """Where the contents lead to."""
        return f"chapter-{self.code}"


@dataclass(frozen=True)
class Exhibit:
    """A piece of evidence with its files, and what it speaks for."""

    shown: Shown
    about: str
    owner: str
    effective_from: date | None
    review_due: date | None
    speaks_for: Sequence[str]
    revisions: Sequence[Revision]


@dataclass(frozen=True)
class Contents:
    """Everything in a pack."""

    key: str
    title: str
    organisation: str
    scope: str
    systems: Sequence[str]  # number and title of each to which it is limited
    since: date | None
    until: date | None
    statement: Html
    asked_by: str
    language: str
    at: datetime
    begun: datetime | None  # the first entry of the journal
    position: int
    entries: int
    edition: str
    chapters: Sequence[Chapter]
    charts: Sequence[Chart]
    guide: Sequence[Signpost]
    calendar: Calendar
    decisions: Table | None  # None where the clauses do not ask for them
    summaries: Sequence[Summary]
    exhibits: Sequence[Exhibit]
    signatures: Sequence[Signed]
    glossary: Sequence[Term]
    data: dict[str, Any] = field(repr=False)  # the records as JSON

    @property
    def identifier(self) -> str:
        """The same for the same pack of the same state."""
        return f"{self.key} {self.position}"

    @property
    def tally(self) -> Tally:
        """All lines of the pack together."""
        return sum((chapter.tally for chapter in self.chapters), Tally())
