"""A section of the description as a form: an input for each data type. It reads what was typed; `ml_types` judges it.

Lists are typed a line each; of values that have parts (a metric with its target) the parts stand in one line with | between.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.catalogue.ml import FormField, FormSection
from aims.records.display import NOTHING
from context.ml_description import FROM_RECORD, Description, option_words, said
from context.ml_types import PARTS, STATUSES, Wrong, filled, taken

BETWEEN = re.compile(r"(?<!\\)\|")  # a sign of its own is written \|
YES_NO = [("", NOTHING), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]
AREA = {"rows": 3}
CHANGED = gettext_lazy("Somebody else changed this section while you were editing. Compare, and save again.")


def choices(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Options with their words."""
    return [(code, option_words(code)) for code in codes]


def one_input(field: FormField) -> forms.Field:
    """The input of a field that has only one."""
    kind = field.type
    if kind == "enum":
        return forms.CharField(widget=forms.Select(choices=[("", NOTHING), *choices(field.options)]))
    if kind == "multi_enum":
        return forms.MultipleChoiceField(choices=choices(field.options), widget=forms.CheckboxSelectMultiple)
    if kind == "boolean":
        return forms.CharField(widget=forms.Select(choices=YES_NO))
    if kind == "date":
        return forms.CharField(widget=forms.DateInput({"type": "date"}))
    if kind in ("number", "integer"):
        return forms.CharField(widget=forms.TextInput({"inputmode": "decimal"}))
    return forms.CharField(
        strip=True,
        widget=forms.Textarea(AREA) if kind in ("text", "json") or listed(kind) else forms.TextInput,
    )


def listed(kind: str) -> bool:
    """Whether a type is a list of values."""
    return kind.startswith("list:")


def part_inputs(kind: str) -> dict[str, forms.Field]:
    """The inputs of a type that has several: a step of the pipeline, a span of days."""
    if kind == "date_range":
        return {"from": _day(_("From")), "to": _day(_("To"))}
    status: forms.Field = forms.CharField(widget=forms.Select(choices=[("", NOTHING), *choices(STATUSES)]))
    status.label = _("Status")
    return {
        "status": status,
        "date": _day(_("Date")),
        "responsible": forms.CharField(label=_("Who answers for it")),
        "summary": forms.CharField(label=_("Summary"), widget=forms.Textarea(AREA)),
        "evidence": forms.CharField(
            label=_("Evidence"), widget=forms.Textarea(AREA), help_text=_("One a line.")
        ),
    }


def _day(label: str) -> forms.Field:
    return forms.CharField(label=label, widget=forms.DateInput({"type": "date"}))


def help_of(field: FormField) -> str:
    """How a field is filled in: the catalogue's hint, and the way of writing of its type."""
    kind = field.type.removeprefix("list:")
    hints = [f"{said(field.help).rstrip('.')}."] if field.help else []
    if field.evidence:
        hints.append(
            _("Evidence: %(examples)s.") % {"examples": ", ".join(said(one) for one in field.evidence)}
        )
    if listed(field.type) and kind in PARTS:
        hints.append(_("One a line: %(parts)s.") % {"parts": " | ".join(map(option_words, PARTS[kind]))})
    elif listed(field.type):
        hints.append(_("Two letters, such as FR. One a line.") if kind == "country" else _("One a line."))
    elif kind == "json":
        hints.append(_('JSON, such as {"rate": 0.1}.'))
    return " ".join(hints)


class SectionForm(forms.Form):
    """A section, or one model or data set of it. `seen` is the digest of what the person saw."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, section: FormSection, row: Mapping[str, Any], seen: str, data: Any = None) -> None:
        super().__init__(data, initial={"seen": seen, **typed_row(section, row)})
        self.section = section
        for field in own_fields(section):
            for name, made in inputs_of(field).items():
                made.required = False
                self.fields[name] = made

    def groups(self) -> Iterator[dict[str, Any]]:
        """The fields for the page: each with its bound inputs."""
        for field in own_fields(self.section):
            names = list(inputs_of(field))
            yield {
                "label": said(field.label),
                "help": help_of(field),
                "several": len(names) > 1,
                "inputs": [self[name] for name in names],
            }

    def clean(self) -> dict[str, Any]:
        """The values by field; a fault stands at its input."""
        values: dict[str, Any] = {}
        for field in own_fields(self.section):
            names = list(inputs_of(field))
            try:
                said_ = value_of(field, self.cleaned_data)
                values[field.code] = taken(field, said_) if said_ is not None else None
            except Wrong as wrong:
                self.add_error(names[0], str(wrong))
        self.values = {code: value for code, value in values.items() if filled(value)}
        return self.cleaned_data


def own_fields(section: FormSection) -> list[FormField]:
    """The fields that are typed here: not those of the system's record."""
    return [field for field in section.fields if f"{section.code}.{field.code}" not in FROM_RECORD]


def inputs_of(field: FormField) -> dict[str, forms.Field]:
    """The inputs of a field by their names."""
    if field.type in ("object", "date_range"):
        return {f"{field.code}.{name}": made for name, made in part_inputs(field.type).items()}
    made = one_input(field)
    made.label, made.help_text = said(field.label), help_of(field)
    return {field.code: made}


def value_of(field: FormField, data: Mapping[str, Any]) -> Any:
    """What was typed for a field, as JSON; None for nothing."""
    kind = field.type
    if kind in ("object", "date_range"):
        found = {name: data.get(f"{field.code}.{name}") for name in part_inputs(kind)}
        if kind == "object":
            found["evidence"] = _lines(found["evidence"])
        return {name: value for name, value in found.items() if value}
    given = data.get(field.code)
    if given in (None, "", []):
        return None
    if listed(kind):
        return [_read_line(kind.removeprefix("list:"), line) for line in _lines(given)]
    return READERS.get(kind, lambda text: text)(given)


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def _read_line(kind: str, line: str) -> Any:
    """One line of a list."""
    names = PARTS.get(kind)
    if names is None:
        return line
    pieces = [piece.strip().replace(r"\|", "|") for piece in BETWEEN.split(line)]
    if len(pieces) > len(names):
        raise Wrong(_("A line has at most: %(parts)s.") % {"parts": " | ".join(map(option_words, names))})
    return {name: piece for name, piece in zip(names, pieces, strict=False) if piece}


def _whole(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?\d{1,18}", text.strip(), re.ASCII) else text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Wrong(_("This is no JSON.")) from error


READERS: dict[str, Any] = {
    "boolean": lambda text: {"true": True, "false": False}.get(text, text),
    "integer": _whole,
    "json": _json,
}


def typed_row(section: FormSection, row: Mapping[str, Any]) -> Description:
    """The values of a row as its form shows them."""
    found: Description = {}
    for field in own_fields(section):
        value = row.get(field.code)
        if isinstance(value, Mapping) and field.type in ("object", "date_range"):
            found |= {f"{field.code}.{name}": _typed("list:string", one) for name, one in value.items()}
        elif value is not None:
            found[field.code] = _typed(field.type, value)
    return found


def _typed(kind: str, value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == "json":
        return json.dumps(value, ensure_ascii=False, indent=1)
    if listed(kind) and isinstance(value, list):
        return "\n".join(_typed_line(kind.removeprefix("list:"), one) for one in value)
    return value


def _typed_line(kind: str, value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    pieces = [str(value.get(name, "")).replace("|", r"\|") for name in PARTS[kind]]
    return " | ".join(pieces).rstrip(" |")
