"""Durations as the rules write them."""

import pytest

from aims.catalogue import Duration
from aims.catalogue.durations import parse


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("12 months", 12, "months"),
        ("1 month", 1, "months"),
        ("90_days", 90, "days"),
        ("72 hours", 72, "hours"),
        ("2 weeks", 2, "weeks"),
        ("10 years", 10, "years"),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, amount: int, unit: str) -> None:
    assert parse(text) == Duration(amount, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "12", "months", "0 days", "-3 days", "1.5 months", "12 moons", "12 months "]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse(text)


@pytest.mark.parametrize("text", ["1 month", "12 months", "72 hours"])
def test_a_duration_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text
