"""Levels and bands: the whole tables, and that they are the catalogue's."""

import itertools

import pytest

from aims.catalogue import edition
from planning.scoring import FOR_EXECUTIVES, TOPS, Band, Consequence, Likelihood, band, level

FIVE = range(1, 6)


@pytest.mark.parametrize(
    ("likely", "organisation", "individuals", "society"), list(itertools.product(FIVE, repeat=4))
)
def test_the_level_is_likelihood_times_the_worst_consequence(
    likely: int, organisation: int, individuals: int, society: int
) -> None:
    found = level(likely, organisation, individuals, society)
    assert found == likely * sorted([organisation, individuals, society])[-1]
    assert found is not None and 1 <= found <= 25


@pytest.mark.parametrize(
    "ratings", [(None, 1, 1, 1), (3, None, 1, 1), (3, 1, None, 1), (3, 1, 1, None), (3,)]
)
def test_nothing_is_computed_while_a_rating_is_missing(ratings: tuple[int | None, ...]) -> None:
    assert level(*ratings) is None
    assert band(None) == ""


EXPECTED = {
    "low": [1, 2, 3, 4],
    "medium": [5, 6, 7, 8, 9],
    "high": [10, 11, 12, 13, 14, 15],
    "critical": [16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
}


@pytest.mark.parametrize(("name", "points"), [(n, p) for n, levels in EXPECTED.items() for p in levels])
def test_every_level_has_its_band(name: str, points: int) -> None:
    assert band(points) == name


@pytest.mark.parametrize("points", [1, 4, 5, 9])
def test_severe_harm_to_people_is_never_below_high(points: int) -> None:
    assert band(points, individuals=5) == "high"
    assert band(points, individuals=4) in ("low", "medium")


def test_severe_harm_lowers_nothing() -> None:
    assert band(20, individuals=5) == "critical" and band(15, individuals=5) == "high"


@pytest.mark.parametrize("points", [0, -1, 26])
def test_a_level_that_cannot_be_is_refused(points: int) -> None:
    with pytest.raises(ValueError, match="no risk level"):
        band(points)


def test_bands_and_scales_are_those_of_the_catalogue() -> None:
    criteria = edition().risk.default_criteria
    assert [(b.code, b.max) for b in criteria.bands] == [(str(name), top) for name, top in TOPS]
    assert [s.value for s in criteria.likelihood_scale] == Likelihood.values
    assert [s.value for s in criteria.consequence_scale] == Consequence.values
    assert {"high", "critical"} == FOR_EXECUTIVES and Band.values == [b.code for b in criteria.bands]
