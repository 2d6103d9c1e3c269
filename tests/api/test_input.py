"""Bodies are read strictly, refusals say what is wrong and where, and permission comes before all of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from aims.api.parsers import strict_json
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from context.models import AISystem, InterestedParty
from tests.callers import Caller
from tests.factory import make
from tests.people import World

GOOD = {"title": "ThoraScan", "purpose": "Sort X-rays"}
BROKEN = {
    "twice": b'{"a": 1, "a": 2}',
    "not a number": b'{"a": NaN}',
    "without end": b'{"a": -Infinity}',
    "too large for a float": b'{"a": 1e999}',
    "too large to be exact": b'{"a": 9007199254740993}',
    "half a pair": b'{"a": "\\ud800"}',
    "NUL": b'{"a": "\\u0000"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "not UTF-8": b'{"a": "\xe9"}',
    "too deep": b"[" * 51 + b"]" * 51,
    "endlessly deep": b"[" * 100_000,
    "cut off": b'{"a": ',
    "two values": b"{} {}",
    "single quotes": b"{'a': 1}",
    "byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_plain_json_is_a_400_in_words(officer: Caller, body: bytes) -> None:
    answer = officer.post("ai-systems/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert len(answer.json()["detail"]) > 20
    with pytest.raises(ValueError):
        strict_json(body)


@pytest.mark.parametrize("text", ['"\\ud83d\\ude00"', '"\\u2028"', "[[[[]]]]", "1.5e10", "9007199254740992"])
def test_odd_but_good_json_is_taken(text: str) -> None:
    assert strict_json(text.encode()) == json.loads(text)


WRONG_TYPES: dict[str, Any] = {
    "title": [5, True, None, ["x"], {"a": 1}, "", "   ", "x" * 201],
    "in_scope": ["true", 1, None, "yes"],
    "stage": ["nonsense", 5, "", None, ["inception"]],
    "owner": [5, "x", "", "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a8057", ["x"]],
    "review_due": ["31.01.2026", "2026-02-30", 20260131, "2026-W01-1", "", "2026-01-31T00:00:00Z"],
    "external_id": [5, "x" * 101],
    "roles": ["x", {"role": "ai_user"}, [5], [{"role": "nobody"}], [{"role": "ai_user", "x": 1}]],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG_TYPES.items() for value in values]
)
def test_a_value_of_another_type_is_refused_by_name(officer: Caller, name: str, value: Any) -> None:
    answer = officer.post("ai-systems/", {**GOOD, name: value})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    fields = {error["field"].split(".")[0] for error in answer.json()["errors"]}
    assert fields == {name}, answer.json()


def test_all_that_is_wrong_is_told_at_once(officer: Caller) -> None:
    given = {"purpose": 1, "state": "in_force", "version": 7, "nonsense": 1, "ref": "AIS-1"}
    first = officer.post("ai-systems/", given)
    assert {e["field"] for e in first.json()["errors"]} == {"state", "version", "nonsense", "ref"}
    second = officer.post("ai-systems/", {"purpose": 1, "title": ""})
    assert {e["field"] for e in second.json()["errors"]} == {"purpose", "title"}


def test_a_body_that_is_no_object_is_refused(officer: Caller) -> None:
    for body in ([], "x", 5, None, [GOOD]):
        answer = officer.post("ai-systems/", json.dumps(body).encode())
        assert answer.status_code == 422, body


def test_a_reader_is_refused_before_the_body_is_read(reader: Caller, world: World) -> None:
    record = make(world, AISystem)
    for method, path in (("POST", "ai-systems/"), ("PATCH", f"ai-systems/{record.pk}/")):
        answer = reader(method, path, b"{nonsense", 99)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), method
    assert reader("DELETE", f"ai-systems/{record.pk}/", b"{nonsense", 99).status_code == 403


def test_a_foreign_id_is_refused_as_an_unknown_one(officer: Caller, stranger: Caller, world: World) -> None:
    foreign = stranger.post("ai-systems/", GOOD).json()["id"]
    unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
    bodies = [{"title": "x", "stage": "design_development", "process": "p"}]
    for key in (foreign, unknown):
        for name, value in (("systems", [key]), ("owner", key)):
            answer = officer.post("operational-controls/", {**bodies[0], name: value})
            assert answer.status_code == 422
            assert answer.json()["errors"] == [{"field": name, "message": "There is no such record."}]


def test_a_member_of_another_organisation_cannot_be_named_as_owner(officer: Caller, world: World) -> None:
    answer = officer.post("ai-systems/", {**GOOD, "owner": str(world.stranger.id)})
    assert answer.json()["errors"] == [{"field": "owner", "message": "There is no such record."}]


def test_parts_are_replaced_kept_and_refused(officer: Caller, world: World) -> None:
    two = [{"text": "A doctor decides"}, {"text": "Equal quality"}]
    made = officer.post("interested-parties/", {"title": "Patients", "requirements": two}).json()
    place, first = f"interested-parties/{made['id']}/", made["requirements"][0]
    rows = [{"text": "New"}, {"id": first["id"], "text": "A doctor decides always"}]
    changed = officer.patch(place, {"requirements": rows}, 1).json()
    assert [row["text"] for row in changed["requirements"]] == ["New", "A doctor decides always"]
    assert changed["requirements"][1]["id"] == first["id"] and changed["version"] == 2
    left = officer.patch(place, {"roles": "affected"}, 2).json()
    assert left["requirements"] == changed["requirements"]
    for wrong in (
        [{"id": made["requirements"][1]["id"], "text": "gone before"}],
        [{"id": first["id"], "text": "x"}, {"id": first["id"], "text": "y"}],
    ):
        answer = officer.patch(place, {"requirements": wrong}, 3)
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"].endswith(".id")
    other = make(world, InterestedParty, full=True)
    with acting(world.orvanne.pk, world.officer.actor):
        theirs = str(other.requirements.get().pk)
    assert officer.patch(place, {"requirements": [{"id": theirs, "text": "x"}]}, 3).status_code == 422


def test_put_replaces_all_of_a_record(officer: Caller) -> None:
    made = officer.post(
        "ai-systems/", {**GOOD, "misuse": "Screening staff", "roles": [{"role": "ai_user"}]}
    ).json()
    put = officer("PUT", f"ai-systems/{made['id']}/", {**GOOD, "title": "ThoraScan 2"}, 1).json()
    assert (put["title"], put["misuse"], put["roles"], put["version"]) == ("ThoraScan 2", "", [], 2)
    assert officer("PUT", f"ai-systems/{made['id']}/", {"title": "x"}, 2).status_code == 422


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"]
)
def test_another_media_type_is_a_415(officer: Caller, kind: str) -> None:
    answer = officer.post("ai-systems/", GOOD, Content_Type=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported")


def test_a_body_that_is_too_large_is_a_413(officer: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = officer.post("ai-systems/", {**GOOD, "misuse": "x" * 1000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_second_record_with_the_same_external_id_is_refused(officer: Caller) -> None:
    assert officer.post("ai-systems/", {**GOOD, "external_id": "erp-1"}).status_code == 201
    for _ in range(2):
        assert officer.post("ai-systems/", {**GOOD, "external_id": ""}).json()["external_id"] is None
    answer = officer.post("ai-systems/", {**GOOD, "external_id": "erp-1"})
    assert answer.status_code == 422 and answer.json()["errors"]


def test_a_refused_change_leaves_nothing(officer: Caller, caller: Callable[..., Caller]) -> None:
    rows = [{"text": "good"}, {"text": ""}]
    assert officer.post("interested-parties/", {"title": "Patients", "requirements": rows}).status_code == 422
    assert caller(Role.READER).get("interested-parties/").json()["results"] == []
