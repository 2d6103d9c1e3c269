"""Steps and signatures."""

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import create, move, write
from aims.records.models import Signature
from context.models import AISystem
from evaluation.models import ManagementReview
from tests.pages.conftest import Browser
from tests.people import PASSWORD, World


@pytest.fixture(autouse=True)
def fresh_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def system(world: World) -> AISystem:
    with acting(world.orvanne.pk, world.officer.actor):
        return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})


def at(record: AISystem, step: str) -> str:
    return f"/registers/ai-systems/{record.pk}/move/{step}/"


def test_a_step_is_taken_with_a_button(nadia: Client, system: AISystem, inside: World) -> None:
    first = nadia.get(f"/registers/ai-systems/{system.pk}/").content.decode()
    step = re.search(rf'action="({at(system, "[a-z_]+")})"', first)
    assert step
    assert nadia.post(step[1], {"version": "1"}).status_code == 302
    system.refresh_from_db()
    assert system.state != "draft"


def test_a_step_that_needs_a_reason_asks_for_it(nadia: Client, system: AISystem, inside: World) -> None:
    assert b"becomes" in nadia.get(at(system, "withdraw")).content
    refused = nadia.post(at(system, "withdraw"), {"version": "1", "note": ""})
    assert refused.status_code == 422 and b'id="id_note_error"' in refused.content
    assert nadia.post(at(system, "withdraw"), {"version": "1", "note": "Never built"}).status_code == 302
    system.refresh_from_db()
    assert system.state == "withdrawn"


def test_a_step_on_an_old_version_keeps_the_reason(nadia: Client, system: AISystem, inside: World) -> None:
    write(inside.officer, system, {"title": "Other"}, 1)
    answer = nadia.post(at(system, "withdraw"), {"version": "1", "note": "My reason"})
    assert answer.status_code == 412 and b"My reason" in answer.content


@pytest.mark.parametrize(("step", "status"), [("restore", 409), ("nothing", 404)])
def test_a_step_that_does_not_leave_this_state_is_refused(
    nadia: Client, system: AISystem, inside: World, step: str, status: int
) -> None:
    assert nadia.post(at(system, step), {"version": "1", "note": "x"}).status_code == status


def test_a_step_without_its_version_is_refused(nadia: Client, system: AISystem, inside: World) -> None:
    assert nadia.post(at(system, "withdraw"), {"note": "x"}).status_code == 422
    assert nadia.post(at(system, "withdraw"), {"note": "a\x00", "version": "1"}).status_code == 422


def test_a_reader_takes_no_step(paul: Client, system: AISystem) -> None:
    assert paul.post(at(system, "withdraw"), {"version": "1", "note": "x"}).status_code == 403


@pytest.fixture
def review(inside: World) -> ManagementReview:
    """A management review that was held and waits for the chief executive."""
    chair = Membership.objects.get(pk=inside.executive.id)
    data = {
        "title": "Review of October",
        "held_on": date(2026, 10, 20),
        "chair": chair,
        "attendees": [chair],
        "minutes": "We looked at **everything**.",
        "suitability": "yes",
        "adequacy": "yes",
        "effectiveness": "yes",
    }
    kind = ManagementReview._meta.get_field("suitability")
    first = next(value for value, _words in kind.flatchoices if value)
    data |= dict.fromkeys(("suitability", "adequacy", "effectiveness"), first)
    record = create(inside.officer, ManagementReview, data)
    record = move(inside.officer, record, "prepare", record.version)
    for part in record.inputs.all():
        part.text = part.text or "Looked at."
        part.save()
    return move(inside.officer, record, "hold", record.version)


def signing(record: ManagementReview) -> str:
    return f"/registers/management-reviews/{record.pk}/sign/sign/"


def carried(client: Client, record: ManagementReview) -> dict[str, str]:
    body = client.get(signing(record)).content.decode()
    pairs = re.findall(r'<input type="hidden" name="(version|shown)" value="([^"]*)"', body)
    return dict(pairs)


@pytest.fixture
def claire(browser: Browser, world: World) -> Client:
    return browser(world.executive)


def test_the_signing_page_shows_exactly_what_is_signed(claire: Client, review: ManagementReview) -> None:
    body = claire.get(signing(review)).content.decode()
    for words in ("Review of October", "<strong>everything</strong>", "20 October 2026", "Claire Vasseur"):
        assert words in body
    digest = carried(claire, review)["shown"]
    assert len(digest) == 64 and f"sha256 {digest}" in body
    assert "I have reviewed the AI management system" in body
    assert f"/registers/management-reviews/{review.pk}/move/refuse/" in body


def test_a_wrong_password_signs_nothing_and_is_counted(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    form = {**carried(claire, review), "password": "wrong", "note": "kept remark"}
    first = claire.post(signing(review), form)
    assert first.status_code == 403 and b'id="id_password_error"' in first.content
    assert b"kept remark" in first.content and b"wrong" not in first.content.split(b"</h2>")[-1]
    for _again in range(4):
        claire.post(signing(review), form)
    paused = claire.post(signing(review), {**form, "password": PASSWORD})
    assert paused.status_code == 429 and not Signature.objects.exists()


def test_the_right_password_signs_what_was_shown(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    form = carried(claire, review)
    answer = claire.post(signing(review), {**form, "password": PASSWORD}, follow=True)
    signature = Signature.objects.get()
    review.refresh_from_db()
    assert (signature.digest, signature.signer_id) == (form["shown"], inside.executive.id)
    assert review.state == "signed" and "Signed v" in answer.content.decode()


def test_content_that_changed_after_it_was_shown_is_not_signed(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    form = carried(claire, review)
    changed = write(inside.officer, review, {"minutes": "Something else."}, review.version)
    for version in (form["version"], str(changed.version)):
        answer = claire.post(signing(review), {**form, "version": version, "password": PASSWORD})
        assert answer.status_code == 412
        assert b"Something else." in answer.content
    assert not Signature.objects.exists()


def test_who_may_not_sign_gets_no_page(nadia: Client, paul: Client, review: ManagementReview) -> None:
    assert paul.get(signing(review)).status_code == 403
    assert paul.post(signing(review), {"password": PASSWORD}).status_code == 403


def test_a_signing_step_is_never_a_plain_one(claire: Client, review: ManagementReview, inside: World) -> None:
    answer = claire.post(
        signing(review).replace("/sign/sign/", "/move/sign/"), {"version": str(review.version)}
    )
    assert answer.status_code == 302 and answer["Location"] == signing(review)
    review.refresh_from_db()
    assert review.state == "held"
