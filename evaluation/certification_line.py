"""The cycle of a certificate as a drawing: its dates on one line, today, and how each stands."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.pages.paint import paint
from evaluation.certification import Milestone

WIDTH, SIDE, LINE, ROW = 920, 70, 92, 30
APART = 118  # between two labels on one side; nearer ones take another row


def line(rows: Sequence[Milestone], today: date) -> SafeString:
    """The drawing. Labels stand above and below in turn, so that neighbours leave each other room."""
    days = [row.day for row in rows if row.day]
    first, last = min(*days, today), max(*days, today)
    span = max((last - first).days, 1)

    def at(day: date) -> float:
        return SIDE + (WIDTH - 2 * SIDE) * (day - first).days / span

    drawn = [_rule(SIDE, WIDTH - SIDE), _today(at(today))]
    drawn += [
        _milestone(row, at(row.day), place, today)
        for row, place in zip(rows, _places(rows, at), strict=True)
        if row.day
    ]
    told = ". ".join(f"{row.label}: {_said(row.day)}" for row in rows if row.day)
    key = hashlib.sha256(told.encode()).hexdigest()[:10]
    return format_html(
        '<svg class="cycle" viewBox="0 0 {} {}" font-family="Inter, sans-serif" font-size="12" font-weight="500"'
        ' role="img" aria-labelledby="t{key} d{key}"><title id="t{key}">{}</title><desc id="d{key}">{}</desc>{}</svg>',
        WIDTH,
        2 * LINE + 8,
        _("Dates of the certification cycle"),
        told,
        format_html_join("", "{}", ((part,) for part in drawn)),
        key=key,
    )


def _places(rows: Sequence[Milestone], at: Callable[[date], float]) -> list[int]:
    """For each date its row of words: 1 and 2 above, -1 and -2 below; the nearest to the line that is free."""
    ends: dict[int, float] = {}
    places = []
    for number, row in enumerate(rows):
        x = at(row.day or date.min)
        side = 1 if number % 2 == 0 else -1
        order = (side, -side, 2 * side, -2 * side)
        place = next((one for one in order if x - ends.get(one, -APART) >= APART), order[-1])
        ends[place] = x
        places.append(place)
    return places


def _milestone(row: Milestone, x: float, place: int, today: date) -> SafeString:
    """A mark, its words and its day; never the colour alone: what is done is filled, what is late is a square."""
    tone = row.tone(today)
    reach = ROW * abs(place) - 6
    y = LINE - reach if place > 0 else LINE + reach + 8
    words = _text(x, y - 8 if place > 0 else y + 2, row.label, "strong")
    day = _text(x, y + 6 if place > 0 else y + 16, _said(row.day))
    stem = format_html(
        '<line class="l-axis" x1="{x}" x2="{x}" y1="{}" y2="{}"{}/>',
        LINE,
        y + 10 if place > 0 else y - 10,
        _painted("l-axis"),
        x=round(x),
    )
    return format_html("{}{}{}{}", stem, _mark(x, tone), words, day)


def _mark(x: float, tone: str) -> SafeString:
    css = f"f-{tone}"
    if tone == "bad":
        return format_html(
            '<rect class="{}" x="{}" y="{}" width="14" height="14" rx="2"{}/>',
            css,
            round(x) - 7,
            LINE - 7,
            _painted(css),
        )
    return format_html('<circle class="{}" cx="{}" cy="{}" r="7"{}/>', css, round(x), LINE, _painted(css))


def _rule(start: float, end: float) -> SafeString:
    css = "l-axis"
    return format_html(
        '<line class="{}" x1="{}" x2="{}" y1="{y}" y2="{y}"{}/>', css, start, end, _painted(css), y=LINE
    )


def _today(x: float) -> SafeString:
    css = "l-main"
    return format_html(
        '<line class="{}" x1="{x}" x2="{x}" y1="{}" y2="{}"{}/>',
        css,
        LINE - 14,
        LINE + 14,
        _painted(css),
        x=round(x),
    )


def _text(x: float, y: float, words: str, css: str = "") -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="middle"{}>{}</text>',
        css,
        round(x),
        round(y),
        _painted(css),
        words,
    )


def _painted(css: str) -> SafeString:
    """The same colours where no stylesheet reaches (the pack)."""
    return format_html_join(
        "", ' {}="{}"', ((name.replace("_", "-"), value) for name, value in paint(css).items())
    )


def _said(day: date | None) -> str:
    return date_format(day, pgettext("date format", "j M Y")) if day else ""
