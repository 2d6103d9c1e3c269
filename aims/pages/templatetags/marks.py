"""Small marks of the interface: icons, chips, bands, people, tags and form widgets.

Every function here is a template tag and a plain function: a view may call it to fill the cells of
`components/table.html`, which includes nothing per cell. All answer escaped HTML (`SafeString`).

A tone says what somebody must do (static/tokens.css): `ok` nothing, `warn` soon, `bad` late or missing,
`info` under way, `seal` provable, `idle` not begun.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from aims.pages.paint import MARKS
from aims.pages.templatetags.words import due_words, freshness_words, initials

register = template.Library()

TONE_ICONS: Final = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
    "info": "circle-dot",
    "seal": "badge-check",
    "idle": "circle-dashed",
}

# Words that states, verdicts and results use in several clauses, with their tone and shape.
# A lifecycle that declares its own tone does not need this table.
STATES: Final[dict[str, tuple[str, str]]] = {
    "draft": ("idle", "circle-dashed"),
    "not_started": ("idle", "circle-dashed"),
    "planned": ("info", "circle-dot"),
    "queued": ("idle", "clock"),
    "open": ("info", "circle-dot"),
    "in_progress": ("info", "circle-dot"),
    "in_review": ("info", "circle-dot"),
    "building": ("info", "loader-circle"),
    "delivered": ("info", "circle-dot"),
    "ready": ("ok", "circle-check"),
    "approved": ("ok", "circle-check"),
    "accepted": ("seal", "badge-check"),
    "signed": ("seal", "badge-check"),
    "locked": ("seal", "lock"),
    "done": ("ok", "circle-check"),
    "closed": ("ok", "circle-check"),
    "effective": ("ok", "circle-check"),
    "implemented": ("ok", "circle-check"),
    "in_place": ("ok", "circle-check"),
    "in_operation": ("ok", "circle-check"),
    "conform": ("ok", "circle-check"),
    "fresh": ("ok", "circle-check"),
    "partly": ("warn", "triangle-alert"),
    "minor": ("warn", "triangle-alert"),
    "opportunity": ("info", "lightbulb"),
    "due_soon": ("warn", "clock"),
    "stale": ("warn", "hourglass"),
    "changed": ("warn", "git-compare"),
    "sent_back": ("warn", "undo-2"),
    "at_risk": ("warn", "triangle-alert"),
    "missing": ("bad", "circle-alert"),
    "major": ("bad", "circle-alert"),
    "overdue": ("bad", "circle-alert"),
    "failed": ("bad", "circle-alert"),
    "refused": ("bad", "ban"),
    "not_accepted": ("bad", "circle-alert"),
    "withdrawn": ("idle", "ban"),
    "cancelled": ("idle", "ban"),
    "retired": ("idle", "archive"),
}

BANDS: Final = {
    "low": gettext_lazy("low"),
    "medium": gettext_lazy("medium"),
    "high": gettext_lazy("high"),
    "critical": gettext_lazy("critical"),
}
_INLINED: ContextVar[bool] = ContextVar("icons are inlined", default=False)
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>', re.DOTALL)


@lru_cache(maxsize=1)
def _sprite() -> str:
    """The sprite's address; constant while the process lives, and asked for once per icon."""
    return static("icons.svg")


@lru_cache(maxsize=1)
def symbols() -> dict[str, str]:
    """The inner SVG of every icon by its name. Raises `FileNotFoundError` without the sprite."""
    path = finders.find("icons.svg")
    if not isinstance(path, str):
        raise FileNotFoundError("static/icons.svg")
    return dict(_SYMBOL.findall(Path(path).read_text(encoding="utf-8")))


