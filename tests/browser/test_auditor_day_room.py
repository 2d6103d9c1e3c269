"""An auditor's day in the room by keyboard: lines judged, notes, a sealed note, a finding; at the desk and on a tablet."""

import pytest
from playwright.sync_api import Page, expect

from aims.organisation.acting import acting
from evaluation.models import Audit, AuditCheck, Finding, WorkingNote
from tests.browser.conftest import Visit, Visitor, apart
from tests.evaluation.story import begun
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TABLET = {"viewport": {"width": 820, "height": 1180}}


def opened(world: World) -> Audit:
    """An audit of three clauses that has begun."""
    with acting(world.orvanne.pk, world.officer.actor):
        return begun(world, codes=["8.1", "8.2", "8.3"])


def kept(world: World, audit: Audit) -> dict[str, tuple[str, str]]:
    """The verdict and the note of each line of the scope."""
    with acting(world.orvanne.pk, world.officer.actor):
        rows = AuditCheck.objects.filter(audit=audit, source="scope")
        return {row.code: (row.verdict, row.note) for row in rows}


def sealed(world: World) -> tuple[list[str], list[str]]:
    """The private notes, and the states of the findings."""
    with acting(world.orvanne.pk, world.officer.actor):
        notes = list(WorkingNote.objects.values_list("text", flat=True))
        return notes, list(Finding.objects.values_list("state", flat=True))


@pytest.mark.parametrize("screen", [{}, TABLET], ids=["desk", "tablet"])
def test_a_room_is_worked_by_keyboard(
    visit: Visit, founded: World, screen: dict[str, dict[str, int]]
) -> None:
    audit = apart(lambda: opened(founded))
    hugo = visit(founded.auditor, **screen)
    page = hugo.go(f"/audits/{audit.pk}/room/")
    wrong = hugo.check("the room")
    judge(page)
    assert apart(lambda: kept(founded, audit)) == {
        "8.1": ("conform", ""),
        "8.2": ("nonconform", "No assessment after the release of May"),
        "8.3": ("", ""),
    }
    wrong += draft(hugo, page)
    assert apart(lambda: sealed(founded)) == (["Ask Yuki again"], ["draft"])
    wrong += officer_sees_nothing(visit(founded.officer), audit)
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def judge(page: Page) -> None:
    """The first line conforms, the second does not; what is typed is saved before one goes on."""
    line = page.locator("#line")
    expect(line).to_contain_text("8.1")
    page.keyboard.press("1")
    page.keyboard.press("j")
    expect(line).to_contain_text("8.2")
    page.keyboard.press("2")
    page.keyboard.press("n")
    page.keyboard.type("No assessment after the release of May")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.keyboard.type("Ask Yuki again")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(line).to_contain_text("8.3")
    page.keyboard.press("k")
    expect(line).to_contain_text("8.2")


def draft(hugo: Visitor, page: Page) -> list[str]:
    """From the line, with its words and its grade in the form already."""
    page.keyboard.press("f")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft a finding")
    expect(page.locator("[name=text]")).to_have_value("No assessment after the release of May")
    expect(page.locator("[name=code]")).to_have_value("8.2")
    wrong = hugo.check("a finding in draft")
    page.locator("main form button.primary").click()
    expect(page.get_by_text("Only the auditors see it")).to_be_visible()
    return wrong


def officer_sees_nothing(nadia: Visitor, audit: Audit) -> list[str]:
    """Whoever is audited reads neither lines nor notes nor drafts."""
    page = nadia.go(f"/audits/{audit.pk}/room/")
    expect(page.get_by_text("Sealed until the report")).to_be_visible()
    for words in ("No assessment after", "Ask Yuki again"):
        expect(page.get_by_text(words)).to_have_count(0)
    return nadia.check("the sealed room")
