"""What comes back: nonconformities whose cause or system and requirement are those of an earlier one (10.2-b).

One recurs when within 24 months before it another was opened on the same requirement or control, and either the kind of
cause is the same or the AI system is. The same minor lapse again is what bodies raise to a major one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.records.access import visible
from aims.schedule.dates import add_months
from improvement.models import Nonconformity

MONTHS = 24


@dataclass(frozen=True)
class Case:
    """What of a nonconformity tells whether it recurs."""

    key: UUID
    opened_on: date
    codes: frozenset[str]
    category: str
    systems: frozenset[UUID] = field(default_factory=frozenset)

    def recurs(self, earlier: "Case") -> bool:
        """Whether this one is an earlier one come back."""
        if self.key == earlier.key or not self.codes & earlier.codes:
            return False
        if not add_months(self.opened_on, -MONTHS) <= earlier.opened_on <= self.opened_on:
            return False
        same_cause = bool(self.category) and self.category == earlier.category
        return same_cause or bool(self.systems & earlier.systems)


def cases(member: Member, since: date) -> list[Case]:
    """The nonconformities opened from a day on, oldest first, in two statements."""
    rows = visible(member, Nonconformity).filter(opened_on__gte=since).exclude(state="withdrawn")
    values = rows.order_by("opened_on", "ref").values_list("pk", "opened_on", "codes", "cause_category")
    found = list(values)
    systems: dict[UUID, set[UUID]] = {row[0]: set() for row in found}
    through: Any = Nonconformity.systems.through
    links = through.objects.filter(nonconformity__in=list(systems))
    for key, system in links.values_list("nonconformity_id", "aisystem_id"):
        systems[key].add(system)
    return [
        Case(key, day, frozenset(codes), kind, frozenset(systems[key])) for key, day, codes, kind in found
    ]


def earlier_cases(member: Member, record: Nonconformity) -> list[Nonconformity]:
    """The nonconformities of which this one is a recurrence, newest first."""
    if not record.codes:
        return []  # nothing to compare with
    known = cases(member, add_months(record.opened_on, -MONTHS))
    this = next((case for case in known if case.key == record.pk), None)
    keys = [case.key for case in known if this and this.recurs(case) and _before(known, case, this)]
    return list(visible(member, Nonconformity).filter(pk__in=keys).order_by("-opened_on", "-ref"))


def _before(known: list[Case], case: Case, this: Case) -> bool:
    """Of two opened on one day the one with the lower number came first."""
    return known.index(case) < known.index(this)


def recurring(member: Member, since: date) -> list[Case]:
    """The nonconformities opened from a day on that are an earlier one come back."""
    known = cases(member, add_months(since, -MONTHS))
    return [
        case
        for at, case in enumerate(known)
        if case.opened_on >= since and any(case.recurs(earlier) for earlier in known[:at])
    ]


def recurring_causes(member: Member, since: date) -> Counter[str]:
    """How many recurring nonconformities each kind of cause has; "" where only the system is the same."""
    return Counter(case.category for case in recurring(member, since))


def by_clause(found: Iterable[Case]) -> Counter[str]:
    """How many cases touch each top clause (Annex A counts as its own)."""
    tops = Counter[str]()
    for case in found:
        tops.update({edition().top(code) for code in case.codes})
    return tops
