"""What has to be done again, by when, or kept for how long; and the legal dates ahead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from aims.catalogue.durations import Duration

Basis = Literal["default", "law", "std"]
Kind = Literal["periodic", "deadline", "trigger", "retention", "precondition"]


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """A rule for the calendar.

    `every` repeats (its variants replace it for a special case); `interval_from` takes the interval from the
    record; `before` with `lead_days` lies that long before another subject. `within` or `no_later_than` count
    from the event `after`; `target` is when to aim for; `keep` is how long to retain; `require` is what comes
    first. `basis` says who fixed it: our default, law, or a standard on certification bodies (std).
    """

    code: str
    subject: str
    basis: Basis
    clauses: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    every: Duration | None = None
    interval_from: Literal["metric"] | None = None
    once_per: Literal["calendar_year"] | None = None
    within: Duration | None = None
    no_later_than: Duration | None = None
    target: Duration | None = None
    after: str = ""
    before: str = ""
    lead_days: int = 0
    keep: Duration | None = None
    require: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    alert_days: tuple[int, ...] = ()
    variants: Mapping[str, Duration] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def kind(self) -> Kind:
        """The main one of the five kinds; a periodic rule may have triggers as well."""
        if self.every or self.interval_from:
            return "periodic"
        if self.within or self.no_later_than or self.target:
            return "deadline"
        if self.keep:
            return "retention"
        return "precondition" if self.require else "trigger"


@dataclass(frozen=True, slots=True)
class LegalDate:
    """A date on which the law changes what is due."""

    date: date
    text: str


@dataclass(frozen=True, slots=True)
class ScheduleRules:
    """The file as a whole."""

    schedule_rules: tuple[ScheduleRule, ...]
    legal_dates: tuple[LegalDate, ...]
