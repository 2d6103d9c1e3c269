"""How many statements an answer costs, transaction and door included, when caches are warm."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.models import Person

TAKES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # the transaction itself
CREATED = {"title": "System", "purpose": "Sorts X-rays."}


def statements(ask: Callable[[], Any]) -> tuple[int, int]:
    """What asking costs: statements, and those that only begin and end transactions. Asked twice, the second counts."""
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            answer = ask()
    if answer.status_code >= 300:
        raise RuntimeError(f"{answer.status_code}: {answer.content[:300]!r}")
    said = [str(query["sql"]).lstrip() for query in captured.captured_queries]
    around = sum(sql.upper().startswith(TAKES) for sql in said)
    return len(said) - around, around


class Counted:
    """Asks the application in this process, over REST and as a signed-in person."""

    def __init__(self, person: Person, token: str) -> None:
        self.pages, self.rest = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        self.pages.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
        self.token = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> tuple[int, int]:
        """Statements of an address of the REST interface."""
        return statements(lambda: self.rest.get(path, headers=self.token))

    def page(self, path: str) -> tuple[int, int]:
        """Statements of a page."""
        return statements(lambda: self.pages.get(path))

    def create(self) -> tuple[int, int]:
        """Statements of a new record; its entry in the journal is written by the database within one of them."""
        path, kind = "/api/v1/ai-systems/", "application/json"
        return statements(lambda: self.rest.post(path, CREATED, content_type=kind, headers=self.token))
