"""The fishbone of a nonconformity (Ishikawa): kinds of causes as bones, the root cause as its head; drawn as SVG (10.2-b).

The same causes always give the same bytes. Colours are classes of static/pages.css and attributes beside them, as in
`aims.pages.svg`; the description says every cause in words, and the page shows them as a list as well.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.pages.paint import paint
from aims.records.display import first_letter_up
from improvement.models import Branch, Cause

STEP, LINE, GAP, LEAN = (
    200,
    15,
    16,
    62 / 112,
)  # between bones; of text; between causes; of a bone, x for each y
LETTERS, LINES, LEAST = 23, 3, 96  # of a cause; the length of a bone at least
HEAD, HEAD_LINE, HEAD_LETTERS, HEAD_LINES = 180, 19, 22, 6


@dataclass(frozen=True)
class Bone:
    """One kind of causes: its name and its causes, each as the lines that are drawn."""

    name: str
    causes: tuple[tuple[str, ...], ...]

    @property
    def length(self) -> int:
        """How tall it must be for its causes."""
        return max(LEAST, sum(len(lines) * LINE + GAP for lines in self.causes) + 24)


def branches(causes: Iterable[Cause]) -> list[tuple[str, list[str]]]:
    """The causes by their kind, in the order of the kinds; whys are no bones."""
    found: dict[str, list[str]] = {}
    for cause in causes:
        found.setdefault(cause.branch, []).append(cause.text)
    return [(first_letter_up(str(label)), found[code]) for code, label in Branch.choices if code in found]


def fishbone(causes: Iterable[Cause], head: str) -> SafeString | None:
    """The drawing, or None where no cause stands on a bone."""
    known = branches(causes)
    if not known:
        return None
    bones = [Bone(name, tuple(lines_of(text) for text in texts)) for name, texts in known]
    above, below = bones[0::2], bones[1::2]
    spine = 34 + max((bone.length for bone in above), default=0)
    foot = max((bone.length for bone in below), default=30) + 34
    left = 134 + round(max(bone.length for bone in bones) * LEAN)  # room for the words of the first bone
    width = left + STEP * len(above) - (STEP - 40 if len(below) < len(above) else STEP // 2 - 40)
    drawn = [
        _spine(spine, width),
        *(_bone(bone, STEP * at + left, spine, -1) for at, bone in enumerate(above)),
        *(_bone(bone, STEP * at + left + STEP // 2, spine, 1) for at, bone in enumerate(below)),
        _head(head or _("Root cause not found yet"), width + 6, spine),
    ]
    return _drawing(known, head, (width + HEAD + 10, spine + foot), drawn)


def lines_of(text: str) -> tuple[str, ...]:
    """A cause in at most three short lines; the list below the drawing has the rest."""
    lines = wrap(text, LETTERS)
    return (
        (*lines[: LINES - 1], Truncator(" ".join(lines[LINES - 1 :])).chars(LETTERS))
        if len(lines) > LINES
        else tuple(lines)
    )


def _drawing(
    known: Sequence[tuple[str, list[str]]], head: str, size: tuple[int, int], drawn: Sequence[SafeString]
) -> SafeString:
    told = [f"{name}: {', '.join(texts)}" for name, texts in known]
    words = ". ".join([*told, _("Root cause: %(cause)s") % {"cause": head or "–"}])
    key = hashlib.sha256(words.encode()).hexdigest()[:10]
    return format_html(
        '<svg class="off-phone" viewBox="0 0 {} {}" font-family="Inter, sans-serif" font-size="12"'
        ' font-weight="500" role="img" aria-labelledby="t{key} d{key}"><title id="t{key}">{}</title>'
        '<desc id="d{key}">{}</desc>{}</svg>',
        *size,
        _("Cause and effect diagram"),
        words,
        format_html_join("", "{}", ((part,) for part in drawn)),
        key=key,
    )


def _path(way: str) -> SafeString:
    return format_html('<path class="l-bone" d="{}"{}/>', way, _painted("l-bone"))


def _text(x: float, y: float, words: str, css: str = "", anchor: str = "end") -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}"{}>{}</text>',
        css,
        round(x),
        round(y),
        anchor,
        _painted(css),
        words,
    )


def _painted(css: str) -> SafeString:
    return format_html_join("", ' {}="{}"', paint(css).items())


def _spine(y: int, width: int) -> SafeString:
    return _path(f"M10 {y}H{width}") + _path(f"M{width - 8} {y - 6}L{width + 2} {y}L{width - 8} {y + 6}")


def _head(text: str, x: int, y: int) -> SafeString:
    lines = wrap(Truncator(text).chars(HEAD_LETTERS * HEAD_LINES), HEAD_LETTERS)[:HEAD_LINES]
    height = len(lines) * HEAD_LINE + 30
    box = format_html(
        '<rect class="f-idle" x="{}" y="{}" width="{}" height="{}" rx="8"{}/>',
        x,
        y - height // 2,
        HEAD,
        height,
        _painted("f-idle"),
    )
    first = y - (len(lines) - 1) * HEAD_LINE / 2 + 4
    rows = (
        _text(x + HEAD / 2, first + at * HEAD_LINE, line, "strong", "middle") for at, line in enumerate(lines)
    )
    return box + format_html_join("", "{}", ((row,) for row in rows))


def _bone(bone: Bone, x: int, spine: int, side: int) -> SafeString:
    """A bone that leaves the spine at `x`, upwards (-1) or downwards (1), with its name at its end."""
    end, away = spine + side * bone.length, x - bone.length * LEAN
    parts = [
        _path(f"M{x} {spine}L{round(away)} {end}"),
        _text(away, end + (18 if side > 0 else -8), bone.name, "strong", "middle"),
    ]
    reached = 20
    for lines in bone.causes:
        parts.append(_cause(lines, x, spine, side, reached))
        reached += len(lines) * LINE + GAP
    return format_html_join("", "{}", ((part,) for part in parts))


def _cause(lines: tuple[str, ...], x: int, spine: int, side: int, reached: float) -> SafeString:
    """A cause, its lines beside the bone at their middle, with a short stroke to it."""
    tall = len(lines) * LINE
    middle = spine + side * (reached + tall / 2)
    at = x - (reached + tall / 2) * LEAN
    first = middle - tall / 2 + LINE - 4
    rows = (_text(at - 10, first + LINE * number, line) for number, line in enumerate(lines))
    return format_html_join("", "{}", ((row,) for row in rows)) + _path(
        f"M{round(at - 6)} {round(middle)}H{round(at)}"
    )
