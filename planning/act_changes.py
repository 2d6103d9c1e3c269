"""What a new version of the AI Act's rules changes for answers that were given under an older one. Pure functions.

The same answers are walked under both. Beside another outcome it counts what was asked otherwise, or not at all: a practice
that the law did not know then was never ruled out by anybody.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aims.catalogue import AIAct
from aims.catalogue.ai_act import Node
from planning.act_sheet import EVENTS, applies
from planning.ai_act import headline, walk


@dataclass(frozen=True)
class Asked:
    """A question on the way that the new rules ask otherwise. `was` None: they ask it for the first time."""

    node: Node
    was: Node | None
    added: tuple[str, ...] = ()  # labels of choices that came
    gone: tuple[str, ...] = ()  # labels of choices that went
    leads: bool = False  # whether the answer leads elsewhere, or gives another outcome

    @property
    def reworded(self) -> bool:
        """Whether question, help or legal basis are other words."""
        return self.was is not None and _words(self.was) != _words(self.node)


@dataclass(frozen=True)
class Moved:
    """The day from which an outcome has effect, before and now."""

    outcome: str
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Difference:
    """What becomes of answers under the new rules."""

    before: tuple[str, ...]
    after: tuple[str, ...]  # empty where the new rules need more answers
    headline_before: str
    headline_after: str
    waiting: str  # the question that the new rules ask and nobody answered
    problems: Mapping[str, str]  # answers that the new rules do not know
    asked: tuple[Asked, ...]
    moved: tuple[Moved, ...]

    @property
    def open(self) -> bool:
        """Whether the old answers do not reach an end under the new rules."""
        return bool(self.waiting or self.problems)

    @property
    def reclassified(self) -> bool:
        """Whether the outcome is another, or cannot be told without new answers."""
        return self.open or set(self.before) != set(self.after)

    @property
    def any(self) -> bool:
        """Whether anything at all is different for these answers."""
        return self.reclassified or bool(self.asked or self.moved)


def compare(old: AIAct, new: AIAct, answers: Mapping[str, Any]) -> Difference:
    """The same answers under two versions of the rules."""
    first, second = walk(old, answers), walk(new, answers)
    before = tuple(first.outcomes if first.complete else ())
    after = tuple(second.outcomes if second.complete else ())
    return Difference(
        before,
        after,
        headline(old, list(before)),
        headline(new, list(after)),
        second.waiting,
        second.problems,
        tuple(_asked(old, new, second.asked, first.led, second.led)),
        tuple(_moved(old, new, answers, before, after)),
    )


def _asked(
    old: AIAct, new: AIAct, way: list[str], led: Mapping[str, str], leads: Mapping[str, str]
) -> Iterator[Asked]:
    """The questions on the new way that are new, reworded, or offer other choices."""
    known = {node.code: node for node in old.decision_tree.nodes}
    for code in way:
        node, was = new.decision_tree.node(code), known.get(code)
        if was is None:
            yield Asked(node, None)
            continue
        now, then = _labels(new, node), _labels(old, was)
        one = Asked(
            node,
            was,
            tuple(now[key] for key in now if key not in then),
            tuple(then[key] for key in then if key not in now),
            led.get(code) != leads.get(code) or dict(was.adds) != dict(node.adds),
        )
        if one.reworded or one.added or one.gone or one.leads:
            yield one


def _labels(act: AIAct, node: Node) -> dict[str, str]:
    return {option.code: option.label for option in act.options(node)}


def _words(node: Node) -> tuple[str, str, str, str]:
    return node.question, node.help, node.ref, node.rule


def _moved(
    old: AIAct, new: AIAct, answers: Mapping[str, Any], before: tuple[str, ...], after: tuple[str, ...]
) -> Iterator[Moved]:
    """Outcomes that stay, from another day."""
    for code in after:
        if code in before and code in EVENTS:
            days = applies(old, code, answers), applies(new, code, answers)
            if days[0] != days[1]:
                yield Moved(code, *days)


@dataclass(frozen=True)
class Amended:
    """What a version changes in the rules themselves."""

    practices: tuple[str, ...]  # titles of practices that are new
    asked: tuple[Asked, ...]
    dates: tuple[tuple[str, date | None, date | None], ...]  # event of the timeline, its day before and now


def amended(old: AIAct, new: AIAct) -> Amended:
    """The differences between two versions, whoever answered them."""
    known = {practice.code for practice in old.prohibited_practices}
    practices = tuple(one.title for one in new.prohibited_practices if one.code not in known)
    way = [node.code for node in new.decision_tree.nodes if node.type != "result"]
    asked = tuple(_asked(old, new, way, {}, {}))
    return Amended(practices, asked, tuple(_dates(old, new)))


def _dates(old: AIAct, new: AIAct) -> Iterator[tuple[str, date | None, date | None]]:
    """Outcomes whose day is another, each event once."""
    for event in dict.fromkeys(EVENTS.values()):
        days = tuple(
            next((entry.date for entry in act.timeline if entry.event.startswith(event)), None)
            for act in (old, new)
        )
        if days[0] != days[1]:
            yield event, days[0], days[1]
