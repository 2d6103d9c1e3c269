"""Commands beside services: started for a command's time, shared by several, stopped after the last."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from aims.machine import beside, checks, manage, postgres
from aims.machine.locks import Holder, holding
from aims.machine.places import ROOT, Places, Unusable
from aims.machine.processes import leftovers
from aims.machine.supervisor import Stopped

ASK = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute('select current_user').fetchone()[0])"


@pytest.fixture
def person(environ: dict[str, str], where: Places) -> dict[str, str]:
    """The environment of a person with a data folder."""
    return {**environ, "AIMS_DATA": str(where.data)}


def start(person: dict[str, str], code: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "aims.machine.beside", sys.executable, "-c", code]
    return subprocess.Popen(command, env=person, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_a_command_has_a_database_and_a_broker_and_then_they_go(
    person: dict[str, str], where: Places
) -> None:
    code = "import os, sys; assert os.path.exists(os.environ['CELERY_BROKER_URL'][14:].split('?')[0]);" + ASK
    process = start(person, code + ";sys.exit(7)")
    out, _ = process.communicate(timeout=60)
    assert (out, process.returncode) == ("aims_app\n", 7)
    assert leftovers(where.data) == {}


def test_the_environment_is_complete_and_what_was_given_wins(person: dict[str, str], where: Places) -> None:
    names = "['SECRET_KEY','ALLOWED_HOSTS','DJANGO_SETTINGS_MODULE','AIMS_DATA','LOG_LEVEL']"
    process = start(
        {**person, "ALLOWED_HOSTS": "mine", "LOG_LEVEL": ""},
        f"import os; print([os.environ.get(n) for n in {names}])",
    )
    out, _ = process.communicate(timeout=60)
    assert out == f"{[where.secret_key(), 'mine', 'aims.settings', str(where.data), None]}\n"


def test_a_second_command_uses_the_services_of_the_first_which_waits_for_it(
    person: dict[str, str], where: Places
) -> None:
    first = start(person, "print('up', flush=True); import time; time.sleep(1)")
    assert first.stdout
    assert first.stdout.readline() == "up\n"
    second = start(person, f"import time; time.sleep(2); {ASK}")
    assert second.communicate(timeout=60)[0] == "aims_app\n"
    first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert leftovers(where.data) == {}


def test_commands_that_start_at_once_all_run(person: dict[str, str], where: Places) -> None:
    processes = [start(person, ASK) for _ in range(4)]
    assert [process.communicate(timeout=90)[0] for process in processes] == ["aims_app\n"] * 4
    assert leftovers(where.data) == {}


def test_a_command_that_was_killed_leaves_nothing_in_the_way(person: dict[str, str], where: Places) -> None:
    first = start(person, "print('up', flush=True); import time; time.sleep(2)")
    assert first.stdout
    assert first.stdout.readline() == "up\n"
    first.kill()
    second = start(person, ASK)
    assert second.communicate(timeout=60)[0] == "aims_app\n"
    first.communicate()


def test_a_signal_reaches_the_command_and_its_code_is_the_shells(
    person: dict[str, str], where: Places
) -> None:
    process = start(person, "print('up', flush=True); import time; time.sleep(60)")
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 128 + signal.SIGTERM
    process.communicate()
    assert leftovers(where.data) == {}


def test_holders_without_services_are_named_after_some_patience(
    person: dict[str, str], where: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(beside, "PATIENCE", 0.2)
    with holding(where, Holder(77, "script/demo")):
        assert beside.main("script/manage check", ["true"], person) == 1
    assert "script/demo (process 77)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "role"), [([], "aims_app"), (["--owner"], "aims_owner"), (["--system"], "aims_system")]
)
def test_addresses_are_printed_without_starting_anything(
    options: list[str], role: str, person: dict[str, str], where: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert manage.main(["database_url", *options], person) == 0
    part = conninfo_to_dict(capsys.readouterr().out.strip())
    assert (part["user"], part["host"]) == (role, str(where.sockets))
    assert not where.postgres.exists()


def test_a_given_address_is_printed_back(person: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    given = {
        "DATABASE_URL": "postgresql://a@h/d",
        "DATABASE_OWNER_URL": "postgresql://b@h/d",
        "DATABASE_SYSTEM_URL": "c",
    }
    assert manage.main(["database_url", "--owner"], {**person, **given}) == 0
    assert capsys.readouterr().out == "postgresql://b@h/d\n"


@pytest.mark.parametrize("options", [["--admin"], ["--owner", "--system"], ["x"]])
def test_an_unknown_role_is_told(
    options: list[str], person: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert manage.main(["database_url", *options], person) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "[--owner|--system]" in said.err


def test_runs_of_the_tests_at_the_same_time_have_folders_of_their_own(
    person: dict[str, str], where: Places
) -> None:
    with checks.slot(person) as first, checks.slot(person) as second:
        assert {first.data, second.data} == {where.data / "test" / "1", where.data / "test" / "2"}
    with checks.slot(person) as again:
        assert again == first


def test_too_many_runs_are_told(person: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SLOTS", 1)
    with checks.slot(person), pytest.raises(Unusable, match="1 runs"), checks.slot(person):
        pass


@pytest.mark.parametrize(
    ("version", "running", "kept"), [(None, False, True), (None, True, False), ("9", False, False)]
)
def test_a_broken_or_foreign_database_of_tests_is_made_anew_and_queues_always(
    version: str | None, running: bool, kept: bool, where: Places, environ: dict[str, str]
) -> None:
    present = postgres.major_version(postgres.binary_folder(environ))
    for folder in (where.postgres, where.valkey):
        folder.mkdir()
    (where.postgres / "PG_VERSION").write_text(f"{version or present}\n")
    if running:
        (where.postgres / "postmaster.pid").touch()
    checks.forget(where, environ)
    assert where.postgres.exists() is kept
    assert not where.valkey.exists()


@pytest.mark.parametrize(("check", "tests", "code"), [(0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 5, 5)])
def test_all_checks_run_and_pytest_has_the_last_word(
    check: int,
    tests: int,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    one = [sys.executable, "-c", f"print('checking'); raise SystemExit({check})"]
    monkeypatch.setattr(checks, "CHECKS", {"one": one, "two": one})
    monkeypatch.setattr(
        checks, "PYTEST", [sys.executable, "-c", f"print('closing line'); raise SystemExit({tests})"]
    )
    assert checks.everything(dict(os.environ)) == code
    out = capfd.readouterr().out
    assert out.count("checking") == 2
    assert out.splitlines()[-1] == "closing line"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_ends_the_run(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    one = [
        sys.executable,
        "-c",
        f"import os, signal; signal.signal({number:d}, signal.SIG_DFL); os.kill(os.getpid(), {number:d})",
    ]
    monkeypatch.setattr(checks, "CHECKS", {"one": one})
    with pytest.raises(Stopped):
        checks.everything(dict(os.environ))


def test_what_is_compiled_is_kept_for_the_other_processes_of_a_run() -> None:
    given = {"PYTHONDONTWRITEBYTECODE": "1", "AIMS_DATA": "var"}
    assert checks.compiling(given) == {"AIMS_DATA": "var"}


def test_import_linter_can_fail(tmp_path: Path) -> None:
    """The check is run as a module, whose exit code must not get lost."""
    for name, content in {"one": "import two\n", "two": ""}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(content)
    contract = "[importlinter:contract:1]\nname=x\ntype=layers\nlayers=\n  two\n  one\n"
    (tmp_path / ".importlinter").write_text(f"[importlinter]\nroot_packages=\n  one\n  two\n{contract}")
    command = [*checks.CHECKS["import-linter"]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


def test_continuous_integration_runs_what_people_run() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec script/test"
    for name in ("demo", "manage", "test", "nightly", "bench", "setup", "lock"):
        file = ROOT / "script" / name
        assert file.stat().st_mode & 0o111, name
        assert file.read_text().startswith("#!/bin/sh\n")
        assert time.time() > file.stat().st_mtime
