"""Every register over REST keeps the same promises."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aims.organisation.roles import Role
from aims.records.registry import Register, registers
from tests.callers import Caller
from tests.factory import body, make, writer
from tests.people import World

EVERY = pytest.mark.parametrize("register", registers(), ids=lambda r: r.path)
OPEN = pytest.mark.parametrize(
    "register", [r for r in registers() if not r.model.fixed], ids=lambda r: r.path
)
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def by_writer(caller: Callable[..., Caller], world: World, register: Register) -> Caller:
    return caller(writer(world, register).role)


@OPEN
def test_a_record_is_created_and_found(
    caller: Callable[..., Caller], world: World, register: Register
) -> None:
    client, given = by_writer(caller, world, register), body(world, register, full=True)
    made = client.post(f"{register.path}/", given)
    assert made.status_code == 201, made.content
    row = made.json()
    assert made["Location"] == f"/api/v1/{register.path}/{row['id']}/" and made["ETag"] == '"1"'
    assert (row["version"], row["state"]) == (1, register.lifecycle.initial)
    found = client.get(made["Location"])
    assert found.json() == row and found["ETag"] == '"1"'
    assert found["Content-Type"] == "application/json"


@EVERY
def test_list_and_record_are_the_same(
    caller: Callable[..., Caller], world: World, register: Register
) -> None:
    client, record = by_writer(caller, world, register), make(world, register.model, full=True)
    rows = client.get(f"{register.path}/").json()["results"]
    one = client.get(f"{register.path}/{record.pk}/")
    assert [row for row in rows if row["id"] == str(record.pk)] == [one.json()], one.content


@EVERY
def test_the_number_of_queries_does_not_grow_with_the_rows(
    caller: Callable[..., Caller], world: World, register: Register
) -> None:
    client = by_writer(caller, world, register)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{register.path}/").status_code == 200
        return len(captured)

    make(world, register.model)
    client.get(f"{register.path}/")
    few = queries()
    if not register.model.fixed:
        for _ in range(3):
            make(world, register.model, full=True)
    assert queries() == few <= 10


@EVERY
def test_another_organisation_finds_nothing(stranger: Caller, world: World, register: Register) -> None:
    record = make(world, register.model)
    assert stranger.get(f"{register.path}/").json()["results"] == []
    foreign, unknown = (stranger.get(f"{register.path}/{key}/") for key in (record.pk, UNKNOWN))
    assert same(foreign, record.pk) == same(unknown, UNKNOWN) and foreign.status_code == 404
    for method in ("PUT", "PATCH", "DELETE"):
        if register.model.fixed and method == "DELETE":
            continue
        answers = [stranger(method, f"{register.path}/{key}/", {}, 1) for key in (record.pk, UNKNOWN)]
        assert same(answers[0], record.pk) == same(answers[1], UNKNOWN), method
        assert answers[0].status_code == 404


def same(answer: Any, key: Any) -> str:
    return f"{answer.status_code} {answer.content.decode()}".replace(str(key), "…")


@EVERY
def test_it_wants_a_version_and_refuses_a_stale_one(
    caller: Callable[..., Caller], world: World, register: Register
) -> None:
    client, record = by_writer(caller, world, register), make(world, register.model)
    if register.writers == {Role.AUDITOR}:
        pytest.skip("an auditor needs a grant: tested with audits")
    place = f"{register.path}/{record.pk}/"
    missing = client.patch(place, {"external_id": "x-1"})
    assert (missing.status_code, missing.json()["code"]) == (428, "version_needed")
    stale = client.patch(place, {"external_id": "x-1"}, version=99)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale.json()["current"] == client.get(place).json() and stale.json()["version"] == record.version
    good = client.patch(place, {"external_id": "x-1"}, version=record.version)
    assert (good.status_code, good["ETag"]) == (200, f'"{record.version + 1}"'), good.content
    assert client.get(f"{register.path}/?external_id=x-1").json()["results"] == [good.json()]
