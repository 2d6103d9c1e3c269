"""Programs start in order, stop in the opposite order and in time, come back after a crash, and are found again."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from aims.machine import processes
from aims.machine import supervisor as supervising
from aims.machine.places import Places
from aims.machine.processes import Child, clean_up, leftovers, rotate
from aims.machine.supervisor import Failed, Stopped, Supervisor
from tests.machine.conftest import python, told

GENTLE = """
def end(*_):
    tell("stopped-" + NAME); sys.exit(0)
signal.signal(signal.SIGTERM, end)
tell("started-" + NAME)
while True: time.sleep(0.02)
"""
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntell('up')\ntime.sleep(60)"


def gentle(name: str) -> str:
    return GENTLE.replace("NAME", repr(name))


def eventually(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def test_what_started_last_stops_first(where: Places, supervisor: Supervisor) -> None:
    names = ["postgres", "broker", "worker", "beat", "web"]
    for name in names:
        supervisor.start(python(where, name, gentle(name)))
        eventually(lambda name=name: f"started-{name}" in told(where))  # type: ignore[misc]
    supervisor.stop()
    stops = [line for line in told(where) if line.startswith("stopped")]
    assert stops == [f"stopped-{name}" for name in reversed(names)]


def test_a_program_that_does_not_stop_is_ended(where: Places, supervisor: Supervisor) -> None:
    child = supervisor.start(python(where, "stubborn", STUBBORN, grace=0.3))
    eventually(lambda: told(where))
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 5
    assert child.process.returncode == -signal.SIGKILL


def test_grandchildren_end_too(where: Places, supervisor: Supervisor) -> None:
    code = f"import subprocess\np = subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(60)'])\n"
    supervisor.start(python(where, "parent", code + "tell(str(p.pid))\ntime.sleep(60)"))
    eventually(lambda: told(where))
    grandchild = int(told(where)[0])
    assert psutil.pid_exists(grandchild)
    supervisor.stop()
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE


def test_a_crashed_program_comes_back(
    where: Places, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.start(
        python(
            where,
            "web",
            "tell('up')\nif open(PATH).read().count('up') > 1: time.sleep(60)\nsys.exit(3)".replace(
                "PATH", repr(str(where.data / "told"))
            ),
        )
    )
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    eventually(lambda: told(where) == ["up", "up"])
    supervisor.stopping.set()
    watching.join(5)
    assert "web ended by itself (3)" in capsys.readouterr().err


def test_a_program_that_keeps_crashing_is_started_ever_later(
    where: Places, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    child = supervisor.start(python(where, "web", "sys.exit(1)"))
    clock = iter(range(0, 10_000, 100))
    for _ in range(8):
        supervisor.children[0].process.wait()
        monkeypatch.setattr(supervisor.children[0], "started", time.monotonic())
        supervisor.revive(0, supervisor.children[0])
        monkeypatch.setitem(supervisor.due, "web", next(clock) * 0)
        supervisor.revive(0, supervisor.children[0])
    waits = [line.rsplit("starts again in ")[1] for line in capsys.readouterr().err.splitlines()]
    assert waits == [f"{seconds} s." for seconds in (1, 2, 4, 8, 16, 30, 30, 30)]
    assert supervisor.children[0] is not child


def test_a_program_that_ran_long_counts_as_new(where: Places, supervisor: Supervisor) -> None:
    child = supervisor.start(python(where, "web", "sys.exit(1)"))
    child.process.wait()
    supervisor.crashes["web"] = 5
    child.started -= supervising.STEADY + 1
    supervisor.revive(0, child)
    assert supervisor.crashes["web"] == 1


def test_waiting_ends_when_a_program_does(where: Places, supervisor: Supervisor) -> None:
    supervisor.start(python(where, "worker", "print('no module named x'); sys.exit(1)"))
    with pytest.raises(Failed, match="(?s)worker did not start.*no module named x"):
        supervisor.wait_until("worker", lambda: False, 10)


def test_waiting_ends_after_its_time(supervisor: Supervisor) -> None:
    with pytest.raises(Failed, match="web was not ready after 0 seconds"):
        supervisor.wait_until("web", lambda: False, 0.2)


def test_being_asked_to_stop_ends_a_wait_and_a_run(where: Places, supervisor: Supervisor) -> None:
    threading.Timer(0.3, supervisor.stopping.set).start()
    with pytest.raises(Stopped):
        supervisor.run({"long": [sys.executable, "-c", "import time; time.sleep(60)"]}, dict(os.environ))
    with pytest.raises(Stopped):
        supervisor.wait_until("web", lambda: False, 10)
    with pytest.raises(Stopped):
        supervisor.start(python(where, "web", "pass"))
    assert leftovers(where.data) == {}


def test_commands_run_side_by_side_and_their_output_is_returned(supervisor: Supervisor) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(0.5); print('done')"]
    started = time.monotonic()
    assert supervisor.run({"a": command, "b": command}, dict(os.environ)) == "done\ndone\n"
    assert time.monotonic() - started < 0.95


def test_a_failed_command_says_its_last_words(supervisor: Supervisor) -> None:
    command = [sys.executable, "-c", "import sys; print('x' * 10); sys.exit('no such table')"]
    with pytest.raises(Failed, match="(?s)migrate failed.*no such table"):
        supervisor.run({"migrate": command}, dict(os.environ))


def test_output_is_that_of_this_start_only(where: Places, supervisor: Supervisor) -> None:
    first = supervisor.start(python(where, "beat", "print('first')"))
    first.process.wait()
    second = supervisor.start(python(where, "beat", "print('second')"))
    second.process.wait()
    assert second.output() == "second\n"
    assert (where.logs / "beat.log").read_text() == "first\nsecond\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_only_ask(supervisor: Supervisor, number: int) -> None:
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with supervisor.running():
            assert not supervisor.stopping.is_set()
            signal.raise_signal(number)
            assert supervisor.stopping.is_set()
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)


def test_leftovers_of_this_installation_are_ended_and_no_others(where: Places, tmp_path: Path) -> None:
    ours = Child(python(where, "worker", "tell('up')\ntime.sleep(60)"), where.data)
    other = Child(python(where, "worker", "tell('up')\ntime.sleep(60)"), tmp_path / "other")
    eventually(lambda: told(where) == ["up", "up"])
    assert [process.pid for process in leftovers(where.data)] == [ours.process.pid]
    assert clean_up(where.data) == 1
    assert not ours.alive()
    assert other.alive()
    other.stop()


def test_programs_that_hold_data_may_close_it(where: Places) -> None:
    code = gentle("NAME").replace("SIGTERM", "SIGINT")
    keeper = Child(python(where, "postgres", code.replace("'NAME'", "'postgres'")), where.data)
    worker = Child(python(where, "worker", code.replace("'NAME'", "'worker'")), where.data)
    eventually(lambda: len(told(where)) == 2)
    clean_up(where.data)
    assert "stopped-postgres" in told(where)
    assert "stopped-worker" not in told(where)
    assert not keeper.alive()
    assert not worker.alive()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_die_with_a_killed_parent(where: Places) -> None:
    code = (
        "import time; from pathlib import Path; from aims.machine.places import Places;"
        "from aims.machine.processes import Child; from tests.machine.conftest import python;"
        f"where = Places(Path({str(where.data)!r}));"
        "Child(python(where, 'worker', \"tell('up')\\ntime.sleep(60)\"), where.data); time.sleep(60)"
    )
    parent = psutil.Popen([sys.executable, "-c", code])
    eventually(lambda: told(where))
    (orphan,) = leftovers(where.data)
    parent.kill()
    parent.wait()
    psutil.wait_procs([orphan], timeout=5)
    assert leftovers(where.data) == {}


def test_a_long_log_is_set_aside(where: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LOG_LIMIT", 10)
    log = where.logs / "web.log"
    for number in range(6):
        log.write_text(f"{number}" * 20)
        rotate(log)
        assert log.read_text() == ""
    kept = {path.name: path.read_text()[0] for path in where.logs.glob("web.log.*")}
    assert kept == {"web.log.1": "5", "web.log.2": "4", "web.log.3": "3"}


def test_a_short_log_stays(where: Places) -> None:
    log = where.logs / "web.log"
    log.write_text("short")
    rotate(log)
    assert log.read_text() == "short"
