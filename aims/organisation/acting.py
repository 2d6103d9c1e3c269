"""Who acts, for which organisation: the transaction and the settings that row security and the journal read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

NAMES = ("aims.organisation", "aims.actor", "aims.token")
READ = "select " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in NAMES)
WRITE = "select " + ", ".join(f"set_config('{name}', %s, true)" for name in NAMES)


@contextmanager
def acting(organisation: Any = "", actor: str = "", token: str = "") -> Iterator[None]:
    """A transaction in which the database shows one organisation's rows and journals changes as `actor`'s.

    `actor` is `member:<membership id>` or `task:<name>`. Nested calls put the outer settings back, because set_config
    outlives a savepoint that is released.
    """
    with transaction.atomic():
        before = _current() if connection.savepoint_ids else None
        _set((str(organisation), actor, token))
        yield
        if before and not transaction.get_rollback():  # a rollback to the savepoint puts them back by itself
            _set(before)


def _current() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        row: tuple[str, ...] = cursor.fetchone()
        return row


def _set(values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