@contextmanager
def inlined_icons() -> Iterator[None]:
    """While it lasts, icons bring their own paths and colour: for documents such as the evidence pack."""
    token = _INLINED.set(True)
    try:
        yield
    finally:
        _INLINED.reset(token)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of the sprite. Hidden from screen readers, unless `label` says what it means."""
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    classes = f"icon {css}".strip()
    if _INLINED.get():
        return _inlined(name, classes, said)
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', classes, said, _sprite(), name)


def _inlined(name: str, classes: str, said: SafeString) -> SafeString:
    colour = next((MARKS[word] for word in classes.split() if word in MARKS), MARKS["idle"])
    return format_html(
        '<svg class="{}" {} viewBox="0 0 24 24" fill="none" stroke="{}" stroke-width="2" stroke-linecap="round"'
        ' stroke-linejoin="round">{}</svg>',
        classes,
        said,
        colour,
        mark_safe(symbols().get(name, "")),  # noqa: S308 - our own file
    )


@register.simple_tag
def chip(label: object, tone: str = "idle", shape: str = "", css: str = "") -> SafeString:
    """A shape and a word. Only `warn` and `bad` are tinted, since only they ask for something."""
    tone = tone if tone in TONE_ICONS else "idle"
    classes = " ".join(part for part in ("chip", "" if tone == "idle" else tone, css) if part)
    return format_html('<span class="{}">{}{}</span>', classes, icon(shape or TONE_ICONS[tone], tone), label)


@register.simple_tag
def state_chip(state: str, label: object = "") -> SafeString:
    """The chip of a state, verdict or result (`STATES`); an unknown one is shown quietly."""
    tone, shape = STATES.get(state, ("idle", "circle"))
    return chip(label or state.replace("_", " ").capitalize(), tone, shape)


@register.filter
def tone(state: str) -> str:
    """The tone of a state, for a class name."""
    return STATES.get(state, ("idle", ""))[0]


@register.filter
def mark_colour(tone: str) -> str:
    """The colour of a tone where no stylesheet reaches (paint.py)."""
    return MARKS.get(tone, MARKS["idle"])


@register.simple_tag
def band(level: object, name: str, label: object = "") -> SafeString:
    """A risk level in its band: a number and a word, `name` is one of `BANDS`."""
    css = name if name in BANDS else "low"
    return format_html('<span class="band {}">{} {}</span>', css, level, label or BANDS[css])


@register.simple_tag
def person(name: str, me: bool = False, css: str = "") -> SafeString:
    """A person's initials and name."""
    if not name:
        return SafeString("")
    return format_html(
        '<span class="{}"><span class="avatar{}" aria-hidden="true">{}</span><span>{}</span></span>',
        f"person {css}".strip(),
        " me" if me else "",
        initials(name),
        name,
    )


@register.simple_tag
def tag(label: object, url: str = "") -> SafeString:
    """A code such as a clause number, linked when `url` is given."""
    if url:
        return format_html('<a class="tag" href="{}">{}</a>', url, label)
    return format_html('<span class="tag">{}</span>', label)


@register.simple_tag
def meter(percent: float, label: str, tone: str = "accent") -> SafeString:
    """A thin bar of `percent` (0 to 100) without a style attribute; `label` says it in words."""
    width = max(0.0, min(100.0, float(percent)))
    return format_html(
        '<svg class="bar" role="img" aria-label="{}"><rect class="f-{}" fill="{}" width="{}%" height="100%"'
        ' rx="3"/></svg>',
        label,
        tone,
        MARKS.get(tone, MARKS["accent"]),
        f"{width:.1f}".removesuffix(".0"),
    )


@register.simple_tag
def widget(field: BoundField, **attributes: str) -> SafeString:
    """A form field's widget with the class its kind needs. Choices are drawn by `components/field.html`.

    Labels are always seen, so a library's placeholder is dropped unless the template asks for one.
    """
    kind = field.field.widget
    attrs: dict[str, str | bool] = {"placeholder": False}
    attrs.update((name.replace("_", "-"), value) for name, value in attributes.items())
    if not isinstance(kind, CheckboxInput | FileInput):
        attrs["class"] = f"input {kind.attrs.get('class', '')}".strip()
    return field.as_widget(attrs=attrs)


@register.filter
def field_kind(field: BoundField) -> str:
    """How `components/field.html` draws a field: `hidden`, `check`, `choices` or `plain`."""
    kind = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(kind, CheckboxInput):
        return "check"
    return "choices" if isinstance(kind, RadioSelect | CheckboxSelectMultiple) else "plain"


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    """`data-theme` from the cookie, so that a page comes in its colours at once; nothing = as the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request is not None else ""
    return format_html(' data-theme="{}"', chosen) if chosen in ("light", "dark") else SafeString("")


@register.simple_tag
def due_chip(day: date | None, today: date | None = None) -> SafeString:
    """When something is due, or how late it is; tinted from `SOON_DAYS` before."""
    if day is None:
        return SafeString("")
    words, mood = due_words(day, today)
    return chip(words, mood, "circle-alert" if mood == "bad" else "clock", "num")


@register.simple_tag
def freshness_chip(review_due: date | None, today: date | None = None) -> SafeString:
    """Whether evidence is fresh, will be old within `AGEING_DAYS`, or is stale and for how long."""
    return chip(*freshness_words(review_due, today))
