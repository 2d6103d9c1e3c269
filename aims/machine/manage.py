"""`script/manage COMMAND ...`: any management command on this installation's data, with services for it.

They are started for the command's time unless script/demo or another command runs them already.
`script/manage database_url [--owner|--system]` prints an address and starts nothing.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from aims.machine import addresses, postgres, services, valkey
from aims.machine.locks import Held, Holder, alone, holding, using
from aims.machine.places import Places, Unusable, places
from aims.machine.supervisor import Failed, Stopped, Supervisor, say

PATIENCE = 60  # seconds for services that another command is starting
RETRY = 0.1


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run the command; returns its exit code."""
    where = places(environ)
    try:
        where.prepare()
        if arguments[:1] == ["database_url"]:
            print(database_url(where, environ, arguments[1:]))
            return 0
        return with_services(where, environ, manage_command(arguments))
    except (Held, Unusable, Failed) as problem:
        say(str(problem))
        return 1
    except Stopped:
        return 130


def manage_command(arguments: list[str]) -> list[str]:
    """Django's management command."""
    return [sys.executable, "manage.py", *arguments]


def database_url(where: Places, environ: Mapping[str, str], options: list[str]) -> str:
    """The address of the role that is asked for, the application's by default."""
    roles = {(): "DATABASE_URL", ("--owner",): "DATABASE_OWNER_URL", ("--system",): "DATABASE_SYSTEM_URL"}
    if tuple(options) not in roles:
        raise Unusable("Use: script/manage database_url [--owner|--system]")
    if services.uses_own_database(environ):
        found = addresses.embedded(where)
    else:
        found = services.database_addresses(where, environ)
    return found.environment()[roles[tuple(options)]]


def with_services(where: Places, environ: Mapping[str, str], command: list[str], unsafe: bool = False) -> int:
    """Run a command with services of our own, or with those that somebody else runs on the same data."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with holding(where, Holder(os.getpid(), " ".join(["script/manage", *command[2:3]]))):
                return with_own_services(where, environ, command, unsafe)
        except Held as held:
            with using(where):
                if others_are_up(where, environ):
                    return run(command, services.environment(where, environ))
            if time.monotonic() > deadline:
                raise Held(where, held.holder) from None
            time.sleep(RETRY)


def with_own_services(where: Places, environ: Mapping[str, str], command: list[str], unsafe: bool) -> int:
    """Start the services, run the command, and stop them when nobody else uses them."""
    with contextlib.ExitStack() as at_the_end, Supervisor(where).running() as supervisor:
        services.start(supervisor, environ, unsafe)
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
    os.chdir(Path(__file__).resolve().parents[2])
    sys.exit(main(sys.argv[1:], os.environ))
