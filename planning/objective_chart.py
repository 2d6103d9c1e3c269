"""The target of an objective against what was measured, as a drawing with its figures in words (6.2).

Pure: from an aim and its values to SVG, the same for the page and for the evidence pack. Colours are classes and attributes
(`aims.pages.paint`); there is no style attribute and no script.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from aims.pages.paint import paint
from planning.progress import Aim, expected

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 190, 10, 470, 16, 150
Value = tuple[date, Decimal, str]  # day, value, where it comes from
Axis = Callable[[date], float]
Scale = Callable[[Decimal], float]


@dataclass(frozen=True)
class Course:
    """What is drawn: the aim, the values in their order, and today."""

    title: str
    aim: Aim
    values: Sequence[Value]
    unit: str
    today: date

    def said(self, value: Decimal) -> str:
        """A value with its unit, without needless zeros."""
        return f"{plain(value)} {self.unit}".strip()

    @property
    def told(self) -> str:
        """The drawing in words: every value, then the target with its date."""
        parts = [f"{short(day)}: {self.said(value)}" for day, value, _source in self.values]
        if self.aim.baseline is not None:
            parts.insert(0, _("baseline {value}").format(value=self.said(self.aim.baseline)))
        if self.aim.target is not None and self.aim.due:
            words = _("target {value} by {day}")
            parts.append(words.format(value=self.said(self.aim.target), day=short(self.aim.due)))
        return "; ".join(parts) + "." if parts else _("Nothing to show yet.")


def plain(value: Decimal) -> str:
    """A number without needless zeros and without an exponent."""
    return f"{value.normalize():f}"


def short(day: date) -> str:
    """A day in a few letters."""
    return date_format(day, pgettext("date format", "j M Y"))


def drawn(course: Course) -> SafeString:
    """The chart: a dashed even course to the target, the values as a line, the last one filled."""
    days, across = _days(course), _scale(course)
    parts = [
        _shape("line", "l-axis", x1=0, x2=RIGHT + 10, y1=BOTTOM + 10, y2=BOTTOM + 10),
        *_planned(course, days, across),
        *_actual(course, days, across),
        *_dates(course, days),
    ]
    key = hashlib.sha256(f"{course.title}\n{course.told}".encode()).hexdigest()[:10]
    return format_html(
        '<svg class="course" viewBox="0 0 {w} {h}" font-family="Inter, sans-serif" font-size="12" font-weight="500"'
        ' role="img" aria-labelledby="t{key} d{key}">'
        '<title id="t{key}">{title}</title><desc id="d{key}">{told}</desc>{inner}</svg>',
        w=WIDTH, h=HEIGHT, key=key, title=course.title, told=course.told,
        inner=format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def figures(course: Course) -> list[list[str]]:
    """The same as rows: day, measured, planned on that day, where it comes from."""
    rows = []
    for day, value, source in course.values:
        planned = expected(course.aim, day)
        rows.append(
            [
                short(day),
                course.said(value),
                plain(round(planned, 2)) if planned is not None else "–",
                source or "–",
            ]
        )
    return rows


def _days(course: Course) -> Axis:
    """Where a day stands: from the beginning to the date of the target, or to what was measured after it."""
    ends = [course.aim.begun, course.today, *(day for day, _value, _source in course.values)]
    ends += [course.aim.due] if course.aim.due else []
    first, whole = min(ends), max((max(ends) - min(ends)).days, 1)
    return lambda day: LEFT + (RIGHT - LEFT) * (day - first).days / whole


def _scale(course: Course) -> Scale:
    """Where a value stands, the lowest at the bottom."""
    known = [value for _day, value, _source in course.values]
    known += [value for value in (course.aim.baseline, course.aim.target) if value is not None]
    low, high = min(known, default=Decimal(0)), max(known, default=Decimal(1))
    span = (high - low) or Decimal(1)
    return lambda value: float(BOTTOM - (value - low) / span * (BOTTOM - TOP))


def _planned(course: Course, days: Axis, across: Scale) -> list[SafeString]:
    """The even course from the baseline to the target; without a baseline the target as a level."""
    aim = course.aim
    if aim.target is None:
        return []
    end = (days(aim.due) if aim.due else float(RIGHT), across(aim.target))
    start = (days(aim.begun), across(aim.baseline)) if aim.baseline is not None else (float(LEFT), end[1])
    line = _shape("line", "l-target", x1=start[0], y1=start[1], x2=end[0], y2=end[1])
    return [line, _text(RIGHT + 14, end[1] + 4, _("Target {value}").format(value=course.said(aim.target)))]


def _actual(course: Course, days: Axis, across: Scale) -> list[SafeString]:
    """What was measured."""
    spots = [(days(day), across(value)) for day, value, _source in course.values]
    if not spots:
        return []
    way = " ".join(f"{_n(x)},{_n(y)}" for x, y in spots)
    dots = [_shape("circle", "dot", cx=x, cy=y, r=3.5) for x, y in spots[:-1]]
    x, y = spots[-1]
    last = _text(x, y - 9 if y > TOP + 12 else y + 18, plain(course.values[-1][1]), "strong", "middle")
    return [
        _shape("polyline", "l-main", points=way),
        *dots,
        _shape("circle", "dot now", cx=x, cy=y, r=3.5),
        last,
    ]


def _dates(course: Course, days: Axis) -> list[SafeString]:
    """The beginning, today and the date of the target below the axis."""
    at = days(course.today)
    drawn_ = [
        _shape("line", "l-axis", x1=at, x2=at, y1=TOP, y2=BOTTOM + 10),
        _text(0, HEIGHT - 12, short(course.aim.begun)),
    ]
    if course.aim.due:
        drawn_.append(_text(days(course.aim.due), HEIGHT - 12, short(course.aim.due), anchor="end"))
    return drawn_


def _shape(name: str, css: str, **place: float | str) -> SafeString:
    values = {key: _n(value) if isinstance(value, int | float) else value for key, value in place.items()}
    return format_html(
        '<{} class="{}"{}/>', name, css, format_html_join("", ' {}="{}"', {**values, **paint(css)}.items())
    )


def _text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> SafeString:
    attributes = {"x": _n(x), "y": _n(y), "text-anchor": anchor, **paint(css)}
    return format_html(
        '<text class="{}"{}>{}</text>', css, format_html_join("", ' {}="{}"', attributes.items()), words
    )


def _n(number: float) -> str:
    """A coordinate without a needless fraction."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
