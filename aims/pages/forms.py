"""Forms made from the declaration of a register. They read what was typed; the door (`changes`) judges it.

Choices of relations are what the member may see and what is still in use, asked once per form however many rows it has.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.pages.choices import MOST, Choices, find_url
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.display import NOTHING, AnyField, first_letter_up, label
from aims.records.fields import CodesField, MarkdownField
from aims.records.registry import Register

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
HELP: dict[type, Any] = {MarkdownField: gettext_lazy("Markdown: **bold**, lists with -, tables with |.")}


class CodesInput(forms.Field):
    """Codes of the standard, typed with commas or spaces between them."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        """A list as people write it."""
        return ", ".join(str(code) for code in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """The codes in what was typed."""
        return [code for code in re.split(r"[,;\s]+", str(value or "")) if code]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other codes were typed."""
        return list(initial or []) != self.to_python(data)


class MaybeSelect(forms.NullBooleanSelect):
    """Yes, no or unknown; what is none of them is handed on, to be refused."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The choice, or what was sent instead."""
        said = data.get(name)
        known = super().value_from_datadict(data, files, name)
        return said if known is None and said not in (None, "", "unknown", "1", "None") else known


class MaybeInput(forms.NullBooleanField):
    """A question that may be left open."""

    widget = MaybeSelect

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]
        """The answer; None for unknown. Anything else is refused."""
        if isinstance(value, str) and value.lower() not in ("", "true", "false", "1", "0", "none", "unknown"):
            raise forms.ValidationError(_("Choose yes, no or unknown."))
        return super().to_python(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it says something else; what is no answer does, and is refused when it is cleaned."""
        try:
            return super().has_changed(initial, data)
        except forms.ValidationError:
            return True


class MomentInput(forms.DateTimeInput):
    """A moment to the second: what is shown and sent back unchanged stays what it was."""

    def format_value(self, value: Any) -> Any:
        """The moment as HTML wants it; the seconds only where it has any."""
        if not isinstance(value, datetime):
            return value
        return value.strftime("%Y-%m-%dT%H:%M:%S" if value.second else "%Y-%m-%dT%H:%M")


def examples(field: CodesField) -> str:
    """Codes that a field takes: of clauses and controls, or of Annex C."""
    for codes in (["6.1.2", "A.5.4"], ["C.2.1", "C.2.4"], ["C.3.1", "C.3.4"], ["A.5.4", "A.6.2.4"]):
        try:
            field.run_validators(codes)
        except ValidationError:
            continue
        return ", ".join(codes)
    return "6.1.2"


def input_for(field: AnyField, choices: Choices) -> forms.Field:
    """The form field of a model's field."""
    if field.many_to_one or field.many_to_many:
        return _relation(field, choices)
    if isinstance(field, CodesField):
        help_text = _("Numbers such as %(codes)s.") % {"codes": examples(field)}
        made: forms.Field = CodesInput(required=False, help_text=help_text, validators=list(field.validators))
    elif isinstance(field, models.BooleanField) and field.null and not field.choices:
        made = MaybeInput(required=False)
    elif asked := getattr(field, "asked", None):  # a kind whose choices are the organisation's own
        made = asked(choices)
    else:
        made = field.formfield(**_widget(field))  # type: ignore[assignment]
    if isinstance(made, forms.ChoiceField) and field.blank:
        pairs: Any = made.choices
        made.choices = [(value, words if value else words_of_nothing(field)) for value, words in pairs]
    made.label = first_letter_up(str(field.verbose_name))
    made.help_text = field.help_text or made.help_text or HELP.get(type(field), "")
    return made


def words_of_nothing(field: AnyField) -> Any:
    """What the choice of nothing is called: what the model says, else a dash."""
    return dict(field.flatchoices).get("", NOTHING)


def _widget(field: AnyField) -> dict[str, Any]:
    if isinstance(field, models.DateTimeField):
        return {"widget": MomentInput({"type": "datetime-local", "step": "any"})}
    if isinstance(field, models.DateField):
        return {"widget": forms.DateInput({"type": "date"}, "%Y-%m-%d")}
    if isinstance(field, models.TextField) and not field.choices:
        return {"widget": forms.Textarea({"rows": 6 if isinstance(field, MarkdownField) else 3})}
    return {}


def _row_of(rows: Mapping[str, Model], key: str) -> Model:
    """The row of a key; Django asks for it before it has looked whether the key is a choice."""
    if key not in rows:
        raise ValueError(key)
    return rows[key]


def _relation(field: AnyField, choices: Choices) -> forms.Field:
    model: Any = field.related_model
    rows = choices.rows(model)
    pairs = [(key, str(row)) for key, row in rows.items()]
    common: dict[str, Any] = {
        "coerce": partial(_row_of, rows),
        "label": first_letter_up(str(field.verbose_name)),
        "help_text": field.help_text,
    }
    made: Any
    if field.many_to_many:
        made = forms.TypedMultipleChoiceField(choices=pairs, required=not field.blank, **common)
    else:
        nothing = [("", "–")]
        made = forms.TypedChoiceField(
            choices=[*nothing, *pairs], required=not field.blank, empty_value=None, **common
        )
    made.target = model
    made.find_url = find_url(model, bool(field.many_to_many)) if model in choices.cut else ""
    found: forms.Field = made
    return found


def reach(form: forms.Form, choices: Choices) -> None:
    """Take what is typed, or what a form begins with, among the choices of relations that list only some rows."""
    for name, field in form.fields.items():
        if getattr(field, "find_url", ""):
            said = form[name].value()
            keys = said if isinstance(said, list | tuple) else [said]
            choices.reach(field.target, keys)  # type: ignore[attr-defined]
            known = {key for key, _words in field.choices}  # type: ignore[attr-defined]
            rows = choices.rows(field.target)  # type: ignore[attr-defined]
            more = [(key, str(row)) for key, row in rows.items() if key not in known]
            field.choices = [*field.choices, *more]  # type: ignore[attr-defined]


def initial_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """A row's values as its form shows them."""
    values: dict[str, Any] = {}
    for name in names:
        field: Any = row._meta.get_field(name)
        if field.many_to_many:
            values[name] = [str(key) for key in getattr(row, name).values_list("pk", flat=True)]
        else:
            value = getattr(row, field.attname)
            values[name] = str(value) if field.many_to_one and value else value
    return values


class RecordForm(forms.Form):
    """The fields of a record, in the order of its declaration, and the version that the person saw."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, register: Register, choices: Choices, names: Sequence[str] = (), **options: Any
    ) -> None:
        super().__init__(**options)
        self.register, self.choices = register, choices
        for name in names or register.fields:
            self.fields[name] = input_for(register.field(name), choices)
        reach(self, choices)

    @property
    def names(self) -> list[str]:
        """The names of the record's own fields."""
        return [name for name in self.fields if name != "version"]

    @property
    def entered(self) -> dict[str, Any]:
        """What the door gets."""
        return {name: self.cleaned_data[name] for name in self.names if name in self.cleaned_data}


class PartForm(forms.Form):
    """A row of a record's parts."""

    id = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, part: type[Part], choices: Choices, **options: Any) -> None:
        super().__init__(**options)
        for name in part.form:
            self.fields[name] = input_for(part._meta.get_field(name), choices)  # type: ignore[arg-type]
        reach(self, choices)


