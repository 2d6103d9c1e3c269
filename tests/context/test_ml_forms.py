"""The form of a section: what is shown is what is read again, for every type; what cannot be read is said at its input."""

from typing import Any

import pytest
from django.http import QueryDict

from context import ml_description as ml
from context.ml_forms import SectionForm, inputs_of, own_fields, typed_row
from tests.context.test_ml_description import full


def section(code: str) -> Any:
    return ml.section(code)


def posted(code: str, **values: Any) -> SectionForm:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return SectionForm(section(code), {}, "", data)


@pytest.mark.parametrize("code", [one.code for one in ml.sections()])
def test_what_is_shown_is_what_is_read_again(code: str) -> None:
    row = ml.rows_of(section(code), full())[0]
    shown = typed_row(section(code), row)
    form = posted(code, **shown)
    assert form.is_valid(), form.errors
    assert form.values == row


def test_every_field_has_an_input_with_a_name() -> None:
    for one in ml.sections():
        form = SectionForm(one, {}, "")
        assert [group["label"] for group in form.groups()] == [f.label for f in own_fields(one)]
        for field in own_fields(one):
            assert all(str(made.label) for made in inputs_of(field).values())


@pytest.mark.parametrize(
    ("code", "name", "typed", "said"),
    [
        ("purpose", "domain", "sport", "Write one of"),
        ("purpose", "vulnerable_groups", ["everybody"], "not one of the available choices"),
        ("purpose", "locations", "FR\nFrance", "two letters"),
        ("task", "biometric", "perhaps", "true or false"),
        ("model", "parameters_count", "many", "Write a number"),
        ("model", "hyperparameters", "{", "no JSON"),
        ("model", "hyperparameters", '{"a": NaN}', "as a text"),
        ("data", "period.from", "31/12/2025", "YYYY-MM-DD"),
        ("data", "quality_results", "missing | few", "Write a number"),
        ("tools", "evaluation_metrics", "AUC | >= | 0.9 | today", "at most: metric | operator | target"),
        ("pipeline", "step_modelling.status", "perhaps", "Write one of"),
        ("operation", "log_retention_months", "6.5", "whole number"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_input(code: str, name: str, typed: Any, said: str) -> None:
    form = posted(code, **{name: typed})
    assert not form.is_valid()
    assert said in str(form.errors[name]).replace("&quot;", '"')


def test_a_sign_of_its_own_in_a_line() -> None:
    row = {"prep_tools": [{"name": "a|b", "version": "1"}, {"name": "c"}]}
    shown = typed_row(section("tools"), row)
    assert shown["prep_tools"] == "a\\|b | 1\nc"
    form = posted("tools", **shown)
    assert form.is_valid() and form.values == row
