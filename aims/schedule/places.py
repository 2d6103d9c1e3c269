"""Addresses of records and registers, for tasks, indicators and gaps. The pages stand above and name them."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import lazy

from aims.schedule.models import Task


def place(path: str, key: Any = None, **query: str) -> str:
    """The address of a record, or of its register with filters."""
    if key is not None:
        return reverse("record", args=[path, key])
    return reverse("register", args=[path]) + (f"?{urlencode(query)}" if query else "")


def sign_place(path: str, key: Any, step: str) -> str:
    """Where a record is signed: the single thing to which the mail leads."""
    return reverse("sign", args=[path, key, step])


def task_place(task: Task) -> str:
    """Where a task is done: its own address, its record, its register, else the start."""
    if task.url or not task.kind:
        return task.url or "/"
    return place(task.kind, task.record_id)


place_later = lazy(place, str)  # for declarations, which are read before there are addresses
