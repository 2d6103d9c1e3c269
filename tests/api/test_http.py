"""HTTP as it is meant: methods, entity tags, problem details, who is let in, and what a token's scopes open."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from aims.api.problems import as_refused
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.registry import register_of
from context.models import AISystem
from evaluation.models import ManagementReview
from planning.models import ControlImplementation
from tests.callers import Caller
from tests.factory import make
from tests.people import World

MEMBERS = ("type", "title", "status", "detail", "instance", "code")


def is_problem(answer: Any, status: int, code: str) -> bool:
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert all(name in body for name in MEMBERS) and body["instance"] == answer.wsgi_request.path
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert body["type"] == f"urn:aims:problem:{code}"
    return True


@pytest.mark.parametrize(
    "header", ["", "Bearer nonsense", "Bearer", "bearer x y", "Basic YTpi", "Bearer \x7f"]
)
def test_without_a_good_token_it_is_401(world: World, header: str) -> None:
    answer = Client().get("/api/v1/ai-systems/", headers={"Authorization": header} if header else {})
    assert is_problem(answer, 401, "unauthenticated") and answer["WWW-Authenticate"].startswith("Bearer")


def test_a_bad_token_is_refused_even_with_a_session(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    assert client.get("/api/v1/me/").json()["name"] == world.officer.name
    assert client.get("/api/v1/me/", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_session_changes_nothing_without_its_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    answer = client.post("/api/v1/ai-systems/", {}, content_type="application/json")
    assert is_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("path", ["nothing/", "ai-systems/x/", "ai-systems/1/2/3/", "ai-systems/%ff/"])
def test_an_unknown_address_is_a_404(officer: Caller, path: str) -> None:
    assert is_problem(officer.get(path), 404, "not_found")
    assert is_problem(officer.post(path, {}), 404, "not_found")


def test_a_forgotten_slash_is_sent_on_with_method_and_body(officer: Caller) -> None:
    answer = officer.post("ai-systems?x=1", {})
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/ai-systems/?x=1")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_another_method_is_a_405(officer: Caller, method: str) -> None:
    answer = officer(method, "ai-systems/")
    assert is_problem(answer, 405, "method_not_allowed") and "GET" in answer["Allow"]


def test_a_fixed_register_takes_no_new_rows(officer: Caller, world: World) -> None:
    line = make(world, ControlImplementation)
    assert is_problem(officer.post("control-implementations/", {}), 405, "method_not_allowed")
    assert is_problem(officer("DELETE", f"control-implementations/{line.pk}/"), 405, "method_not_allowed")
    assert officer.get("control-implementations/?code=A.5.2").json()["results"][0]["id"] == str(line.pk)


@pytest.mark.parametrize(("accept", "status"), [("text/html", 406), ("*/*", 200), ("application/json", 200)])
def test_it_answers_json_only(officer: Caller, accept: str, status: int) -> None:
    assert officer.get("ai-systems/", Accept=accept).status_code == status


def test_the_entity_tag_follows_the_version(officer: Caller, world: World) -> None:
    record = make(world, AISystem)
    place = f"ai-systems/{record.pk}/"
    assert officer.get(place, If_None_Match='"1"').status_code == 304
    assert officer.get(place, If_None_Match='W/"1", "9"').status_code == 304
    assert officer.get(place, If_None_Match='"2"').status_code == 200
    for header in ('"1"', 'W/"1"', "1", "*", '"7", "1"'):
        version = officer.get(place).json()["version"]
        answer = officer("PATCH", place, {"release": header[:9]}, If_Match=header.replace("1", str(version)))
        assert (answer.status_code, answer["ETag"]) == (200, f'"{version + 1}"'), header
    for header in ('"0"', '""', "x", "", "1.0"):
        assert is_problem(officer("PATCH", place, {"release": "x"}, If_Match=header), 412, "stale"), header


def test_withdrawing_wants_a_version_and_a_reason(officer: Caller, world: World) -> None:
    place = f"ai-systems/{make(world, AISystem).pk}/"
    assert is_problem(officer("DELETE", place), 428, "version_needed")
    assert is_problem(officer("DELETE", place, version=1), 422, "invalid")
    assert is_problem(officer("DELETE", f"{place}?note=x", version=2), 412, "stale")
    assert officer("DELETE", place, {"note": "Never built"}, 1).status_code == 204
    gone = officer.get(place).json()
    assert (gone["state"], gone["version"]) == ("withdrawn", 2)
    assert officer.get(f"{place}comments/").json()["results"][0]["text"] == "Never built"
    assert is_problem(officer("DELETE", f"{place}?note=x", version=2), 409, "transition")
    assert is_problem(officer.patch(place, {"title": "x"}, 2), 409, "locked")


def test_steps_are_listed_and_taken(officer: Caller, reader: Caller, world: World) -> None:
    place = f"ai-systems/{make(world, AISystem).pk}/transitions/"
    steps = {row["transition"]: row for row in officer.get(place).json()["results"]}
    assert steps["put_in_force"]["allowed"] and not steps["put_in_force"]["signature"]
    assert not any(row["allowed"] for row in reader.get(place).json()["results"])
    assert is_problem(officer.post(place, {"transition": "put_in_force"}), 428, "version_needed")
    assert is_problem(officer.post(place, {"transition": "nonsense"}, 1), 422, "invalid")
    assert is_problem(officer.post(place, {"transition": "reopen"}, 1), 409, "transition")
    assert is_problem(reader.post(place, {"transition": "put_in_force"}, 1), 403, "forbidden")
    moved = officer.post(place, {"transition": "put_in_force", "note": "Live"}, 1)
    assert (moved.json()["state"], moved["ETag"]) == ("in_force", '"2"')


def test_history_tells_what_was_different(officer: Caller, world: World) -> None:
    place = f"ai-systems/{make(world, AISystem).pk}/"
    officer.patch(place, {"title": "Other"}, 1)
    page = officer.get(f"{place}history/?limit=1").json()
    assert page["results"][0]["differences"][0]["column"] == "title"
    assert page["results"][0]["actor"].endswith(str(world.officer.id))
    older = officer.get(page["next"]).json()["results"]
    assert [row["action"] for row in older] == ["created"]


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (("ai-systems:read",), True, False),
        (("ai-systems:write", "ai-systems:read"), True, True),
        (("*:read",), True, False),
        (("ai-systems:*",), True, True),
        (("evidence:read",), False, False),
        (("decisions:write",), False, False),
    ],
)
def test_a_token_opens_its_scopes_only(
    caller: Callable[..., Caller], world: World, scopes: tuple[str, ...], reads: bool, writes: bool
) -> None:
    record = make(world, AISystem)
    client = caller(Role.OFFICER, *scopes)
    assert client.get("ai-systems/").status_code == (200 if reads else 403)
    assert client.get(f"ai-systems/{record.pk}/").status_code == (200 if reads else 403)
    answer = client.post("ai-systems/", {"title": "x", "purpose": "y"})
    assert answer.status_code == (201 if writes else 403)
    said = client.post(f"ai-systems/{record.pk}/comments/", {"text": "hm"})
    assert said.status_code == (201 if writes else 403)


def test_too_many_says_when_to_come_back() -> None:
    refused = as_refused(Refused("too_many", "Wait.", details={"retry_after": 900}))
    assert refused and refused[0] == 429 and refused[2] == {"Retry-After": "900"}


def test_what_breaks_is_told_in_the_same_form(
    officer: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("aims.api.catalogue.Me.get", broken)
    officer.client.raise_request_exception = False
    answer = officer.get("me/")
    assert is_problem(answer, 500, "broken") and b"secret" not in answer.content


def test_comments_and_evidence_hang_on_a_record(officer: Caller, stranger: Caller, world: World) -> None:
    record = make(world, AISystem)
    place = f"ai-systems/{record.pk}/"
    assert officer.post(f"{place}comments/", {"text": "  "}).status_code == 422
    assert officer.post(f"{place}comments/", {"text": "Looks right"}).status_code == 201
    evidence = officer.post("evidence/", {"title": "Test report"}).json()["id"]
    foreign = stranger.post("evidence/", {"title": "Theirs"}).json()["id"]
    linked = officer.post(f"{place}evidence/", {"evidence": evidence})
    assert linked.status_code == 201 and linked.json()["title"] == "Test report"
    assert officer.post(f"{place}evidence/", {"evidence": evidence}).status_code == 200
    assert officer.get(f"{place}evidence/").json()["results"] == [linked.json()]
    refused = officer.post(f"{place}evidence/", {"evidence": foreign})
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "evidence"
    assert officer("DELETE", f"{place}evidence/{linked.json()['id']}/").status_code == 204
    assert is_problem(officer("DELETE", f"{place}evidence/{linked.json()['id']}/"), 404, "not_found")
    assert officer.get(f"{place}evidence/").json()["results"] == []
    with acting(world.orvanne.pk, world.officer.actor):
        assert AISystem.objects.get(pk=record.pk).version == 1


def test_a_signature_is_given_in_the_browser(caller: Callable[..., Caller], world: World) -> None:
    review = make(world, ManagementReview, full=True)
    client = caller(Role.EXECUTIVE)
    place = f"management-reviews/{review.pk}/transitions/"
    signing = [s for s in _all_steps(ManagementReview) if s.meaning]
    assert signing, "the review is signed"
    answer = client.post(place, {"transition": signing[0].code}, 1)
    assert is_problem(answer, 403, "proof_needed") and "signatures/" in answer.json()["detail"]


def _all_steps(model: Any) -> Any:
    return register_of(model).lifecycle.all_transitions
