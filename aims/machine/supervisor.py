"""Starts programs, restarts those that crash, and stops all in the opposite order of their start."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

from aims.machine.places import Places
from aims.machine.processes import Child, Program, clean_up, rotate

POLL = 0.1  # seconds between two looks at the children
STEADY = 60  # seconds after which a program counts as steady and its next crash as its first
LONGEST_WAIT = 30  # seconds between two restarts, at most


class Stopped(Exception):
    """A person or the system asked us to end."""


class Failed(Exception):
    """Something did not start; the message says what and shows its last words."""


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is for what is promised there."""
    print(text, file=sys.stderr, flush=True)


class Supervisor:
    """The parent of all programs of one installation."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.children: list[Child] = []
        self.crashes: dict[str, int] = {}
        self.due: dict[str, float] = {}
        self.stopping = threading.Event()

    @contextlib.contextmanager
    def running(self) -> Iterator["Supervisor"]:
        """Clean up after a crash, then run programs until the block ends, whatever ends it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.ask_to_stop)
        if count := clean_up(self.places.data):
            say(f"ended {count} processes that an earlier run had left")
        try:
            yield self
        finally:
            self.stop()

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Remember that we shall end; what waits looks at this."""
        self.stopping.set()

    def start(self, program: Program) -> Child:
        """Start a program; those that were started last are stopped first."""
        self.pause(0)
        child = Child(program, self.places.data)
        self.children.append(child)
        return child

    def pause(self, seconds: float = POLL) -> None:
        """Wait, or raise Stopped as soon as we are asked to end."""
        if self.stopping.wait(seconds):
            raise Stopped

    def run(self, commands: Mapping[str, list[str]], environment: Mapping[str, str]) -> str:
        """Run named commands side by side to their end and return their output; Failed when one fails."""
        children = [self.once(name, command, environment) for name, command in commands.items()]
        try:
            while any(child.alive() for child in children):
                self.pause(0.02)
        finally:
            for child in children:
                child.stop()
        for child in children:
            if child.process.returncode:
                raise Failed(f"{child.program.name} failed:\n{last_words(child)}")
        return "".join(child.output() for child in children)

    def once(self, name: str, command: list[str], environment: Mapping[str, str]) -> Child:
        """Start a command that is not kept running."""
        log = self.places.logs / f"{name}.log"
        return Child(Program(name, command, log, grace=5, environment=environment), self.places.data)

    def wait_until(self, what: str, condition: Callable[[], bool], seconds: float) -> None:
        """Return when the condition holds; Failed when a program ends meanwhile or the time is over."""
        deadline = time.monotonic() + seconds
        while not condition():
            for child in self.children:
                if not child.alive():
                    raise Failed(f"{child.program.name} did not start:\n{last_words(child)}")
            if time.monotonic() > deadline:
                raise Failed(f"{what} was not ready after {seconds:.0f} seconds; see {self.places.logs}")
            self.pause()

    def watch(self) -> None:
        """Keep every program running until we are asked to end."""
        with contextlib.suppress(Stopped):
            while True:
                for place, child in enumerate(self.children):
                    rotate(child.program.log)
                    if not child.alive():
                        self.revive(place, child)
                self.pause(0.2)

    def revive(self, place: int, child: Child) -> None:
        """Start a crashed program again, later each time that it crashes soon after its start."""
        name, now = child.program.name, time.monotonic()
        if name not in self.due:
            steady = now - child.started > STEADY
            self.crashes[name] = 1 if steady else self.crashes.get(name, 0) + 1
            wait = min(2 ** (self.crashes[name] - 1), LONGEST_WAIT)
            self.due[name] = now + wait
            ended = f"{name} ended by itself ({child.process.returncode}); see {child.program.log}."
            say(f"{ended} It starts again in {wait} s.")
        elif now >= self.due[name]:
            del self.due[name]
            self.children[place] = Child(child.program, self.places.data)

    def stop(self) -> None:
        """Stop every program, the last started first, then whatever they left."""
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        clean_up(self.places.data)


def last_words(child: Child, lines: int = 25) -> str:
    """The end of what a program wrote."""
    return "\n".join(child.output().splitlines()[-lines:])
