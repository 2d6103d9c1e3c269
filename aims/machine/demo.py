"""`script/demo`: the whole of AIMS on this machine with the demo organisation, until Ctrl-C.

Prints, when all is up: `ready ADDRESS`, `account EMAIL PASSWORD ROLE` for each demo person, `token TOKEN`.
"""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping

from celery import Celery
from kombu.exceptions import OperationalError

from aims.machine import services
from aims.machine.health import LOCAL as HOST
from aims.machine.health import is_healthy
from aims.machine.locks import Held, Holder, holding
from aims.machine.places import Places, Unusable, places
from aims.machine.processes import Program
from aims.machine.supervisor import Failed, Stopped, Supervisor, say

# compressing the files would take 20 seconds at the first start, and gains nothing on one machine
PLAIN_FILES = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
PATIENCE = 120  # seconds for web, worker and beat to come up
PROMISED = ("account ", "token ")  # lines of load_demo that are relayed


def main(environ: Mapping[str, str]) -> int:
    """Run the demo; the exit code is 0 after a stop that was asked for."""
    where = places(environ)
    try:
        port = port_number(environ.get("PORT") or "8000")
        where.prepare()
        holder = Holder(os.getpid(), "script/demo", f"http://{HOST}:{port}")
        with holding(where, holder), Supervisor(where).running() as supervisor:
            run(supervisor, environ, port)
    except (Held, Unusable, Failed) as problem:
        say(str(problem))
        return 1
    except Stopped:
        pass
    return 0


def port_number(text: str) -> int:
    """PORT as a number."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Unusable(f"PORT must be a number from 1 to 65535, not {text}.")
    return int(text)


def require_free(port: int) -> None:
    """Refuse to begin when another program answers at the port."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as problem:
            raise Unusable(
                f"Port {port} of {HOST} cannot be used ({problem.strerror}). "
                f"Choose another: PORT={port % 65535 + 1} script/demo"
            ) from problem


def run(supervisor: Supervisor, environ: Mapping[str, str], port: int) -> None:
    """Start everything in order, say that it is ready, and watch over it."""
    require_free(port)
    say("starting the database and the broker")
    services.start(supervisor, environ)
    ours = {"SITE_ADDRESS": f"http://{HOST}:{port}", "STATICFILES_STORAGE": PLAIN_FILES}
    environment = services.environment(supervisor.places, {**ours, **environ})
    promised = prepare_application(supervisor, environment)
    say("starting web, worker and clock")
    start_application(supervisor, environment, port)
    print(f"ready http://{HOST}:{port}", *promised, sep="\n", flush=True)
    supervisor.watch()


def prepare_application(supervisor: Supervisor, environment: Mapping[str, str]) -> list[str]:
    """Bring tables and the demo organisation up to date; returns the lines to print when ready."""
    say("preparing the tables")
    commands = {
        "migrate": manage("migrate", "--noinput"),
        "collectstatic": manage("collectstatic", "--noinput"),
    }
    supervisor.run(commands, environment)
    say("loading the demo organisation")
    told = supervisor.run({"load_demo": manage("load_demo")}, environment)
    return [line for line in told.splitlines() if line.startswith(PROMISED)]


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [sys.executable, "manage.py", *arguments]


def start_application(supervisor: Supervisor, environment: Mapping[str, str], port: int) -> None:
    """Start worker, beat and web at once and wait until each of them works."""
    where = supervisor.places
    supervisor.start(worker(where, environment))
    beat = supervisor.start(clock(where, environment))
    supervisor.start(web(where, environment, port))
    supervisor.wait_until("web", lambda: is_healthy(port), PATIENCE)
    supervisor.wait_until("beat", lambda: "beat: Starting" in beat.output(), PATIENCE)
    broker = environment["CELERY_BROKER_URL"]
    supervisor.wait_until("worker", lambda: worker_answers(broker), PATIENCE)


def worker(where: Places, environment: Mapping[str, str]) -> Program:
    """The Celery worker; told to die, it drops its tasks, which are handed out again."""
    options = ["--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
    return Program(
        name="worker",
        command=[*celery("worker"), *options],
        log=where.logs / "worker.log",
        grace=20,
        death_signal=signal.SIGQUIT,
        environment=environment,
    )


def clock(where: Places, environment: Mapping[str, str]) -> Program:
    """Celery beat; its file remembers what ran last."""
    options = [f"--schedule={where.data / 'beat-schedule'}", "--pidfile=", "--loglevel=INFO"]
    return Program(
        name="beat",
        command=[*celery("beat"), *options],
        log=where.logs / "beat.log",
        grace=5,
        environment=environment,
    )


def web(where: Places, environment: Mapping[str, str], port: int) -> Program:
    """The web server."""
    options = [f"--bind={HOST}:{port}", "--workers=2", "--threads=4", "--preload", "--graceful-timeout=8"]
    # its control socket lies in the home folder, shared by all installations
    options += ["--no-control-socket", "--access-logfile=-"]
    return Program(
        name="web",
        command=[sys.executable, "-m", "gunicorn", *options, "aims.wsgi"],
        log=where.logs / "web.log",
        environment=environment,
    )


def celery(command: str) -> list[str]:
    """A Celery command of the application."""
    return [sys.executable, "-m", "celery", "--app=aims", command]


def worker_answers(broker: str) -> bool:
    """Whether a worker takes messages from the broker."""
    with Celery(broker=broker, set_as_current=False) as application, contextlib.suppress(OperationalError):
        return bool(application.control.ping(timeout=1, limit=1))
    return False


if __name__ == "__main__":
    sys.exit(main(os.environ))
