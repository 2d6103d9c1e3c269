"""Decisions of AI systems: taken once, judged row by row, counted."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.roles import Role
from context.models import AISystem
from operation.decisions.models import Decision
from tests.callers import Caller
from tests.factory import make
from tests.people import World

NDJSON = "application/x-ndjson"
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def system(world: World) -> AISystem:
    return make(world, AISystem, external_id="triage")


def report(system: Any, key: str = "d-1", **given: Any) -> dict[str, Any]:
    return {
        "id": key,
        "system": str(system),
        "model_version": "1.0.0",
        "timestamp": timezone.now().isoformat(),
        "input_digest": "sha256:" + "3f" * 32,
        "output": "deny",
        "score": 0.1375,
        "groups": {"sex": "female", "age_band": "30-49"},
        "human_override": None,
        "ground_truth": None,
        **given,
    }


def batch(client: Caller, rows: list[Any], pack: bool = False) -> Any:
    lines = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    if pack:
        return client.post("decisions/", gzip.compress(lines), Content_Type=NDJSON, Content_Encoding="gzip")
    return client.post("decisions/", lines, Content_Type=NDJSON)


def count(world: World) -> int:
    with acting(world.orvanne.pk, "task:tests"):
        return Decision.objects.count()


def test_one_is_taken_once(officer: Caller, world: World, system: AISystem) -> None:
    given = report(system.pk)
    first = officer.post("decisions/", given)
    assert first.status_code == 201, first.content
    row = first.json()
    assert (row["id"], row["system"], row["score"]) == ("d-1", str(system.pk), "0.1375000000")
    assert officer.get(first["Location"]).json() == row
    again = officer.post("decisions/", given)
    assert (again.status_code, again.json()) == (200, row)
    other = officer.post("decisions/", {**given, "output": "grant"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert officer.get("decisions/").json()["results"] == [row] and count(world) == 1


def test_a_system_goes_by_id_number_or_external_id(
    officer: Caller,
    stranger: Caller,
    system: AISystem,
) -> None:
    given = report(system.pk)
    assert officer.post("decisions/", given).status_code == 201
    for name in (system.ref, "triage", str(system.pk).upper()):
        assert officer.post("decisions/", {**given, "system": name}).status_code == 200, name
    theirs = stranger.post("ai-systems/", {"title": "x", "purpose": "y"}).json()["id"]
    refused = [officer.post("decisions/", {**given, "system": key}) for key in (theirs, UNKNOWN, "AIS-9999")]
    assert {r.status_code for r in refused} == {422} and len({r.content for r in refused}) == 1


def test_the_rows_of_a_batch_are_judged_one_by_one(officer: Caller, world: World, system: AISystem) -> None:
    rows = [
        report(system.ref, "a"),
        report(system.ref, "b", score="x"),
        b"{nonsense",
        b"",
        report(system.ref, "a", output="grant"),
        b'{"id": 1, "id": 2}',
        [1],
        report("AIS-9999", "c"),
        {**report(system.ref, "d"), "nonsense": 1},
        report(system.ref, "e"),
    ]
    told = batch(officer, rows).json()
    assert (told["accepted"], told["known"], told["rejected"]) == (2, 0, 7)
    assert [(e["line"], e["errors"][0]["field"]) for e in told["errors"]] == [
        (2, "score"),
        (3, ""),
        (5, "id"),
        (6, ""),
        (7, ""),
        (8, "system"),
        (9, "nonsense"),
    ]
    assert count(world) == 2


@pytest.mark.parametrize("pack", [False, True])
def test_the_same_batch_again_adds_none(officer: Caller, world: World, system: AISystem, pack: bool) -> None:
    rows = [report("triage", f"d-{n}", output={"n": n}) for n in range(1200)]
    rows += rows[:10]
    first, second = batch(officer, rows, pack).json(), batch(officer, rows, pack).json()
    assert first == {"accepted": 1200, "known": 10, "rejected": 0, "errors": []}
    assert second == {"accepted": 0, "known": 1210, "rejected": 0, "errors": []}
    assert count(world) == 1200


def test_a_body_that_is_no_batch_is_refused(officer: Caller, system: AISystem) -> None:
    good = json.dumps(report("triage")).encode()
    assert batch(officer, [b"{}"] * 10_001).status_code == 413
    assert batch(officer, [b"", b""]).json()["accepted"] == 0
    packed = gzip.compress(good)
    for body, encoding, status in (
        (good, "gzip", 400),
        (packed[:-5], "gzip", 400),
        (packed, "br", 415),
        (gzip.compress(b"\n" * (65 * 1024 * 1024)), "gzip", 413),
    ):
        answer = officer.post("decisions/", body, Content_Type=NDJSON, Content_Encoding=encoding)
        assert answer.status_code == status, (encoding, answer.content)


WRONG: dict[str, list[Any]] = {
    "id": [None, "", " ", 5, "x" * 201],
    "timestamp": [
        None,
        "",
        "2026-01-01",
        "2026-01-01T00:00:00",
        5,
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
    "output": [None, "x" * 20_001],
    "score": ["x", True, [], "NaN", "Infinity", 1e12, {}],
    "groups": ["x", [], {"a": {}}, {"a": [1]}, {str(n): 1 for n in range(51)}],
    "human_override": ["yes", 1, {}, {"reason": ""}, {"reason": 1}, []],
    "input_digest": ["nonsense", 5, "sha256:xyz"],
    "model_version": [5, "x" * 101],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in WRONG.items() for v in values])
def test_what_is_wrong_is_named(officer: Caller, system: AISystem, name: str, value: Any) -> None:
    answer = officer.post(
        "decisions/", report("triage", **{name: value}) if name != "id" else {**report("triage"), "id": value}
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [name]


def test_late_and_future_ones_are_kept_and_marked(officer: Caller, system: AISystem) -> None:
    now = timezone.now()
    for key, shift, flag in (("now", 0, ""), ("late", -30, "late"), ("future", 1, "future")):
        given = report("triage", key, timestamp=(now + timedelta(days=shift)).isoformat())
        assert officer.post("decisions/", given).json()["flag"] == flag
    told = officer.get(f"decisions/summary/?system={system.ref}").json()
    assert (told["count"], told["late"], told["future"]) == (3, 1, 1)


def test_the_summary_counts_what_people_overrode(officer: Caller, system: AISystem) -> None:
    overrides = [None, False, True, {"reason": "Wrong patient", "by": "nurse"}]
    batch(
        officer,
        [report("triage", f"d-{n}", human_override=o, final_output="grant") for n, o in enumerate(overrides)],
    )
    told = officer.get("decisions/summary/").json()
    assert (told["count"], told["overridden"], told["override_rate"]) == (4, 2, 0.5)
    assert told["model_versions"] == [{"model_version": "1.0.0", "count": 4, "overridden": 2}]
    other = officer.post("ai-systems/", {"title": "x", "purpose": "y"}).json()["ref"]
    assert officer.get(f"decisions/summary/?system={other}").json()["override_rate"] is None


def test_the_list_is_walked_once(officer: Caller, system: AISystem) -> None:
    batch(officer, [report("triage", f"d-{n}") for n in range(7)])
    seen: list[str] = []
    following = f"decisions/?system={system.pk}&limit=3"
    while following:
        page = officer.get(following).json()
        seen += [row["id"] for row in page["results"]]
        following = page["next"]
    assert sorted(seen) == [f"d-{n}" for n in range(7)]
    assert officer.get("decisions/?system=nonsense").status_code == 400
    assert officer.get("decisions/?after=x").status_code == 400


def test_who_may_report_and_who_may_read(
    caller: Callable[..., Caller],
    stranger: Caller,
    world: World,
    system: AISystem,
) -> None:
    given = report("triage")
    robot = caller(Role.API_CLIENT, "decisions:write")
    assert robot.post("decisions/", given).status_code == 201
    assert robot.get("decisions/").status_code == 403 and robot.get("ai-systems/").status_code == 403
    for role in (Role.READER, Role.AUDITOR, Role.EXECUTIVE, Role.CONTRIBUTOR):
        assert caller(role).post("decisions/", b"{").status_code == 403, role
    assert caller(Role.API_CLIENT, "decisions:read").post("decisions/", given).status_code == 403
    assert len(caller(Role.API_CLIENT, "decisions:read").get("decisions/").json()["results"]) == 1
    assert caller(Role.AUDITOR).get("decisions/").json()["results"] == []
    assert stranger.get("decisions/").json()["results"] == []


def test_the_fields_of_real_logs_are_taken(officer: Caller, system: AISystem) -> None:
    row = report("triage", model="income-logreg", subject_ref="subj-1", threshold=0.5, final_output="grant")
    row["record_id"] = row.pop("id")
    row["ground_truth_at"] = "2026-01-31T00:00:28Z"
    shown = officer.post("decisions/", row).json()
    assert (shown["id"], shown["model"], shown["threshold"]) == ("d-1", "income-logreg", "0.5000000000")
    twice = {**report("triage", "d-2"), "record_id": "d-3"}
    assert officer.post("decisions/", twice).status_code == 422
