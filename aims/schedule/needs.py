"""Preconditions: what must be there before something else is done (SR64: before stage 2 of a certification)."""

from collections.abc import Iterable
from dataclasses import dataclass

from aims.organisation.member import Member
from aims.records.registry import obligation_rules


@dataclass(frozen=True)
class Standing:
    """One thing that must be there, and whether it is."""

    code: str
    title: str
    met: bool
    url: str


def preconditions(member: Member, code: str = "SR64") -> list[Standing]:
    """The needs of a declared precondition, in order, each with whether it is met now."""
    rules = (rule for rule in obligation_rules() if rule.kind == "precondition" and rule.code == code)
    needs = (need for rule in rules for need in rule.needs)
    return [Standing(need.code, str(need.title), need.met(member), str(need.url)) for need in needs]


def unmet(standing: Iterable[Standing]) -> list[Standing]:
    """What is still missing."""
    return [one for one in standing if not one.met]
