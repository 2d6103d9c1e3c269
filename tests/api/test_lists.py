"""Lists: every row once, filters that are declared, and a 400 for anything else."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aims.api.queries import filters
from aims.records.registry import registers
from context.models import AISystem
from tests.callers import Caller
from tests.factory import make
from tests.people import World


def walk(client: Caller, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        page = client.get(following).json()
        rows += page["results"]
        following = page["next"]
    return rows


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 200])
def test_a_walk_sees_each_row_once(officer: Caller, world: World, limit: int) -> None:
    made = [str(make(world, AISystem).pk) for _ in range(6)]
    assert [row["id"] for row in walk(officer, f"ai-systems/?limit={limit}")] == made
    new = str(make(world, AISystem).pk)
    assert [row["id"] for row in walk(officer, f"ai-systems/?limit={limit}&state=draft")] == [*made, new]


def test_filters_find_what_they_name(officer: Caller, world: World) -> None:
    one = make(world, AISystem, stage="operation_monitoring", external_id="erp 1")
    two = make(world, AISystem, in_scope=False, owner=None)
    officer.patch(f"ai-systems/{two.pk}/", {"owner": str(world.contributor.id)}, 1)
    queries = {
        "stage=operation_monitoring": [one],
        "in_scope=false": [two],
        f"owner={world.contributor.id}": [two],
        "external_id=erp 1": [one],
        f"ref={two.ref}": [two],
        f"ref={one.ref}&ref={two.ref}": [one, two],
        "state=draft": [one, two],
        "state=in_force": [],
        "state=draft&in_scope=true": [one],
        "ref=nothing": [],
    }
    for query, found in queries.items():
        rows = officer.get(f"ai-systems/?{query}").json()["results"]
        assert [row["id"] for row in rows] == [str(record.pk) for record in found], query


def test_it_finds_what_changed_since(officer: Caller, world: World) -> None:
    make(world, AISystem)
    for shift, count in ((-60, 1), (60, 0)):
        since = (timezone.now() + datetime.timedelta(seconds=shift)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert len(officer.get(f"ai-systems/?updated_since={since}").json()["results"]) == count


@pytest.mark.parametrize("offset", ["%2B16:32", "-23:59", "Z", "%2B00:00"])
def test_any_offset_is_understood(officer: Caller, world: World, offset: str) -> None:
    make(world, AISystem)
    rows = officer.get(f"ai-systems/?updated_since=2020-05-27T12:08:49{offset}").json()["results"]
    assert len(rows) == 1


def test_relations_to_many_are_filters(officer: Caller, world: World) -> None:
    system = make(world, AISystem)
    control = {"title": "Gate", "process": "release", "systems": [str(system.pk)]}
    made = officer.post("operational-controls/", control).json()
    other = officer.post("operational-controls/", {**control, "systems": []}).json()
    rows = officer.get(f"operational-controls/?systems={system.pk}").json()["results"]
    assert [row["id"] for row in rows] == [made["id"]] and made["systems"] == [str(system.pk)]
    assert other["systems"] == []


@pytest.mark.parametrize(
    "query",
    [
        "nonsense=1",
        "state=nonsense",
        "state=",
        "owner=x",
        "owner=01890a5dac96774bbcceb302099a8057",
        "in_scope=1",
        "limit=0",
        "limit=1&limit=2",
        "limit=201",
        "limit=x",
        "limit=-1",
        "limit=1.5",
        "limit=٣",
        "cursor=x",
        "cursor=",
        "updated_since=2026-01-01",
        "updated_since=2026-01-01T00:00:00",
        "updated_since=2026-13-01T00:00:00Z",
        "updated_since=9999-12-31T23:59:59-23:59",
        "updated_since=2026-01-01T00:00:00Z&updated_since=2026-01-01T00:00:00Z",
        "fields=nonsense",
        "fields=",
        "page=2",
    ],
)
def test_a_parameter_that_cannot_be_is_a_400_by_name(officer: Caller, query: str) -> None:
    answer = officer.get(f"ai-systems/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_the_character_nul_is_a_400(officer: Caller) -> None:
    for query in ("ref=%00", "ref=a%00b", "%00=1"):
        assert officer.get(f"ai-systems/?{query}").status_code == 400


def test_sparse_fields_leave_out_the_rest(officer: Caller, world: World) -> None:
    record = make(world, AISystem, full=True)
    rows = officer.get("ai-systems/?fields=title,roles").json()["results"]
    assert [set(row) for row in rows] == [{"title", "roles"}]
    assert officer.get(f"ai-systems/{record.pk}/?fields=title,roles").json() == rows[0]
    assert officer.get(f"ai-systems/{record.pk}/?fields=x").status_code == 400


def test_every_declared_filter_is_offered_and_works(officer: Caller, world: World) -> None:
    samples = {"uuid": "01890a5d-ac96-774b-bcce-b302099a8057", "date-time": "2026-01-01T00:00:00Z"}
    for register in registers():
        offered = filters(register)
        for name in register.filters:
            field = register.field(name)
            assert name in offered or not (field.is_relation or field.choices or name == "state"), name
        for made in offered.values():
            schema = dict(made.schema)
            words = schema.get("enum") or [samples.get(str(schema.get("format")), "true")]
            answer = officer.get(f"{register.path}/?{made.name}={words[-1]}")
            assert answer.status_code == 200, (register.path, made.name, answer.content)
