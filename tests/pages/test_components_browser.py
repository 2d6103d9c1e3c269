"""The components in Chromium: accessible in both themes and on a phone, and behaving under the strict policy.

A small server of the tests shows the gallery with the real policy; no database is needed.
"""

import json
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import RequestFactory
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect, sync_playwright

from tests.pages import gallery
from tests.pages.markup import STATIC, render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path("/usr/bin/chromium").exists(), reason="no Chromium"),
]

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


class Gallery(BaseHTTPRequestHandler):
    """The gallery, the static files, and an address that saves."""

    pages: ClassVar[dict[str, str]] = {}
    saved: ClassVar[list[bytes]] = []
    answer: ClassVar[tuple[int, dict[str, Any]]] = (200, {"version": 7})

    def do_GET(self) -> None:
        """A page or a file."""
        if self.path.startswith("/static/"):
            path = STATIC / self.path.removeprefix("/static/")
            self.send(200, path.read_bytes(), TYPES.get(path.suffix, "text/plain"))
        else:
            self.send(200, self.pages.get(self.path, self.pages["/"]).encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        """Keeps what was sent, and answers as the test wants."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.saved.append(body)
        status, data = self.answer
        if self.path == "/save/":
            self.send(status, json.dumps(data).encode(), "application/json")
        else:
            self.send(200, self.pages["/"].encode(), "text/html; charset=utf-8")

    def send(self, status: int, body: bytes, kind: str) -> None:
        """An answer with the policy."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        if status in (301, 302):
            self.send_header("Location", "/accounts/login/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@lru_cache(maxsize=1)
def rendered() -> dict[str, str]:
    """The pages, made once."""
    request = RequestFactory().get("/")
    long = {**gallery.context(), "tone": "ok"}
    return {
        "/": render("gallery.html", long, request),
        "/404/": render("404.html", {}, request),
        "/409/": render("409.html", {}, request),
        "/500/": render("500.html"),
    }


@pytest.fixture
def site() -> Iterator[str]:
    """The address of the gallery."""
    Gallery.pages, Gallery.saved, Gallery.answer = rendered(), [], (200, {"version": 7})
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gallery)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor on a wide screen."""
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    """The gallery; whatever the browser complains about fails the test."""
    opened, complaints = context.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    opened.goto(site)
    yield opened
    assert complaints == []


def until_saved(count: int = 1) -> None:
    """Waits for what is posted; the policy forbids the browser's own polling."""
    deadline = time.monotonic() + 5
    while len(Gallery.saved) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(Gallery.saved) >= count


# ── Accessible ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/", "/404/", "/409/", "/500/"])
def test_accessible_and_no_wider_than_the_screen(
    browser: Browser, site: str, path: str, width: int, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(site + path)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    context.close()


def test_targets_are_large_enough_on_a_phone(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(site)
    small = page.eval_on_selector_all(
        "main :is(button, a.btn, input:not([type=hidden], [type=checkbox], [type=radio]), select)",
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML)",
    )
    assert small == []
    context.close()


# ── Keyboard ─────────────────────────────────────────────────────────────


def test_keys_move_pick_and_search(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("tr.here a.title")).to_contain_text("Indirect discrimination")
    page.keyboard.press("j")
    expect(page.locator("tr.here a.title")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("tr.here .pick input")).to_be_checked()
    page.keyboard.press("k")
    expect(page.locator("tr.here a.title")).to_contain_text("Indirect discrimination")


def test_keys_do_nothing_inside_a_field(page: Page) -> None:
    page.locator("#id_title").fill("")
    page.keyboard.type("jx/?e")
    expect(page.locator("#id_title")).to_have_value("jx/?e")
    expect(page.locator("#shortcuts")).not_to_be_visible()


def test_the_list_of_keys_opens_and_closes(page: Page) -> None:
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).not_to_be_visible()


def test_keys_can_be_switched_off(page: Page) -> None:
    page.evaluate("document.body.dataset.shortcuts = 'off'")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).not_to_be_visible()


# ── Rows picked ──────────────────────────────────────────────────────────


def test_the_bar_shows_and_counts_what_is_picked(page: Page) -> None:
    bar = page.locator(".bulk")
    expect(bar).to_be_hidden()
    page.locator("thead .pick input").check()
    expect(bar).to_contain_text("3 selected")
    page.locator("tbody .pick input").first.uncheck()
    expect(bar).to_contain_text("2 selected")
    bar.locator("[data-clear]").click()
    expect(bar).to_be_hidden()


