"""Chromium on the real pages: a served application with its own roles and rows, and visitors whose complaints count."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.records.registry import workspaces
from tests.pages.test_components_browser import FLAGS, RULES
from tests.people import World, make_world

T = TypeVar("T")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WITHOUT = "AIMS_WITHOUT_BROWSER"  # set where no Chromium can be had; script/setup dev installs one


@pytest.fixture
def chromium(founded: World) -> Iterator[Browser]:
    """The browser. Without one the tests fail, unless the environment says that there is none.

    Playwright's loop runs in the tests' thread from here on: what asks the database goes through `apart`.
    """
    if not Path(CHROMIUM).exists():
        missing = f"There is no {CHROMIUM}. Run script/setup dev, or name a Chromium in CHROMIUM."
        if os.environ.get(WITHOUT):
            pytest.skip(missing)
        pytest.fail(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def apart(work: Callable[[], T]) -> T:
    """Do something with the database in a thread of its own, where no event loop runs."""

    def done() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(done).result()


@pytest.fixture
def founded(transactional_db: None) -> World:
    """The world, and Orvanne as founded: an answer to every line, the Statement of Applicability, risk criteria."""
    world = make_world()
    with acting(world.orvanne.pk, world.officer.actor):
        for workspace in workspaces():
            for lay in workspace.founding:
                lay(world.officer)
    return world


def session_of(member: Member) -> str:
    """The key of a session in which a member is signed in."""
    client = Client()
    client.force_login(Person.objects.get(pk=member.person_id))
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@dataclass
class Visitor:
    """Somebody in front of a screen."""

    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self.hear)
        self.page.on("response", self.meet)

    def hear(self, message: ConsoleMessage) -> None:
        """Errors and violations of the policy on the console."""
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def meet(self, response: Any) -> None:
        """Answers of the server that are its own fault, and files that are not there."""
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.complaints.append(f"{response.url}: {response.status}")

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.address + path)
        return self.page

    def check(self, where: str = "") -> list[str]:
        """What axe finds on the page as it is, and whether it is wider than the screen."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        wrong = [
            f"{where or self.page.url}: {r['id']} {[n['target'] for n in r['nodes']][:3]}" for r in found
        ]
        return wrong + self.width(where)

    def width(self, where: str = "") -> list[str]:
        """Whether the page scrolls sideways."""
        more = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return [f"{where or self.page.url}: {more} pixels too wide"] if more > 0 else []


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, live_server: Any, founded: World) -> Iterator[Visit]:
    """Makes visitors, signed in as a member when one is given; at the end nothing must have been complained about."""
    made: list[Visitor] = []

    def visitor(member: Member | None = None, **options: Any) -> Visitor:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(**options)
        if member is not None:
            name, value = settings.SESSION_COOKIE_NAME, apart(lambda: session_of(member))
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        made.append(Visitor(context, live_server.url))
        return made[-1]

    yield visitor
    complaints = [complaint for one in made for complaint in one.complaints]
    for one in made:
        one.context.close()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)
