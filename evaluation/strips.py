"""A strip of time for a requirement: when its records happened in thirteen months, and the weeks before the audit."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from aims.pages.paint import LINE, MARKS, MUTED
from aims.schedule.dates import add_months

MONTHS, WIDTH, HEIGHT, MIDDLE = 13, 520, 44, 12
WINDOW = timedelta(days=21)


def strip(
    title: str, days: Iterable[tuple[date, int]], until: date, end: date, tone: str = "accent"
) -> SafeString:
    """Dots for days, the larger the more happened; what is older than thirteen months is told in words only.

    The strip ends with `until`; the three weeks before `end` are shaded as far as they are on it.

    The same days give the same bytes. The colours stand in attributes too, for where no stylesheet reaches.
    """
    start, known = add_months(until, -MONTHS), sorted(days)
    span = (until - start).days
    dots = [_dot((day - start).days / span, number, tone) for day, number in known if day > start]
    told = _told(known, start)
    key = hashlib.sha256(f"{title}{told}{until}".encode()).hexdigest()[:10]
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" font-family="Inter, sans-serif" font-size="13" role="img"'
        ' aria-labelledby="t{} d{}"><title id="t{}">{}</title><desc id="d{}">{}</desc>{}{}{}{}</svg>',
        *(WIDTH, HEIGHT, key, key, key, title, key, told),
        _zone((end - WINDOW - start).days / span),
        format_html(
            '<line class="l-axis" stroke="{}" x1="0" x2="{}" y1="{}" y2="{}"/>', LINE, WIDTH, MIDDLE, MIDDLE
        ),
        format_html_join("", "{}", ((mark,) for mark in _months(start, until, span))),
        format_html_join("", "{}", ((dot,) for dot in dots)),
    )


def _zone(begins: float) -> SafeString:
    """The three weeks before the audit."""
    x = round(min(max(begins, 0), 1) * WIDTH, 1)
    return format_html(
        '<rect class="zone" fill="{}" x="{}" y="0" width="{}" height="24" rx="2"/>',
        LINE,
        x,
        round(WIDTH - x, 1),
    )


def _dot(place: float, number: int, tone: str) -> SafeString:
    return format_html(
        '<circle class="f-{}" fill="{}" cx="{}" cy="{}" r="{}" fill-opacity=".75"/>',
        *(tone, MARKS[tone], round(min(max(place * WIDTH, 6), WIDTH - 6), 1), MIDDLE, min(4 + number / 2, 8)),
    )


def _months(start: date, until: date, span: int) -> Iterable[SafeString]:
    """Every third month's name under the line."""
    for number in range(1, MONTHS + 1, 3):
        first = add_months(start, number).replace(day=1)
        place = (first - start).days / span
        if 0.02 < place < 0.86:
            name = date_format(first, pgettext("date format", "M Y"))
            yield format_html(
                '<text fill="{}" x="{}" y="{}">{}</text>', MUTED, round(place * WIDTH, 1), HEIGHT - 6, name
            )


def _told(days: list[tuple[date, int]], start: date) -> str:
    """The same in words: nothing is told by the drawing alone."""
    if not days:
        return _("Nothing happened.")
    number = sum(count for day, count in days if day > start)
    first, last = (date_format(day, pgettext("date format", "j F Y")) for day in (days[0][0], days[-1][0]))
    counted = ngettext("%(n)s record in 13 months", "%(n)s records in 13 months", number) % {"n": number}
    return _("%(counted)s, the first on %(first)s, the last on %(last)s.") % {
        "counted": counted,
        "first": first,
        "last": last,
    }
