"""Signing, delegating and naming deputies over REST: the rules and refusals of the page, as problem details."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from aims.organisation.models import Organisation
from aims.organisation.roles import Role
from aims.records.changes import write
from aims.records.models import Delegation, Deputy, Signature
from aims.schedule.models import Task
from evaluation.models import ManagementReview
from tests.api.test_http import is_problem
from tests.callers import Caller
from tests.people import PASSWORD, World
from tests.records.authenticators import Passkey, code_now, codes_for
from tests.signing import handed, held_review, second


@pytest.fixture(autouse=True)
def fresh_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def review(inside: World) -> ManagementReview:
    """A management review that waits for the chief executive."""
    return held_review(inside)


@pytest.fixture
def claire(caller: Callable[..., Caller], inside: World) -> Caller:
    """The chief executive's client; she has an authenticator app."""
    codes_for(inside.executive)
    return caller(Role.EXECUTIVE)


def at(review: ManagementReview, tail: str = "signatures/") -> str:
    return f"management-reviews/{review.pk}/{tail}"


def signing(client: Caller, review: ManagementReview, **more: Any) -> dict[str, Any]:
    digest = client.get(at(review)).json()["to_sign"]["digest"]
    proofs = {"password": PASSWORD, "code": code_now()}
    return {"transition": "sign", "digest": digest, **proofs, **more}


def test_what_is_signed_is_read_first_and_signed_with_two_fresh_proofs(
    claire: Caller, review: ManagementReview, inside: World
) -> None:
    shown = claire.get(at(review)).json()
    assert shown["results"] == [] and "everything" in shown["to_sign"]["content"]
    answer = claire.post(at(review), signing(claire, review), shown["to_sign"]["version"])
    assert answer.status_code == 201 and answer.json()["state"] == "signed"
    row = Signature.objects.get()
    assert (row.digest, row.signer_id) == (shown["to_sign"]["digest"], inside.executive.id)
    (kept,) = claire.get(at(review)).json()["results"]
    assert (kept["holds"], kept["proof"], kept["name"]) == (
        True,
        "password and one-time code",
        "Claire Vasseur",
    )
    ManagementReview.objects.filter(pk=review.pk).update(minutes="Something else.")
    assert claire.get(at(review)).json()["results"][0]["holds"] is False


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"password": ""}, {"code": "000000"}])
def test_a_wrong_proof_signs_nothing_and_is_counted(
    claire: Caller, review: ManagementReview, wrong: dict[str, str]
) -> None:
    body = signing(claire, review, **wrong)
    for _again in range(5):
        assert is_problem(claire.post(at(review), body, review.version), 403, "proof_needed")
    right = claire.post(at(review), signing(claire, review), review.version)
    assert is_problem(right, 429, "too_many") and not Signature.objects.exists()


def test_a_code_is_good_once(claire: Caller, review: ManagementReview) -> None:
    body = signing(claire, review)
    assert claire.post(at(review), body, review.version).status_code == 201
    ManagementReview.objects.filter(pk=review.pk).update(state="held")
    again = claire.post(at(review), body, "*")
    assert again.status_code in (403, 412) and Signature.objects.count() == 1


def test_who_has_no_codes_is_told_so(
    caller: Callable[..., Caller], review: ManagementReview, inside: World
) -> None:
    client = caller(Role.EXECUTIVE)
    assert is_problem(client.post(at(review), signing(client, review), review.version), 403, "proof_needed")
    Passkey(inside.executive)
    assert is_problem(client.post(at(review), signing(client, review), review.version), 403, "proof_needed")
    assert not Signature.objects.exists()


