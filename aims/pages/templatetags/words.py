"""Words of the interface: dates as people write them, initials, how late something is, Markdown.

Dates go through Django's formats: `j M` and `j F Y` can be translated (context "date format"), and
month names follow the language. Each date is a `<time>` with the exact value for machines.
"""

from datetime import UTC, date, datetime
from typing import Any, Final

import nh3
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

register = template.Library()

SOON_DAYS: Final = 14  # a task is soon due
AGEING_DAYS: Final = 30  # evidence is soon stale

# fmt: off
_TAGS: Final = {
    "a", "abbr", "b", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol",
    "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
# fmt: on
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}, "abbr": {"title"}}


def _image_as_link(
    _renderer: RendererHTML, tokens: list[Token], index: int, _options: OptionsDict, _env: Any
) -> str:
    """A picture from elsewhere is a link: loading it would tell that host who reads which answer."""
    token = tokens[index]
    return format_html(
        '<a href="{}">{}</a>', token.attrs.get("src", ""), token.content or token.attrs.get("src", "")
    )


def _lower_headings(tokens: list[Token]) -> list[Token]:
    """The page has h1 and h2 of its own: an answer's headings begin at h3."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
    return tokens


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.add_render_rule("image", _image_as_link)
    return reader


_MARKDOWN: Final = _reader()


@register.simple_tag
def markdown(text: str | None) -> SafeString:
    """CommonMark with tables, without raw HTML, as safe HTML: no script, style, picture or odd address."""
    html = _MARKDOWN.renderer.render(_lower_headings(_MARKDOWN.parse(text or "")), _MARKDOWN.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - sanitised in the line above


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _time(value: date | datetime | None, pattern: str) -> SafeString:
    if value is None or value == "":
        return SafeString("")
    shown = date_format(_local(value), pattern)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def date_row(value: date | datetime | None) -> SafeString:
    """For rows: "15 Dec", with the year when it is not this one: "15 Jan 2027"."""
    this_year = value is not None and _local(value).year == timezone.localdate().year if value else False
    pattern = pgettext("date format", "j M") if this_year else pgettext("date format", "j M Y")
    return _time(value, pattern)


@register.filter
def date_text(value: date | datetime | None) -> SafeString:
    """For sentences: "15 December 2026"."""
    return _time(value, pgettext("date format", "j F Y"))


@register.filter
def time_text(value: datetime | None) -> SafeString:
    """A moment: "15 September 2026, 10:04", in the time zone in force."""
    return _time(value, pgettext("date format", "j F Y, H:i"))


@register.filter
def utc_text(value: datetime | None) -> SafeString:
    """A moment that means the same everywhere, beside a signature: "15 September 2026, 08:04 UTC"."""
    if value is None:
        return SafeString("–")
    said = date_format(value.astimezone(UTC), pgettext("date format", "j F Y, H:i"))
    return format_html('<time datetime="{}">{} UTC</time>', value.astimezone(UTC).isoformat(), said)


@register.filter
def initials(name: str) -> str:
    """At most two letters for an avatar: "Nadia Benhaddou" gives NB, "Dr Elodie Marchand" gives EM."""
    titles = {"dr", "prof", "mr", "mrs", "ms", "m", "mme"}
    words = [word for word in str(name).split() if word.strip(".").lower() not in titles] or str(name).split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[:2] for word in words]
    return "".join(letters).upper()


def days_until(day: date, today: date | None = None) -> int:
    """Days from today (in the time zone in force) to `day`; negative when it has passed."""
    return (day - (today or timezone.localdate())).days


def due_words(day: date, today: date | None = None) -> tuple[str, str]:
    """How a due date reads in a row, with its tone: ("24 days overdue", "bad")."""
    days = days_until(day, today)
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}, "bad"
    shown = date_format(day, pgettext("date format", "j M"))
    if days == 0:
        return gettext("today"), "warn"
    if days <= SOON_DAYS:
        return ngettext("%(date)s, in %(days)d day", "%(date)s, in %(days)d days", days) % {
            "date": shown,
            "days": days,
        }, "warn"
    return gettext("due %(date)s") % {"date": date_format(day, pgettext("date format", "j M Y"))}, "idle"


def freshness_words(review_due: date | None, today: date | None = None) -> tuple[str, str, str]:
    """How old evidence is: words, tone and shape. Old within 30 days is said ahead; no date means fresh."""
    days = days_until(review_due, today) if review_due else AGEING_DAYS + 1
    if days < 0:
        return (
            ngettext("Stale, %(days)d day", "Stale, %(days)d days", -days) % {"days": -days},
            "warn",
            "hourglass",
        )
    if days == 0:
        return gettext("Due today"), "warn", "clock"
    if days <= AGEING_DAYS:
        return ngettext("Due in %(days)d day", "Due in %(days)d days", days) % {"days": days}, "warn", "clock"
    return gettext("Fresh"), "ok", "circle-check"
