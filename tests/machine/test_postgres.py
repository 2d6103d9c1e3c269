"""The embedded PostgreSQL: no network, private, there again after a crash of any part."""

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from aims.machine import launch, postgres
from aims.machine.places import Places, Unusable
from aims.machine.processes import Child, leftovers

MARK = "create table if not exists kept (n int); insert into kept values (1)"
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")


@pytest.fixture
def up(where: Places, environ: dict[str, str], request: pytest.FixtureRequest) -> Callable[[], Child]:
    """Starts the server on this test's data, with all its promises of safety."""

    def start() -> Child:
        child = Child(postgres.program(where, environ), where.data)
        request.addfinalizer(child.stop)
        postgres.wait_until_up(where, child.alive)
        return child

    return start


def ask(where: Places, statement: str) -> object:
    with psycopg.connect(postgres.address(where), autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_rows_are_there_after_the_server_was_killed(where: Places, up: Callable[[], Child]) -> None:
    server = up()
    ask(where, MARK)
    server.kill_group()
    server.process.wait()
    assert (where.postgres / "postmaster.pid").exists()
    up()
    assert ask(where, "select count(*) from kept") == 1
    assert "automatic recovery" in (where.logs / "postgres.log").read_text()


def test_it_is_found_again_after_a_crash_of_its_supervisor(where: Places, up: Callable[[], Child]) -> None:
    server = up()
    found = {process.pid: name for process, name in leftovers(where.data).items()}
    assert found[server.process.pid] == "postgres"


def test_a_stop_is_clean_even_with_a_client_connected(where: Places, up: Callable[[], Child]) -> None:
    server = up()
    with psycopg.connect(postgres.address(where)):
        server.stop()
    assert server.process.returncode == 0
    assert not (where.postgres / "postmaster.pid").exists()


def test_the_server_is_reached_by_its_socket_only(server: Places) -> None:
    assert ask(server, "show listen_addresses") == ""
    pid = int((server.postgres / "postmaster.pid").read_text().split()[0])
    assert psutil.Process(pid).net_connections("inet") == []
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.postgres.stat().st_mode) == 0o700


def test_text_is_unicode_in_code_point_order_and_times_are_utc(server: Places) -> None:
    assert ask(server, "show server_encoding") == "UTF8"
    assert ask(server, "show timezone") == "UTC"
    assert ask(server, "select string_agg(x, '' order by x) from unnest(array['é','b','Z','a']) x") == "Zabé"
    assert ask(server, "select upper('éß')") in ("ÉSS", "Éß", "ÉẞSS", "Éẞ")


def test_a_database_of_tests_gives_safety_up_and_another_does_not() -> None:
    assert "fsync=off" in postgres.settings(unsafe=True)
    assert not any("fsync" in option for option in postgres.settings(unsafe=False))


def test_variables_of_libpq_do_not_reach_the_server() -> None:
    environ = {"PATH": "/bin", "PGPORT": "1", "PGDATA": "/x", "PGHOST": "y"}
    assert postgres.plain_environment(environ) == {"PATH": "/bin"}


@pytest.mark.parametrize("content", ["", "text\n", "999999999\n", "US\n/x\n"])
def test_a_pid_file_of_no_server_is_removed(tmp_path: Path, content: str) -> None:
    file = tmp_path / "postmaster.pid"
    file.write_text(content.replace("US", str(os.getpid())))
    postgres.clear_stale_pid(file)
    assert not file.exists()


def test_a_pid_that_another_program_has_by_now_does_not_block_the_start(
    where: Places, up: Callable[[], Child], request: pytest.FixtureRequest
) -> None:
    up().stop()
    other = subprocess.Popen(["sleep", "60"])
    request.addfinalizer(other.kill)
    (where.postgres / "postmaster.pid").write_text(f"{other.pid}\n{where.postgres}\n1\n5432\n")
    up()
    assert ask(where, "select 1") == 1


def test_a_pid_file_of_a_living_server_stays(server: Places) -> None:
    postgres.clear_stale_pid(server.postgres / "postmaster.pid")
    assert (server.postgres / "postmaster.pid").exists()


def test_no_pid_file_is_no_problem(tmp_path: Path) -> None:
    postgres.clear_stale_pid(tmp_path / "postmaster.pid")


def test_a_half_made_database_is_made_again(where: Places, environ: dict[str, str]) -> None:
    draft = where.data / "postgres.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    postgres.program(where, environ)
    assert not draft.exists()
    assert (where.postgres / "global" / "pg_control").exists()


def test_data_of_another_version_is_refused(server: Places, environ: dict[str, str]) -> None:
    version = server.postgres / "PG_VERSION"
    present = version.read_text()
    version.write_text("9\n")
    try:
        with pytest.raises(Unusable, match="written by PostgreSQL 9 "):
            postgres.program(server, environ)
    finally:
        version.write_text(present)


def test_a_database_that_cannot_be_made_says_why(
    where: Places, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    real = postgres.binary_folder(environ)
    (tmp_path / "bin" / "postgres").symlink_to(real / "postgres")
    (tmp_path / "bin" / "initdb").write_text("#!/bin/sh\necho no room left; exit 1\n")
    (tmp_path / "bin" / "initdb").chmod(0o755)
    with pytest.raises(Unusable, match="no room left"):
        postgres.program(where, {**environ, "AIMS_POSTGRES_BIN": str(tmp_path / "bin")})
    assert not where.postgres.exists()


def test_a_server_that_does_not_start_is_told_with_its_log(where: Places) -> None:
    with pytest.raises(Unusable, match=r"postgres\.log"):
        postgres.wait_until_up(where, lambda: False)


@root_only
def test_root_can_be_nobody_without_user_namespaces(
    where: Places, up: Callable[[], Child], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that forbids them: data go to nobody, below folders that are closed to it, and back."""
    where.data.chmod(0o700)
    modes = postgres.MODES
    monkeypatch.setattr(postgres, "MODES", ("setuid",))
    server = up()
    ask(where, MARK)
    nobody = launch.nobody()[0]
    assert psutil.Process(server.process.pid).uids().real == nobody
    assert where.postgres.stat().st_uid == nobody
    server.stop()
    monkeypatch.setattr(postgres, "MODES", modes)
    if postgres.run_mode(postgres.binary_folder(environ), where) == "namespace":
        up()
        assert ask(where, "select count(*) from kept") == 1
        assert where.postgres.stat().st_uid == 0


@root_only
@pytest.mark.parametrize("mode", ["namespace", "setuid"])
def test_the_launcher_says_when_a_folder_is_closed_to_it(mode: str, tmp_path: Path) -> None:
    command = ["python3", "-I", "-S", str(Path(launch.__file__)), mode, "0", "0", "/proc/1", "/bin/true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == launch.FORBIDDEN
    assert mode in done.stderr


@root_only
def test_a_machine_where_root_can_become_nobody_else_says_so(
    where: Places, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "MODES", ())
    with pytest.raises(Unusable, match="DATABASE_URL"):
        postgres.program(where, environ)


@pytest.mark.nightly
def test_rows_are_there_after_thirty_kills(where: Places, up: Callable[[], Child]) -> None:
    for count in range(1, 31):
        server = up()
        ask(where, MARK)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        up().stop()
        assert shutil.disk_usage(where.data).free > 0
        server = up()
        assert ask(where, "select count(*) from kept") == count
        server.stop()
