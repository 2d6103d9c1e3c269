"""Charts as SVG, made by the server: pure functions from numbers to markup.

The same markup stands in pages (app.css, pages.css) and in the evidence pack (pack.css): colours and
weights are classes, no style attribute (the content security policy forbids it) and no script. Each has
a title and a description that say the figures in words, so that nothing is told by colour alone.
The same numbers always give the same bytes: ids are made from the words of the chart.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from aims.pages.paint import MUTED, paint
from aims.pages.templatetags.marks import BANDS

Words = str | Promise
Band = Callable[[int, int], tuple[int, str]]

COVERAGE_LEGEND: Final[list[dict[str, Words]]] = [
    {"label": gettext_lazy("Ready"), "tone": "ok"},
    {"label": gettext_lazy("Partly"), "tone": "warn"},
    {"label": gettext_lazy("Nothing yet"), "tone": "bad"},
]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many requirements of a clause are ready, partly answered, or have nothing."""

    number: str
    name: Words
    ready: int
    partly: int
    nothing: int

    @property
    def total(self) -> int:
        """All requirements of the clause."""
        return self.ready + self.partly + self.nothing


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: words, a number, and the tone of its colour (`ok warn bad info seal accent idle`)."""

    label: Words
    value: float
    tone: str = "accent"


@dataclass(frozen=True, slots=True)
class Marker:
    """A pin on the risk matrix: one or two signs, its place, what it stands for; `now` fills it."""

    sign: str
    likelihood: int
    consequence: int
    name: Words
    now: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """A measurement: the words under the axis (a date) and the value."""

    label: Words
    value: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line to stay above or below: `kind` is `target`, `warn` or `alarm`."""

    kind: str
    value: float
    label: Words


