"""All organisations, one after the other: for the tasks that work by the clock."""

import uuid

from django.db import connection


def organisation_ids() -> list[uuid.UUID]:
    """The ids of all organisations. Their rows are only seen inside `acting(id, …)`."""
    with connection.cursor() as cursor:
        cursor.execute("select * from organisation_ids()")
        return [row[0] for row in cursor.fetchall()]
