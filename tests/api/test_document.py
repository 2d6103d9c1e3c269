"""The OpenAPI document: valid, complete, true to the answers, and open to everybody."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from aims.records.registry import registers
from tests.callers import Caller
from tests.factory import body, make, writer
from tests.people import World

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", "--fail-on-warn", "--validate", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_has_an_id_of_its_own_and_says_what_it_answers(document: dict[str, Any]) -> None:
    found = operations(document)
    ids = [operation["operationId"] for _path, _method, operation in found]
    assert len(ids) == len(set(ids)) > 100 and "ai_systems_list" in ids
    for path, method, operation in found:
        good = [status for status in operation["responses"] if status < "300"]
        assert good and operation["summary"], (path, method)
        assert operation["security"] == [{"bearer": []}, {"session": []}], (path, method)
        assert operation["responses"]["401"]["$ref"] == "#/components/responses/Refused401", (path, method)
        if method in ("put", "patch"):
            assert {"412", "428", "422"} <= set(operation["responses"]), path


def test_refusals_are_problem_details(document: dict[str, Any]) -> None:
    shared = document["components"]["responses"]
    assert {"Refused401", "Refused404", "Refused412", "Refused422", "Refused428"} <= set(shared)
    for response in shared.values():
        assert list(response["content"]) == ["application/problem+json"]


def test_every_register_stands_in_it(document: dict[str, Any]) -> None:
    for register in registers():
        item = document["paths"][f"/api/v1/{register.path}/"]
        assert ("post" in item) is not register.model.fixed
    paths = [path.removeprefix("/api/v1/").split("/")[0] for path in document["paths"]]
    own = {
        "me",
        "registers",
        "requirements",
        "controls",
        "changes",
        "tokens",
        "tasks",
        "occurrences",
        "decisions",
    }
    assert own <= set(paths) and not own & {register.path for register in registers()}


def test_it_is_open_and_in_both_forms(db: None) -> None:
    assert Client().get("/api/v1/schema/?format=json").json()["openapi"].startswith("3.1")
    assert Client().get("/api/v1/schema/").content.startswith(b"openapi: 3.1")
    assert Client().get("/api/v1/schema/?nonsense=1").status_code == 400
    page = Client().get("/api/v1/docs/").content.decode()
    assert "<style" not in page and "<script>" not in page and "/api/v1/schema/" in page


def test_answers_are_as_it_says(document: dict[str, Any], world: World, caller: Any) -> None:
    for register in registers():
        made = make(world, register.model, full=True)
        client: Caller = caller(writer(world, register).role)
        schema = {
            **document["paths"][f"/api/v1/{register.path}/{{id}}/"]["get"]["responses"]["200"]["content"][
                "application/json"
            ]["schema"],
            "components": document["components"],
        }
        row = client.get(f"{register.path}/{made.pk}/").json()
        assert not [error.message for error in Draft202012Validator(schema).iter_errors(row)], register.path
        name = schema["$ref"].rsplit("/", 1)[1]
        known = set(document["components"]["schemas"][name]["properties"])
        assert set(row) == known, register.path


def test_what_it_says_may_be_sent_is_taken(document: dict[str, Any], world: World) -> None:
    for register in registers():
        if register.model.fixed:
            continue
        content = document["paths"][f"/api/v1/{register.path}/"]["post"]["requestBody"]["content"]
        schema = {**content["application/json"]["schema"], "components": document["components"]}
        given = body(world, register, full=True)
        assert not [error.message for error in Draft202012Validator(schema).iter_errors(given)], register.path
        assert list(Draft202012Validator(schema).iter_errors({**given, "nonsense": 1})), register.path


@pytest.mark.parametrize("path", ["me/", "registers/", "requirements/", "controls/", "changes/", "tasks/"])
def test_small_answers_are_as_it_says(
    document: dict[str, Any], officer: Caller, world: World, path: str
) -> None:
    content = document["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]
    schema = {**content["application/json"]["schema"], "components": document["components"]}
    answer = officer.get(path)
    assert answer.status_code == 200
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(answer.json())]
    assert officer.get(f"{path}?nonsense=1").status_code == 400