def test_only_what_was_read_is_signed(claire: Caller, review: ManagementReview, inside: World) -> None:
    body = signing(claire, review)
    assert is_problem(claire.post(at(review), body), 428, "version_needed")
    changed = write(inside.officer, review, {"minutes": "Something else."})
    stale = claire.post(at(review), body, review.version)
    assert is_problem(stale, 412, "stale") and stale.json()["version"] == changed.version
    assert is_problem(claire.post(at(review), body, changed.version), 412, "stale")
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"transition": "hold"}, "transition"),
        ({"transition": "nothing"}, "transition"),
        ({"digest": "short"}, "digest"),
        ({"code": None}, "code"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_signature_is_refused_by_field(
    claire: Caller, review: ManagementReview, change: dict[str, Any], field: str
) -> None:
    answer = claire.post(at(review), signing(claire, review, **change), review.version)
    assert is_problem(answer, 422, "invalid") and answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("role", [Role.OFFICER, Role.READER, Role.API_CLIENT, Role.CONTRIBUTOR])
def test_who_may_not_sign_is_refused_before_the_body_is_read(
    caller: Callable[..., Caller], review: ManagementReview, role: Role
) -> None:
    client = caller(role)
    for tail in ("signatures/", "delegations/", "delegations/end/"):
        assert is_problem(client.post(at(review, tail), {}, review.version), 403, "forbidden")


def test_refusing_is_a_step_with_a_reason(claire: Caller, review: ManagementReview, inside: World) -> None:
    place = at(review, "transitions/")
    assert claire.post(place, {"transition": "refuse"}, review.version).status_code == 422
    answer = claire.post(place, {"transition": "refuse", "note": "The figures are wrong."}, review.version)
    assert answer.status_code == 200
    assert Task.objects.filter(source__startswith="refused:", member_id=inside.officer.id).exists()


def test_a_signature_is_delegated_and_taken_back(
    claire: Caller, caller: Callable[..., Caller], review: ManagementReview, inside: World
) -> None:
    marc = second(inside)
    made = claire.post(at(review, "delegations/"), {"transition": "sign", **handed(marc)})
    assert made.status_code == 201 and made.json()["to"] == str(marc.id)
    asked = Task.objects.get(member_id=marc.id)
    assert asked.urgent and asked.url.endswith("/sign/sign/")
    assert claire.get(at(review, "delegations/")).json()["results"] == [made.json()]
    ended = claire.post(at(review, "delegations/end/"), {"transition": "sign"})
    assert ended.status_code == 200 and ended.json()["ended_at"]
    assert is_problem(claire.post(at(review, "delegations/end/"), {"transition": "sign"}), 409, "conflict")
    refused = claire.post(at(review, "delegations/"), {"transition": "sign", **handed(inside.officer)})
    assert is_problem(refused, 422, "invalid") and refused.json()["errors"][0]["field"] == "to"
    assert Delegation.objects.count() == 1


def test_a_deputy_signs_over_rest_until_it_ends(
    claire: Caller, caller: Callable[..., Caller], review: ManagementReview, inside: World
) -> None:
    Organisation.objects.filter(pk=inside.orvanne.pk).update(settings={"delegates": ["compliance_officer"]})
    nadia = caller(Role.OFFICER)
    codes_for(inside.officer)
    made = claire.post("deputies/", handed(inside.officer))
    assert made.status_code == 201
    assert nadia.get("deputies/").json()["results"] == [made.json()]
    end = f"deputies/{made.json()['id']}/end/"
    assert is_problem(nadia.post(end), 404, "not_found")
    answer = nadia.post(at(review), signing(nadia, review), review.version)
    assert answer.status_code == 201 and Signature.objects.get().on_behalf_of == "Claire Vasseur"
    assert claire.post(end).json()["ended_at"] and Deputy.objects.get().ended_at
    assert is_problem(caller(Role.READER).post("deputies/", handed(inside.officer)), 403, "forbidden")


def test_a_token_signs_only_where_its_scope_reaches(
    caller: Callable[..., Caller], review: ManagementReview, inside: World
) -> None:
    codes_for(inside.executive)
    reading = caller(Role.EXECUTIVE, "*:read")
    assert is_problem(reading.post(at(review), signing(reading, review), review.version), 403, "forbidden")
