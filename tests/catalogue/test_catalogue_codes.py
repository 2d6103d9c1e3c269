"""Finding one's way by code, and the order of codes."""

import random

import pytest

from aims.catalogue import Catalogue, UnknownCode, numeric

UNKNOWN = [
    "",
    "3",
    "11",
    "4.5",
    "4.1-z",
    "6.1.4-E",
    "A.1",
    "A.6.3",
    "A.2.9",
    "B.2.2",
    "A.",
    "4.",
    " 4.1",
    "none",
]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("9.3", "10.2"),
        ("9.3.3", "10"),
        ("6", "6.1"),
        ("6.1.2-a", "6.1.2-b"),
        ("6.1.2-h", "6.1.3-a"),
        ("6.1.2-z", "6.1.2-aa"),
        ("6.2", "6.2-a"),
        ("10.2-g", "A.2"),
        ("A", "A.2"),
        ("A.9.4", "A.10.2"),
        ("A.6.1.3", "A.6.2.2"),
        ("C.2.9", "C.2.10"),
        ("A.10.4", "OWN-3"),
    ],
)
def test_codes_are_ordered_by_their_numbers(first: str, second: str) -> None:
    assert numeric(first) < numeric(second)


def test_any_order_of_all_codes_is_sorted_back(catalogue: Catalogue) -> None:
    codes = [line.code for line in catalogue.lines()]
    shuffled = random.Random(42001).sample(codes, len(codes))
    assert sorted(shuffled, key=numeric) == codes
    assert sorted(codes) != codes, "the plain order of letters would do, and numeric() would be idle"


def test_leaves_come_in_numeric_order(catalogue: Catalogue) -> None:
    codes = [leaf.code for leaf in catalogue.leaves()]
    assert codes[0] == "4.1"
    assert codes[-3:] == ["9.3.3", "10.1", "10.2"]


@pytest.mark.parametrize(
    ("code", "top"),
    [
        ("4", "4"),
        ("4.1", "4"),
        ("6.1.2-b", "6"),
        ("10.2-g", "10"),
        ("A", "A"),
        ("A.6.2", "A"),
        ("A.10.2", "A"),
    ],
)
def test_every_code_has_a_top(catalogue: Catalogue, code: str, top: str) -> None:
    assert catalogue.top(code) == top


@pytest.mark.parametrize(
    ("code", "place"),
    [("6.1.2-b", "6.1.2"), ("A.6.2.3", "A.6.2"), ("A.2.2", "A.2"), ("7.5", "7.5"), ("A.6", "A.6")],
)
def test_every_code_has_its_place(catalogue: Catalogue, code: str, place: str) -> None:
    assert catalogue.clause_of(code).code == place


@pytest.mark.parametrize("code", UNKNOWN)
def test_an_unknown_code_is_refused_by_name(catalogue: Catalogue, code: str) -> None:
    assert not catalogue.is_code(code)
    for ask in (catalogue.line, catalogue.clause_of, catalogue.top, catalogue.lines_of, catalogue.workspaces):
        with pytest.raises(UnknownCode, match=f"ISO/IEC 42001:2023 has no {code!r}"):
            ask(code)


@pytest.mark.parametrize("code", ["4.1", "10.2", "6.1.4-e", "A.2.2", "A.6", "A.6.1"])
def test_leaves_lines_and_areas_can_be_pointed_at(catalogue: Catalogue, code: str) -> None:
    assert catalogue.is_code(code)


@pytest.mark.parametrize("code", ["4", "6.1", "9.2", "A", "C.2.1"])
def test_a_heading_cannot_be_pointed_at(catalogue: Catalogue, code: str) -> None:
    assert not catalogue.is_code(code)


def test_a_leaf_or_a_clause_is_not_a_line(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownCode):
        catalogue.line("4.1")
    with pytest.raises(UnknownCode):
        catalogue.line("A.6.2")


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("4.1", 5),
        ("10.1", 1),
        ("A.6.1", 2),
        ("A.6", 9),
        ("A", 38),
        ("6.1", 31),
        ("6", 38),
        ("4.1-a", 1),
        ("A.2.2", 1),
    ],
)
def test_lines_below_a_code(catalogue: Catalogue, code: str, lines: int) -> None:
    assert len(catalogue.lines_of(code)) == lines


def test_clause_1_is_not_taken_for_clause_10(catalogue: Catalogue) -> None:
    below = [line.code for line in catalogue.lines_of("10")]
    assert below[0] == "10.1-a"
    assert all(code.startswith("10.") for code in below)


def test_workspaces_of_a_clause_are_its_leaves(catalogue: Catalogue) -> None:
    assert [place.code for place in catalogue.workspaces("6")] == [
        "6.1.1",
        "6.1.2",
        "6.1.3",
        "6.1.4",
        "6.2",
        "6.3",
    ]
    assert [place.code for place in catalogue.workspaces("10")] == ["10.1", "10.2"]


def test_workspaces_of_the_annex_are_the_areas_with_controls(catalogue: Catalogue) -> None:
    assert [place.code for place in catalogue.workspaces("A")] == [
        *("A.2", "A.3", "A.4", "A.5", "A.6.1", "A.6.2", "A.7", "A.8", "A.9", "A.10")
    ]


def test_workspaces_share_out_all_lines(catalogue: Catalogue) -> None:
    tops = ["4", "5", "6", "7", "8", "9", "10", "A"]
    shared = [
        line for top in tops for place in catalogue.workspaces(top) for line in catalogue.lines_of(place.code)
    ]
    assert shared == list(catalogue.lines())


@pytest.mark.parametrize("code", ["4.1", "6.1", "A.2", "A.6"])
def test_only_a_top_has_workspaces(catalogue: Catalogue, code: str) -> None:
    with pytest.raises(UnknownCode):
        catalogue.workspaces(code)
