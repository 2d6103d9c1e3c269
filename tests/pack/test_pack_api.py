"""Packs over REST: ask, watch, fetch; refusals as everywhere."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from aims.organisation.acting import acting
from aims.organisation.keys import uuid7
from aims.organisation.roles import Role
from aims.pack.models import Pack
from tests.callers import Caller, caller, officer, reader, stranger
from tests.pack.conftest import acted
from tests.people import World

__all__ = ["caller", "officer", "reader", "stranger"]
FILE = b"%PDF-1.7 a pack"


def finished(world: World, key: str) -> Pack:
    """The pack as a worker leaves it."""
    with acting(world.orvanne.pk, "task:tests"):
        pack = Pack.objects.select_related("job").get(pk=key)
        name = storages["packs"].save(f"{pack.organisation_id}/{pack.pk}/1.pdf", ContentFile(FILE))
        Pack.objects.filter(pk=key).update(file=name, sha256="ab" * 32, size=len(FILE), pages=3, position=7)
    acted(pack, state="done", progress=100)
    return pack


def test_asking_answers_202_with_the_place_to_watch(officer: Caller) -> None:
    answer = officer.post("packs/", {"title": "Stage 1", "scope": ["6", "A.5"], "language": "fr"})
    body = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/v1/packs/{body['id']}/"
    assert (body["state"], body["progress"], body["file"], body["sha256"]) == ("queued", 0, None, None)
    assert body["scope"] == ["6.1.1", "6.1.2", "6.1.3", "6.1.4", "6.2", "6.3", "A.5"]
    assert officer.get(answer["Location"]).json() == body


@pytest.mark.parametrize("body", [{}, None])
def test_everything_may_be_left_out(officer: Caller, body: Any) -> None:
    answer = officer.post("packs/", body)
    assert (answer.status_code, answer.json()["title"], answer.json()["scope"]) == (202, "Evidence pack", [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": ["99"]}, "scope"),
        ({"scope": [4]}, "scope.0"),
        ({"scope": "6"}, "scope"),
        ({"title": "x" * 300}, "title"),
        ({"language": "xx"}, "language"),
        ({"state": "done"}, "state"),
        ({"sha256": "0"}, "sha256"),
    ],
)
def test_what_is_wrong_is_named(officer: Caller, body: Any, field: str) -> None:
    answer = officer.post("packs/", body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_progress_is_told(officer: Caller, world: World) -> None:
    key = officer.post("packs/", {}).json()["id"]
    with acting(world.orvanne.pk, "task:tests"):
        pack = Pack.objects.get(pk=key)
    acted(pack, state="building", progress=41, doing="Setting page 12")
    body = officer.get(f"packs/{key}/").json()
    assert (body["state"], body["progress"], body["doing"]) == ("building", 41, "Setting page 12")
    acted(pack, state="failed", error="out of time")
    body = officer.get(f"packs/{key}/").json()
    assert (body["state"], body["error"]) == ("failed", "out of time")


@pytest.mark.parametrize("state", ["queued", "building", "failed"])
def test_there_is_no_file_before_the_end(officer: Caller, world: World, state: str) -> None:
    key = officer.post("packs/", {}).json()["id"]
    with acting(world.orvanne.pk, "task:tests"):
        acted(Pack.objects.get(pk=key), state=state)
    answer = officer.get(f"packs/{key}/file/")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_the_file_is_served_for_saving(officer: Caller, world: World) -> None:
    key = officer.post("packs/", {}).json()["id"]
    finished(world, key)
    place = officer.get(f"packs/{key}/").json()["file"]
    answer = officer.get(place)
    assert b"".join(answer.streaming_content) == FILE
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="evidence-pack-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Digest"].startswith("sha-256=:")


def test_another_organisation_and_an_unknown_pack_look_the_same(officer: Caller, stranger: Caller) -> None:
    key = officer.post("packs/", {}).json()["id"]
    for place in ("", "file/"):
        theirs, none = stranger.get(f"packs/{key}/{place}"), stranger.get(f"packs/{uuid7()}/{place}")
        assert theirs.status_code == none.status_code == 404
        assert {**theirs.json(), "instance": ""} == {**none.json(), "instance": ""}
    assert stranger.get("packs/").json() == {"results": []}


def test_readers_are_refused_before_the_body_is_read(reader: Caller) -> None:
    for answer in (
        reader.post("packs/", b"{nonsense"),
        reader.get("packs/"),
        reader.get(f"packs/{uuid7()}/"),
    ):
        assert answer.status_code == 403
    assert Caller().get("packs/").status_code == 401


def test_tokens_are_limited_by_their_scopes(caller: Callable[..., Caller]) -> None:
    writes, reads = caller(Role.API_CLIENT, "packs:write"), caller(Role.API_CLIENT, "packs:read")
    made = writes.post("packs/", {})
    assert made.status_code == 202
    assert writes.get(made["Location"]).status_code == 403
    assert reads.get(made["Location"]).status_code == 200
    assert reads.post("packs/", {}).status_code == 403
    assert caller(Role.API_CLIENT, "ai-systems:write").post("packs/", {}).status_code == 403


def test_an_api_client_sees_its_own(officer: Caller, caller: Callable[..., Caller]) -> None:
    robot = caller(Role.API_CLIENT)
    mine, theirs = (who.post("packs/", {}).json()["id"] for who in (robot, officer))
    assert [pack["id"] for pack in robot.get("packs/").json()["results"]] == [mine]
    assert {pack["id"] for pack in officer.get("packs/").json()["results"]} == {mine, theirs}
    assert robot.get(f"packs/{theirs}/").status_code == 404
