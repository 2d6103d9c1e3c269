"""The day of an auditor from outside in a browser: invited, let in with a second proof, a sample drawn and requested."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from aims.organisation.acting import acting
from aims.records.changes import create
from evaluation.models import Audit, Metric
from tests.browser.conftest import Visit, Visitor, apart
from tests.evaluation.story import PLAN
from tests.factory import make
from tests.people import World

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORD = "a horse that nobody rides 42"


def surveyed(world: World) -> Audit:
    """An audit by the certification body, and five metrics to draw from."""
    for number in range(5):
        make(world, Metric, title=f"Metric {number}")
    with acting(world.orvanne.pk, world.officer.actor):
        data = {**PLAN, "kind": "stage_2", "codes": ["9.1", "9.2.2"], "owner": None}
        return create(world.officer, Audit, data)


def test_invite_sample_request(visit: Visit, founded: World) -> None:
    wrong: list[str] = []
    audit = apart(lambda: surveyed(founded))
    nadia = visit(founded.officer)
    invite(nadia, audit, wrong)
    amelie = visit()
    come_in(amelie, wrong)
    draw(amelie, audit, wrong)
    page = nadia.go(f"/audits/{audit.pk}/requests/")
    expect(page.get_by_text("3 requests")).to_be_visible()
    wrong += nadia.check("the request list")
    page = nadia.go(f"/audits/{audit.pk}/outside/")
    expect(page.get_by_text("wrote").first).to_be_visible()
    wrong += nadia.check("what the guest has opened")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def invite(nadia: Visitor, audit: Audit, wrong: list[str]) -> None:
    """By the form."""
    page = nadia.go(f"/audits/{audit.pk}/outside/")
    page.get_by_label("E-mail address").fill("amelie@body.test")
    page.get_by_label("Name", exact=True).fill("Amelie Costa")
    page.get_by_label("Access until the end of").fill(timezone.localdate().isoformat())
    wrong += nadia.check("the invitation")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text("Amelie Costa is invited")).to_be_visible()


def come_in(amelie: Visitor, wrong: list[str]) -> None:
    """By the link in the mail, a password, and one-time codes: before them nothing is shown."""
    line = next(one for one in str(mail.outbox[-1].body).splitlines() if "/reset/key/" in one)
    page = amelie.go("/" + line.split("/", 3)[3])
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill(WORD)
    page.locator("input[name=password2]").press("Enter")
    page.wait_for_load_state("networkidle")
    page = amelie.go("/accounts/login/")
    page.get_by_label("Work e-mail").fill("amelie@body.test")
    page.get_by_label("Password", exact=True).fill(WORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("One more step")
    wrong += amelie.check("the way to a second proof")
    amelie.complaints.clear()  # the browser says that this was refused, and so it was
    page.get_by_role("link", name="Codes from your phone").click()
    page.get_by_label("Password", exact=True).fill(WORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Code from the app").fill(code_for(page))
    page.get_by_role("button", name="Use these codes").click()
    page.wait_for_load_state("networkidle")


def code_for(page: Page) -> str:
    """What the app on the phone would show."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(page.locator("#totp-secret").inner_text(), counter)))


def draw(amelie: Visitor, audit: Audit, wrong: list[str]) -> None:
    """Choose, fix, draw, request."""
    page = amelie.go(f"/audits/{audit.pk}/samples/")
    today: Any = timezone.localdate().isoformat()
    page.get_by_label("Register").select_option(label="Metrics")
    page.get_by_label("From", exact=True).fill(today)
    page.get_by_label("To", exact=True).fill(today)
    page.get_by_label("What the sample shall show").fill("Is everything measured")
    page.get_by_label("How many").fill("3")
    wrong += amelie.check("the choice of a sample")
    page.get_by_role("button", name="Fix the list").click()
    expect(page.get_by_text("5 records to draw from")).to_be_visible()
    page.get_by_role("button", name="Draw", exact=True).first.click()
    expect(page.get_by_text("3 records drawn")).to_be_visible()
    wrong += amelie.check("a sample")
    page.get_by_role("button", name="Request them").first.click()
    expect(page.get_by_role("link", name="REQ-0003")).to_be_visible()
