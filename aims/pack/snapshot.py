"""One look at everything: a transaction that sees no change made after it began, and cannot make one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from aims.organisation.acting import acting
from aims.organisation.member import Member


@contextmanager
def snapshot(member: Member, actor: str) -> Iterator[None]:
    """Read as a member's organisation, all of it at the same instant. Inside another transaction it reads in that one."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
        with acting(member.organisation_id, actor):
            yield
