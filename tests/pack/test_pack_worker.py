"""A real Celery worker: it builds what REST asks for; killed with SIGKILL in the middle, another finishes it, once."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
from celery import Celery
from django.conf import settings as real
from django.db import connection
from pypdf import PdfReader

from aims.organisation.acting import acting
from aims.pack.models import Pack
from aims.records.models import Job
from tests.callers import Caller, token_of
from tests.pack.conftest import asked
from tests.pack.test_pack_build import kept, looked_up, town
from tests.people import World

__all__ = ["town"]
BROKER = os.environ.get("CELERY_BROKER_URL", "")
NUMBER = 9  # of the broker's databases: others may use the same broker

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def broker() -> str:
    """The real broker, in an empty database of this test's own."""
    if BROKER.startswith("redis+socket://"):
        path = BROKER.removeprefix("redis+socket://").split("?")[0]
        redis.Redis(unix_socket_path=path, db=NUMBER).flushdb()
        return f"redis+socket://{path}?virtual_host={NUMBER}"
    server = BROKER.rsplit("/", 1)[0]
    redis.from_url(f"{server}/{NUMBER}").flushdb()
    return f"{server}/{NUMBER}"


@pytest.fixture
def worker(tmp_path: Path, broker: str) -> Iterator[Start]:
    """Starts a worker with its clock, in a process group of its own, on the tests' database."""
    processes: list[subprocess.Popen[bytes]] = []
    settings = {"CELERY_BROKER_URL": broker, "AIMS_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "celery", "-A", "aims", "worker", "-B", "--pool", "prefork", "-c", "1"]
    command += ["-s", str(tmp_path / "beat"), "--without-gossip", "--without-mingle"]

    def start() -> "subprocess.Popen[bytes]":
        log = (tmp_path / f"worker{len(processes)}.log").open("wb")
        environment = {**os.environ, **settings, "DATABASE_URL": address()}
        process = subprocess.Popen(
            command, cwd=real.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def address() -> str:
    """The tests' database as the application's role."""
    given = connection.settings_dict
    return f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}"


def until(seconds: float, what: Callable[[], Any]) -> Any:
    """Wait for something to be true; fails after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} seconds")


def job_of(pack: Pack) -> Job:
    """The job as it stands."""
    job: Job = looked_up(pack).job
    return job


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_pack_is_finished_once_by_another(town: World, worker: Start, broker: str) -> None:
    with acting(town.orvanne.pk, town.officer.actor):
        pack = asked(town.officer)
    first = worker()
    arguments = [str(pack.organisation_id), str(pack.job_id)]
    Celery(broker=broker).send_task("aims.records.tasks.do_job", arguments)
    until(90, lambda: job_of(pack).progress >= 30)
    children = psutil.Process(first.pid).children(recursive=True)
    os.killpg(first.pid, signal.SIGKILL)
    killed = time.monotonic()
    assert job_of(pack).state == "building"
    assert looked_up(pack).file == ""
    worker()
    until(60, lambda: job_of(pack).state == "done")
    assert time.monotonic() - killed < 60
    done = looked_up(pack)
    assert (done.job.fence, kept(done)) == (2, ["2.pdf"])
    assert not [child for child in children if child.is_running() and child.status() != "zombie"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_builds_what_is_asked_for_over_rest(
    town: World, worker: Start, broker: str, client_settings: None
) -> None:
    """Asked for, watched and fetched as a client does; a real worker in a process beside does the work."""
    rest = Caller(token_of(town, town.officer))
    worker()
    asked_for = rest.post("packs/", {"title": "Stage 1", "scope": ["4.1"], "language": "fr"})
    assert asked_for.status_code == 202
    place = asked_for["Location"]
    done = until(60, lambda: finished_one(rest.get(place).json()))
    assert (done["state"], done["progress"], done["error"]) == ("done", 100, "")
    answer = rest.get(done["file"])
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == done["sha256"]
    assert "Sommaire" in PdfReader(BytesIO(content)).pages[1].extract_text()


def finished_one(body: dict[str, Any]) -> dict[str, Any] | None:
    """The pack when nothing more will happen to it."""
    return body if body["state"] in ("done", "failed") else None


@pytest.fixture
def client_settings(tmp_path: Path, broker: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process wakes the worker through the same broker, and finds its files where the worker keeps them."""
    app = Celery("aims", broker=broker, set_as_current=False)
    monkeypatch.setattr("aims.records.jobs.current_app", app)
    packs = {**settings.STORAGES["packs"], "OPTIONS": {"location": str(tmp_path / "packs")}}
    settings.STORAGES = {**settings.STORAGES, "packs": packs}
