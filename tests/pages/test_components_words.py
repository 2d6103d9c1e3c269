"""Words of the interface: Markdown that cannot hurt, dates as people write them, how late something is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from aims.pages.templatetags import words
from aims.pages.templatetags.marks import due_chip, freshness_chip
from tests.pages.markup import Page

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def paris() -> None:
    """The demo organisation's time zone."""
    timezone.activate("Europe/Paris")


# ── Markdown ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**strong** *em* `code`", "<p><strong>strong</strong> <em>em</em> <code>code</code></p>\n"),
        ("# One\n\n## Two", "<h3>One</h3>\n<h4>Two</h4>\n"),
        ("###### Six", "<h6>Six</h6>\n"),
        ("3. third", '<ol start="3">\n<li>third</li>\n</ol>\n'),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("", ""),
        (None, ""),
    ],
)
def test_markdown_is_read(text: str | None, expected: str) -> None:
    assert words.markdown(text) == expected


def test_a_link_tells_nothing_and_gains_nothing() -> None:
    assert words.markdown("[x](https://example.org)") == (
        '<p><a href="https://example.org" rel="noopener nofollow">x</a></p>\n'
    )


def test_a_picture_becomes_a_link() -> None:
    html = words.markdown("![the plant](https://example.org/p.png)")
    assert "<img" not in html
    assert ">the plant</a>" in html and 'href="https://example.org/p.png"' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<p style="color:red" onclick="x()">y</p>',
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        '![" onerror="x](https://e.org/"onload="y)',
        "| a |\n|:-:|\n| b |",
        "<https://e.org/><iframe src=//e.org></iframe>",
    ],
)
def test_markdown_cannot_hurt(text: str) -> None:
    page = Page(words.markdown(text))
    assert page.forbidden() == []
    assert {tag for tag, _attrs in page.elements} <= words._TAGS
    links = [attrs["href"] or "" for tag, attrs in page.elements if tag == "a" and "href" in attrs]
    assert all(link.startswith(("http:", "https:", "mailto:")) for link in links)


@given(st.text(alphabet="<>[]()!\"'`*_#-|:/\\&;= \nabcjavsript", max_size=80))
def test_no_text_at_all_gets_past(text: str) -> None:
    page = Page(words.markdown(text))
    assert page.forbidden() == []
    assert {tag for tag, _attrs in page.elements} <= words._TAGS


# ── Dates ────────────────────────────────────────────────────────────────


def test_a_date_in_a_sentence() -> None:
    assert words.date_text(date(2026, 12, 15)) == '<time datetime="2026-12-15">15 December 2026</time>'


def test_a_date_in_a_row_leaves_out_this_year_only() -> None:
    this_year = timezone.localdate().replace(month=12, day=15)
    assert ">15 Dec<" in words.date_row(this_year)
    other = this_year.replace(year=this_year.year + 1)
    assert f">15 Dec {other.year}<" in words.date_row(other)


def test_a_moment_is_told_in_the_zone_in_force_and_exact_for_machines() -> None:
    moment = datetime(2026, 9, 15, 8, 4, tzinfo=UTC)
    assert words.time_text(moment) == (
        '<time datetime="2026-09-15T08:04:00+00:00">15 September 2026, 10:04</time>'
    )


def test_a_moment_late_in_the_evening_falls_on_the_day_of_the_zone() -> None:
    assert ">16 September 2026<" in words.date_text(datetime(2026, 9, 15, 22, 30, tzinfo=UTC))


def test_french_dates() -> None:
    with override("fr"):
        assert ">15 décembre 2026<" in words.date_text(date(2026, 12, 15))
        assert ">15 déc" in words.date_row(date(2020, 12, 15)).lower()


@pytest.mark.parametrize("shown", [words.date_row, words.date_text, words.time_text])
def test_no_date_is_no_word(shown: object) -> None:
    assert shown(None) == ""  # type: ignore[operator]


# ── People ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nadia Benhaddou", "NB"),
        ("Dr Elodie Marchand", "EM"),
        ("Madonna", "MA"),
        ("Ana María de la Cruz", "AC"),
        ("Dr", "DR"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert words.initials(name) == expected


# ── How late ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("days", "said", "tone"),
    [
        (-24, "24 days overdue", "bad"),
        (-1, "1 day overdue", "bad"),
        (0, "today", "warn"),
        (1, "25 Nov, in 1 day", "warn"),
        (14, "8 Dec, in 14 days", "warn"),
        (15, "due 9 Dec 2026", "idle"),
    ],
)
def test_a_due_date_in_a_row(days: int, said: str, tone: str) -> None:
    assert words.due_words(TODAY + timedelta(days), TODAY) == (said, tone)


@pytest.mark.parametrize(
    ("days", "said", "tone"),
    [
        (-53, "Stale, 53 days", "warn"),
        (-1, "Stale, 1 day", "warn"),
        (0, "Due today", "warn"),
        (30, "Due in 30 days", "warn"),
        (31, "Fresh", "ok"),
        (None, "Fresh", "ok"),
    ],
)
def test_the_age_of_evidence(days: int | None, said: str, tone: str) -> None:
    due = None if days is None else TODAY + timedelta(days)
    assert words.freshness_words(due, TODAY)[:2] == (said, tone)


def test_due_and_freshness_have_chips() -> None:
    assert "24 days overdue" in due_chip(TODAY - timedelta(24), TODAY)
    assert due_chip(None) == ""
    assert "hourglass" in freshness_chip(TODAY - timedelta(2), TODAY)
