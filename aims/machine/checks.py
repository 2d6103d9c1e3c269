"""`script/test`: the static checks, then the tests, on a PostgreSQL and a broker of their own.

With arguments only pytest runs, with these arguments. Runs at the same time take different folders below
AIMS_DATA/test, each with its own servers.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping

from aims.machine import beside, postgres, services
from aims.machine.locks import Held, Holder, holding
from aims.machine.places import Places, Unusable, places
from aims.machine.supervisor import Failed, Stopped, Supervisor, say

SLOTS = 9
PYTHON = sys.executable
CHECKS = {
    "ruff check": [PYTHON, "-m", "ruff", "check", "."],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "import-linter": [PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    "manage.py check": [PYTHON, "manage.py", "check"],
    "makemigrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "mypy": [PYTHON, "-m", "mypy", "."],
}
INTERRUPTED = (128 + signal.SIGINT, 128 + signal.SIGTERM)
PYTEST = [PYTHON, "-m", "pytest"]


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run the checks; returns 0 when all hold. pytest's closing line is the last one printed."""
    try:
        with slot(environ) as where, Supervisor(where).running() as supervisor:
            services.start(supervisor, environ, unsafe=True)
            environment = compiling(services.environment(where, environ))
            return pytest(arguments, environment) if arguments else everything(environment)
    except (Unusable, Failed, Held) as problem:
        say(str(problem))
        return 1
    except Stopped:
        return 130


def compiling(environment: Mapping[str, str]) -> dict[str, str]:
    """Every module is compiled once, not by each of the many processes of a run: ten seconds of each worker's start."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextlib.contextmanager
def slot(environ: Mapping[str, str]) -> Iterator[Places]:
    """The first folder for tests that no other run uses."""
    base = places(environ).data / "test"
    for number in range(1, SLOTS + 1):
        where = Places(base / str(number))
        where.prepare()
        with contextlib.suppress(Held), holding(where, Holder(os.getpid(), "script/test")):
            forget(where, environ)
            yield where
            return
    raise Unusable(f"{SLOTS} runs of script/test are under way in {base}.")


def forget(where: Places, environ: Mapping[str, str]) -> None:
    """Throw away what an earlier run left: its queues, and a database of another version or not shut down.

    It was run without fsync, so that a crash may have broken it.
    """
    shutil.rmtree(where.valkey, ignore_errors=True)
    if where.postgres.exists():
        present = postgres.major_version(postgres.binary_folder(environ))
        written = (where.postgres / "PG_VERSION").read_text().strip()
        if (where.postgres / "postmaster.pid").exists() or written != str(present):
            shutil.rmtree(where.postgres)


def everything(environment: Mapping[str, str]) -> int:
    """All static checks, each even when another failed, and all tests."""
    failed = [name for name, command in CHECKS.items() if not holds(name, command, environment)]
    if failed:
        say(f"failed before the tests: {', '.join(failed)}")
    return pytest(["-n", "2"], environment) or int(bool(failed))


def holds(name: str, command: list[str], environment: Mapping[str, str]) -> bool:
    """Run one check and tell how long it took."""
    print(f"== {name}", flush=True)
    started = time.monotonic()
    code = beside.run(command, environment)
    if code in INTERRUPTED:
        raise Stopped
    print(f"== {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - started:.1f} s", flush=True)
    return code == 0


def pytest(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run pytest; returns its exit code."""
    return beside.run([*PYTEST, *arguments], environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
