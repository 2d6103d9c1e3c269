"""How often things come again: the default intervals, adapted to the organisation's size and to what is at stake.

The standard only says "planned intervals"; ours are defaults (catalogue: schedule rules), and an organisation may always
choose others. What is at stake goes before size: a tiny organisation with a high-risk system looks as often as it must.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from planning.proposals import PRODUCER, Facts


@dataclass(frozen=True)
class Change:
    """Another interval in months for the obligation of a code, when something holds."""

    code: str
    months: int
    holds: Callable[[Facts], bool]
    why: Promise


@dataclass(frozen=True)
class Planned:
    """A periodic obligation as it is: its code, title, and interval in months."""

    code: str
    title: str
    months: int


@dataclass(frozen=True)
class Rhythm:
    """What is proposed for one obligation."""

    code: str
    title: str
    months: int
    proposed: int
    reason: str

    @property
    def differs(self) -> bool:
        """Whether another interval is proposed than the present one."""
        return self.months != self.proposed


def _high(facts: Facts) -> bool:
    return facts.high


def _makes_watched(facts: Facts) -> bool:
    return PRODUCER in facts.sides and (facts.provides_high or facts.provides_models)


def _regulated(facts: Facts) -> bool:
    return facts.provides_high or facts.provides_models


def _public(facts: Facts) -> bool:
    return facts.profile.public and facts.deploys_high


def _bought_high(facts: Facts) -> bool:
    return facts.deploys_high


def _quiet(facts: Facts) -> bool:
    return facts.tiny and not facts.high


def _provides_high(facts: Facts) -> bool:
    return facts.provides_high


# The first that holds counts: what is at stake, then size.
CHANGES: tuple[Change, ...] = (
    Change("SR09", 6, _high, _("A high-risk AI system is assessed twice a year.")),
    Change(
        "SR10",
        6,
        _public,
        _("A public body keeps its assessment of fundamental rights current (AI Act, Art. 27)."),
    ),
    Change("SR24", 6, _high, _("A high-risk AI system is re-evaluated twice a year.")),
    Change("SR05", 3, _regulated, _("The law on what we provide still changes: look every quarter.")),
    Change("SR16", 1, _makes_watched, _("What we develop for others is measured every month.")),
    Change("SR22", 12, _bought_high, _("The supplier of a high-risk AI system is critical.")),
    Change("SR23", 6, _provides_high, _("Controls around a high-risk AI system are tested twice a year.")),
    Change("SR25", 6, _public, _("A public body checks the class of its systems twice a year.")),
    Change("SR05", 12, _quiet, _("Few laws bear on our use: once a year is enough.")),
    Change("SR11", 3, _quiet, _("With few risks, progress is looked at once a quarter.")),
    Change("SR15", 6, _quiet, _("A tiny organisation measures its objectives twice a year.")),
    Change("SR16", 6, _quiet, _("What we only use is measured twice a year.")),
    Change("SR17", 12, _quiet, _("One evaluation before the yearly management review is enough.")),
)


def calendar(facts: Facts, planned: Iterable[Planned]) -> tuple[Rhythm, ...]:
    """A proposal for every periodic obligation; most keep their interval."""
    return tuple(_rhythm(facts, one) for one in planned)


def _rhythm(facts: Facts, one: Planned) -> Rhythm:
    change = next((c for c in CHANGES if c.code == one.code and c.holds(facts)), None)
    proposed = change.months if change else one.months
    return Rhythm(one.code, one.title, one.months, proposed, str(change.why) if change else "")
