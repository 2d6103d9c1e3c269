"""The application under gunicorn as `script/demo` runs it, with bare views beside it that dump the same bodies."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.filling import RECORDS
from tests.bench.load import checked, rate

ROOT = Path(__file__).resolve().parents[2]
LIST = "/api/v1/ai-systems/?limit=100"
BARE = "/healthz/bare/"  # an address that needs no sign-in; the name of a body follows


class Server:
    """One gunicorn server."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]", token: str) -> None:
        self.port, self.process, self.token = port, process, token

    def headers(self, **more: str) -> dict[str, str]:
        """What a client of the REST interface sends."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **more}

    def get(self, path: str) -> bytes:
        """The body of an answer."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            return checked(client, "GET", path, headers=self.headers())
        finally:
            client.close()

    def rate(self, path: str, seconds: float) -> Callable[[], float]:
        """Measures answers per second from an address."""

        def ask(client: http.client.HTTPConnection, _number: int) -> None:
            checked(client, "GET", path, headers=self.headers())

        return lambda: rate(self.port, seconds, ask)

    def first(self) -> str:
        """The address of a record."""
        return f"/api/v1/ai-systems/{json.loads(self.get(LIST))['results'][0]['id']}/"


@contextmanager
def served(folder: Path, token: str) -> Iterator[Server]:
    """The server; the bare views dump our own list and our own record."""
    with gunicorn(folder, token) as server:
        body = server.get(LIST)
        if len(json.loads(body)["results"]) != RECORDS:
            raise RuntimeError(f"not a list of {RECORDS}: {body[:300]!r}")
        (folder / "list.json").write_bytes(body)
        (folder / "record.json").write_bytes(server.get(server.first()))
    with gunicorn(folder, token) as server:
        yield server


@contextmanager
def gunicorn(folder: Path, token: str) -> Iterator[Server]:
    """A server with two workers of four threads on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.bench.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2"]
    command += ["--threads", "4", "--preload", "--no-control-socket", "--log-level", "error"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "BENCH_BODIES": str(folder)})
    try:
        wait_for(port)
        yield Server(port, process, token)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the server answers; RuntimeError after a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")
