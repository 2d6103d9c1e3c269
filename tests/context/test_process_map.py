"""The process map: layers from what follows on what, and a drawing that is whole for none, one, many, and in a circle."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context.layers import layered
from context.models import Process
from context.process_map import Box, process_map
from context.processes import boxes_of
from tests.factory import make
from tests.people import World

SVG = "{http://www.w3.org/2000/svg}"


def box(key: str, *before: str, title: str = "") -> Box:
    return Box(
        key, f"PRC-{key}", title or f"Process {key}", "Law watch", "Register", f"/processes/{key}/", before
    )


def drawing(*boxes: Box) -> ElementTree.Element:
    text = str(process_map("Processes", boxes)).replace(
        "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
    )
    return ElementTree.fromstring(text)  # noqa: S314 - our own markup


def links(svg: ElementTree.Element) -> list[str]:
    return [link.attrib["href"] for link in svg.iter(f"{SVG}a")]


def test_who_follows_stands_lower() -> None:
    found = layered(["a", "b", "c", "d"], {"b": ["a"], "c": ["a", "b"], "d": ["c"]})
    assert found.rows == (("a",), ("b",), ("c",), ("d",)) and not found.back and not found.alone


def test_what_no_arrow_touches_stands_alone_and_unknown_names_are_left_out() -> None:
    found = layered(["a", "b", "c"], {"b": ["a"], "c": ["gone"]})
    assert (found.rows, found.alone) == ((("a",), ("b",)), ("c",))


def test_a_circle_is_opened_by_one_arrow() -> None:
    found = layered(["a", "b", "c"], {"a": ["c"], "b": ["a"], "c": ["b"]})
    assert found.back == {("c", "a")} and found.rows == (("a",), ("b",), ("c",))
    itself = layered(["a"], {"a": ["a"]})
    assert itself.back == {("a", "a")} and itself.rows == (("a",),)


PAIRS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 12), PAIRS)
def test_every_process_stands_once_and_below_what_it_follows(
    number: int, pairs: list[tuple[int, int]]
) -> None:
    keys = list(range(number))
    before = {key: list(dict.fromkeys(a for a, b in pairs if b == key)) for key in keys}
    found = layered(keys, before)
    level = {key: at for at, row in enumerate(found.rows) for key in row}
    assert sorted([*level, *found.alone]) == keys
    assert all(level[a] < level[b] for a, b in found.arrows if (a, b) not in found.back)


@pytest.mark.parametrize("number", [1, 5, 30])
def test_each_process_is_a_link_of_the_drawing(number: int) -> None:
    svg = drawing(*(box(str(n), *([str(n // 2)] if n else [])) for n in range(number)))
    assert sorted(links(svg)) == sorted(f"/processes/{n}/" for n in range(number))
    box_of = [float(part) for part in svg.attrib["viewBox"].split()]
    for frame in svg.iter(f"{SVG}rect"):
        assert float(frame.attrib["x"]) + float(frame.attrib["width"]) <= box_of[2]
        assert float(frame.attrib["y"]) + float(frame.attrib["height"]) <= box_of[3]


def test_boxes_do_not_cover_each_other() -> None:
    svg = drawing(*(box(str(n), *([str(n - 7)] if n > 6 else [])) for n in range(30)))
    spots = {(frame.attrib["x"], frame.attrib["y"]) for frame in svg.iter(f"{SVG}rect")}
    assert len(spots) == 30


def test_without_a_process_it_says_so() -> None:
    svg = drawing()
    assert svg.findtext(f"{SVG}desc") == "No process yet." and links(svg) == []


def test_it_tells_in_words_what_it_draws_and_marks_a_circle() -> None:
    svg = drawing(box("a", "b", title="Plan"), box("b", "a", title="<Do>"))
    said = svg.findtext(f"{SVG}desc") or ""
    assert "; <Do> follows on Plan" in said and "Plan follows on <Do>, which closes a circle" in said
    assert "PRC-a Plan. In: Law watch. Out: Register" in said
    assert {path.attrib["class"] for path in svg.iter(f"{SVG}path")} == {"l-bone", "l-warn"}
    assert svg.attrib["role"] == "group" and [a.attrib["aria-label"] for a in svg.iter(f"{SVG}a")][
        0
    ].startswith("PRC-a")


def test_the_drawing_has_no_style_and_no_script_and_is_the_same_each_time() -> None:
    boxes = [box("a", title='" onload=x'), box("b", "a")]
    first = str(process_map("Processes", boxes))
    assert first == str(process_map("Processes", boxes))
    names = {name for part in drawing(*boxes).iter() for name in part.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on")} and "<script" not in first


def test_the_arrows_of_all_processes_are_asked_at_once(
    inside: World, django_assert_num_queries: object
) -> None:
    first = make(inside, Process, title="First")
    rows = [first, *(make(inside, Process, title=f"After {n}", before=[first.pk]) for n in range(3))]
    with django_assert_num_queries(1):  # type: ignore[operator]
        boxes = boxes_of(rows, lambda row: row.ref)
    assert [one.before for one in boxes] == [(), *([(str(first.pk),)] * 3)]