# Django's form sets take no parameter outside the type checker
if TYPE_CHECKING:
    PartRowsBase = forms.BaseFormSet[PartForm]
else:
    PartRowsBase = forms.BaseFormSet


class PartRows(PartRowsBase):
    """The parts of a record of one kind."""

    part: type[Part]

    def total_form_count(self) -> int:
        """How many rows there are: a browser sends each with its id, so what only the total speaks of is not drawn."""
        total = super().total_form_count()
        if not self.is_bound:
            return total
        sent = (re.match(rf"{re.escape(self.prefix or '')}-(\d{{1,4}})-", key, re.ASCII) for key in self.data)
        return min(total, max((int(found[1]) + 1 for found in sent if found), default=0))

    @property
    def heading(self) -> str:
        """What the parts are called."""
        return first_letter_up(str(self.part._meta.verbose_name_plural))

    @property
    def kept(self) -> list[PartForm]:
        """The rows to write: those with something in them that are not to be removed."""
        gone = self.deleted_forms
        return [
            form for form in self.forms if form not in gone and (form.has_changed() or form.initial.get("id"))
        ]

    @property
    def entered(self) -> list[dict[str, Any]]:
        """What the door gets."""
        return [{k: v for k, v in form.cleaned_data.items() if k != "DELETE"} for form in self.kept]


