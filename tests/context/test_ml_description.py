"""The description after ISO/IEC 23053: its types take what they should and nothing else; 102 fields; how far it is."""

import json
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from aims.catalogue import edition
from context import ml_description as ml
from context.ml_types import PARTS, Wrong, filled, kind_of, taken
from context.models import AISystem, SystemRole

ALL = edition().machine_learning.fields()
GOOD: dict[str, Any] = {
    "string": "One line",
    "text": "Two\nlines",
    "boolean": False,
    "number": "0.75",
    "integer": 6,
    "date": "2026-01-31",
    "date_range": {"from": "2020-01-01", "to": "2025-12-31"},
    "json": {"depth": [1, 2, {"rate": 0.1}]},
    "file": "EVD-0001",
    "object": {
        "status": "done",
        "date": "2026-01-31",
        "summary": "Split by patient",
        "evidence": ["EVD-0002"],
    },
    "metric_target": {"metric": "AUC", "operator": ">=", "target": "0.95"},
    "metric_value": {"metric": "missing", "value": "0.2", "date": "2026-01-31"},
    "metric_threshold": {"metric": "PSI", "warning": "0.1", "alarm": "0.25", "frequency": "monthly"},
    "tool_version": {"name": "PyTorch", "version": "2.4"},
    "role_assignment": {"role": "overseer", "person": "Ada Roux", "from": "2026-01-01"},
    "user_ref": "Ada Roux",
    "country": "FR",
}


def good(field: Any) -> Any:
    """A value that a field takes, in its normal form."""
    if field.options:
        return field.options[0] if field.type == "enum" else [field.options[0]]
    kind = field.type.removeprefix("list:")
    value = "A record" if kind.startswith("ref:") else GOOD[kind]
    return [value] if field.type.startswith("list:") else value


def full() -> dict[str, Any]:
    """Every field that the description itself keeps."""
    found: dict[str, Any] = {}
    for one in ml.sections():
        row = {f.code: good(f) for f in one.fields if f"{one.code}.{f.code}" not in ml.FROM_RECORD}
        found[one.code] = [row] if one.repeatable else row
    return found


def own() -> dict[str, Any]:
    return dict.fromkeys(ml.FROM_RECORD, "said")


def test_there_are_102_fields_in_ten_sections() -> None:
    assert len(ALL) == 102 and len(ml.sections()) == 10
    assert [one.code for one in ml.sections() if one.repeatable] == ["model", "data"]
    codes = {f"{one.code}.{f.code}" for one in ml.sections() for f in one.fields}
    assert set(ml.FROM_RECORD) < codes and len(codes) == 102
    names = {f.name for f in AISystem._meta.get_fields()}
    assert set(ml.FROM_RECORD.values()) <= names


def test_every_field_takes_a_value_of_its_type_and_keeps_it() -> None:
    said = full()
    assert ml.cleaned(said) == said == ml.cleaned(ml.cleaned(said))
    assert ml.cleaned(json.loads(json.dumps(said))) == said
    assert rfc8785.dumps(said)


def test_how_far_it_is() -> None:
    assert ml.whole({}, {}) == ml.Progress(0, 102)
    assert ml.whole(full(), own()) == ml.Progress(102, 102) and ml.whole(full(), own()).percent == 100
    assert ml.whole(full(), {}).filled == 102 - len(ml.FROM_RECORD)
    models = ml.section("model")
    assert models is not None
    one, two = {"model_name": "A", "gpai": False}, {"model_name": "B"}
    assert ml.progress(models, {"model": [one]}, {}).filled == 2
    assert ml.progress(models, {"model": [one, two]}, {}).filled == 1  # of each model
    assert ml.Progress(101, 102).percent == 99


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("string", 7),
        ("string", "x" * 301),
        ("string", "a\x00b"),
        ("text", "a\ud800b"),
        ("text", "x" * 4001),
        ("boolean", "yes"),
        ("boolean", 1),
        ("number", True),
        ("number", "1,5"),
        ("number", float("nan")),
        ("number", "Infinity"),
        ("number", "1_000"),
        ("number", "1e999999999"),
        ("number", "1e-999999999"),
        ("number", 10**40),
        ("number", "٣"),
        ("integer", 1.5),
        ("integer", True),
        ("integer", 2**53),
        ("date", "31/01/2026"),
        ("date", "2026-02-30"),
        ("date", 20260131),
        ("date_range", {"from": "2026-02-01", "to": "2026-01-01"}),
        ("date_range", "2026"),
        ("json", {"a": {"b": {"c": {"d": {"e": {"f": {"g": {}}}}}}}}),
        ("json", {"a": 2**60}),
        ("json", {"a": float("inf")}),
        ("json", {"a": "x" * 10_001}),
        ("json", {"a\x00": 1}),
        ("object", {"status": "perhaps"}),
        ("object", {"what": "?"}),
        ("metric_target", {"metric": "AUC", "operator": "=>"}),
        ("metric_threshold", {"metric": "PSI", "warning": "low"}),
        ("country", "France"),
        ("country", "UK"),
        ("list:string", "a, b"),
        ("list:string", ["x"] * 201),
        ("list:country", ["FR", "XX"]),
        ("list:ref:dataset", [1]),
    ],
)
def test_what_a_type_does_not_take(kind: str, said: Any) -> None:
    with pytest.raises(Wrong) as wrong:
        kind_of(kind)(said)
    assert str(wrong.value)


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("string", "  two\n words ", "two words"),
        ("number", 1e25, "10000000000000000000000000"),
        ("number", 0.1, "0.1"),
        ("number", "-0.500", "-0.5"),
        ("number", "100", "100"),
        ("number", Decimal("0E+3"), "0"),
        ("country", "fr", "FR"),
        ("list:string", ["a", " ", ""], ["a"]),
        ("object", {"status": "", "summary": None, "evidence": []}, {}),
        ("role_assignment", {"role": "overseer", "from": ""}, {"role": "overseer"}),
    ],
)
def test_the_normal_form(kind: str, said: Any, kept: Any) -> None:
    assert kind_of(kind)(said) == kept


