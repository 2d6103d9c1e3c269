"""Scales of any size, the matrix that we propose, and who may accept: pure tables and properties."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.scoring import (
    DEFAULT,
    ORDER,
    Authority,
    BandRule,
    Criteria,
    Scales,
    Who,
    acceptance_falls,
    band,
    carried,
    falling,
    matrix,
    mended,
    objection,
)

SIZE = st.integers(3, 6)
FIVE = range(1, 6)


@pytest.mark.parametrize(("up", "along"), list(itertools.product(FIVE, repeat=2)))
def test_the_default_matrix_is_the_bands_of_the_levels(up: int, along: int) -> None:
    assert DEFAULT.scales.band_at(up, along) == band(up * along)
    rated = DEFAULT.scales.rate(up, (1, along, 1))
    assert rated == (up * along, band(up * along, individuals=along))


@settings(max_examples=40, deadline=None)
@given(SIZE, SIZE)
def test_a_proposed_matrix_rises_and_uses_its_corners(rows: int, columns: int) -> None:
    cells = matrix((rows, columns))
    assert (len(cells), {len(row) for row in cells}) == (rows, {columns})
    assert falling(cells) == [] and cells[0][0] == "low" and cells[-1][-1] == "critical"


@settings(max_examples=60, deadline=None)
@given(SIZE, st.data())
def test_a_rating_carried_to_another_scale_keeps_ends_and_order(steps: int, data: st.DataObject) -> None:
    to = data.draw(SIZE)
    values = [carried(value, steps, to) for value in range(1, steps + 1)]
    assert values[0] == 1 and values[-1] == to and None not in values
    assert values == sorted(values)  # type: ignore[type-var]
    assert carried(None, steps, to) is None and carried(2, 5, 5) == 2


def test_a_rating_between_two_steps_is_carried_to_the_graver() -> None:
    assert [carried(value, 5, 4) for value in FIVE] == [1, 2, 3, 4, 4]
    assert [carried(value, 3, 5) for value in (1, 2, 3)] == [1, 3, 5]


def test_what_is_said_of_a_matrix_wins_over_what_is_proposed() -> None:
    cells = mended([["high", "", "", "", "", ""]], (3, 4))
    assert cells[0] == ("high", *matrix((3, 4))[0][1:]) and cells[1:] == matrix((3, 4))[1:]
    assert falling(cells) == [(1, 2), (2, 1)]  # what is beside and above the raised corner is lower


OWN = Scales(("a", "b", "c"), ("1", "2", "3", "4"), matrix((3, 4)), floor="medium")


@pytest.mark.parametrize(
    ("likely", "harms", "rated"),
    [
        (1, (1, 1, 1), (1, "low")),
        (3, (4, 1, 1), (12, "critical")),
        (1, (1, 4, 1), (4, "medium")),  # the gravest harm to individuals: never below the floor
        (1, (4, 1, 1), (4, "medium")),
        (4, (1, 1, 1), (None, "")),  # off the scale
        (2, (1, 5, 1), (None, "")),
        (2, (1, None, 1), (None, "")),
        (None, (1, 1, 1), (None, "")),
    ],
)
def test_own_scales_rate(
    likely: int | None, harms: tuple[int | None, ...], rated: tuple[int | None, str]
) -> None:
    assert OWN.rate(likely, harms) == rated


def test_the_floor_lifts_only_the_gravest_harm_to_individuals() -> None:
    flat = replace(OWN, cells=(("low",) * 4,) * 3)
    assert flat.rate(1, (4, 3, 4)) == (4, "low") and flat.rate(1, (1, 4, 1)) == (4, "medium")
    assert replace(flat, floor="").rate(1, (1, 4, 1)) == (4, "low")
    with pytest.raises(ValueError, match="outside"):
        flat.band_at(4, 1)


def test_bands_without_a_rule_fall_to_the_stricter_one() -> None:
    rules = Criteria(OWN, (BandRule("low", "low", "officer"), BandRule("high", "high", "executive")), "low")
    assert [rules.rule(code).code for code in ORDER] == ["low", "high", "high", "high"]
    assert rules.too_high() == ["medium", "high", "critical"]
    assert DEFAULT.too_high() == ["high", "critical"]


OFFICER, CHIEF, OTHER = (Who("p", role) for role in ("officer", "executive", ""))


def rule(authority: str) -> BandRule:
    return BandRule("high", "high", authority, person="named")


@pytest.mark.parametrize(
    ("authority", "who", "why"),
    [
        ("system_owner", OTHER, "system_owner"),
        ("system_owner", replace(OTHER, owns_system=True), ""),
        ("system_owner", replace(OTHER, owns_system=True, owns_risk=True), ""),
        ("system_owner", replace(OTHER, owns_risk=True), "owner"),
        ("system_owner", OFFICER, ""),
        ("system_owner", CHIEF, ""),
        ("officer", replace(OTHER, owns_system=True), "officer"),
        ("officer", OFFICER, ""),
        ("officer", replace(OFFICER, owns_system=True, owns_risk=True), "owner"),
        ("officer", CHIEF, ""),
        ("executive", OFFICER, "executive"),
        ("executive", CHIEF, ""),
        ("executive", replace(CHIEF, owns_risk=True), "owner"),
        ("person", CHIEF, "person"),
        ("person", replace(OTHER, person="named"), ""),
        ("person", replace(OTHER, person="named", owns_risk=True), "owner"),
        ("nobody", CHIEF, "nobody"),
    ],
)
def test_who_may_accept(authority: str, who: Who, why: str) -> None:
    assert objection(rule(authority), who) == why
    refused = objection(rule(authority), replace(who, wrote=True))
    assert refused == ("nobody" if authority == "nobody" else "author")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(Authority.values),
    st.sampled_from(["officer", "executive", ""]),
    st.booleans(),
    st.booleans(),
)
def test_nobody_accepts_what_they_wrote(authority: str, role: str, owns: bool, system: bool) -> None:
    assert objection(rule(authority), Who("named", role, owns_system=system, wrote=True, owns_risk=owns))


@pytest.mark.parametrize(
    ("before", "after", "same_scales", "falls"),
    [
        ((8, "medium"), (8, "medium"), True, False),
        ((8, "medium"), (9, "medium"), True, True),
        ((8, "medium"), (4, "low"), True, True),
        ((8, "medium"), (8, "high"), True, True),
        ((8, "medium"), (6, "medium"), False, False),
        ((8, "medium"), (6, "high"), False, True),
        ((8, "medium"), (None, ""), False, True),
    ],
)
def test_an_acceptance_falls(
    before: tuple[int, str], after: tuple[int, str], same_scales: bool, falls: bool
) -> None:
    assert acceptance_falls(before, after, same_scales) is falls
