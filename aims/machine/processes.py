"""Processes of one installation: each in a group of its own, stopped in order, found again after a crash."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

import psutil

LAUNCHER = Path(__file__).with_name("launch.py")
# In the environment of each process that we start: the installation it belongs to. Whatever carries it when
# nobody holds the installation's lock was left over by a crash.
MARK = "AIMS_CHILD"
KEEPERS = ("postgres", "broker")  # programs that hold data
LOG_LIMIT = 10_000_000
LOG_GENERATIONS = 3


@dataclass(frozen=True)
class Program:
    """What is to run, how it is asked to stop, and how long (seconds) it may take for that."""

    name: str
    command: list[str]
    log: Path
    stop_signal: Signals = signal.SIGTERM
    grace: float = 10
    death_signal: Signals = signal.SIGTERM  # sent by Linux when the supervisor dies
    mode: str = "same"  # see launch.py
    folder: Path | None = None  # must be writable
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A running program."""

    def __init__(self, program: Program, data: Path) -> None:
        self.program = program
        self.started = time.monotonic()
        rotate(program.log)
        with program.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                launch_command(program),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**program.environment, MARK: f"{program.name}@{data}"},
                process_group=0,  # Ctrl-C at the terminal is for the supervisor alone
            )

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def output(self) -> str:
        """What it has written since it was started."""
        with self.program.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def stop(self) -> None:
        """Ask it to end, and end it when its time is over."""
        if self.alive():
            self.process.send_signal(self.program.stop_signal)
            try:
                self.process.wait(self.program.grace)
            except subprocess.TimeoutExpired:
                self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """End it and its own children at once."""
        os.killpg(self.process.pid, signal.SIGKILL)


def launch_command(program: Program) -> list[str]:
    """The command through the launcher, which sets user and end."""
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER)]
    return [
        *launcher,
        program.mode,
        str(os.getpid()),
        str(int(program.death_signal)),
        str(program.folder or ""),
        *program.command,
    ]


def rotate(log: Path) -> None:
    """Set a long log aside and cut it; its writer appends, so little is lost even while it writes."""
    if not log.exists() or log.stat().st_size < LOG_LIMIT:
        return
    for number in range(LOG_GENERATIONS - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.with_name(f"{log.name}.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)


def leftovers(data: Path) -> dict[psutil.Process, str]:
    """Processes that a crashed run of this installation left behind, each with its program's name."""
    marked = {process: mark_of(process) for process in psutil.process_iter()}
    found = {process: mark.partition("@") for process, mark in marked.items() if mark}
    return {process: name for process, (name, _, home) in found.items() if home == str(data)}


def mark_of(process: psutil.Process) -> str | None:
    """The mark of a process that we started."""
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):  # another user's, or gone meanwhile
        return None


def clean_up(data: Path) -> int:
    """End what a crashed run left; returns how many there were. Only for the holder of the lock.

    Web, worker and beat lose nothing when killed; database and broker are asked to close their files.
    """
    found = leftovers(data)
    keepers = [process for process, name in found.items() if name in KEEPERS]
    _signal([process for process in found if process not in keepers], signal.SIGKILL)
    _signal(keepers, signal.SIGINT)
    _, left = psutil.wait_procs(found, timeout=10)
    _signal(left, signal.SIGKILL)
    psutil.wait_procs(left, timeout=5)
    return len(found)


def _signal(processes: Iterable[psutil.Process], number: Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
