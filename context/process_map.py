"""The processes of the AIMS as a map: boxes in layers, arrows between them, what goes in and what comes out (4.4).

Pure functions from values to SVG, for the page and for the evidence pack: no style attribute, no script, the colours as
classes and as attributes (`aims.pages.paint`). The same processes always give the same bytes. What follows the next layer
is an arc between two rows; every other arrow runs beside the boxes, so that none passes behind one.
"""

import hashlib
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.pages.paint import paint
from context.layers import Layers, layered

WIDTH, HEIGHT, GAP, BETWEEN, COLUMNS = 208, 96, 28, 48, 4
LANE, LANES = 9, 6  # between arrows beside the boxes, and how many there are before they share one
TITLE, LINE = 27, 29  # letters that a line of a box holds: bold, and plain

Spot = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A process as it stands on the map. `before` are the keys of those that it follows."""

    key: str
    ref: str
    title: str
    inputs: str
    outputs: str
    url: str
    before: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """The process in words."""
        ends = [(_("In"), self.inputs), (_("Out"), self.outputs)]
        return ". ".join([f"{self.ref} {self.title}", *(f"{name}: {text}" for name, text in ends if text)])


def process_map(title: str, boxes: Sequence[Box]) -> SafeString:
    """The map; without processes an empty drawing whose description says so."""
    found = layered([box.key for box in boxes], {box.key: box.before for box in boxes})
    rows, alone = in_rows(found), in_rows_of(found.alone)
    spots = placed([*rows, *alone])
    by_key = {box.key: box for box in boxes}
    arrows, lanes = _arrows(found, spots)
    # the arrows come first, so that a box is never crossed out
    parts = [*arrows, *(_box(by_key[key], *spots[key]) for key in spots)]
    if alone and rows:
        parts.append(_text(0, _top(len(rows)) - 12, _("Not tied to another process")))
    columns = max((len(row) for row in [*rows, *alone]), default=1)
    width = columns * (WIDTH + GAP) - GAP + (LANE * (lanes + 1) if lanes else 0)
    height = max(HEIGHT, _top(len(rows) + len(alone)) - BETWEEN)
    return _drawing(
        title, told(found, by_key), width, height + 2, format_html_join("", "{}", ((p,) for p in parts))
    )


def told(found: Layers[str], boxes: Mapping[str, Box]) -> str:
    """The map in words: every process, then what follows on what."""
    if not boxes:
        return _("No process yet.")
    said = [box.said for box in boxes.values()]
    follows = _("{after} follows on {before}")
    circle = _("{after} follows on {before}, which closes a circle")
    for arrow in found.arrows:
        words = circle if arrow in found.back else follows
        said.append(words.format(after=boxes[arrow[1]].title, before=boxes[arrow[0]].title))
    return "; ".join(said) + "."


def in_rows(found: Layers[str]) -> list[tuple[str, ...]]:
    """The layers as rows of the drawing: a layer that is too wide takes several."""
    return [row for layer in found.rows for row in in_rows_of(layer)]


def in_rows_of(layer: Sequence[str]) -> list[tuple[str, ...]]:
    """One layer as rows."""
    return [tuple(layer[at : at + COLUMNS]) for at in range(0, len(layer), COLUMNS)]


def _top(row: int) -> float:
    return 1 + row * (HEIGHT + BETWEEN)


def placed(rows: Sequence[Sequence[str]]) -> dict[str, Spot]:
    """The upper left corner of each box, its row in the middle of the widest one."""
    widest = max((len(row) for row in rows), default=0)
    spots: dict[str, Spot] = {}
    for number, row in enumerate(rows):
        start = 1 + (widest - len(row)) * (WIDTH + GAP) / 2
        spots |= {key: (start + at * (WIDTH + GAP), _top(number)) for at, key in enumerate(row)}
    return spots


def _arrows(found: Layers[str], spots: Mapping[str, Spot]) -> tuple[list[SafeString], int]:
    """The arrows, and how many lanes beside the boxes they take."""
    edge = max((x for x, _y in spots.values()), default=0) + WIDTH
    drawn, lanes = [], 0
    for start, end in found.arrows:
        (x1, y1), (x2, y2) = spots[start], spots[end]
        css = "l-warn" if (start, end) in found.back else "l-bone"
        begin, stop = (x1 + WIDTH / 2, y1 + HEIGHT), (x2 + WIDTH / 2, y2)
        if y2 - y1 == HEIGHT + BETWEEN:
            way = arc(begin, stop)
        else:
            way = around(begin, stop, edge, lanes % LANES)
            lanes += 1
        drawn.append(_shape("path", css, d=way) + _head(stop, css))
    return drawn, min(lanes, LANES)


def arc(begin: Spot, stop: Spot) -> str:
    """From the foot of a box to the head of one in the next row."""
    middle = (begin[1] + stop[1]) / 2
    spots = [begin, (begin[0], middle), (stop[0], middle), (stop[0], stop[1] - 1)]
    first, *others = (f"{_n(x)} {_n(y)}" for x, y in spots)
    return f"M{first} C{' '.join(others)}"


def around(begin: Spot, stop: Spot, edge: float, lane: int) -> str:
    """Down into the gap, out to a lane beside the boxes, along it, and back through the gap above the other box."""
    out, beside, back = begin[1] + 8 + 5 * lane, edge + LANE * (lane + 1), stop[1] - 12 - 5 * lane
    corners = [begin, (begin[0], out), (beside, out), (beside, back), (stop[0], back), (stop[0], stop[1] - 1)]
    return "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in corners)


def _head(stop: Spot, css: str) -> SafeString:
    x, y = stop
    return _shape(
        "polyline", css, points=f"{_n(x - 4)},{_n(y - 7)} {_n(x)},{_n(y - 1)} {_n(x + 4)},{_n(y - 7)}"
    )


def _box(box: Box, x: float, y: float) -> SafeString:
    """A box: its title in two lines, what goes in, what comes out; a link to the process."""
    lines = textwrap.wrap(box.title, TITLE, max_lines=2, placeholder="…") or [box.ref]
    texts = [_text(x + 12, y + 22 + 16 * at, line, "strong") for at, line in enumerate(lines)]
    for at, (name, text) in enumerate(((_("In"), box.inputs), (_("Out"), box.outputs))):
        said = Truncator(" ".join(text.split()) or "–").chars(LINE - len(name))
        texts.append(_text(x + 12, y + 66 + 18 * at, f"{name}: {said}"))
    frame = _shape("rect", "dot", x=_n(x), y=_n(y), width=WIDTH, height=HEIGHT, rx=8)
    inner = format_html("{}{}", frame, format_html_join("", "{}", ((text,) for text in texts)))
    return format_html(
        '<a href="{}" aria-label="{}"><title>{}</title>{}</a>', box.url, box.said, box.said, inner
    )


def _drawing(title: str, said: str, width: float, height: float, inner: SafeString) -> SafeString:
    key = hashlib.sha256(f"{title}\n{said}".encode()).hexdigest()[:10]
    # a group and no picture: its links are for the keyboard and for who listens too
    return format_html(
        '<svg class="process-map" viewBox="0 0 {w} {h}" width="{w}" height="{h}" font-family="Inter, sans-serif"'
        ' font-size="12" font-weight="500" role="group" aria-labelledby="t{key}" aria-describedby="d{key}">'
        '<title id="t{key}">{title}</title><desc id="d{key}">{said}</desc>{inner}</svg>',
        w=_n(width + 2), h=_n(height), key=key, title=title, said=said, inner=inner,
    )  # fmt: skip


def _shape(name: str, css: str, **place: object) -> SafeString:
    attributes = {**place, **paint(css)}
    return format_html('<{} class="{}"{}/>', name, css, format_html_join("", ' {}="{}"', attributes.items()))


def _text(x: float, y: float, words: str, css: str = "") -> SafeString:
    attributes = {"x": _n(x), "y": _n(y), **paint(css)}
    return format_html(
        '<text class="{}"{}>{}</text>', css, format_html_join("", ' {}="{}"', attributes.items()), words
    )


def _n(number: float) -> str:
    """A coordinate without a needless fraction."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
