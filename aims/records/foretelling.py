"""What a change would bring about elsewhere, before it is made."""

from collections.abc import Callable

from django.db import transaction

from aims.records.base import Record
from aims.records.registry import Effect


def foretell(change: Callable[[], Record]) -> tuple[Effect, ...]:
    """What would follow from a change: it is made, and taken back whole. Refused where the change itself is."""
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            return change().brought_about
        finally:
            transaction.savepoint_rollback(point)
