"""Text that people enter cannot make a pack fetch, leak, hang or fail."""

import dataclasses
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from aims.pack.contents import Contents, RegisterPart, Table
from aims.pages.typesetter import OURS, SERVED, Refusing, parsed
from aims.records.changes import create, write
from context.models import AISystem
from support.models import Document
from tests.pack.printing import pdf, printed, text_of

Gather = Callable[..., Contents]


@pytest.fixture
def canary() -> Iterator[Any]:
    """A web server that remembers who asked."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the library's name
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


def channels(address: str) -> str:
    """Each way in which HTML and CSS ask for something."""
    return f"""<link rel=stylesheet href="{address}/1.css"><style>@import url({address}/2.css);
    body {{ background: url({address}/3.png); list-style-image: url({address}/4.png) }}
    @font-face {{ font-family: x; src: url({address}/5.woff) }} p {{ font-family: x; content: url({address}/6.png) }}</style>
    <base href="{address}/"><img src="{address}/7.png"><object data="{address}/8.svg"></object>
    <svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{address}/10.png"/><use href="{address}/11#x"/></svg>
    <a rel=attachment href="{address}/12">x</a><link rel=attachment href="{address}/13">
    <embed src="{address}/9"><iframe src="{address}/14"></iframe>"""


def test_even_raw_html_fetches_nothing(canary: Any, tmp_path: Path) -> None:
    """Nobody can enter raw HTML; if somebody could, the fetcher still refuses all of it."""
    address, asked = canary
    html = (
        channels(address)
        + channels("file:///etc/passwd?")
        + '<link rel=attachment href="file:///etc/passwd">'
    )
    content = pdf(tmp_path, html)
    assert asked == []
    assert b"/EmbeddedFile" not in content


def test_the_canary_sings_for_the_default_fetcher(canary: Any) -> None:
    address, asked = canary
    HTML(string=channels(address)).write_pdf()
    assert len(asked) >= 5


def test_text_of_people_fetches_nothing(story: Any, contents: Gather, canary: Any, tmp_path: Path) -> None:
    address, asked = canary
    bad = f"![x]({address}/a.png) [y](file:///etc/passwd) <img src={address}/b.png> {channels(address)}"[
        :1900
    ]
    write(story.officer, story.things["answer"], {"text": bad}, 2)
    write(story.officer, story.things["system"], {"title": bad[:200], "purpose": bad, "misuse": bad}, 1)
    write(story.officer, story.things["risk"], {"title": bad[:200], "event": bad, "cause": bad}, 1)
    write(story.officer, story.things["evidence"], {"title": bad[:200], "shows": bad}, 1)
    content = printed(tmp_path / "x", contents())
    assert asked == []
    assert b"root:x:0" not in content
    assert "root:x:0" not in text_of(content)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "data:text/css,p{}",
        "ftp://x/",
        f"{OURS}fonts/../../pyproject.toml",
        f"{OURS}pack.css",
        f"{OURS}fonts/",
        "//etc/passwd",
        "",
    ],
)
def test_the_fetcher_knows_its_fonts_only(url: str) -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        Refusing().fetch(url)


def test_the_fonts_of_the_stylesheet_are_served(caplog: pytest.LogCaptureFixture) -> None:
    parsed("<p>word</p>", FontConfiguration())
    assert [record for record in caplog.records if record.name == "weasyprint"] == []
    assert f"{OURS}fonts/inter-variable.woff2" in SERVED


def test_template_language_stays_text(story: Any, contents: Gather, tmp_path: Path) -> None:
    text = "{{ 7|add:7 }} {% debug %} ${7*7} {{ settings.SECRET_KEY }}"
    write(story.officer, story.things["answer"], {"text": text}, 2)
    assert text in " ".join(text_of(printed(tmp_path / "x", contents("4.1"))).split())


NESTED = [
    "<div>" * 900 + "x",
    ">" * 900 + " x",
    "".join("  " * n + "- x\n" for n in range(300)),
    "[" * 900 + "x" + "](http://x)" * 900,
    "*" * 900 + "x" + "*" * 900,
    "x" * 9000,
    "| a " * 300 + "|\n" + "|-" * 300 + "|\n" + "| b " * 300 + "|",
    "\u202e\u200b\ufeff" * 900,
    "# " * 900,
]


@pytest.mark.parametrize("text", NESTED, ids=range(len(NESTED)))
def test_nesting_and_length_do_not_kill_it(story: Any, contents: Gather, tmp_path: Path, text: str) -> None:
    write(story.officer, story.things["answer"], {"text": text[:20_000]}, 2)
    write(story.officer, story.things["system"], {"purpose": text[:4000]}, 1)
    began = time.monotonic()
    content = printed(tmp_path / "x", contents("4.1"))
    assert content.startswith(b"%PDF-1.7")
    assert time.monotonic() - began < 20


def test_a_long_document_is_whole(story: Any, contents: Gather, tmp_path: Path) -> None:
    """Rows of a grid do not break over pages: nothing long may stand in one."""
    text = "\n\n".join(f"Paragraph number {n} of the procedure, with a few words." for n in range(600))
    create(story.officer, Document, {"title": "Long", "text": text})
    create(
        story.officer,
        AISystem,
        {"title": "Wordy", "purpose": "\n\n".join(f"Purpose {n}." for n in range(250))},
    )
    words = " ".join(text_of(printed(tmp_path / "x", contents())).split())
    assert [n for n in range(600) if f"Paragraph number {n} of" not in words] == []
    assert [n for n in range(250) if f"Purpose {n}." not in words] == []


@pytest.mark.slow
def test_a_table_of_two_thousand_rows(contents: Gather, tmp_path: Path) -> None:
    found = contents("4.1")
    rows = [[f"Record {n}", "a", "b", "c"] for n in range(2000)]
    part = RegisterPart("x", "Many", "", Table("Many", ["Record", "One", "Two", "Three"], rows), [])
    chapter = dataclasses.replace(found.chapters[0], registers=[part])
    words = text_of(printed(tmp_path / "x", dataclasses.replace(found, chapters=[chapter])))
    assert all(f"Record {n}" in words for n in (0, 999, 1999))
