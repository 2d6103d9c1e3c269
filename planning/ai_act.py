"""The AI Act's decision tree, walked with an organisation's answers. Pure functions over the catalogue's data.

Outcomes stack; the headline is the first in the Act's priority. An answer is true or false, an option's code, a list of
codes, `{"no_significant_risk": true, "options": [...]}` for Art. 6(3), or, where a question is asked once for each
practice ticked before, `{practice: true}`. The reasons of answers stand beside them: `{"why": {"Q9": "Scores people"}}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from aims.catalogue import AIAct
from aims.catalogue.ai_act import Node

MINIMAL = "MINIMAL"
WHY = "why"  # where an answer sheet keeps the reasons of its answers, by question
# events of the timeline, by how they begin; the catalogue's data says the days
LITERACY, MODELS = "Chapters I–II", "GPAI (Chapter V)"
TRANSPARENCY, ANNEX_III, ANNEX_I = "General application", "High-risk: Annex III", "High-risk: Annex I product"


def begins(act: AIAct, event: str) -> date:
    """The day of an event of the Act's timeline; LookupError where the data has none that begins like this."""
    for entry in act.timeline:
        if entry.event.startswith(event):
            return entry.date
    raise LookupError(f"the timeline has no event {event!r}")


@dataclass
class Walk:
    """Where the answers lead: the questions met, the outcomes, the question that waits, and wrong answers."""

    asked: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    waiting: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)  # outcome → the question whose answer gave it
    led: dict[str, str] = field(default_factory=dict)  # question → where its answer led

    @property
    def complete(self) -> bool:
        """Whether an end was reached."""
        return not self.waiting and not self.problems


def walk(act: AIAct, answers: Mapping[str, Any]) -> Walk:
    """Follow the tree from its start as far as the answers go. Answers to questions not met are ignored."""
    tree, found = act.decision_tree, Walk()
    ends = {outcome.code for outcome in tree.outcomes}
    at = tree.start
    while at not in ends:
        node = tree.node(at)
        if node.type == "result":
            return _ended(act, found)
        found.asked.append(at)
        if at not in answers:
            found.waiting = at
            return found
        key = _key(act, node, answers[at], answers, found)
        if key is None:
            return found
        found.led[at] = _next(node, key, answers[at], found)
        at = found.led[at]
    found.outcomes.append(at)
    found.added[at] = found.asked[-1]
    return _ended(act, found)


def headline(act: AIAct, outcomes: list[str]) -> str:
    """The outcome that counts first; empty when there is none."""
    return next((code for code in act.decision_tree.priority if code in outcomes), "")


def reasons(answers: Mapping[str, Any]) -> dict[str, str]:
    """Why single questions were answered as they were, by question."""
    given = answers.get(WHY)
    return {str(code): str(text) for code, text in given.items()} if isinstance(given, Mapping) else {}


def version(act: AIAct) -> str:
    """Which rules were applied, to be kept with the result: the regulation, its last change, and the date of our data."""
    texts = ", ".join(filter(None, (act.meta.regulation, act.meta.amended_by)))
    return f"{texts}; as of {act.meta.status_date}"


def _ended(act: AIAct, found: Walk) -> Walk:
    found.outcomes = found.outcomes or [MINIMAL]
    order = act.decision_tree.priority
    found.outcomes = sorted(set(found.outcomes), key=order.index)
    return found


def _next(node: Node, key: str, answer: Any, found: Walk) -> str:
    if key in node.adds:
        found.outcomes.append(node.adds[key])
        found.added[node.adds[key]] = node.code
    if node.type == "single":
        return next(option.next for option in node.options if option.code == answer)
    return node.branches.get(key) or node.branches["always"]


def _key(act: AIAct, node: Node, answer: Any, answers: Mapping[str, Any], found: Walk) -> str | None:
    """The branch that an answer takes, or None with the problem noted."""
    codes = {option.code for option in act.options(node)}
    if node.per_practice and isinstance(answer, Mapping):
        return _each(node, answer, _ticked(act, answers), found)
    if node.type == "yes_no" and isinstance(answer, bool):
        return "yes" if answer else "no"
    if node.type == "single" and isinstance(answer, str) and answer in codes:
        return answer
    if node.type == "multi" and _subset(answer, codes):
        return "any" if answer else "none"
    if node.type == "multi_and" and isinstance(answer, Mapping) and _subset(answer.get("options"), codes):
        gate = node.gate.code if node.gate else ""
        return "yes" if answer.get(gate) is True and answer["options"] else "no"
    found.problems[node.code] = _("%(answer)s is no answer to this question.") % {"answer": repr(answer)}
    return None


def _ticked(act: AIAct, answers: Mapping[str, Any]) -> set[str]:
    node = next(n for n in act.decision_tree.nodes if n.options_from == "prohibited_practices")
    return set(answers.get(node.code) or [])


def _each(node: Node, answer: Mapping[str, Any], ticked: set[str], found: Walk) -> str | None:
    """An exception must hold for every practice that was ticked."""
    if set(answer) != ticked or not all(isinstance(value, bool) for value in answer.values()):
        found.problems[node.code] = _("Answer yes or no for each practice ticked before.")
        return None
    return "yes" if all(answer.values()) else "no"


def _subset(answer: Any, codes: set[str]) -> bool:
    return isinstance(answer, list | tuple) and all(
        isinstance(item, str) and item in codes for item in answer
    )
