"""The AI Act's questions as people read them: each with its answer, reason and legal basis, where it led, and what follows.

Everything is read under one version of the rules: a sheet's own, or the newest where none is given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aims.catalogue import AIAct, edition
from aims.catalogue.ai_act import Node
from planning import act_rules
from planning.ai_act import (
    ANNEX_I,
    ANNEX_III,
    LITERACY,
    MODELS,
    TRANSPARENCY,
    Walk,
    begins,
    reasons,
    walk,
)

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
PROFILING = "Q9"  # its yes shuts the exemption of Art. 6(3)


@dataclass(frozen=True)
class Question:
    """A question on the way, with its answer so far (None: not answered), the reason, and what it led to."""

    node: Node
    answer: Any
    options: tuple[
        tuple[str, str], ...
    ]  # what may be chosen or, for one asked of each practice, what it is asked of
    why: str = ""
    leads: str = ""  # the next question, or empty at an end
    gives: str = ""  # the outcome that the answer adds, in words

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

    @property
    def shuts_exemption(self) -> bool:
        """Whether this answer is the profiling that shuts the exemption of Art. 6(3)."""
        return self.node.code == PROFILING and self.answer is True


def spoken(text: str) -> str:
    """A text of the Act's data in the reader's language."""
    return edition().phrase(text, get_language() or "en")


def yes_no(value: bool) -> str:
    """The answer to a question of yes or no."""
    return _("yes") if value else _("no")


def given_in(answers: Any) -> Mapping[str, Any]:
    """Answers, where they are an object at all."""
    return answers if isinstance(answers, Mapping) else {}


def questions(answers: Any, act: AIAct | None = None) -> list[Question]:
    """The questions on the way that the answers take, the next one that waits at the end."""
    act, given = act or act_rules.current(), given_in(answers)
    found = walk(act, given)
    return [_question(act, act.decision_tree.node(code), given, found) for code in found.asked]


def _question(act: AIAct, node: Node, answers: Mapping[str, Any], found: Walk) -> Question:
    answer = answers.get(node.code)
    if node.per_practice:
        first = next(one for one in act.decision_tree.nodes if one.options_from == "prohibited_practices")
        ticked = set(answers.get(first.code) or [])
        options = [(o.code, spoken(o.label)) for o in act.options(first) if o.code in ticked]
        if isinstance(answer, bool):  # said once for all of them
            answer = dict.fromkeys((code for code, _label in options), answer)
    else:
        options = [(o.code, spoken(o.label)) for o in act.options(node)]
    nodes, ends = {one.code for one in act.decision_tree.nodes}, labels_of(act)
    leads = found.led.get(node.code, "")
    gives = [ends.get(code, code) for code, asked in found.added.items() if asked == node.code]
    return Question(
        _spoken_node(node),
        answer,
        tuple(options),
        reasons(answers).get(node.code, ""),
        leads if leads in nodes and leads in found.asked else "",
        "; ".join(gives),
    )


def labels_of(act: AIAct) -> dict[str, str]:
    """What the outcomes are called."""
    return {outcome.code: spoken(outcome.label) for outcome in act.decision_tree.outcomes}


def _spoken_node(node: Node) -> Node:
    gate = node.gate and replace(node.gate, label=spoken(node.gate.label))
    return replace(node, question=spoken(node.question), help=spoken(node.help), gate=gate)


@dataclass(frozen=True)
class Consequence:
    """What an outcome means and from when; which question gave it, with the provision that it rests on."""

    label: str
    text: str
    applies: date | None
    code: str = ""
    question: str = ""
    ref: str = ""


def consequences(codes: Iterable[str], act: AIAct | None = None, answers: Any = None) -> list[Consequence]:
    """What follows from outcomes, in the order of the Act's priority."""
    act, given = act or act_rules.current(), given_in(answers)
    known = {outcome.code: outcome for outcome in act.decision_tree.outcomes}
    added = walk(act, given).added
    return [
        Consequence(
            spoken(known[code].label),
            spoken(known[code].consequence),
            applies(act, code, given),
            code,
            added.get(code, ""),
            act.decision_tree.node(added[code]).ref if code in added else "",
        )
        for code in codes
        if code in known
    ]


def applies(act: AIAct, code: str, answers: Mapping[str, Any]) -> date | None:
    """From when an outcome has effect: for practices and cases that were ticked the first of their own days."""
    ticked = set(answers.get("Q5") or []) if code == "PROHIBITED" else set()
    days = [one.applies_from for one in act.prohibited_practices if one.code in ticked]
    if code == "TRANSPARENCY":
        cases = set(answers.get("Q11") or [])
        days = [one.applies_from for one in act.transparency if one.code in cases]
    if days:
        return min(days)
    return begins(act, EVENTS[code]) if code in EVENTS else None


def outcomes_of(answers: Any, act: AIAct | None = None) -> list[str]:
    """The outcomes of answers that reach an end; none before."""
    if not isinstance(answers, Mapping):
        return []
    found = walk(act or act_rules.current(), answers)
    return found.outcomes if found.complete else []


def fitting(answers: Any) -> AIAct:
    """The newest version of the rules under which answers reach an end: what was decided is said as it was asked."""
    newest_first = sorted(act_rules.versions().items(), reverse=True)
    return next(
        (act for _name, act in newest_first if walk(act, given_in(answers)).complete), act_rules.current()
    )


def words(answers: Any) -> str:
    """All questions with their answers and reasons, a line each, for lists, exports and the evidence pack."""
    lines = []
    for one in questions(answers, fitting(answers)):
        lines.append(f"{one.node.code} {one.node.question} {one.said or '–'}")
        lines += [f"  {one.why}"] if one.why else []
    return "\n".join(lines) if answers else ""
