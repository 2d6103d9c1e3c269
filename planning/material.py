"""Which changes of an AI system are material, and what each makes outdated: declared data, pure functions (8.1, 8.2, 8.4).

A rule names a kind of record and fields; a difference in one of them between before and after is the change. Records of
later clauses (suppliers, data) are named by the paths of their registers, never imported. Before is empty for a record that
is new.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from aims.records.lifecycle import Words

Content = Mapping[str, Any]
IMPACT, RISKS, CLASSIFICATION = "impact", "risks", "classification"  # what may be outdated
KINDS: Final = (IMPACT, RISKS, CLASSIFICATION)
ALL: Final = frozenset(KINDS)
SYSTEMS, VERSIONS = "ai-systems", "system-versions"


@dataclass(frozen=True)
class MaterialRule:
    """A material change: fields of records of a register, and what it makes outdated.

    `new` says that a new record is the change, whatever its fields say. `only` narrows to records with these values.
    """

    code: str
    title: Words
    register: str
    fields: tuple[str, ...] = ()
    touches: frozenset[str] = ALL
    new: bool = False
    only: tuple[tuple[str, str], ...] = ()


RULES: Final = (
    MaterialRule(
        "version", _("a new version of the model"), VERSIONS, touches=frozenset({IMPACT, RISKS}), new=True
    ),
    MaterialRule(
        "model", _("another model or more automation"), SYSTEMS,
        ("model_description", "approach", "task_type", "automation", "oversight"),
    ),
    MaterialRule("purpose", _("another purpose"), SYSTEMS, ("purpose", "not_intended")),
    MaterialRule("population", _("other people concerned"), SYSTEMS, ("users", "affected", "deployed")),
    MaterialRule("role", _("another role of ours"), SYSTEMS, ("roles",)),
    MaterialRule(
        "supplier", _("another source of the system"), SYSTEMS, ("sourcing",), frozenset({IMPACT, RISKS})
    ),
    MaterialRule(
        "supplier", _("another supplier"), "suppliers", ("systems", "provides"), frozenset({IMPACT, RISKS})
    ),
    MaterialRule(
        "data", _("another data source"), "datasets", ("systems", "source", "derived_from", "use"),
        frozenset({IMPACT, RISKS}),
    ),
    MaterialRule(
        "data", _("another data source"), "resources", ("systems", "release"), frozenset({IMPACT, RISKS}),
        only=(("kind", "data"),),
    ),
)  # fmt: skip
OBSERVED: Final = tuple(dict.fromkeys(rule.register for rule in RULES))


@dataclass(frozen=True)
class Change:
    """A material change of some systems: by which rule, in which fields."""

    rule: MaterialRule
    fields: tuple[str, ...]
    systems: tuple[str, ...]


def material(register: str, key: str, before: Content, after: Content) -> list[Change]:
    """The material changes between two contents of a record, each with the systems that it concerns."""
    found = []
    for rule in RULES:
        if rule.register == register and all(after.get(name) == value for name, value in rule.only):
            names = differing(rule, before, after)
            systems = concerned(rule, key, names, before, after)
            if systems and (names or (rule.new and not before)):
                found.append(Change(rule, names, systems))
    return found


def differing(rule: MaterialRule, before: Content, after: Content) -> tuple[str, ...]:
    """The fields of a rule that say something else. A new AI system has nothing that could be outdated."""
    if rule.register == SYSTEMS and not before:
        return ()
    return tuple(name for name in rule.fields if plain(before.get(name)) != plain(after.get(name)))


def plain(value: Any) -> Any:
    """A value for comparison: text without its blanks, rows as the roles that they name, lists in no order."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return sorted(str(row.get("role")) if isinstance(row, Mapping) else str(row) for row in value)
    return value or ""


def concerned(
    rule: MaterialRule, key: str, names: Iterable[str], before: Content, after: Content
) -> tuple[str, ...]:
    """The systems that a change concerns: itself, that of a version, or those that a supplier or data serve.

    Where only the list of systems is different, those that came or went.
    """
    if rule.register == SYSTEMS:
        return (key,)
    if rule.register == VERSIONS:
        return (str(after["system"]),) if after.get("system") else ()
    old, new = set(map(str, before.get("systems") or [])), set(map(str, after.get("systems") or []))
    return tuple(sorted(old ^ new if set(names) == {"systems"} else old | new))


@dataclass(frozen=True)
class Mark:
    """What staleness is about, for the rules alone: what is outdated, since when, for which system, whether redone."""

    kind: str
    since: date
    key: str = ""
    redone: bool = False


def redone_by(mark: Mark, kind: str, done_on: date | None) -> bool:
    """Whether an approved assessment of a kind, done on a day, does again what a mark asks for: not before the change."""
    return not mark.redone and mark.kind == kind and done_on is not None and done_on >= mark.since


def holding(marks: Iterable[Mark], waived: Iterable[str]) -> list[Mark]:
    """The marks that hold a release: neither redone nor waived for it."""
    keys = set(waived)
    return [mark for mark in marks if not mark.redone and mark.key not in keys]
