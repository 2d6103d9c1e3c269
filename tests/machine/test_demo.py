"""`script/demo` as people start, stop, kill and start it again; and the messages when it cannot run."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from aims.machine import demo
from aims.machine.addresses import embedded
from aims.machine.locks import Holder, holding
from aims.machine.places import ROOT, Places, Unusable
from aims.machine.processes import leftovers
from tests.machine.test_supervisor import eventually

FIRST_START, NEXT_START = 300, 180  # seconds; with the other tests beside it on the same two cores


class Demo:
    """A running script/demo and what it has said."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.said = Path(environ["AIMS_DATA"]) / "said"
        self.told = Path(environ["AIMS_DATA"]) / "told"
        with self.said.open("w") as said, self.told.open("w") as told:
            self.process = subprocess.Popen([ROOT / "script" / "demo"], env=environ, stdout=said, stderr=told)

    def ready(self, seconds: float) -> list[str]:
        """The promised lines, when all is up."""
        eventually(lambda: "\ntoken " in self.said.read_text() or self.process.poll() is not None, seconds)
        assert self.process.poll() is None, self.told.read_text()
        return self.said.read_text().splitlines()

    def stop(self, number: signal.Signals) -> int:
        """The exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def person(environ: dict[str, str], where: Places, free_port: int) -> dict[str, str]:
    """The environment of a person with a port and a data folder."""
    return {**environ, "AIMS_DATA": str(where.data), "PORT": str(free_port)}


@pytest.fixture
def running(person: dict[str, str], where: Places) -> Iterator[list[Demo]]:
    """Demos that a test has started; what still runs at the end is stopped."""
    started: list[Demo] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.stop(signal.SIGTERM)
    assert leftovers(where.data) == {}


def count(where: Places) -> int:
    """Journal entries, which only grow."""
    with psycopg.connect(embedded(where).owner) as connection:
        connection.execute("set role aims_journal")
        row = connection.execute("select count(*) from journal.entry").fetchone()
        return int(row[0]) if row else 0


def tell(person: dict[str, str]) -> str:
    """What a second start says."""
    done = subprocess.run(
        [ROOT / "script/demo"], env=person, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


@pytest.mark.slow
def test_a_day_of_the_demo(running: list[Demo], person: dict[str, str], where: Places) -> None:
    """Started, met by a second start, killed, started again at once, stopped: data stay, processes do not."""
    running.append(Demo(person))
    lines = running[0].ready(FIRST_START)
    address = f"http://127.0.0.1:{person['PORT']}"
    assert lines[0] == f"ready {address}"
    assert all(len(line.split(" ", 3)) == 4 for line in lines if line.startswith("account "))
    assert sum(line.startswith("account ") for line in lines) >= 5
    assert [line.split()[0] for line in lines[1:]].count("token") == 1
    with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
        assert answer.status == 200
    entries, secret = count_through_manage(person, where), where.secret_key()

    message = tell({**person, "PORT": "1"})
    assert f"script/demo (process {running[0].process.pid}, {address})" in message
    assert f"Port {person['PORT']}" in tell({**person, "AIMS_DATA": str(where.data / "other")})

    running[0].process.kill()
    running[0].process.wait()
    started = time.monotonic()
    running.append(Demo(person))
    again = running[1].ready(NEXT_START)
    print(f"ready again {time.monotonic() - started:.1f} s after kill -9")
    assert again == lines
    assert count_through_manage(person, where) >= entries
    assert where.secret_key() == secret

    names = set(leftovers(where.data).values())
    assert names == {"postgres", "broker", "worker", "beat", "web"}
    assert running[1].stop(signal.SIGINT) == 0
    assert leftovers(where.data) == {}
    assert not (where.postgres / "postmaster.pid").exists()


def count_through_manage(person: dict[str, str], where: Places) -> int:
    """Rows that the demo loaded, through an address that script/manage prints for any client."""
    command = [str(ROOT / "script" / "manage"), "database_url", "--owner"]
    done = subprocess.run(command, env=person, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == embedded(where).owner
    return count(where)


def test_a_busy_port_is_told_before_anything_is_started(
    person: dict[str, str], where: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(person["PORT"])))
        other.listen()
        with pytest.raises(
            Unusable, match=f"Port {person['PORT']} .*PORT={int(person['PORT']) % 65535 + 1} script/demo"
        ):
            demo.require_free(int(person["PORT"]))
        assert f"Port {person['PORT']}" in tell(person)
    assert not where.postgres.exists()
    demo.require_free(int(person["PORT"]))


def test_data_in_use_are_told_with_who_uses_them(person: dict[str, str], where: Places) -> None:
    with holding(where, Holder(os.getpid(), "script/manage shell")):
        assert f"script/manage shell (process {os.getpid()})" in tell(person)


@pytest.mark.parametrize("port", ["80a", "0", "65536", "-1", "8000.0", "²"])
def test_an_impossible_port_is_told(port: str) -> None:
    with pytest.raises(Unusable, match="PORT must be a number"):
        demo.port_number(port)


def test_a_stop_during_the_start_leaves_nothing(
    running: list[Demo], person: dict[str, str], where: Places
) -> None:
    running.append(Demo(person))
    eventually(lambda: (where.postgres / "postmaster.pid").exists(), 60)
    assert running[0].stop(signal.SIGTERM) == 0
    assert leftovers(where.data) == {}


def test_a_failed_start_says_why_and_leaves_nothing(person: dict[str, str], where: Places) -> None:
    message = tell({**person, "SECRET_KEY": "short"})
    assert "migrate failed" in message
    assert "SECRET_KEY is too weak" in message
    assert leftovers(where.data) == {}


@pytest.mark.nightly
def test_ten_kills_in_a_row_leave_nothing_in_the_way(
    running: list[Demo], person: dict[str, str], where: Places
) -> None:
    lines = None
    for number in range(10):
        running.append(Demo(person))
        said = running[-1].ready(FIRST_START if number == 0 else NEXT_START)
        assert lines in (None, said)
        lines = said
        running[-1].process.kill()
        running[-1].process.wait()
    running.append(Demo(person))
    assert running[-1].ready(NEXT_START) == lines
    assert running[-1].stop(signal.SIGTERM) == 0
    assert not any(
        str(where.data) in " ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])
    )
