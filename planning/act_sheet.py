"""The AI Act's questions as people read them: each with its answer and legal basis, and what follows with its dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aims.catalogue import AIAct, edition
from aims.catalogue.ai_act import Node, Obligation
from planning.ai_act import ANNEX_I, ANNEX_III, LITERACY, MODELS, TRANSPARENCY, begins, walk

EVENTS = {
    "PROHIBITED": LITERACY,
    "HIGH_RISK_ANNEX_I": ANNEX_I,
    "HIGH_RISK_SECTION_B": ANNEX_I,
    "HIGH_RISK_ANNEX_III": ANNEX_III,
    "ANNEX_III_EXEMPT": ANNEX_III,
    "GPAI": MODELS,
    "GPAI_SYSTEMIC": MODELS,
    "TRANSPARENCY": TRANSPARENCY,
}
HIGH = ("HIGH_RISK_ANNEX_I", "HIGH_RISK_ANNEX_III")
ACTORS = {"eu_provider": "high_risk_provider", "eu_deployer": "high_risk_deployer"}


@dataclass(frozen=True)
class Question:
    """A question on the way, with its answer so far (None: not answered)."""

    node: Node
    answer: Any
    options: tuple[
        tuple[str, str], ...
    ]  # what may be chosen or, for one asked of each practice, what it is asked of

    @property
    def said(self) -> str:
        """The answer in words; empty while there is none."""
        answer, labels = self.answer, dict(self.options)
        if answer is None:
            return ""
        if isinstance(answer, bool):
            return yes_no(answer)
        if isinstance(answer, str):
            return labels.get(answer, answer)
        if isinstance(answer, Mapping):
            return self._several(answer, labels)
        return "; ".join(labels.get(code, str(code)) for code in answer) or _("none of these")

    def _several(self, answer: Mapping[str, Any], labels: dict[str, str]) -> str:
        if self.node.gate:
            chosen = [labels.get(code, str(code)) for code in answer.get("options") or []]
            return "; ".join(
                [f"{self.node.gate.label}: {yes_no(bool(answer.get(self.node.gate.code)))}", *chosen]
            )
        return "; ".join(f"{labels.get(code, code)}: {yes_no(bool(value))}" for code, value in answer.items())


def spoken(text: str) -> str:
    """A text of the Act's data in the reader's language."""
    return edition().phrase(text, get_language() or "en")


def yes_no(value: bool) -> str:
    """The answer to a question of yes or no."""
    return _("yes") if value else _("no")


def questions(answers: Any) -> list[Question]:
    """The questions on the way that the answers take, the next one that waits at the end."""
    act, given = edition().ai_act, answers if isinstance(answers, Mapping) else {}
    found = walk(act, given)
    return [_question(act, act.decision_tree.node(code), given) for code in found.asked]


def _question(act: AIAct, node: Node, answers: Mapping[str, Any]) -> Question:
    answer = answers.get(node.code)
    if node.per_practice:
        first = next(one for one in act.decision_tree.nodes if one.options_from == "prohibited_practices")
        ticked = set(answers.get(first.code) or [])
        options = [(o.code, spoken(o.label)) for o in act.options(first) if o.code in ticked]
        if isinstance(answer, bool):  # said once for all of them
            answer = dict.fromkeys((code for code, _label in options), answer)
    else:
        options = [(o.code, spoken(o.label)) for o in act.options(node)]
    return Question(_spoken_node(node), answer, tuple(options))


def _spoken_node(node: Node) -> Node:
    gate = node.gate and replace(node.gate, label=spoken(node.gate.label))
    return replace(node, question=spoken(node.question), help=spoken(node.help), gate=gate)


@dataclass(frozen=True)
class Consequence:
    """What an outcome means, and from when."""

    label: str
    text: str
    applies: date | None


def consequences(codes: Iterable[str]) -> list[Consequence]:
    """What follows from outcomes, in the order of the Act's priority."""
    act = edition().ai_act
    known = {outcome.code: outcome for outcome in act.decision_tree.outcomes}
    return [
        Consequence(
            spoken(known[code].label),
            spoken(known[code].consequence),
            begins(act, EVENTS[code]) if code in EVENTS else None,
        )
        for code in codes
        if code in known
    ]


def outcomes_of(answers: Any) -> list[str]:
    """The outcomes of answers that reach an end; none before."""
    if not isinstance(answers, Mapping):
        return []
    found = walk(edition().ai_act, answers)
    return found.outcomes if found.complete else []


def duties(codes: Iterable[str], roles: Iterable[str]) -> tuple[Obligation, ...]:
    """The duties on a high-risk system for the roles under the Act that the organisation plays."""
    if not set(HIGH) & set(codes):
        return ()
    known = edition().ai_act.obligations
    found = (duty for role in ACTORS if role in set(roles) for duty in known[ACTORS[role]])
    return tuple(replace(duty, title=spoken(duty.title), summary=spoken(duty.summary)) for duty in found)


def words(answers: Any) -> str:
    """All questions with their answers, a line each, for lists, exports and the evidence pack."""
    lines = [f"{one.node.code} {one.node.question} {one.said or '–'}" for one in questions(answers)]
    return "\n".join(lines) if answers else ""
