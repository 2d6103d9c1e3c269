"""The AI Act's questions as a part of a form: one after the other, with radio buttons and boxes, instead of JSON."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aims.catalogue.ai_act import Node
from planning import act_rules
from planning.act_sheet import consequences, outcomes_of, questions
from planning.ai_act import WHY

NONE = "none-of-these"
WORDS = {"yes": True, "no": False}


class QuestionsWidget(forms.Widget):
    """The questions on the way and the one that waits. A button asks for the next one; nothing is judged by it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The questions with what was answered."""
        answers = read(value)
        asked = questions(answers)
        context = {
            "id": (attrs or {}).get("id", f"id_{name}"),
            "name": name,
            "questions": asked,
            "waits": any(one.answer is None for one in asked),
            "consequences": consequences(outcomes_of(answers), answers=answers),
            "none": NONE,
            "rules": act_rules.current().meta,
        }
        return SafeString(render_to_string("planning/act_questions.html", context))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The answers that were given; JSON where a program posts the field itself."""
        if name in data:
            return data[name]
        found = {
            node.code: _answer(node, data, f"{name}-{node.code}")
            for node in act_rules.current().decision_tree.nodes
        }
        given = {code: answer for code, answer in found.items() if answer is not None}
        why = {code: data.get(f"{name}-{WHY}-{code}", "").strip() for code in found}
        said = {code: text for code, text in why.items() if text}
        return {**given, WHY: said} if said else given

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A form without answers has none yet."""
        return False


def _answer(node: Node, data: Any, name: str) -> Any:
    """What was chosen at one question; None for nothing."""
    if node.per_practice:
        prefix = f"{name}-"
        each = {key.removeprefix(prefix): WORDS.get(data.get(key)) for key in data if key.startswith(prefix)}
        return each if each and None not in each.values() else None
    if node.type == "yes_no":
        return WORDS.get(data.get(name, ""))
    if node.type == "single":
        return data.get(name) or None
    chosen = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    codes = [code for code in chosen if code != NONE]
    if node.type == "multi_and":
        gate = WORDS.get(data.get(f"{name}-gate", ""))
        return None if gate is None or node.gate is None else {node.gate.code: gate, "options": codes}
    return codes if codes or NONE in chosen else None


def read(value: Any) -> dict[str, Any]:
    """Answers from what a form or the record has; nothing where that is no object."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (json.JSONDecodeError, RecursionError):
            return {}
    return dict(value) if isinstance(value, Mapping) else {}


class QuestionsField(forms.Field):
    """The answers to the AI Act's questions."""

    widget = QuestionsWidget

    def to_python(self, value: Any) -> Any:
        """The answers as an object; the record judges them."""
        if not isinstance(value, str):
            return value or {}
        try:
            return json.loads(value or "{}")
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValidationError(_("Write the answers as an object, one per question.")) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other answers were given."""
        return read(initial) != read(data)
