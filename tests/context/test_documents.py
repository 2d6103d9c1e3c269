"""Model cards and bills of materials are read into fields; hostile and broken ones are refused with words. Own samples."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aims.organisation.refused import Refused
from context import ml_description as ml
from context.documents.found import figure
from context.documents.ml_bom import read_bom
from context.documents.model_cards import read_card, sections_of
from context.documents.reading import read_system
from context.documents.untrusted import Unreadable, decoded, json_of, yaml_of

CARD = b"""---
model_name: Lung watcher
version: 2.1
license: apache-2.0
language: no
base_model: [somebody/base-cnn]
base_model_relation: finetune
pipeline_tag: image-classification
library_name: pytorch
datasets: [lungs-v2]
metrics: [recall]
model-index:
- name: lung-watcher
  results:
  - dataset: {name: Lungs test, split: test}
    metrics:
    - {type: recall, value: 0.93}
    - {type: speed, value: fast}
---
# Lung watcher

[![build](x)](y)

Finds **shadows** in chest images, see [paper](https://example.test/p).

```
# not a heading
```

## Intended use
Order of reading, for radiologists.

## Out-of-scope use
Children.

## Limitations
- Mobile units

## Training data
50,000 images of three hospitals.
"""


def bom(**changes: Any) -> dict[str, Any]:
    """A small bill of materials."""
    model = {
        "type": "machine-learning-model",
        "bom-ref": "m",
        "group": "acme",
        "name": "scorer",
        "version": "3",
        "supplier": {"name": "Acme"},
        "licenses": [{"license": {"id": "MIT"}}],
        "modelCard": {
            "modelParameters": {
                "task": "tabular-classification",
                "approach": {"type": "supervised"},
                "architectureFamily": "random forest",
                "datasets": [{"ref": "d"}, {"name": "Inline", "type": "dataset"}],
                "inputs": [{"format": "table"}],
                "outputs": [{"format": "score"}],
            },
            "quantitativeAnalysis": {
                "performanceMetrics": [
                    {"type": "AUC", "value": "0.91", "slice": "women"},
                    {"type": "speed", "value": "quick"},
                ]
            },
            "considerations": {
                "useCases": ["Order applications"],
                "users": ["Recruiters"],
                "technicalLimitations": ["Short texts"],
                "ethicalConsiderations": [{"name": "Bias", "mitigationStrategy": "Review"}],
                "fairnessAssessments": [{"groupAtRisk": "Older people", "harms": "Fewer calls"}],
            },
            "properties": [{"name": "trees", "value": "300"}],
        },
    }
    data = {"type": "data", "bom-ref": "d", "name": "Applications", "description": "Ten years"}
    library = {"type": "library", "name": "scikit-learn", "version": "1.5"}
    whole = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "name": "TalentScore", "version": "2026.1"}},
        "components": [model, data, library],
    }
    return {**whole, **changes}


def as_bytes(said: Any) -> bytes:
    return json.dumps(said).encode()


def test_a_card_with_front_matter() -> None:
    found = read_card(CARD, "README.md")
    assert found.values == {
        "title": "Lung watcher",
        "release": "2.1",
        "task_type": "classification",
        "purpose": "Order of reading, for radiologists.",
        "not_intended": "Children.",
    }
    assert found.ml["model"] == [
        {
            "model_name": "Lung watcher",
            "pretrained_base": "somebody/base-cnn",
            "adaptation": ["fine_tuning"],
            "limits": "- Mobile units",
        }
    ]
    assert found.ml["identification"]["description"] == "Finds shadows in chest images, see paper."
    assert found.ml["data"] == [
        {"dataset": "lungs-v2", "data_role": "training", "provenance": "50,000 images of three hospitals."}
    ]
    assert found.ml["task"] == {"task_types": ["classification"], "output_type": ["class"]}
    assert found.ml["tools"]["frameworks"] == [{"name": "pytorch"}]
    assert found.version == {"label": "2.1"}
    assert found.results == [
        {"metric": "recall", "value": "0.93", "unit": "", "dataset": "Lungs test", "subgroup": "test"}
    ]
    assert any("language" in said and "no" in said for said in found.told)  # a language, not a truth value
    assert any("speed: fast" in said for said in found.told)


@pytest.mark.parametrize(
    "body", [b"# Only words\n\nSome text.", b"\xef\xbb\xbf# Only words\r\n\r\nSome text.\r\n"]
)
def test_a_card_without_front_matter(body: bytes) -> None:
    found = read_card(body, "card.md")
    assert found.values["title"] == "Only words" and "Not stated" in found.values["purpose"]
    assert found.ml["identification"]["description"] == "Some text."


def test_a_card_is_called_by_its_file_where_nothing_else_says() -> None:
    assert read_card(b"words", "lung.md").values["title"] == "lung"
    assert read_card(b"---\n---\n# T\n", "x.md").values["title"] == "T"
    assert read_card(b"---\nno end", "x.md").values["title"] == "x"


def test_what_is_too_long_is_shortened_and_told() -> None:
    found = read_card(b"# T\n\n## Limitations\n" + b"word " * 2000, "x.md")
    assert len(found.ml["model"][0]["limits"]) == 4000 and any("shortened" in said for said in found.told)


def test_headings_in_code_are_none() -> None:
    assert [heading for _l, heading, _t in sections_of("# A\n~~~\n# B\n~~~\n## C ##")] == ["", "A", "C"]


@pytest.mark.parametrize("version", ["1.5", "1.6", "1.7"])
def test_a_bill_of_materials(version: str) -> None:
    found = read_bom(as_bytes(bom(specVersion=version)))
    assert found.kind == f"CycloneDX {version}"
    assert found.values == {
        "title": "TalentScore",
        "release": "2026.1",
        "purpose": "Order applications",
        "users": "Recruiters",
        "affected": "Older people: Fewer calls",
        "task_type": "classification",
        "approach": "supervised",
    }
    assert found.ml["model"] == [
        {
            "model_name": "acme/scorer",
            "model_version": "3",
            "model_family": "random_forest_boosting",
            "learning_approach": ["supervised"],
            "input_features": ["table"],
            "limits": "Short texts\nBias: Review",
            "hyperparameters": {"trees": "300"},
        }
    ]
    assert [row["dataset"] for row in found.ml["data"]] == ["Applications", "Inline"]
    assert found.ml["tools"]["frameworks"] == [{"name": "scikit-learn", "version": "1.5"}]
    assert found.version == {"label": "3"}
    assert found.results == [{"metric": "AUC", "value": "0.91", "unit": "", "subgroup": "women"}]
    assert ml.cleaned(found.ml) == found.ml


def test_a_run_is_not_what_the_system_is_called() -> None:
    made = bom(metadata={"component": {"type": "application", "name": "job-2026-04-30-17:04:32"}})
    assert read_bom(as_bytes(made)).values["title"] == "scorer"
    nested = {"type": "application", "name": "App", "components": bom()["components"]}
    assert read_bom(as_bytes(bom(metadata={"component": nested}, components=[]))).values["title"] == "App"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (as_bytes({"bomFormat": "SPDX"}), "no CycloneDX"),
        (as_bytes([]), "no CycloneDX"),
        (as_bytes(bom(specVersion="1.4")), "CycloneDX 1.4 is not read"),
        (as_bytes(bom(specVersion=["1.6"])), "is not read"),
        (as_bytes(bom(components=[])), "no component of the type"),
        (as_bytes(bom(components={})), "“components” is no list of objects"),
        (as_bytes(bom(components=[1])), "“components” is no list of objects"),
        (as_bytes(bom(metadata=[])), "“metadata” is no object"),
        (b'{"bomFormat": "CycloneDX", "bomFormat": "CycloneDX"}', "“bomFormat” stands twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 1e999}', "1e999 is no number"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too many digits"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": "\\u0000"}', "a character that no text may hold"),
        (b'{"a": "\\ud800"}', "a character that no text may hold"),
        (b'{"a": "' + b"x" * 1_500_000 + b'"}', "too long"),
        (b"[" + b"0," * 150_000 + b"0]", "too many things"),
        (b'{"a": 1', "no JSON: line 1"),
        ('{"a": "é"}'.encode("latin-1"), "not in UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not in UTF-8"),
        (b" " * 5_000_001, "too large"),
    ],
    ids=range(23),
)
def test_hostile_bills_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_bom(content)
    assert said in str(refused.value)


BOMB = b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "by an alias (*a)"),
        (b"---\na: !!python/object/apply:os.system [ls]\n---\n", "has a tag"),
        (b"---\nlicense: mit\nlicense: other\n---\n", "“license” stands twice"),
        (b"---\n[]\n---\n# T", "no list of names"),
        (b"---\njust words\n---\n# T", "no list of names"),
        (b"---\n? [a, b]\n: c\n---\n", "is a list or an object"),
        (b"---\na: " + b"[" * 500 + b"]" * 500 + b"\n---\n", "nested too deeply"),
        (b"---\na: .nan\n---\n", ".nan is no number"),
        (b"---\na: b: c\n---\n", "no YAML: line 1"),
        (b'---\na: "\\0"\n---\n', "a character that no text may hold"),
        (b"---\na: " + b"x" * 300_000 + b"\n---\n", "front matter is too long"),
        (b"---\nx: y\n---\n" + b"w " * 600_000, "card is too long"),
        ("---\na: é\n---\n".encode("utf-16"), "not in UTF-8"),
        ("# Modèle".encode("latin-1"), "not in UTF-8"),
        (b"# T\x00", "NUL bytes"),
        (b" \n ", "empty"),
    ],
    ids=range(16),
)
def test_hostile_cards_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_card(content, "README.md")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 400_000,
        b"# " + b" " * 400_000,
        b"#" * 400_000,
        b"| version | " + b" " * 400_000,
        b"*" * 400_000,
    ],
)
def test_no_line_takes_long(line: bytes) -> None:
    read_card(b"# T\n" + line, "x.md")


@settings(max_examples=60)
@given(st.binary(max_size=60))
def test_no_bytes_break_a_reader(content: bytes) -> None:
    card: Callable[[], Any] = lambda: read_card(b"---\n" + content + b"\n---\n", "x.md")  # noqa: E731
    bom: Callable[[], Any] = lambda: read_bom(content)  # noqa: E731
    for reader in (card, bom):
        try:
            assert reader().values
        except Unreadable as refused:
            assert str(refused)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0.9", ("0.9", "")),
        (" 10% ", ("10", "%")),
        ("-3.20 points", ("-3.2", "points")),
        ("1e-3", ("0.001", "")),
        (0.5, ("0.5", "")),
        ("1e300", None),
        ("many", None),
        (True, None),
        (None, None),
        ("", None),
    ],
)
def test_a_result_is_a_number_with_its_unit(said: Any, kept: Any) -> None:
    assert figure(said) == kept


def test_what_a_file_is_is_told_from_its_bytes() -> None:
    assert read_system(b"title,purpose\nA,B\n", "list.csv") is None
    assert read_system(b"PK\x03\x04", "list.xlsx") is None
    card = read_system(CARD, "anything.txt")
    assert card is not None and card.cells["title"] == "Lung watcher"
    assert card.more[0].values["title"] == "Lung watcher 2.1" and card.more[0].parts["evaluations"]
    for content, said in ((b"<bom/>", "XML is not read"), (b"{}", "no CycloneDX"), (BOMB, "alias")):
        with pytest.raises(Refused) as refused:
            read_system(content, "x")
        assert said in str(refused.value) and list(refused.value.fields) == ["file"]


def test_texts_stay_as_they_are_written() -> None:
    assert yaml_of("a: 0123\nb: yes\nc: 2026-01-01\nd: ~\ne: null") == {
        "a": "0123",
        "b": "yes",
        "c": "2026-01-01",
        "d": None,
        "e": None,
    }
    assert decoded(b"\xef\xbb\xbfx") == "x" and json_of('{"a": [1, 2.5]}') == {"a": [1, 2.5]}
