"""Charts: the figures are in the drawing and in its words; the same numbers give the same bytes."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from aims.pages import svg
from aims.pages.paint import PAINT
from tests.pages.markup import STATIC, Page

ROWS = [svg.Coverage("4", "Context", 14, 1, 0), svg.Coverage("6", "Planning", 33, 4, 1)]
POINTS = [svg.Point("31 Mar", 5.2), svg.Point("30 Jun", 4.8), svg.Point("30 Sep", 4.1)]
DRAWINGS: dict[str, Callable[[], SafeString]] = {
    "coverage": lambda: svg.coverage("Coverage", ROWS),
    "coverage nothing": lambda: svg.coverage("Coverage", []),
    "coverage empty clause": lambda: svg.coverage("Coverage", [svg.Coverage("9", "Evaluation", 0, 0, 0)]),
    "bar": lambda: svg.coverage_bar(
        "Controls", [svg.Bar("in place", 29, "ok"), svg.Bar("partly", 7, "warn")]
    ),
    "bars": lambda: svg.bars("Ages", [svg.Bar("Up to 30 days", 6), svg.Bar("Over 90 days", 0, "bad")]),
    "bars nothing": lambda: svg.bars("Ages", []),
    "matrix": lambda: svg.matrix(
        "Matrix", [svg.Marker("I", 4, 5, "Inherent"), svg.Marker("R", 2, 5, "Residual", True)]
    ),
    "matrix nothing": lambda: svg.matrix("Matrix", []),
    "line": lambda: svg.line("Gap", POINTS, [svg.Threshold("target", 3, "target")], "points"),
    "line one point": lambda: svg.line("Gap", POINTS[:1]),
    "line nothing": lambda: svg.line("Gap", []),
    "donut": lambda: svg.donut("Ready", 119, 138),
    "donut nothing": lambda: svg.donut("Ready", 0, 0),
}


def read(drawing: str) -> ElementTree.Element:
    """The drawing as XML: it must be well formed for WeasyPrint."""
    return ElementTree.fromstring(drawing)


def widths(drawing: str) -> list[float]:
    """The widths in percent, in their order."""
    return [float(value) for value in re.findall(r'width="([\d.]+)%"', drawing)]


@pytest.mark.parametrize("name", list(DRAWINGS))
def test_a_drawing_is_well_formed_and_says_what_it_shows(name: str) -> None:
    root = read(DRAWINGS[name]())
    title, told = root.find("title"), root.find("desc")
    assert title is not None and title.text and told is not None and told.text
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"


@pytest.mark.parametrize("name", list(DRAWINGS))
def test_a_drawing_lives_under_the_policy(name: str) -> None:
    assert Page(DRAWINGS[name]()).forbidden() == []


@pytest.mark.parametrize("name", list(DRAWINGS))
def test_the_same_numbers_give_the_same_bytes(name: str) -> None:
    assert DRAWINGS[name]() == DRAWINGS[name]()


@pytest.mark.parametrize("name", list(DRAWINGS))
def test_every_class_is_in_the_stylesheet_and_has_a_colour_of_its_own(name: str) -> None:
    sheet = (STATIC / "pages.css").read_text()
    for element in read(DRAWINGS[name]()).iter():
        css = element.get("class", "")
        if element.tag in ("rect", "circle", "line", "polyline", "path") or (element.tag == "text" and css):
            assert css in PAINT, css
            assert all(f".{word}" in sheet for word in css.split()), css


def test_two_charts_of_one_page_share_no_id() -> None:
    drawings = [make() for make in DRAWINGS.values()]
    ids = [element.get("id") for drawing in drawings for element in read(drawing).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_words_from_people_are_escaped() -> None:
    drawing = svg.bars("<b>&", [svg.Bar('"><script>', 1)])
    assert "<script>" not in drawing
    assert read(drawing).findtext("title") == "<b>&"


def test_coverage_shares_the_width_by_the_figures() -> None:
    assert widths(svg.coverage("x", ROWS[:1])) == pytest.approx([46 * 14 / 15, 46 / 15], abs=0.01)


def test_coverage_tells_every_figure() -> None:
    told = read(svg.coverage("x", ROWS)).findtext("desc") or ""
    assert "6 Planning: 33 of 38 ready, 4 partly, 1 with nothing" in told
    figures = svg.coverage_figures(ROWS)
    assert figures["rows"][1] == ["6 Planning", 33, 4, 1]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), max_size=9))
def test_coverage_never_leaves_its_space(counts: list[tuple[int, int, int]]) -> None:
    rows = [svg.Coverage(str(n), "x", *count) for n, count in enumerate(counts)]
    assert sum(widths(svg.coverage("x", rows))) <= 46 * len(rows) + 0.1


def test_the_longest_bar_takes_the_room_and_an_empty_one_none() -> None:
    assert widths(svg.bars("x", [svg.Bar("a", 6), svg.Bar("b", 3), svg.Bar("c", 0)])) == [50, 25]


@pytest.mark.parametrize(
    ("likelihood", "consequence", "expected"),
    [
        (1, 1, (1, "low")),
        (1, 5, (5, "medium")),
        (2, 5, (10, "high")),
        (3, 5, (15, "high")),
        (4, 4, (16, "critical")),
    ],
)
def test_the_usual_bands(likelihood: int, consequence: int, expected: tuple[int, str]) -> None:
    assert svg.usual_band(likelihood, consequence) == expected


def test_the_matrix_tells_level_and_band_of_each_pin() -> None:
    told = read(DRAWINGS["matrix"]()).findtext("desc") or ""
    assert "Inherent: level 20 critical, likelihood 4, consequence 5" in told
    assert "Residual: level 10 high, likelihood 2, consequence 5" in told


def test_the_matrix_takes_an_organisations_own_scale() -> None:
    drawing = svg.matrix("x", [], size=4, band=lambda up, along: (up + along, "low"))
    cells = list(read(drawing).iter("rect"))
    assert len(cells) == 16 and {cell.get("class") for cell in cells} == {"b-low"}


def test_pins_of_one_cell_stand_beside_each_other() -> None:
    drawing = svg.matrix("x", [svg.Marker(str(n), 3, 3, "x") for n in range(3)], connected=False)
    places = [float(pin.get("cx", "0")) for pin in read(drawing).iter("circle")]
    assert len(set(places)) == 3
    assert max(places) - min(places) <= svg.CELL_W - 22


def test_the_way_is_drawn_only_when_asked_for() -> None:
    markers = [svg.Marker("I", 4, 5, "x"), svg.Marker("R", 2, 5, "x")]
    assert len(list(read(svg.matrix("x", markers)).iter("path"))) == 1
    assert list(read(svg.matrix("x", markers, connected=False)).iter("path")) == []


def test_a_higher_value_is_drawn_higher_and_the_last_is_filled() -> None:
    dots = list(read(svg.line("x", POINTS)).iter("circle"))
    heights = [float(dot.get("cy", "0")) for dot in dots]
    assert heights == sorted(heights)
    assert [dot.get("class") for dot in dots] == ["dot", "dot", "dot now"]


def test_threshold_values_never_touch() -> None:
    lines = [svg.Threshold("warn", 93, "warning"), svg.Threshold("alarm", 92.9, "alarm")]
    drawing = read(svg.line("x", [svg.Point("a", 0), svg.Point("b", 100)], lines))
    heights = [
        float(text.get("y", "0")) for text in drawing.iter("text") if text.get("text-anchor") == "end"
    ][:2]
    assert abs(heights[0] - heights[1]) >= 13


def test_almost_all_is_not_all() -> None:
    assert "99 %" in svg.donut("x", 999, 1000)
    assert "100 %" in svg.donut("x", 1000, 1000)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    with override("fr"):
        drawing = svg.line("x", POINTS, [svg.Threshold("target", 3.5, "cible")])
    assert ">3,5<" in drawing and "4,1" in drawing
    assert not re.search(r'(?:x|y|cx|cy)="\d+,\d', drawing)


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=20))
def test_a_line_stays_inside_its_frame(values: list[float]) -> None:
    drawing = svg.line("x", [svg.Point("d", value) for value in values])
    for dot in read(drawing).iter("circle"):
        assert 0 <= float(dot.get("cx", "-1")) <= svg.LINE_W
        assert 0 <= float(dot.get("cy", "-1")) <= svg.LINE_H