@settings(max_examples=60)
@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.decimals(-1000, 1000)))
def test_a_number_stays_the_same_number(said: Any) -> None:
    try:
        kept = kind_of("number")(said)
    except Wrong:
        assert said != 0 and (abs(Decimal(str(said))) >= Decimal("1e40") or len(str(said)) > 4)
        return
    assert Decimal(kept) == Decimal(str(said)) and kind_of("number")(kept) == kept
    assert "e" not in kept.lower()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.sampled_from(ALL), JSON)
def test_no_value_breaks_a_field(field: Any, said: Any) -> None:
    """It is taken, and again the same, or refused with words."""
    try:
        kept = taken(field, said)
    except Wrong as wrong:
        assert str(wrong)
    else:
        assert taken(field, kept) == kept if filled(kept) else True
        assert isinstance(ml.value_words(field, kept), str)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([], "object, one per section"),
        ({"nowhere": {}}, "no section “nowhere”"),
        ({"model": {}}, "“4. Model (23053 6.3)” is a list"),
        ({"model": [{"model_name": "A"}, 3]}, "“4. Model (23053 6.3) 2” is an object"),
        ({"model": [{}] * 51}, "at most 50"),
        ({"task": {"colour": "red"}}, "has no field “colour”"),
        ({"purpose": {"users": ["radiologists"]}}, "in its field “users”"),
        ({"purpose": {"domain": "sport"}}, "2. Purpose and context, Domain: Write one of: health"),
        ({"data": [{"records": "many"}]}, "5. Data (23053 6.4) 1, Number of records: Write a number."),
    ],
)
def test_a_refusal_names_the_place(said: Any, words: str) -> None:
    with pytest.raises(Wrong) as wrong:
        ml.cleaned(said)
    assert words in str(wrong.value)


def test_what_says_nothing_is_not_kept() -> None:
    assert ml.cleaned({"purpose": {"domain": None, "locations": []}, "model": [{}, {"gpai": False}]}) == {
        "model": [{"gpai": False}]
    }


def test_a_file_says_a_part_and_the_rest_stays() -> None:
    before = {"purpose": {"domain": "health", "locations": ["FR"]}, "model": [{"model_name": "A"}]}
    given_ = {"purpose": {"domain": None, "decision_effect": "recommends"}, "model": [{"model_name": "B"}]}
    found = ml.cleaned(ml.merged(before, given_))
    assert found["purpose"] == {"locations": ["FR"], "decision_effect": "recommends"}
    assert found["model"] == [{"model_name": "B"}]


def test_it_is_told_field_by_field() -> None:
    before = {"purpose": {"domain": "health"}, "model": [{"model_name": "A", "gpai": False}]}
    after = {
        "purpose": {"domain": "health", "locations": ["DE", "FR"]},
        "model": [{"model_name": "B", "gpai": False}],
    }
    assert ml.differences(before, after) == [
        ("2. Purpose and context – Countries of use", "", "DE; FR"),
        ("4. Model (23053 6.3) 1 – Model name", "A", "B"),
    ]
    assert ml.differences(None, {}) == [] and list(ml.lines("rubbish")) == []
    span = {"data": [{"period": {"from": "2020-01-01"}}]}
    assert [line.words for line in ml.lines(span)] == ["from: 2020-01-01"]


def test_the_roles_of_the_standard_and_of_the_act_are_all_there() -> None:
    known = set(SystemRole.Role.values)
    for role in edition().vocabulary.roles:
        assert {role.code, *(sub.code for sub in role.sub_roles)} <= known
    assert {f"eu_{role.code}" for role in edition().ai_act.roles} <= known
    purpose = ml.section("purpose")
    assert purpose is not None
    roles = next(f for f in purpose.fields if f.code == "org_roles")
    assert set(roles.options) <= known
    levels = next(f for f in ALL if f.code == "automation_level")
    assert set(levels.options) == set(AISystem.Automation.values)


def test_the_parts_of_a_composite_are_known() -> None:
    assert PARTS["metric_target"] == ("metric", "operator", "target") and PARTS["date_range"] == (
        "from",
        "to",
    )
