"""How many statements single answers cost, the door and the transaction included: what the README promises."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.workspace import lay_answers
from context.models import AISystem
from tests.callers import Caller
from tests.factory import make
from tests.people import World

# in a test the request is nested in another transaction, whose settings it reads first and puts back: not counted
NESTED = ("savepoint", "release", "current_setting(")
RESET = "set_config('aims.organisation', '', true)"


def cost(ask: Callable[[], Any]) -> int:
    """The statements of the second answer: caches are warm then."""
    ask()
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code < 300, answer.content
    said = [str(query["sql"]).strip().lower() for query in captured.captured_queries]
    return len([sql for sql in said if not any(word in sql for word in (*NESTED, RESET))])


@pytest.mark.parametrize("rows", [1, 100])
def test_a_list_costs_at_most_five(officer: Caller, world: World, rows: int) -> None:
    for _row in range(rows):
        make(world, AISystem)
    assert cost(lambda: officer.get("ai-systems/?limit=100")) <= 5


@pytest.mark.parametrize("rows", [1, 60])
def test_a_record_costs_the_same_among_many(officer: Caller, world: World, rows: int) -> None:
    record = [make(world, AISystem) for _row in range(rows)][0]
    assert cost(lambda: officer.get(f"ai-systems/{record.pk}/")) <= 5


def test_a_new_record_costs_at_most_twelve_with_its_entry(officer: Caller, world: World) -> None:
    body = {"title": "ThoraScan", "purpose": "Sorts X-rays"}
    assert cost(lambda: officer.post("ai-systems/", body)) <= 12
    with acting(world.orvanne.pk):
        assert Entry.objects.filter(kind="context_aisystem", action="I").count() == 2


@pytest.mark.parametrize("page", ["/clauses/6.1.2/", "/registers/control-implementations/"])
def test_a_clause_and_the_soa_cost_at_most_fifteen(world: World, page: str) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        lay_answers(world.officer)
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id), settings.AUTHENTICATION_BACKENDS[0])
    assert cost(lambda: client.get(page)) <= 15