def _n(number: float) -> str:
    """A coordinate, without a needless fraction and never with a decimal comma."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _drawing(title: Words, told: str, attributes: SafeString, inner: SafeString) -> SafeString:
    key = hashlib.sha256(f"{title}\n{told}\n{attributes}".encode()).hexdigest()[:10]
    return format_html(
        '<svg {} font-family="Inter, sans-serif" font-size="12" font-weight="500" role="img"'
        ' aria-labelledby="t{key} d{key}"><title id="t{key}">{}</title>'
        '<desc id="d{key}">{}</desc>{}</svg>',
        attributes,
        title,
        told,
        inner,
        key=key,
    )


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _attributes(values: Mapping[str, object]) -> SafeString:
    """Numbers become coordinates, words (such as "38%") stay."""
    parts = (
        (key.replace("_", "-"), _n(value) if isinstance(value, int | float) else value)
        for key, value in values.items()
    )
    return format_html_join("", ' {}="{}"', parts)


def _shape(name: str, css: str, **place: object) -> SafeString:
    """An element with its class, and the same colours for where no stylesheet reaches."""
    return format_html('<{} class="{}"{}/>', name, css, _attributes({**place, **paint(css)}))


def _text(x: float | str, y: float, words: object, css: str = "", anchor: str = "start") -> SafeString:
    place = {"x": x, "y": y, "text-anchor": anchor}
    return format_html('<text class="{}"{}>{}</text>', css, _attributes({**place, **paint(css)}), words)


def _sentence(parts: Sequence[str]) -> str:
    return "; ".join(parts) + "." if parts else gettext("Nothing to show yet.")


# ── Coverage ─────────────────────────────────────────────────────────────


def _stack(
    y: float, height: float, start: float, width: float, parts: Sequence[tuple[str, float]]
) -> SafeString:
    """Parts side by side from `start` over `width`, both in percent of the drawing."""
    total = sum(value for _tone, value in parts) or 1
    pieces, x = [], start
    for tone, value in parts:
        span = width * value / total
        if value:
            pieces.append(
                _shape("rect", f"f-{tone}", x=f"{_n(x)}%", y=y, width=f"{_n(span)}%", height=height)
            )
        x += span
    return _join(pieces)


def _told(row: Coverage) -> str:
    words = gettext("{clause}: {ready} of {total} ready, {partly} partly, {nothing} with nothing")
    return words.format(
        clause=f"{row.number} {row.name}",
        ready=row.ready,
        total=row.total,
        partly=row.partly,
        nothing=row.nothing,
    )


def _coverage_row(y: float, row: Coverage) -> SafeString:
    parts = [("ok", row.ready), ("warn", row.partly), ("bad", row.nothing)]
    return _join(
        [
            _text(0, y + 10, row.number, "strong"),
            _text(24, y + 10, row.name),
            _stack(y, 12, 38, 46, parts),
            _text("100%", y + 10, f"{row.ready} / {row.total}", anchor="end"),
        ]
    )


def coverage(title: Words, rows: Sequence[Coverage]) -> SafeString:
    """A row per clause: its number and name, ready, partly and nothing as one bar, "14 / 15"."""
    inner = _join([_coverage_row(6 + 26 * index, row) for index, row in enumerate(rows)])
    height = format_html('height="{}"', max(1, 26 * len(rows)))
    return _drawing(title, _sentence([_told(row) for row in rows]), height, inner)


def coverage_figures(rows: Sequence[Coverage]) -> dict[str, Any]:
    """The same figures as a table, for `components/chart.html`."""
    return {
        "caption": gettext("Coverage per clause"),
        "head": [gettext("Clause"), gettext("Ready"), gettext("Partly"), gettext("Nothing yet")],
        "rows": [[f"{row.number} {row.name}", row.ready, row.partly, row.nothing] for row in rows],
    }


def coverage_bar(title: Words, parts: Sequence[Bar]) -> SafeString:
    """One bar over the whole width, its parts one after the other (controls in place, partly, planned)."""
    told = _sentence([f"{localize(part.value)} {part.label}" for part in parts])
    drawn = _stack(0, 14, 0, 100, [(part.tone, part.value) for part in parts])
    return _drawing(title, told, SafeString('height="14"'), drawn)


# ── Bars ─────────────────────────────────────────────────────────────────


def _bar(y: float, item: Bar, longest: float) -> SafeString:
    width = f"{_n(50 * item.value / longest)}%"
    drawn = _shape("rect", f"f-{item.tone}", x="38%", y=y, width=width, height=14, rx=3) if item.value else ""
    return format_html(
        "{}{}{}",
        _text(0, y + 11, item.label),
        drawn,
        _text("100%", y + 11, localize(item.value), "strong", "end"),
    )


def bars(title: Words, items: Sequence[Bar]) -> SafeString:
    """A horizontal bar per item, the longest as long as there is room: open actions by age."""
    longest = max((item.value for item in items), default=0) or 1
    inner = _join([_bar(7 + 28 * index, item, longest) for index, item in enumerate(items)])
    told = _sentence([f"{item.label}: {localize(item.value)}" for item in items])
    return _drawing(title, told, format_html('height="{}"', max(1, 28 * len(items))), inner)


# ── Risk matrix ──────────────────────────────────────────────────────────

CELL_W, CELL_H, LEFT, TOP = 62, 44, 34, 6


def usual_band(likelihood: int, consequence: int) -> tuple[int, str]:
    """Level (likelihood × consequence) and band of a 1-to-5 scale: 5 medium, 10 high, 16 critical."""
    level = likelihood * consequence
    if level >= 16:
        return level, "critical"
    return level, "high" if level >= 10 else "medium" if level >= 5 else "low"


def _centre(likelihood: int, consequence: int, size: int) -> tuple[float, float]:
    return LEFT + CELL_W * (consequence - 0.5), TOP + CELL_H * (size - likelihood + 0.5)


def _cell(x: float, y: float, level: int, name: str) -> SafeString:
    corner = {"x": x - CELL_W / 2 + 1, "y": y - CELL_H / 2 + 1, "width": CELL_W - 2, "height": CELL_H - 2}
    number = _text(x - CELL_W / 2 + 8, y - CELL_H / 2 + 16, level, "cell-no")
    return _shape("rect", f"b-{name}", **corner, rx=4) + number


def _cells(size: int, wide: int, band: Band) -> SafeString:
    scale = range(1, size + 1)
    return _join(
        [_cell(*_centre(up, along, size), *band(up, along)) for up in scale for along in range(1, wide + 1)]
    )


def _axes(size: int, wide: int) -> SafeString:
    bottom, middle = TOP + CELL_H * size, TOP + CELL_H * size / 2
    along = [
        _text(_centre(1, step, size)[0], bottom + 16, step, anchor="middle") for step in range(1, wide + 1)
    ]
    up = [_text(22, _centre(step, 1, size)[1] + 4, step, anchor="middle") for step in range(1, size + 1)]
    turned = format_html(
        '<text fill="{2}" x="9" y="{0}" text-anchor="middle" transform="rotate(-90 9 {0})">{1}</text>',
        _n(middle),
        gettext("Likelihood"),
        MUTED,
    )
    under = _text(LEFT + CELL_W * wide / 2, bottom + 34, gettext("Consequence"), anchor="middle")
    return _join([*along, *up, turned, under])


def _places(markers: Sequence[Marker], size: int) -> list[tuple[Marker, float, float]]:
    """Pins of one cell stand side by side, never one on the other; one alone stands beside the number."""
    placed = []
    for marker in markers:
        mates = [
            m for m in markers if (m.likelihood, m.consequence) == (marker.likelihood, marker.consequence)
        ]
        room = min(22.0, (CELL_W - 26) / max(1, len(mates) - 1))
        shift = (mates.index(marker) - (len(mates) - 1) / 2) * room if len(mates) > 1 else 8
        x, y = _centre(marker.likelihood, marker.consequence, size)
        placed.append((marker, x + shift, y + 2))
    return placed


def _pin(marker: Marker, x: float, y: float) -> SafeString:
    css = " now" if marker.now else ""
    circle = _shape("circle", f"pin{css}", cx=x, cy=y, r=11)
    return circle + _text(x, y + 4, marker.sign, f"pin-t{css}", "middle")


def _said(marker: Marker, level: int, name: str) -> str:
    words = gettext("{name}: level {level} {band}, likelihood {likelihood}, consequence {consequence}")
    return words.format(
        name=marker.name,
        level=level,
        band=BANDS.get(name, name),
        likelihood=marker.likelihood,
        consequence=marker.consequence,
    )


def matrix(
    title: Words,
    markers: Sequence[Marker],
    size: int | tuple[int, int] = 5,
    band: Band = usual_band,
    connected: bool = True,
) -> SafeString:
    """Likelihood × consequence with pins; `band(likelihood, consequence)` gives a cell's level and band.

    `size` is how many steps the scales have: both, or likelihood and consequence apart.

    `connected` draws a dashed way through the pins in their order (inherent, residual, target); a matrix of
    a whole register sets it to False and uses numbers of risks as signs.
    """
    up, wide = (size, size) if isinstance(size, int) else size
    placed = _places(markers, up)
    steps = " L".join(f"{_n(x)} {_n(y)}" for _marker, x, y in placed)
    way = _shape("path", "path", d=f"M{steps}") if connected and len(placed) > 1 else SafeString("")
    told = _sentence([_said(marker, *band(marker.likelihood, marker.consequence)) for marker in markers])
    box = format_html('class="matrix" viewBox="0 0 {} {}"', LEFT + CELL_W * wide + 4, TOP + CELL_H * up + 42)
    pins = _join([_pin(*place) for place in placed])
    return _drawing(title, told, box, _join([_cells(up, wide, band), _axes(up, wide), way, pins]))


# ── Line ─────────────────────────────────────────────────────────────────

LINE_W, LINE_H, LINE_RIGHT, LINE_TOP, LINE_BOTTOM = 262, 94, 212, 12, 68


def _scale(values: Sequence[float]) -> Callable[[float], float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = (high - low) or 1.0
    return lambda value: LINE_BOTTOM - (value - low) / span * (LINE_BOTTOM - LINE_TOP)


def _limits(lines: Sequence[Threshold], at: Callable[[float], float]) -> SafeString:
    """Threshold lines with their values at the right, pushed apart where they would touch."""
    parts, last = [], -math.inf
    for limit in sorted(lines, key=lambda line: -line.value):
        y = at(limit.value)
        last = max(y + 4, last + 13)
        parts.append(_shape("line", f"l-{limit.kind}", x1=0, x2=LINE_RIGHT + 8, y1=y, y2=y))
        parts.append(_text(LINE_W, last, localize(limit.value), anchor="end"))
    return _join(parts)


def _curve(points: Sequence[Point], at: Callable[[float], float]) -> SafeString:
    step = (LINE_RIGHT - 8) / max(1, len(points) - 1)
    spots = [(8 + step * index, at(point.value)) for index, point in enumerate(points)]
    way = _shape("polyline", "l-main", points=" ".join(f"{_n(x)},{_n(y)}" for x, y in spots))
    dots = [_shape("circle", "dot", cx=x, cy=y, r=3.5) for x, y in spots[:-1]]
    last = _shape("circle", "dot now", cx=spots[-1][0], cy=spots[-1][1], r=3.5)
    ends = [_text(0, 90, points[0].label)]
    if len(points) > 1:
        ends.append(_text(spots[-1][0] + 4, 90, points[-1].label, anchor="end"))
    return _join([way, *dots, last, *ends])


def line(
    title: Words,
    points: Sequence[Point],
    thresholds: Sequence[Threshold] = (),
    unit: str = "",
    span: Sequence[float] = (),
) -> SafeString:
    """Measurements in their order with the lines they should keep to (9.1); the last one is filled.

    `span` are values that the scale must hold too, so that charts side by side can be compared.
    """
    at = _scale([point.value for point in points] + [limit.value for limit in thresholds] + [*span])
    axis = _shape("line", "l-axis", x1=0, x2=LINE_W, y1=76, y2=76)
    told = [f"{point.label}: {localize(point.value)} {unit}".strip() for point in points]
    told += [f"{limit.label} {localize(limit.value)} {unit}".strip() for limit in thresholds]
    box = format_html('class="line small" viewBox="0 0 {} {}"', LINE_W, LINE_H)
    curve = _curve(points, at) if points else SafeString("")
    return _drawing(title, _sentence(told), box, _join([axis, _limits(thresholds, at), curve]))


# ── Donut ────────────────────────────────────────────────────────────────


def donut(title: Words, part: int, total: int, tone: str = "ok") -> SafeString:
    """How much of a whole is done, with the figure in the middle; an empty whole shows an empty ring."""
    share, ring = part / total if total else 0.0, 2 * math.pi * 50
    circle = {"cx": 60, "cy": 60, "r": 50}
    inner = [_shape("circle", "d-track", **circle)]
    if share > 0:
        dash, turn = f"{_n(ring * share)} {_n(ring)}", "rotate(-90 60 60)"
        inner.append(_shape("circle", f"d-part s-{tone}", **circle, stroke_dasharray=dash, transform=turn))
    inner.append(_text(60, 64, f"{math.floor(100 * share)} %", "d-number", "middle"))  # 99.6 % is not yet all
    inner.append(_text(60, 82, f"{part} / {total}", anchor="middle"))
    told = gettext("{part} of {total}.").format(part=part, total=total)
    return _drawing(title, told, SafeString('class="donut" viewBox="0 0 120 120"'), _join(inner))
