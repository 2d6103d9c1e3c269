"""What the text of a cell means: dates, numbers, truth, choices in two languages, references."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from aims.organisation.models import Membership
from aims.records.changes import create, move
from aims.records.exchange import values
from aims.records.exchange.columns import columns_of
from aims.records.exchange.mapping import fields_of, guess
from aims.records.exchange.neutral import TRIGGERS, neutral, restore
from aims.records.exchange.values import Directory, choice, choice_labels, day, listed, moment, number, truth
from aims.records.registry import register_of
from context.models import AISystem
from tests.people import World

SYSTEMS = register_of(AISystem)


@given(st.text())
def test_any_text_comes_back_from_a_cell_and_none_runs(text: str) -> None:
    cell = neutral(text)
    assert restore(cell) == text
    assert cell[:1] not in TRIGGERS or not cell or values.number(cell) < 0


@pytest.mark.parametrize(
    "text", ["2026-12-31", "31/12/2026", "31.12.2026", "2026-12-31 00:00:00", "2026-12-31T08:00"]
)
def test_dates(text: str) -> None:
    assert day(text) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["12/31/2026", "2026-02-30", "31.12.26", "soon", "46000", "0000-01-01", "99999-1-1"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        day(text)


def test_moments_are_in_the_organisations_time() -> None:
    with timezone.override("Europe/Paris"):
        assert moment("2026-07-01 14:00") == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert moment("2026-07-01T14:00:00Z") == datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
    with pytest.raises(ValidationError):
        moment("noon")


@pytest.mark.parametrize(
    ("text", "found"),
    [("5", "5"), ("-5", "-5"), ("3,5", "3.5"), ("3.50", "3.50"), ("1 234,5", "1234.5"), ("1\u202f234", "1234"),
     ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1'234.5", "1234.5"), ("1e3", "1E+3")],
)  # fmt: skip
def test_numbers(text: str, found: str) -> None:
    assert number(text) == Decimal(found)


@pytest.mark.parametrize("text", ["1,234", "-1,234,567", "x", "", "NaN", "inf", "1..2", "5%", "0x10"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        number(text)


@pytest.mark.parametrize(
    ("text", "found"), [("Yes", True), ("oui", True), ("VRAI", True), ("0", False), ("Non", False)]
)
def test_truth(text: str, found: bool) -> None:
    assert truth(text) is found


def test_truth_is_not_guessed() -> None:
    with pytest.raises(ValidationError):
        truth("perhaps")


@contextmanager
def french(words: dict[str, str]) -> Iterator[None]:
    """As if these words were translated."""
    with translation.override("fr"):
        catalogue: Any = translation.trans_real._active.value._catalog  # type: ignore[attr-defined]
    first = catalogue._catalogs[0]
    before = {word: first.get(word) for word in words}
    first.update(words)
    choice_labels.cache_clear()
    try:
        yield
    finally:
        first.update({word: said or word for word, said in before.items()})
        choice_labels.cache_clear()


def test_choices_are_codes_or_labels_in_either_language() -> None:
    field = AISystem._meta.get_field("stage")
    with french({"retirement": "mise hors service"}):
        for said in ("retirement", "Retirement", "RETIREMENT", "Mise hors service"):
            assert choice(field, said) == "retirement"
    with pytest.raises(ValidationError) as refused:
        choice(field, "retired")
    assert "deployment" in refused.value.messages[0]


def test_headings_are_known_by_name_label_and_synonym_in_either_language() -> None:
    headings = ["Intended purpose", "review_due", "Titre", "N°", "Étape du cycle de vie", "Nothing known"]
    with french({"life cycle stage": "étape du cycle de vie"}):
        found = guess(SYSTEMS, headings, {})
    assert found == {"0": "purpose", "1": "review_due", "2": "title", "3": "ref", "4": "stage"}


def test_what_nobody_enters_is_no_target() -> None:
    assert not {"id", "state", "created_at", "created_by", "changed_by"} & set(fields_of(SYSTEMS))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4.2, A.5.4", ["4.2", "A.5.4"]),
        ("4.2;A.5.4\n6.1", ["4.2", "A.5.4", "6.1"]),
        ("", []),
        ('["4.2"]', ["4.2"]),
    ],
)
def test_lists_of_codes(text: str, found: list[str]) -> None:
    assert listed(models.JSONField(default=list), text) == found


@pytest.mark.parametrize("text", ["[", "[" * 100_000, '{"a":', '["\\u0000"]', '{"a": "\\u0000"}'])
def test_bad_json_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        listed(models.JSONField(default=list), text)


def test_members_by_name_and_address(inside: World) -> None:
    directory = Directory(inside.officer)
    for said in ("Yuki Tanaka", " yuki TANAKA ", "yuki@orvanne.test", "YUKI@orvanne.test"):
        assert directory.find(Membership, said) == inside.contributor.id


def test_a_name_that_two_have_is_not_guessed(inside: World) -> None:
    Membership.objects.filter(pk=inside.reader.id).update(name="Yuki Tanaka")
    directory = Directory(inside.officer)
    with pytest.raises(ValidationError):
        directory.find(Membership, "Yuki Tanaka")
    assert directory.find(Membership, "Yuki Tanaka <paul@orvanne.test>") == inside.reader.id
    Membership.objects.filter(pk=inside.reader.id).update(active=False)
    assert Directory(inside.officer).find(Membership, "Yuki Tanaka") == inside.contributor.id


def test_records_by_number_external_id_and_title(inside: World) -> None:
    first = create(inside.officer, AISystem, {"title": "Scan", "purpose": "x", "external_id": "S-1"})
    second = create(inside.officer, AISystem, {"title": "Twin", "purpose": "x"})
    third = create(inside.officer, AISystem, {"title": "Twin", "purpose": "x"})
    directory = Directory(inside.officer)
    assert {directory.find(AISystem, said) for said in ("ais-0001", "s-1", "SCAN")} == {first.pk}
    with pytest.raises(ValidationError):
        directory.find(AISystem, "Twin")
    move(inside.officer, third, "withdraw", 1, note="double")
    assert Directory(inside.officer).find(AISystem, "Twin") == second.pk


def test_a_long_text_is_cut_in_messages(inside: World) -> None:
    with pytest.raises(ValidationError) as refused:
        Directory(inside.officer).find(AISystem, "x" * 5000)
    assert len(refused.value.messages[0]) < 100


def test_every_column_that_can_be_filled_reads_an_empty_cell(inside: World) -> None:
    directory = Directory(inside.officer)
    for column in columns_of(SYSTEMS):
        if column.name in fields_of(SYSTEMS) and column.name not in ("ref", "version"):
            assert values.value(column, "", directory) in (
                "",
                None,
                [],
                True,
                False,
                column.field.get_default(),
            )