def test_picked_rows_are_sent_with_the_act(page: Page) -> None:
    page.locator("tbody .pick input").first.check()
    page.locator(".bulk button[value=owner]").click()
    until_saved()
    assert b"picked=RSK-07" in Gallery.saved[0] and b"act=owner" in Gallery.saved[0]


# ── Forms ────────────────────────────────────────────────────────────────


def test_an_answer_saves_itself_and_says_when(page: Page) -> None:
    form = page.locator("form[data-autosave]")
    expect(form.locator("[data-without-script]")).to_be_hidden()
    form.locator("textarea").fill("We assess every system.")
    expect(form.locator(".saved")).to_have_text("Not saved yet")
    expect(form.locator(".saved")).to_contain_text("Saved at")
    until_saved()
    assert b"We assess every system." in Gallery.saved[0] and b"csrfmiddlewaretoken" in Gallery.saved[0]
    expect(form.locator("[name=version]")).to_have_value("7")


@pytest.mark.parametrize(
    ("status", "data", "said"),
    [
        (422, {"detail": "Say who does it."}, "Not saved: Say who does it."),
        (422, {"errors": {"answer": ["Say who."]}}, "Not saved: Say who."),
        (412, {}, "someone else changed this first"),
        (302, {}, "you are signed out"),
        (500, {}, "Not saved"),
    ],
)
def test_a_refusal_is_said_and_the_text_stays(
    page: Page, status: int, data: dict[str, Any], said: str
) -> None:
    Gallery.answer = (status, data)
    form = page.locator("form[data-autosave]")
    form.locator("textarea").fill("Short.")
    expect(form.locator(".saved.refused")).to_contain_text(said)
    expect(form.locator("textarea")).to_have_value("Short.")


def test_leaving_with_unsaved_words_asks_first(page: Page, site: str) -> None:
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)
    page.locator("#id_title").click()
    page.keyboard.type("x")
    page.goto(f"{site}/404/")
    assert asked == ["beforeunload"]


def test_an_act_that_cannot_be_undone_asks_in_a_dialog(page: Page) -> None:
    box = page.locator("#confirm")
    page.locator("button[name=withdraw]").click()
    expect(box).to_contain_text("Withdraw RSK-15?")
    box.get_by_role("button", name="Cancel").click()
    assert Gallery.saved == []
    page.locator("button[name=withdraw]").click()
    box.get_by_role("button", name="Withdraw").click()
    until_saved()
    assert b"withdraw" in Gallery.saved[0]


def test_a_file_can_be_dropped(page: Page) -> None:
    data = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['x'], 'report.pdf')); return d; }"
    )
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": data})
    expect(page.locator(".drop output")).to_have_text("report.pdf")
    assert page.evaluate("document.querySelector('.drop input').files.length") == 1


def test_a_file_that_is_too_large_is_refused_at_once(page: Page) -> None:
    page.evaluate("document.querySelector('.drop').dataset.limitMb = '0.000001'")
    data = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['too long'], 'a.pdf')); return d; }"
    )
    page.locator(".drop").dispatch_event("drop", {"dataTransfer": data})
    expect(page.locator("#toast")).to_contain_text("a.pdf is larger than")
    assert page.evaluate("document.querySelector('.drop input').files.length") == 0


# ── Menus, dialogs, theme ────────────────────────────────────────────────


def test_the_theme_goes_round_and_is_remembered(page: Page, context: BrowserContext) -> None:
    page.get_by_role("button", name="Nadia Benhaddou, account menu").click()
    button = page.locator("[data-theme-next]")
    expect(button).to_contain_text("as the system")
    button.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    button.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert {cookie["name"]: cookie["value"] for cookie in context.cookies()}["theme"] == "dark"
    button.click()
    expect(button).to_contain_text("as the system")
    assert context.cookies() == []


def test_a_button_opens_its_dialog(page: Page) -> None:
    page.get_by_role("button", name="Ask for acceptance").click()
    expect(page.locator("#ask")).to_be_visible()
    page.locator("#ask").get_by_role("button", name="Cancel").click()
    expect(page.locator("#ask")).to_be_hidden()


def test_the_navigation_is_a_drawer_on_a_phone(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(site)
    expect(page.locator("#side")).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.locator("#side")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    context.close()


def test_everything_is_reachable_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    expect(page.locator("[data-without-script]")).to_be_visible()
    expect(page.locator(".drop input")).to_be_visible()
    page.locator("tbody .pick input").first.check()
    expect(page.locator(".bulk button[value=owner]")).to_be_visible()
    context.close()
