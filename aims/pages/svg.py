"""Charts as SVG, made by the server: pure functions from numbers to markup.

The same markup stands in pages (app.css, pages.css) and in the evidence pack (pack.css): colours and
weights are classes, no style attribute (the content security policy forbids it) and no script. Each has
a title and a description that say the figures in words, so that nothing is told by colour alone.
The same numbers always give the same bytes: ids are made from the words of the chart.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

Words = str | Promise

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
        '<svg {} role="img" aria-labelledby="t{key} d{key}"><title id="t{key}">{}</title>'
        '<desc id="d{key}">{}</desc>{}</svg>',
        attributes,
        title,
        told,
        inner,
        key=key,
    )


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _text(x: str, y: float, words: object, css: str = "", anchor: str = "") -> SafeString:
    kind = format_html(' class="{}"', css) if css else ""
    held = format_html(' text-anchor="{}"', anchor) if anchor else ""
    return format_html('<text{} x="{}" y="{}"{}>{}</text>', kind, x, _n(y), held, words)


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
                format_html(
                    '<rect class="f-{}" x="{}%" y="{}" width="{}%" height="{}"/>',
                    tone,
                    _n(x),
                    _n(y),
                    _n(span),
                    _n(height),
                )
            )
        x += span
    return _join(pieces)


def coverage(title: Words, rows: Sequence[Coverage]) -> SafeString:
    """A row per clause: its number and name, ready, partly and nothing as one bar, "14 / 15"."""
    inner = [
        _join(
            [
                _text("0", y + 10, row.number, "strong"),
                _text("24", y + 10, row.name),
                _stack(y, 12, 38, 46, [("ok", row.ready), ("warn", row.partly), ("bad", row.nothing)]),
                _text("100%", y + 10, f"{row.ready} / {row.total}", anchor="end"),
            ]
        )
        for y, row in ((6 + 26 * index, row) for index, row in enumerate(rows))
    ]
    told = _sentence(
        [
            gettext("%(clause)s: %(ready)d of %(total)d ready, %(partly)d partly, %(nothing)d with nothing")
            % {
                "clause": f"{row.number} {row.name}",
                "ready": row.ready,
                "total": row.total,
                "partly": row.partly,
                "nothing": row.nothing,
            }
            for row in rows
        ]
    )
    return _drawing(title, told, format_html('height="{}"', max(1, 26 * len(rows))), _join(inner))


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
    return _drawing(title, told, format_html('height="{}"', 14), drawn)


# ── Bars ─────────────────────────────────────────────────────────────────


def bars(title: Words, items: Sequence[Bar]) -> SafeString:
    """A horizontal bar per item, the longest as long as there is room: open actions by age."""
    longest = max((item.value for item in items), default=0) or 1
    inner = [
        _join(
            [
                _text("0", y + 11, item.label),
                format_html(
                    '<rect class="f-{}" x="38%" y="{}" width="{}%" height="14" rx="3"/>',
                    item.tone,
                    _n(y),
                    _n(50 * item.value / longest),
                )
                if item.value
                else SafeString(""),
                _text("100%", y + 11, localize(item.value), "strong", "end"),
            ]
        )
        for y, item in ((7 + 28 * index, item) for index, item in enumerate(items))
    ]
    told = _sentence([f"{item.label}: {localize(item.value)}" for item in items])
    return _drawing(title, told, format_html('height="{}"', max(1, 28 * len(items))), _join(inner))


# ── Risk matrix ──────────────────────────────────────────────────────────

CELL_W, CELL_H, LEFT, TOP = 62, 44, 34, 6


def usual_band(likelihood: int, consequence: int) -> tuple[int, str]:
    """Level and band of a 1-to-5 scale: level = likelihood × consequence; from 5 medium, 10 high, 16 critical."""
    level = likelihood * consequence
    return level, "critical" if level >= 16 else "high" if level >= 10 else "medium" if level >= 5 else "low"


def _centre(likelihood: int, consequence: int, size: int) -> tuple[float, float]:
    return LEFT + CELL_W * (consequence - 0.5), TOP + CELL_H * (size - likelihood + 0.5)


def _cells(size: int, band: Callable[[int, int], tuple[int, str]]) -> SafeString:
    parts = []
    for likelihood in range(size, 0, -1):
        for consequence in range(1, size + 1):
            x, y = _centre(likelihood, consequence, size)
            level, name = band(likelihood, consequence)
            parts.append(
                format_html(
                    '<rect class="b-{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>',
                    name,
                    _n(x - CELL_W / 2 + 1),
                    _n(y - CELL_H / 2 + 1),
                    CELL_W - 2,
                    CELL_H - 2,
                )
            )
            parts.append(_text(_n(x - CELL_W / 2 + 8), y - CELL_H / 2 + 16, level, "cell-no"))
    return _join(parts)


def _axes(size: int) -> SafeString:
    bottom, middle = TOP + CELL_H * size, TOP + CELL_H * size / 2
    scale = [
        _text(_n(_centre(1, step, size)[0]), bottom + 16, step, anchor="middle")
        for step in range(1, size + 1)
    ]
    scale += [
        _text("22", _centre(step, 1, size)[1] + 4, step, anchor="middle") for step in range(1, size + 1)
    ]
    turned = format_html(
        '<text x="9" y="{0}" text-anchor="middle" transform="rotate(-90 9 {0})">{1}</text>',
        _n(middle),
        gettext("Likelihood"),
    )
    under = _text(_n(LEFT + CELL_W * size / 2), bottom + 34, gettext("Consequence"), anchor="middle")
    return _join([*scale, turned, under])


def _places(markers: Sequence[Marker], size: int) -> list[tuple[Marker, float, float]]:
    """Pins of one cell stand side by side, never one on the other."""
    placed = []
    for marker in markers:
        mates = [
            m for m in markers if (m.likelihood, m.consequence) == (marker.likelihood, marker.consequence)
        ]
        room = min(22.0, (CELL_W - 26) / max(1, len(mates) - 1))
        x, y = _centre(marker.likelihood, marker.consequence, size)
        shift = (mates.index(marker) - (len(mates) - 1) / 2) * room
        placed.append((marker, x + shift, y + 2))
    return placed


def _pin(marker: Marker, x: float, y: float) -> SafeString:
    css = " now" if marker.now else ""
    circle = format_html('<circle class="pin{}" cx="{}" cy="{}" r="11"/>', css, _n(x), _n(y))
    return circle + _text(_n(x), y + 4, marker.sign, f"pin-t{css}", "middle")


def matrix(
    title: Words,
    markers: Sequence[Marker],
    size: int = 5,
    band: Callable[[int, int], tuple[int, str]] = usual_band,
    connected: bool = True,
) -> SafeString:
    """Likelihood × consequence with pins; `band(likelihood, consequence)` gives a cell's level and band.

    `connected` draws a dashed way through the pins in their order (inherent, residual, target); a matrix of
    a whole register sets it to False and uses numbers of risks as signs.
    """
    placed = _places(markers, size)
    way = SafeString("")
    if connected and len(placed) > 1:
        steps = " L".join(f"{_n(x)} {_n(y)}" for _marker, x, y in placed)
        way = format_html('<path class="path" d="M{}"/>', steps)
    told = _sentence(
        [
            gettext(
                "%(name)s: level %(level)s %(band)s, likelihood %(likelihood)s, consequence %(consequence)s"
            )
            % {
                "name": marker.name,
                "level": level,
                "band": gettext(name),
                "likelihood": marker.likelihood,
                "consequence": marker.consequence,
            }
            for marker in markers
            for level, name in [band(marker.likelihood, marker.consequence)]
        ]
    )
    box = format_html(
        'class="matrix" viewBox="0 0 {} {}"', LEFT + CELL_W * size + 4, TOP + CELL_H * size + 42
    )
    pins = _join([_pin(*place) for place in placed])
    return _drawing(title, told, box, _join([_cells(size, band), _axes(size), way, pins]))


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
        label = max(y + 4, last + 13)
        last = label
        parts.append(
            format_html(
                '<line class="l-{}" x1="0" x2="{}" y1="{}" y2="{}"/>',
                limit.kind,
                LINE_RIGHT + 8,
                _n(y),
                _n(y),
            )
        )
        parts.append(_text(_n(LINE_W), label, localize(limit.value), anchor="end"))
    return _join(parts)


def _curve(points: Sequence[Point], at: Callable[[float], float]) -> SafeString:
    step = (LINE_RIGHT - 8) / max(1, len(points) - 1)
    spots = [(8 + step * index, at(point.value)) for index, point in enumerate(points)]
    parts = [
        format_html('<polyline class="l-main" points="{}"/>', " ".join(f"{_n(x)},{_n(y)}" for x, y in spots))
    ]
    for index, (x, y) in enumerate(spots):
        css = "dot now" if index == len(spots) - 1 else "dot"
        parts.append(format_html('<circle class="{}" cx="{}" cy="{}" r="3.5"/>', css, _n(x), _n(y)))
    parts.append(_text("0", 90, points[0].label))
    if len(points) > 1:
        parts.append(_text(_n(spots[-1][0] + 4), 90, points[-1].label, anchor="end"))
    return _join(parts)


def line(
    title: Words, points: Sequence[Point], thresholds: Sequence[Threshold] = (), unit: str = ""
) -> SafeString:
    """Measurements in their order with the lines they should keep to (9.1); the last one is filled."""
    at = _scale([point.value for point in points] + [limit.value for limit in thresholds])
    axis = format_html('<line class="l-axis" x1="0" x2="{}" y1="76" y2="76"/>', LINE_W)
    curve = _curve(points, at) if points else SafeString("")
    told = _sentence(
        [f"{point.label}: {localize(point.value)} {unit}".strip() for point in points]
        + [f"{limit.label} {localize(limit.value)} {unit}".strip() for limit in thresholds]
    )
    box = format_html('class="line small" viewBox="0 0 {} {}"', LINE_W, LINE_H)
    return _drawing(title, told, box, _join([axis, _limits(thresholds, at), curve]))


# ── Donut ────────────────────────────────────────────────────────────────


def donut(title: Words, part: int, total: int, tone: str = "ok") -> SafeString:
    """How much of a whole is done, with the figure in the middle; an empty whole shows an empty ring."""
    share = part / total if total else 0.0
    ring = 2 * math.pi * 50
    shown = f"{math.floor(100 * share)} %"  # 99.6 % is not yet all
    inner = [SafeString('<circle class="d-track" cx="60" cy="60" r="50"/>')]
    if share > 0:
        inner.append(
            format_html(
                '<circle class="d-part s-{}" cx="60" cy="60" r="50" stroke-dasharray="{} {}" transform="rotate(-90 60 60)"/>',
                tone,
                _n(ring * share),
                _n(ring),
            )
        )
    inner.append(_text("60", 64, shown, "d-number", "middle"))
    inner.append(_text("60", 82, f"{part} / {total}", anchor="middle"))
    told = gettext("%(part)d of %(total)d") % {"part": part, "total": total} + "."
    return _drawing(title, told, SafeString('class="donut" viewBox="0 0 120 120"'), _join(inner))
