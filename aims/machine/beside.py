"""Runs a command beside the services that it needs: ours for its time, or those that run already.

As a program: `python -m aims.machine.beside COMMAND ...`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

from aims.machine import postgres, services, valkey
from aims.machine.locks import Held, Holder, alone, holding, using
from aims.machine.places import Places, Unusable, places
from aims.machine.supervisor import Failed, Stopped, Supervisor, say

PATIENCE = 60  # seconds for services that another command is starting
RETRY = 0.1


def main(name: str, command: list[str], environ: Mapping[str, str]) -> int:
    """Run the command; returns its exit code. `name` is what others are told who ask for the same data."""
    where = places(environ)
    try:
        where.prepare()
        return with_services(where, environ, name, command)
    except (Held, Unusable, Failed) as problem:
        say(str(problem))
        return 1
    except Stopped:
        return 130


def with_services(where: Places, environ: Mapping[str, str], name: str, command: list[str]) -> int:
    """Run a command with services of our own, or with those that somebody else runs on the same data."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with holding(where, Holder(os.getpid(), name)):
                return with_own_services(where, environ, command)
        except Held as held:
            with using(where):
                if others_are_up(where, environ):
                    return run(command, services.environment(where, environ))
            if time.monotonic() > deadline:
                raise Held(where, held.holder) from None
            time.sleep(RETRY)


def with_own_services(where: Places, environ: Mapping[str, str], command: list[str]) -> int:
    """Start the services, run the command, and stop them when nobody else uses them."""
    with contextlib.ExitStack() as at_the_end, Supervisor(where).running() as supervisor:
        services.start(supervisor, environ)
        code = run(command, services.environment(where, environ))
        at_the_end.enter_context(alone(where, supervisor.pause))
        return code


def others_are_up(where: Places, environ: Mapping[str, str]) -> bool:
    """Whether the services that another process runs answer now."""
    try:
        if services.uses_own_database(environ):
            postgres.wait_until_up(where, lambda: True, seconds=1)
        if not environ.get("CELERY_BROKER_URL"):
            valkey.wait_until_up(where, lambda: True, seconds=1)
    except Unusable:
        return False
    return True


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run the command at this terminal; Ctrl-C reaches it by itself, SIGTERM is handed on."""
    process = subprocess.Popen(command, env=dict(environment))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    on_term = signal.signal(signal.SIGTERM, lambda number, frame: process.send_signal(number))
    code = process.wait()
    signal.signal(signal.SIGINT, before)
    signal.signal(signal.SIGTERM, on_term)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:]), sys.argv[1:], os.environ))
