"""Who may sign for somebody in general: named until a day, on behalf of whoever named them, taken back; never an audit."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from aims.journal.models import Entry
from aims.organisation.models import Membership, Organisation
from aims.records.access import may_move
from aims.records.changes import create
from aims.records.models import Deputy, Signature
from aims.records.registry import register_of
from aims.schedule import handing
from aims.schedule.models import Task
from evaluation.models import Audit, ManagementReview
from leadership.models import AIPolicy
from tests.evaluation.story import PLAN, row
from tests.pages.conftest import Browser
from tests.people import PASSWORD, World
from tests.records.authenticators import code_now, codes_for
from tests.signing import handed, held_review, second

PLACE = "/settings/deputies/"


@pytest.fixture(autouse=True)
def fresh_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def review(inside: World) -> ManagementReview:
    """A management review that waits for the chief executive."""
    return held_review(inside)


@pytest.fixture
def claire(browser: Browser, inside: World) -> Client:
    """The chief executive, whose organisation lets the compliance officer sign for her."""
    Organisation.objects.filter(pk=inside.orvanne.pk).update(settings={"delegates": ["compliance_officer"]})
    return browser(inside.executive)


def signing(review: ManagementReview) -> str:
    return f"/registers/management-reviews/{review.pk}/sign/sign/"


def test_a_deputy_signs_in_their_own_name_on_behalf_of_whom_they_stand_in_for(
    claire: Client, nadia: Client, review: ManagementReview, inside: World
) -> None:
    assert nadia.get(signing(review)).status_code == 403
    assert "You sign yourself" in claire.get(PLACE).content.decode()
    assert claire.post(PLACE, handed(inside.officer)).status_code == 302
    told = Task.objects.get(source__startswith="deputy:")
    assert (told.member_id, told.urgent) == (inside.officer.id, False) and "Claire Vasseur" in told.title
    assert "You may sign for" in nadia.get(PLACE).content.decode()
    codes_for(inside.officer)
    page = nadia.get(signing(review)).content.decode()
    assert "On behalf of" in page and "Claire Vasseur" in page
    form = dict(re.findall(r'<input type="hidden" name="(version|shown)" value="([^"]*)"', page))
    answer = nadia.post(signing(review), {**form, "password": PASSWORD, "one_time": code_now()})
    assert answer.status_code == 302
    given = Signature.objects.get()
    assert (given.signer_id, given.on_behalf_of) == (inside.officer.id, "Claire Vasseur")


@pytest.mark.parametrize("ended", ["taken back", "yesterday", "somebody else named", "giver left"])
def test_a_deputy_who_no_longer_is_one_signs_nothing(
    claire: Client, nadia: Client, review: ManagementReview, inside: World, ended: str
) -> None:
    claire.post(PLACE, handed(inside.officer))
    assert nadia.get(signing(review)).status_code == 200
    kept = Deputy.objects.get()
    if ended == "taken back":
        assert nadia.post(f"{PLACE}{kept.pk}/end/").status_code == 403
        assert claire.post(f"{PLACE}{kept.pk}/end/").status_code == 302
        page = claire.get(PLACE).content.decode()
        assert "Earlier deputies" in page and "You sign yourself" in page
    elif ended == "yesterday":
        Deputy.objects.update(until=timezone.localdate() - timedelta(days=1))
    elif ended == "somebody else named":
        claire.post(PLACE, handed(second(inside)))
    else:
        Membership.objects.filter(pk=inside.executive.id).update(active=False)
    assert nadia.get(signing(review)).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"), [("until", "2020-01-01"), ("until", "2199-01-01"), ("reason", " "), ("to", "nobody")]
)
def test_who_says_too_little_keeps_what_was_typed(
    claire: Client, inside: World, field: str, value: str
) -> None:
    answer = claire.post(PLACE, handed(inside.officer, **{field: value}))
    assert answer.status_code == 422 and not Deputy.objects.exists()
    assert "On leave." in answer.content.decode() or field == "reason"


def test_only_who_signs_names_a_deputy_and_the_history_knows_who(
    claire: Client, nadia: Client, paul: Client, inside: World
) -> None:
    assert paul.post(PLACE, handed(inside.officer)).status_code == 403
    assert "Name a deputy" not in paul.get(PLACE).content.decode()
    claire.post(PLACE, handed(inside.officer))
    claire.post(f"{PLACE}{Deputy.objects.get().pk}/end/")
    kept = list(Entry.objects.filter(kind="records_deputy").order_by("id"))
    assert [entry.actor for entry in kept] == [inside.executive.actor] * 2
    assert "On leave." in str(kept[0].state) and "ended_at" in str(kept[1].state)


def test_four_eyes_hold_for_a_deputy_too(claire: Client, nadia: Client, inside: World) -> None:
    claire.post(PLACE, handed(inside.officer))
    codes_for(inside.officer)
    values = {"title": "AI policy", "edition": "1", "text": "We use AI with care."}
    policy = create(inside.officer, AIPolicy, values)
    step = next(t for t in register_of(policy).lifecycle.all_transitions if t.meaning)
    AIPolicy.objects.filter(pk=policy.pk).update(state=step.sources[0])
    place = f"/registers/{register_of(policy).path}/{policy.pk}/sign/{step.code}/"
    page = nadia.get(place).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(version|shown)" value="([^"]*)"', page))
    answer = nadia.post(place, {**form, "password": PASSWORD, "one_time": code_now()})
    assert answer.status_code == 409 and "you made the last change" in answer.content.decode()
    assert not Signature.objects.exists()


def test_an_audit_report_stays_its_auditors_own(inside: World) -> None:
    audit = create(inside.officer, Audit, {**PLAN, "lead": row(inside.auditor)})
    step = next(t for t in register_of(audit).lifecycle.all_transitions if t.meaning)
    today = timezone.localdate()
    for giver in (inside.auditor, inside.executive, inside.officer):
        Deputy.objects.create(
            organisation_id=inside.orvanne.pk,
            giver_id=giver.id,
            to_id=inside.contributor.id,
            until=today,
            reason="x",
        )
    assert not may_move(inside.contributor, audit, step)


def test_a_signature_goes_to_who_stands_in_only_when_they_may_sign(
    claire: Client, review: ManagementReview, inside: World
) -> None:
    task = Task.objects.get(source__startswith="sign:")
    today = timezone.localdate()
    away = handing.be_away(inside.executive, inside.officer.id, today, today + timedelta(days=3), "")
    task.refresh_from_db()
    assert task.member_id == inside.executive.id  # the officer could not sign it
    refused = claire.post(f"/tasks/{task.pk}/hand/", {"to": str(inside.officer.id), "why": "On leave"})
    assert refused.status_code == 422 and "cannot sign this" in refused.content.decode()
    claire.post(PLACE, handed(inside.officer))
    handing.stand_in(inside.orvanne, timezone.now())
    task.refresh_from_db()
    assert (task.member_id, task.given_by_id) == (inside.officer.id, inside.executive.id)
    handing.end_absence(inside.executive, away.pk)
    task.refresh_from_db()
    assert task.member_id == inside.executive.id


def test_the_organisation_says_which_roles_sign_for_top_management(
    browser: Browser, nadia: Client, inside: World
) -> None:
    claire, place = browser(inside.executive), f"{PLACE}roles/"
    assert "Nobody may sign for you yet" in claire.get(PLACE).content.decode()
    assert claire.post(PLACE, handed(inside.officer)).status_code == 422
    assert nadia.post(place, {"roles": ["compliance_officer"]}).status_code == 403
    assert claire.post(place, {"roles": ["reader"]}).status_code == 422
    assert claire.post(place, {"roles": ["compliance_officer"]}).status_code == 302
    assert Organisation.objects.get(pk=inside.orvanne.pk).settings == {"delegates": ["compliance_officer"]}
    assert claire.post(PLACE, handed(inside.officer)).status_code == 302
    page = claire.get(PLACE).content.decode()
    assert re.search(r'value="compliance_officer"[^>]*checked', page)


def test_who_may_sign_by_their_own_role_signs_for_themselves(
    claire: Client, browser: Browser, review: ManagementReview, inside: World
) -> None:
    marc = second(inside)
    claire.post(PLACE, handed(marc))
    assert "On behalf of" not in browser(marc).get(signing(review)).content.decode()
