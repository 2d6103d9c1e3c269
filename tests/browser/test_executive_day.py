"""The executive's day on a phone: a mail leads to the one thing to sign; read it, sign it, or refuse."""

import re
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from aims.organisation.acting import acting
from aims.organisation.models import Organisation
from aims.records.models import Signature
from aims.schedule import digests
from evaluation.models import ManagementReview
from tests.browser.conftest import Visit, Visitor, apart
from tests.evaluation.story import held
from tests.people import PASSWORD, World
from tests.records.authenticators import code_now, codes_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


def made(world: World, address: str, settings: Any) -> str:
    """A review is held; the next run mails at once. Answers the one address in the mail to Claire that is to be opened."""
    settings.SITE_ADDRESS = address
    with acting(world.orvanne.pk, world.officer.actor):
        held(world)
    now = timezone.now()
    with acting(world.orvanne.pk, "task:tests"):
        digests.prepare(Organisation.objects.get(pk=world.orvanne.pk), now)
    digests.send_waiting(now)
    (message,) = [m for m in mail.outbox if m.to == ["claire@orvanne.test"] and "Sign:" in m.subject]
    (link,) = re.findall(rf"{address}(/registers/management-reviews/\S+/sign/sign/)", str(message.body))
    return str(link)


def outcome(world: World) -> tuple[str, list[Any]]:
    """Where the review is, and by which proof and in whose place it was signed."""
    with acting(world.orvanne.pk, "task:tests"):
        rows = list(Signature.objects.values_list("proof", "on_behalf_of"))
        return ManagementReview.objects.get().state, rows


def sign_in_at(visitor: Visitor, place: str) -> Page:
    """Open the mail's link signed out: the sign-in leads on to it."""
    page = visitor.go(place)
    page.get_by_label("Work e-mail").fill("claire@orvanne.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign:")
    return page


def test_from_the_mail_to_the_signature_with_codes_set_up_on_the_way(
    visit: Visit, founded: World, live_server: Any, settings: Any
) -> None:
    place = apart(lambda: made(founded, live_server.url, settings))
    claire = visit(viewport=PHONE)
    page = sign_in_at(claire, place)
    wrong = claire.check("the signing page without a second proof")
    page.get_by_role("link", name="Set up codes from your phone").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)  # a new proof is set up with a fresh one
    page.get_by_role("button", name="Confirm").click()
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("Code from the app").fill(code_now(secret))
    page.get_by_role("button", name="Use these codes").click()
    wrong += claire.check("recovery codes")
    page.get_by_role("link", name="Back to signing").click()
    expect(page.get_by_text("Stop rule")).to_be_visible()
    page.locator("details.review-input > summary").first.click()
    wrong += claire.check("the signing page, read")
    assert wrong == []
    page.get_by_label("Your password").fill(PASSWORD)
    page.wait_for_timeout(
        max(0, 30_000 - int(timezone.now().timestamp() * 1000) % 30_000) + 500
    )  # a new code
    page.get_by_label("Six-digit code").fill(code_now(secret))
    page.get_by_role("button", name="Sign version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review 2026")
    assert claire.check("the signed review") == []
    assert apart(lambda: outcome(founded)) == ("signed", [("password and one-time code", "")])


def test_three_clicks_with_a_passkey(visit: Visit, founded: World, live_server: Any, settings: Any) -> None:
    place = apart(lambda: made(founded, live_server.url, settings))
    claire = visit(founded.executive, viewport=PHONE)
    phone = claire.context.new_cdp_session(claire.page)
    phone.send("WebAuthn.enable")
    has = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    phone.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**has, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    page = claire.go("/accounts/2fa/webauthn/add/")
    if page.get_by_label("Password", exact=True).count():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button").filter(has_text=re.compile("Confirm|Continue")).first.click()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile("recovery|webauthn/$"))
    claire.go(place)  # the first click is the one in the mail
    assert claire.check("signing with a passkey") == []
    page.get_by_role("button", name="Sign with your passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review 2026")
    assert apart(lambda: outcome(founded)) == ("signed", [("passkey", "")])


def test_refusing_and_letting_another_sign_on_a_phone(
    visit: Visit, founded: World, live_server: Any, settings: Any
) -> None:
    place = apart(lambda: made(founded, live_server.url, settings))
    apart(lambda: codes_for(founded.executive))
    claire = visit(founded.executive, viewport=PHONE)
    page = claire.go(place)
    page.get_by_role("link", name="Delegate").click()
    wrong = claire.check("delegating")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Refuse").click()
    wrong += claire.check("refusing")
    page.get_by_label("Why").fill("The figures of support are wrong.")
    page.get_by_role("button", name="Do not sign").click()
    expect(page.get_by_text("The figures of support are wrong.").first).to_be_visible()
    assert wrong == []
    assert apart(lambda: outcome(founded)) == ("held", [])
