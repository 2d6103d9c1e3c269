"""Every page on a phone without a complaint, and the main pages accessible in both themes and widths."""

from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.acting import acting
from aims.records.base import Record
from aims.records.registry import registers
from aims.schedule.obligations import sync
from aims.schedule.tick import tick
from tests.browser.conftest import Visit, Visitor
from tests.factory import make
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}
SCREENS = [(1440, "light"), (390, "dark"), (1440, "dark"), (390, "light")]
MAIN = [
    "/",
    "/calendar/",
    "/clauses/6/",
    "/clauses/6.1.2/",
    "/clauses/A.5/",
    "/registers/",
    "/registers/ai-systems/",
    "/registers/ai-risks/",
    "/registers/control-implementations/",
    "/registers/ai-risks/new/",
    "/evidence/",
    "/evidence/add/",
    "/packs/",
    "/journal/",
    "/search/?q=tests",
    "/proposals/",
    "/settings/",
    "/settings/organisation/",
    "/nothing/",
]


@pytest.fixture
def filled(founded: World) -> dict[str, Record]:
    """A record in every register, and what the calendar makes of them."""
    records = {register.path: make(founded, register.model, full=True) for register in registers()}
    with acting(founded.orvanne.pk, "task:tests"):
        sync(founded.orvanne, timezone.now())
        tick(founded.orvanne, timezone.now())
    return records


def told(wrong: list[str]) -> None:
    """Fail with a line for each page."""
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_the_main_pages_are_accessible(filled: dict[str, Record], visit: Visit, founded: World) -> None:
    pages = [*MAIN, *(record_page(filled, path) for path in ("ai-systems", "ai-risks", "management-reviews"))]
    wrong: list[str] = []
    for number, (width, scheme) in enumerate(SCREENS):
        screen: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        nadia, stranger = visit(founded.officer, **screen), visit(**screen)
        for path in pages if number < 2 else pages[::4]:  # each width and each theme has them all once
            nadia.go(path)
            wrong += nadia.check(f"{path} {width} {scheme}")
        nadia.complaints[:] = [c for c in nadia.complaints if "404" not in c]  # the lost address
        stranger.go("/")
        wrong += stranger.check(f"the sign-in {width} {scheme}")
    told(wrong)


def record_page(records: dict[str, Record], path: str) -> str:
    """Where a record of a register is shown."""
    return f"/registers/{path}/{records[path].pk}/"


def test_every_page_of_every_register_on_a_phone(
    filled: dict[str, Record], visit: Visit, founded: World
) -> None:
    nadia = visit(founded.officer, viewport=PHONE, has_touch=True)
    wrong: list[str] = []
    for number, register in enumerate(registers()):
        here = record_page(filled, register.path)
        pages = [f"/registers/{register.path}/", here, f"{here}edit/"]
        if not register.model.fixed and number % 3 == 0:  # the form of a new record is that of an old one
            pages += [f"/registers/{register.path}/new/", f"{here}history/"]
        for path in pages:
            wrong += shown(nadia, path)
    told(wrong)


def shown(visitor: Visitor, path: str) -> list[str]:
    """What is wrong with a page as it is shown."""
    answer = visitor.page.goto(visitor.address + path)
    wrong = [] if answer and answer.ok else [f"{path}: {answer and answer.status}"]
    return wrong + visitor.width(path)
