"""All organisations, one after the other: for the tasks that work by the clock."""

import logging
import uuid
from collections.abc import Callable

from django.db import DatabaseError, connection

from aims.organisation.acting import acting
from aims.organisation.models import Organisation
from aims.organisation.refused import Refused

log = logging.getLogger(__name__)


def organisation_ids() -> list[uuid.UUID]:
    """The ids of all organisations. Their rows are only seen inside `acting(id, …)`."""
    with connection.cursor() as cursor:
        cursor.execute("select * from organisation_ids()")
        return [row[0] for row in cursor.fetchall()]


def each_organisation(task: str, work: Callable[[Organisation], object]) -> None:
    """Do work for one organisation after the other, each in a transaction of its own: one's trouble is not another's."""
    for key in organisation_ids():
        try:
            with acting(key, f"task:{task}"):
                work(Organisation.objects.get(pk=key))
        except (DatabaseError, Refused):
            log.exception("%s is not done for organisation %s; the next run tries again", task, key)
