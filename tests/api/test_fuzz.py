"""Requests made from the OpenAPI document find no server error and no answer that the document does not describe.

What runs every time: as the API client, five requests an operation, always the same ones. Each operation that belongs to no
register is in it. Of a register, all of whose operations come from one declaration, its list and its creation are (there
its own fields decide), and two more in rotation: the first register the next two of its actions, the second register the
two after these, and so on, so that every action is tried on some registers and every register with four operations; the
operations that only evidence has are in it too.
`script/nightly` tries all operations, with fifty requests each, as each role.

Half of the requests speak of a record that is there, in the version that it has: with made-up ids all would end in 404.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from aims.organisation.roles import Role
from aims.records.registry import Register, Workspace, register, workspaces
from tests.callers import token_of
from tests.factory import make
from tests.people import World

CHECKS = [
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
    content_type_conformance,
]
ALWAYS, MORE = 2, 2  # a register's list and creation, and how many others
PLACES = [*(workspace for workspace in workspaces() if workspace.registers), None]  # None: of no register


def named(workspace: Workspace | None) -> str:
    """A test's name: the clause."""
    return "no register" if workspace is None else workspace.clause or "records"


def word(operation: Any) -> str:
    """The first word of an operation's address, a register's path."""
    return str(operation.path.split("/")[3])


@pytest.fixture(scope="module")
def operations(django_db_setup: None) -> dict[str, list[Any]]:
    """The operations of the document that the application serves, by the first word of their addresses."""
    document = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    found: dict[str, list[Any]] = {}
    for each in document.get_all_operations():
        assert isinstance(each, Ok), each
        operation = each.ok()
        found.setdefault(word(operation), []).append(operation)
    return found


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests leave the test's connection open: its transaction is what takes back what they did."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def action(operation: Any) -> tuple[str, str]:
    """What an operation does, whichever register it belongs to."""
    return operation.method, "/".join(operation.path.split("/")[4:])


def kinds() -> list[Register]:
    """All registers, in the order of the clauses."""
    return [found for workspace in workspaces() for found in workspace.registers]


def sample(position: int, all_of_it: list[Any]) -> list[Any]:
    """The operations of one register that run every time; `position` is the register's in the order of all."""
    only_here = [one for one in all_of_it if "revisions" in one.path]  # the files of evidence
    others = [one for one in all_of_it[ALWAYS:] if one not in only_here]
    turn = [others[(position * MORE + step) % len(others)] for step in range(MORE)]
    return [*all_of_it[:ALWAYS], *turn, *only_here]


def chosen(
    operations: dict[str, list[Any]], workspace: Workspace | None, everything: bool = False
) -> list[Any]:
    """The sample of a workspace (or all of it), or what belongs to no register."""
    every = kinds()
    if workspace is None:
        known = {kind.path for kind in every}
        return [one for word, found in operations.items() if word not in known for one in found]
    rows = [(every.index(kind), operations[kind.path]) for kind in workspace.registers]
    return [one for position, found in rows for one in (found if everything else sample(position, found))]


def fuzz(world: World, operation: Any, token: str, examples: int) -> list[str]:
    """Send requests to one operation; what was wrong with the answers. Nothing of it stays."""
    wrong: list[str] = []

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        next(aimed)(case)
        with transaction.atomic():
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            transaction.set_rollback(True)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failures:
            told = "; ".join(f"{type(failure).__name__}: {failure}" for failure in failures.exceptions)
            wrong.append(f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {told}")

    with transaction.atomic():
        aimed = aim(world, operation)
        send()
        transaction.set_rollback(True)
    return wrong


def aim(world: World, operation: Any) -> Iterator[Callable[[Any], None]]:
    """What is done to one request after the other: every second one is given a record that is there."""
    known = register(word(operation))
    if known is None or "{id}" not in operation.path:
        return itertools.repeat(lambda case: None)
    record = make(world, known.model)

    def at_the_record(case: Any) -> None:
        case.path_parameters["id"] = str(record.pk)
        if "If-Match" in case.headers:
            case.headers["If-Match"] = f'"{record.version}"'

    return itertools.cycle((at_the_record, lambda case: None))


def test_the_sample_has_every_action_and_every_register(operations: dict[str, list[Any]]) -> None:
    rows = [found for workspace in PLACES for found in chosen(operations, workspace)]
    per_register = Counter(word(one) for one in rows)
    assert all(per_register[kind.path] >= ALWAYS + MORE for kind in kinds())
    assert {action(one) for kind in kinds() for one in operations[kind.path]} <= {action(one) for one in rows}


@pytest.mark.parametrize("workspace", PLACES, ids=named)
def test_a_sample_of_the_operations(
    world: World, operations: dict[str, list[Any]], workspace: Workspace | None
) -> None:
    token = token_of(world, world.members[Role.API_CLIENT])
    found = [fuzz(world, operation, token, 5) for operation in chosen(operations, workspace)]
    assert len(found) > 4
    assert not (wrong := [line for lines in found for line in lines]), "\n".join(wrong)


@pytest.mark.nightly
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("workspace", PLACES, ids=named)
def test_all_operations(
    world: World, operations: dict[str, list[Any]], workspace: Workspace | None, role: Role
) -> None:
    token = token_of(world, world.members[role])
    found = [fuzz(world, one, token, 50) for one in chosen(operations, workspace, everything=True)]
    assert not (wrong := [line for lines in found for line in lines]), "\n".join(wrong)
