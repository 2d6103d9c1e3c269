"""Installations of their own for the launcher's tests: folders, an environment without Django's, a server."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aims.machine import postgres
from aims.machine.places import Places
from aims.machine.processes import Child, Program
from aims.machine.supervisor import Supervisor

OURS = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_SYSTEM_URL",
    "CELERY_BROKER_URL",
    "SECRET_KEY",
    "PORT",
)


@pytest.fixture(scope="session")
def environ() -> dict[str, str]:
    """The environment of a person who has set nothing."""
    return {name: value for name, value in os.environ.items() if name not in OURS and name != "AIMS_DATA"}


@pytest.fixture
def where(tmp_path: Path) -> Places:
    """An installation's folders."""
    made = Places(tmp_path / "data")
    made.prepare()
    return made


@pytest.fixture
def supervisor(where: Places) -> Iterator[Supervisor]:
    """A supervisor that leaves this process's signals alone and stops its programs at the end."""
    made = Supervisor(where)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, environ: dict[str, str]) -> Iterator[Places]:
    """A running PostgreSQL with nothing in it."""
    where = Places(tmp_path_factory.mktemp("server") / "data")
    where.prepare()
    child = Child(postgres.program(where, environ, unsafe=True), where.data)
    postgres.wait_until_up(where, child.alive)
    yield where
    child.stop()


@pytest.fixture
def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def python(where: Places, name: str, code: str, grace: float = 5) -> Program:
    """A small program in Python; `told` is a file that all programs of a test write to."""
    preamble = (
        "import signal, sys, time, pathlib\n"
        f"def tell(text):\n    open({str(where.data / 'told')!r}, 'a').write(text + '\\n')\n"
    )
    command = [sys.executable, "-S", "-c", preamble + code]
    return Program(
        name, command, where.logs / f"{name}.log", grace=grace, environment={"PATH": os.environ["PATH"]}
    )


def told(where: Places) -> list[str]:
    """What the programs of a test have written."""
    file = where.data / "told"
    return file.read_text().split() if file.exists() else []
