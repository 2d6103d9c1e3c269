"""The signing page: what is shown is what is signed, after two proofs of identity; refusing, and letting another sign."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.models import Membership, Organisation, Person
from aims.records.changes import write
from aims.records.models import Delegation, Signature
from aims.schedule.models import Task
from aims.schedule.telling import end_delegations
from evaluation.models import ManagementReview
from tests.pages.conftest import Browser
from tests.people import PASSWORD, World
from tests.records.authenticators import Passkey, code_now, codes_for
from tests.signing import handed, held_review, second


@pytest.fixture(autouse=True)
def fresh_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def review(inside: World) -> ManagementReview:
    """A management review that was held and waits for the chief executive."""
    return held_review(inside)


def signing(record: ManagementReview) -> str:
    return f"/registers/management-reviews/{record.pk}/sign/sign/"


def delegating(record: ManagementReview) -> str:
    return f"/registers/management-reviews/{record.pk}/delegate/sign/"


def carried(client: Client, record: ManagementReview) -> dict[str, str]:
    body = client.get(signing(record)).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(version|shown)" value="([^"]*)"', body))


def proven(form: dict[str, str], **more: Any) -> dict[str, Any]:
    return {**form, "password": PASSWORD, "one_time": code_now(), **more}


def challenge(client: Client, record: ManagementReview) -> tuple[dict[str, str], str]:
    body = client.get(signing(record)).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(version|shown)" value="([^"]*)"', body))
    (data,) = re.findall(r'<script id="js_data" type="application/json">(.*?)</script>', body)
    return form, json.loads(data)["request_options"]["publicKey"]["challenge"]


@pytest.fixture
def claire(browser: Browser, world: World) -> Client:
    """The chief executive, with an authenticator app."""
    codes_for(world.executive)
    return browser(world.executive)


@pytest.fixture
def bare(browser: Browser, world: World) -> Client:
    """The chief executive before she has set up anything."""
    return browser(world.executive)


def test_the_signing_page_shows_exactly_what_is_signed(claire: Client, review: ManagementReview) -> None:
    body = claire.get(signing(review)).content.decode()
    for words in ("Review of October", "<strong>everything</strong>", "20 October 2026", "Claire Vasseur"):
        assert words in body
    digest = carried(claire, review)["shown"]
    assert len(digest) == 64 and f"sha256 {digest}" in body
    assert "I have reviewed the AI management system" in body and " UTC</time>" in body
    assert f"/registers/management-reviews/{review.pk}/move/refuse/" in body


@pytest.mark.parametrize(
    "wrong", [{"password": "wrong"}, {"one_time": "000000"}, {"one_time": ""}, {"password": ""}]
)
def test_either_proof_that_is_wrong_signs_nothing_and_is_counted(
    claire: Client, review: ManagementReview, inside: World, wrong: dict[str, str]
) -> None:
    form = proven(carried(claire, review), note="kept remark", **wrong)
    first = claire.post(signing(review), form)
    assert first.status_code == 403 and b'id="id_password_error"' in first.content
    assert b"kept remark" in first.content and PASSWORD.encode() not in first.content
    for _again in range(4):
        claire.post(signing(review), form)
    paused = claire.post(signing(review), proven(form))
    assert paused.status_code == 429 and not Signature.objects.exists()


def test_password_and_code_sign_what_was_shown(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    form = carried(claire, review)
    answer = claire.post(signing(review), proven(form), follow=True)
    signature = Signature.objects.get()
    review.refresh_from_db()
    assert (signature.digest, signature.signer_id) == (form["shown"], inside.executive.id)
    assert signature.proof == "password and one-time code" and signature.on_behalf_of == ""
    assert review.state == "signed" and "Signed v" in answer.content.decode()


def test_a_code_signs_once(claire: Client, review: ManagementReview, inside: World) -> None:
    form = proven(carried(claire, review))
    assert claire.post(signing(review), form).status_code == 302
    with acting(inside.orvanne.pk, inside.officer.actor):
        other = ManagementReview.objects.get(pk=review.pk)
        ManagementReview.objects.filter(pk=review.pk).update(state="held")
        write(inside.officer, other, {"guests": "Dr Marchand"})
    again = {**form, **carried(claire, review)}
    assert claire.post(signing(review), again).status_code == 403
    assert Signature.objects.count() == 1


def test_who_has_no_second_factor_is_led_to_set_one_up_and_back(
    bare: Client, review: ManagementReview
) -> None:
    body = bare.get(signing(review)).content.decode()
    assert "/accounts/2fa/totp/activate/" in body and 'name="password"' not in body
    refused = bare.post(signing(review), {**carried(bare, review), "password": PASSWORD})
    assert refused.status_code == 403 and not Signature.objects.exists()
    assert signing(review) in bare.get("/accounts/2fa/").content.decode()


def test_who_comes_by_single_sign_on_signs_with_a_code(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    person = Person.objects.get(pk=inside.executive.person_id)
    person.set_unusable_password()
    person.save()
    claire.force_login(person)
    assert 'type="password"' not in claire.get(signing(review)).content.decode()
    form = {**carried(claire, review), "one_time": code_now()}
    assert claire.post(signing(review), form).status_code == 302
    assert Signature.objects.get().proof == "single sign-on and one-time code"


def test_a_passkey_that_knows_its_holder_is_enough(
    bare: Client, review: ManagementReview, inside: World
) -> None:
    key = Passkey(inside.executive)
    form, asked = challenge(bare, review)
    answer = bare.post(signing(review), {**form, "passkey": json.dumps(key.answer(asked))})
    assert answer.status_code == 302 and Signature.objects.get().proof == "passkey"


def test_a_mere_key_wants_the_password_as_well(bare: Client, review: ManagementReview, inside: World) -> None:
    key = Passkey(inside.executive, knows_holder=False)
    form, asked = challenge(bare, review)
    alone = bare.post(signing(review), {**form, "passkey": json.dumps(key.answer(asked))})
    assert alone.status_code == 403 and not Signature.objects.exists()
    form, asked = challenge(bare, review)
    both = {**form, "passkey": json.dumps(key.answer(asked)), "password": PASSWORD}
    assert bare.post(signing(review), both).status_code == 302
    assert Signature.objects.get().proof == "password and security key"


def test_an_answer_of_a_passkey_is_good_once_and_for_its_owner(
    bare: Client, review: ManagementReview, inside: World
) -> None:
    key, other = Passkey(inside.executive), Passkey(inside.officer)
    form, asked = challenge(bare, review)
    foreign = bare.post(signing(review), {**form, "passkey": json.dumps(other.answer(asked))})
    assert foreign.status_code == 403
    form, asked = challenge(bare, review)
    stale = key.answer("bm90IHRoaXMgb25l")
    assert bare.post(signing(review), {**form, "passkey": json.dumps(stale)}).status_code == 403
    assert not Signature.objects.exists()


@pytest.mark.parametrize("passkey", ["[]", "7", '"text"', "{", '{"id": 1}', '{"response": []}'])
def test_what_is_no_answer_of_a_passkey_is_refused(
    bare: Client, review: ManagementReview, inside: World, passkey: str
) -> None:
    Passkey(inside.executive)
    form, _asked = challenge(bare, review)
    answer = bare.post(signing(review), {**form, "passkey": passkey})
    assert answer.status_code in (403, 422) and not Signature.objects.exists()


def test_content_that_changed_after_it_was_shown_is_not_signed(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    form = carried(claire, review)
    changed = write(inside.officer, review, {"minutes": "Something else."}, review.version)
    first = claire.post(signing(review), proven(form))
    assert first.status_code == 412 and b"Something else." in first.content
    cache.clear()  # the same code again: this test is about the content
    second = claire.post(signing(review), proven(form, version=str(changed.version)))
    assert second.status_code == 412
    assert not Signature.objects.exists()


def test_what_changed_since_one_signed_is_shown(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    claire.post(signing(review), proven(carried(claire, review)))
    ManagementReview.objects.filter(pk=review.pk).update(state="held")
    review.refresh_from_db()
    write(inside.officer, review, {"minutes": "Corrected minutes."})
    body = claire.get(signing(review)).content.decode()
    since = body[body.index('id="since"') : body.index('id="content"')]
    assert "What changed since you signed" in since and "Corrected minutes." in since


def test_who_may_not_sign_gets_no_page(nadia: Client, paul: Client, review: ManagementReview) -> None:
    assert paul.get(signing(review)).status_code == 403
    assert paul.post(signing(review), {"password": PASSWORD}).status_code == 403
    assert nadia.get(delegating(review)).status_code == 403


def test_a_signing_step_is_never_a_plain_one(claire: Client, review: ManagementReview, inside: World) -> None:
    answer = claire.post(
        signing(review).replace("/sign/sign/", "/move/sign/"), {"version": str(review.version)}
    )
    assert answer.status_code == 302 and answer["Location"] == signing(review)
    review.refresh_from_db()
    assert review.state == "held"


# ── Letting somebody else sign ───────────────────────────────────────────


def test_a_delegate_signs_in_their_own_name_on_behalf_of_the_other(
    claire: Client, browser: Browser, review: ManagementReview, inside: World
) -> None:
    marc = second(inside)
    assert "Marc Olivier, COO" in claire.get(delegating(review)).content.decode()
    assert claire.post(delegating(review), handed(marc)).status_code == 302
    asked = Task.objects.get(member_id=marc.id)
    assert asked.urgent and asked.url == signing(review) and "Claire Vasseur" in asked.title
    assert not Task.objects.filter(
        member_id=inside.executive.id, source__startswith="sign:", state="open"
    ).exists()
    his, secret = browser(marc), codes_for(marc)
    assert "On behalf of" in his.get(signing(review)).content.decode()
    his.post(signing(review), {**carried(his, review), "password": PASSWORD, "one_time": code_now(secret)})
    signature = Signature.objects.get()
    assert (signature.name, signature.on_behalf_of) == ("Marc Olivier, COO", "Claire Vasseur")
    page = his.get(f"/registers/management-reviews/{review.pk}/").content.decode()
    assert "On behalf of" in page and "Claire Vasseur" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("until", "2020-01-01"), ("until", ""), ("reason", "  "), ("to", "nobody"), ("until", "31.12.2099")],
)
def test_a_delegation_that_says_too_little_is_refused_and_keeps_what_was_typed(
    claire: Client, review: ManagementReview, inside: World, field: str, value: str
) -> None:
    answer = claire.post(delegating(review), handed(second(inside), **{field: value}))
    assert answer.status_code == 422 and f'id="id_{field}_error"' in answer.content.decode()
    assert not Delegation.objects.exists()


def test_only_top_management_is_a_delegate_unless_the_organisation_allows_more(
    claire: Client, browser: Browser, nadia: Client, review: ManagementReview, inside: World
) -> None:
    form = handed(inside.officer)
    assert claire.post(delegating(review), form).status_code == 422
    Organisation.objects.filter(pk=inside.orvanne.pk).update(settings={"delegates": ["compliance_officer"]})
    assert claire.post(delegating(review), form).status_code == 302
    codes_for(inside.officer)
    answer = nadia.post(signing(review), proven(carried(nadia, review)))
    assert answer.status_code == 302
    assert Signature.objects.get().on_behalf_of == "Claire Vasseur"


@pytest.mark.parametrize("ended", ["yesterday", "taken back", "giver left"])
def test_a_delegation_that_has_ended_opens_nothing(
    claire: Client, nadia: Client, review: ManagementReview, inside: World, ended: str
) -> None:
    Organisation.objects.filter(pk=inside.orvanne.pk).update(settings={"delegates": ["compliance_officer"]})
    claire.post(delegating(review), handed(inside.officer))
    assert nadia.get(signing(review)).status_code == 200
    if ended == "yesterday":
        Delegation.objects.update(until=timezone.localdate() - timedelta(days=1))
    elif ended == "taken back":
        Delegation.objects.update(ended_at=timezone.now())
    else:
        Membership.objects.filter(pk=inside.executive.id).update(active=False)
    assert nadia.get(signing(review)).status_code == 403


def test_who_has_a_signature_by_delegation_does_not_pass_it_on(
    claire: Client, nadia: Client, review: ManagementReview, inside: World
) -> None:
    Organisation.objects.filter(pk=inside.orvanne.pk).update(settings={"delegates": ["compliance_officer"]})
    claire.post(delegating(review), handed(inside.officer))
    assert nadia.get(delegating(review)).status_code == 403
    assert delegating(review) not in nadia.get(signing(review)).content.decode()


def test_a_delegation_is_taken_back_with_one_button_and_the_signature_is_ones_own_again(
    claire: Client, browser: Browser, nadia: Client, review: ManagementReview, inside: World
) -> None:
    marc = second(inside)
    claire.post(delegating(review), handed(marc))
    place, back = f"/registers/management-reviews/{review.pk}/", f"{delegating(review)}back/"
    assert "Marc Olivier may sign for you until" in claire.get(signing(review)).content.decode()
    assert f'action="{back}"' in claire.get(place).content.decode()
    assert f'action="{back}"' not in nadia.get(place).content.decode()
    for other in (nadia, browser(marc)):  # it is no one else's to end
        assert other.post(back).status_code in (403, 409)
    answer = claire.post(back, follow=True)
    assert "the signature is yours again" in answer.content.decode()
    row = Delegation.objects.get()
    assert row.ended_at is not None
    page = claire.get(place).content.decode()
    assert "taken back" in page and "Claire Vasseur → Marc Olivier" in page and f'action="{back}"' not in page
    states = dict(Task.objects.filter(source__startswith="sign:").values_list("member_id", "state"))
    assert states == {inside.executive.id: "open", marc.id: "cancelled"}
    assert claire.post(back).status_code == 409
    kept = list(Entry.objects.filter(kind="records_delegation").order_by("id"))
    assert [e.actor for e in kept] == [inside.executive.actor] * 2 and "ended_at" in str(kept[-1].state)


def test_what_was_signed_by_the_delegate_is_not_asked_for_again(
    claire: Client, browser: Browser, review: ManagementReview, inside: World
) -> None:
    marc = second(inside)
    claire.post(delegating(review), handed(marc))
    his, secret = browser(marc), codes_for(marc)
    his.post(signing(review), {**carried(his, review), "password": PASSWORD, "one_time": code_now(secret)})
    assert claire.post(f"{delegating(review)}back/").status_code == 302
    assert not Task.objects.filter(source__startswith="sign:", state="open").exists()


def test_a_delegation_that_ran_out_asks_who_gave_it_again(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    marc = second(inside)
    claire.post(delegating(review), handed(marc))
    end_delegations(inside.orvanne, timezone.now() + timedelta(days=7))
    assert Task.objects.get(source__startswith="sign:", state="open").member_id == marc.id
    end_delegations(inside.orvanne, timezone.now() + timedelta(days=8))
    assert Task.objects.get(source__startswith="sign:", state="open").member_id == inside.executive.id


def test_refusing_with_a_reason_from_the_signing_page(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    place = f"/registers/management-reviews/{review.pk}/move/refuse/"
    answer = claire.post(place, {"version": str(review.version), "note": "The figures are wrong."})
    assert answer.status_code == 302 and not Signature.objects.exists()
    assert Task.objects.filter(source__startswith="refused:", member_id=inside.officer.id).exists()