def part_rows(part: type[Part], choices: Choices, **options: Any) -> PartRows:
    """The form rows of one kind of part; `initial` for rows to show, `data` for what was typed."""
    kind: Any = forms.formset_factory(
        PartForm, formset=PartRows, extra=0, can_delete=True, max_num=200, absolute_max=300
    )
    kind.part = part
    made: PartRows = kind(prefix=part_name(part), form_kwargs={"part": part, "choices": choices}, **options)
    return made


class Sheet:
    """The whole form of a record: its fields and its parts, from the record or from what was typed."""

    def __init__(
        self, register: Register, member: Member, record: Record | None = None, data: QueryDict | None = None
    ) -> None:
        self.register, self.member, self.record = register, member, record
        self.present = {part: _present(part, record) for part in register.parts}
        self.choices = choices_for(member, [record] if record else [], register.fields)
        for part, rows in self.present.items():
            keep_choices(self.choices, rows, part.form)
        self.form = RecordForm(register, self.choices, data=data, initial=self._initial())
        self.parts = [
            part_rows(part, self.choices, data=data, initial=self._rows(part)) for part in register.parts
        ]

    def _initial(self) -> dict[str, Any]:
        if self.record is None:
            return {}
        return {"version": self.record.version, **initial_of(self.record, self.register.fields)}

    def _rows(self, part: type[Part]) -> list[dict[str, Any]]:
        return [{"id": str(row.pk), **initial_of(row, part.form)} for row in self.present[part]]

    def is_valid(self) -> bool:
        """Whether what was typed can be read at all. All parts are looked at, so that every error is shown."""
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.parts)])

    @property
    def entered_parts(self) -> Rows:
        """What the door gets of the parts."""
        return {rows.prefix or "": rows.entered for rows in self.parts}

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The headings of the declaration with their fields."""
        return [(str(heading), [self.form[name] for name in names]) for heading, names in self.register.form]

    def show(self, refusal: Refused) -> None:
        """Say the door's refusal beside the fields it is about."""
        for name, messages in refusal.fields.items():
            for message in messages:
                self._say(name, str(message))
        if not refusal.fields:
            self.form.add_error(None, str(refusal))

    def _say(self, name: str, message: str) -> None:
        prefix, _dot, rest = name.partition(".")
        rows = next((rows for rows in self.parts if rows.prefix == prefix), None)
        if name in self.form.fields:
            self.form.add_error(name, message)
        elif rows is not None and rest:
            self._say_row(rows, rest, message)
        else:
            known = "" if name in (NON_FIELD_ERRORS, prefix) and rows else label(self.register.model, name)
            plain = name == NON_FIELD_ERRORS or not known
            self.form.add_error(None, message if plain else f"{known}: {message}")

    def _say_row(self, rows: PartRows, place: str, message: str) -> None:
        index, _dot, field = place.partition(".")
        form = rows.kept[int(index)]
        form.add_error(field if field in form.fields else None, message)

    def again(self, data: QueryDict) -> "Sheet":
        """The same form with what was typed, unjudged: for one more row of parts."""
        sheet = Sheet(self.register, self.member, self.record)
        typed = RecordForm(self.register, self.choices, data=data)
        sheet.form = RecordForm(self.register, self.choices, initial=raw_values(typed))
        sheet.parts = [
            part_rows(rows.part, self.choices, initial=[raw_values(f) for f in rows.forms])
            for rows in self.parts
        ]
        return sheet

    def more(self, prefix: str) -> None:
        """One more empty row of a kind of part."""
        for index, rows in enumerate(self.parts):
            if rows.prefix == prefix:
                initial = [*(rows.initial or []), {}]
                self.parts[index] = part_rows(rows.part, self.choices, initial=initial)


def raw_values(form: forms.Form) -> dict[str, Any]:
    """What was typed into a form, as it would be shown again."""
    return {
        name: field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def _present(part: type[Part], record: Record | None) -> list[Part]:
    return list(part._default_manager.filter(**{part.of: record})) if record else []


def choices_for(member: Member, rows: Iterable[Model], names: Sequence[str]) -> Choices:
    """The choices of a form; what its rows refer to already is kept."""
    choices = Choices(member, MOST)
    keep_choices(choices, rows, names)
    return choices


def keep_choices(choices: Choices, rows: Iterable[Model], names: Sequence[str]) -> None:
    """Keep what rows refer to by the fields `names`."""
    for row in rows:
        for name in names:
            field: Any = row._meta.get_field(name)
            if field.many_to_many:
                choices.keep(field.related_model, getattr(row, name).values_list("pk", flat=True))
            elif field.many_to_one:
                choices.keep(field.related_model, [getattr(row, field.attname)])
