"""The answers to the AI Act's questions, for the form and the page of a sheet."""

from collections.abc import Mapping
from typing import Any

from django import template

from aims.records.display import label
from planning import act_rules
from planning.act_changes import Asked
from planning.act_sheet import consequences, questions, spoken
from planning.act_shown import asked_words, event_words
from planning.ai_act import reasons
from planning.models import AIActAnswer

register = template.Library()


@register.filter
def answered(answer: Any, code: str) -> str:
    """`yes` or `no` where an answer is an object, else empty."""
    value = answer.get(code) if isinstance(answer, Mapping) else None
    return "" if value is None else "yes" if value else "no"


@register.filter
def ticked(answer: Any, code: str) -> bool:
    """Whether an option is among the answer's."""
    chosen = answer.get("options") if isinstance(answer, Mapping) else answer
    return isinstance(chosen, list) and code in chosen


@register.simple_tag
def act_sheet(sheet: AIActAnswer) -> dict[str, Any]:
    """Questions with answers, and what follows, under the rules by which the sheet was answered."""
    act = sheet.act
    return {
        "questions": questions(sheet.answers, act),
        "consequences": consequences(sheet.outcomes, act, sheet.answers),
        "answers_label": label(AIActAnswer, "answers"),
        "rules": act.meta,
        "outdated": act_rules.outdated(sheet.rules),
        "profiling": any(one.shuts_exemption for one in questions(sheet.answers, act)),
        "exemption": reasons(sheet.answers).get("Q10", ""),
    }


@register.simple_tag
def act_words(text: str) -> str:
    """A text of the Act's data in the reader's language."""
    return spoken(text)


@register.simple_tag
def act_event(event: str) -> str:
    """What begins to apply with an event of the Act's timeline."""
    return event_words(event)


@register.simple_tag
def act_change(asked: Asked) -> str:
    """What is different about a question of the Act."""
    return asked_words(asked)
