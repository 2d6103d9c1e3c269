"""Who runs the services of an installation: one holder at a time, known by name; others may use them."""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from aims.machine.places import Places


@dataclass(frozen=True)
class Holder:
    """The process that runs an installation's services."""

    pid: int
    command: str
    address: str = ""

    def __str__(self) -> str:
        where = f", {self.address}" if self.address else ""
        return f"{self.command} (process {self.pid}{where})"


class Held(Exception):
    """Another process runs the services of this installation."""

    def __init__(self, places: Places, holder: Holder | None) -> None:
        super().__init__(
            f"{places.data} is in use by {holder or 'another process'}. "
            "Stop it first, or set AIMS_DATA to another folder."
        )
        self.holder = holder


@contextlib.contextmanager
def holding(places: Places, holder: Holder) -> Iterator[None]:
    """Be the one who runs the services until the block ends or the process dies; else raise Held."""
    with opened(places.lock) as descriptor:
        if not taken(descriptor):
            raise Held(places, read_holder(places.lock))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
        yield


def read_holder(file: Path) -> Holder | None:
    """Who wrote the lock file last; None where it does not say."""
    try:
        return Holder(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


@contextlib.contextmanager
def using(places: Places) -> Iterator[None]:
    """Keep a command that started the services from stopping them before this block ends."""
    with opened(places.users) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def alone(places: Places, pause: Callable[[], None]) -> Iterator[None]:
    """Wait until no other command uses the services, and keep new ones waiting until the block ends."""
    with opened(places.users) as descriptor:
        while not taken(descriptor):
            pause()
        yield


def taken(descriptor: int) -> bool:
    """Lock a file for us alone, if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def opened(file: Path) -> Iterator[int]:
    """A lock file's descriptor; closing it, or the end of the process, lets its lock go."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
