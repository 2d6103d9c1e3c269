"""Making the environment: quick when nothing is to do, several ways to pip, honest about what is missing."""

import hashlib
import re
import resource
import subprocess
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aims.machine import pip_wheel, setup
from aims.machine.places import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package index's page for pip; the index is configured for this test."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{served.server_address[1]}/simple/")
        folder = tmp_path / "simple" / "pip"
        folder.mkdir(parents=True)
        yield folder
        served.shutdown()


def offer(index: Path, content: bytes, name: str = pip_wheel.WHEEL) -> None:
    (index / name).write_bytes(content)
    (index / "index.html").write_text(
        f'<a href="other.whl">other</a><a>none</a><a href="{name}#sha256=0" rel="x">{name}</a>'
    )


def test_the_wheel_of_the_known_digest_is_taken(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pip_wheel, "SHA256", hashlib.sha256(b"wheel").hexdigest())
    offer(index, b"wheel")
    assert pip_wheel.fetch(tmp_path).read_bytes() == b"wheel"


def test_a_wheel_of_another_digest_is_refused(index: Path, tmp_path: Path) -> None:
    offer(index, b"evil")
    with pytest.raises(pip_wheel.Unavailable, match="SHA-256"):
        pip_wheel.fetch(tmp_path)
    assert not (tmp_path / pip_wheel.WHEEL).exists()


def test_an_index_without_the_wheel_is_told(index: Path, tmp_path: Path) -> None:
    offer(index, b"wheel", name="pip-1.0-py3-none-any.whl")
    with pytest.raises(pip_wheel.Unavailable, match="does not offer"):
        pip_wheel.fetch(tmp_path)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/simple", "file:///etc", "nonsense"])
def test_an_index_that_cannot_be_read_is_told(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", address)
    with pytest.raises(pip_wheel.Unavailable, match=re.escape(address)):
        pip_wheel.fetch(tmp_path)


def test_the_index_of_pips_configuration_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "more.conf"))
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text("[global]\nindex-url = https://one.example/simple\n")
    assert pip_wheel.index_url() == "https://one.example/simple"
    (tmp_path / "more.conf").write_text("[install]\nindex-url = https://two.example/simple\n")
    assert pip_wheel.index_url() == "https://two.example/simple"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A project with lock files and a made environment; the list takes what pip was asked to do."""
    asked: list[tuple[str, ...]] = []
    for name in LOCKS:
        (tmp_path / name).write_text(f"{name}\n")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "make_environment", lambda: None)
    monkeypatch.setattr(setup, "pip", lambda *arguments: asked.append(arguments))
    return asked


def test_packages_are_installed_once_by_hash(project: list[tuple[str, ...]]) -> None:
    for _ in range(2):
        setup.ensure_packages(dev=False)
    assert len(project) == 1
    assert "--require-hashes" in project[0]
    assert project[0][-1].endswith("/requirements.txt")


def test_the_tools_for_tests_bring_the_packages_for_running(project: list[tuple[str, ...]]) -> None:
    setup.ensure_packages(dev=True)
    setup.ensure_packages(dev=False)
    assert len(project) == 1
    assert project[0][-1].endswith("/requirements-dev.txt")


def test_a_changed_lock_is_installed(project: list[tuple[str, ...]]) -> None:
    setup.ensure_packages(dev=False)
    (setup.ROOT / "requirements.txt").write_text("changed\n")
    setup.ensure_packages(dev=False)
    assert len(project) == 2


def test_a_failed_installation_is_tried_again(
    project: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: str) -> None:
        raise setup.Unusable("no network")

    monkeypatch.setattr(setup, "pip", fail)
    assert setup.main([]) == 1
    monkeypatch.setattr(setup, "pip", lambda *arguments: project.append(arguments))
    setup.ensure_packages(dev=False)
    assert len(project) == 1


def test_every_way_to_pip_is_tried_before_giving_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    for way in ("pip_from_ensurepip", "pip_from_system_pip", "pip_from_index", "pip_from_apt"):
        monkeypatch.setattr(setup, way, lambda way=way: tried.append(way))
    monkeypatch.setattr(setup, "works", lambda *command: "-c" in command)
    with pytest.raises(setup.Unusable, match=r"python3-venv.*PIP_INDEX_URL"):
        setup.make_environment()
    assert tried == ["pip_from_ensurepip", "pip_from_system_pip", "pip_from_index", "pip_from_apt"]


def test_without_root_the_command_to_type_is_shown_and_setup_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "pango_loads", lambda: False)
    monkeypatch.setattr(setup, "apt_install", lambda packages: False)
    monkeypatch.setattr("sys.platform", "linux")
    setup.ensure_system_packages(dev=False, nightly=False)
    command = (
        "sudo apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )
    assert command in capsys.readouterr().err


def test_nothing_is_asked_of_apt_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(setup, "pango_loads", lambda: True)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(setup, "apt_install", asked.append)
    setup.ensure_system_packages(dev=True, nightly=False)
    assert asked == []


def test_it_is_quick_and_silent_when_nothing_is_to_do() -> None:
    command = [str(ROOT / "script" / "setup"), "dev"]
    subprocess.run(command, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # processor time, since other tests run beside it
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 1
    assert (done.stdout, done.stderr) == ("", "")


def test_an_old_python_is_told(tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(
        [ROOT / "script" / "setup"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^#.*\n", "", text).strip())
    assert len(blocks) > 60
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; [^\\]+)? \\\n", block), block[:80]
        assert "--hash=sha256:" in block
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|@ ", text)


def test_both_locks_agree() -> None:
    runtime, dev = (
        set(re.findall(r"(?m)^[a-z0-9._-]+\S*==\S+", (ROOT / name).read_text())) for name in LOCKS
    )
    assert runtime < dev


def test_every_dependency_is_locked_and_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    locked = {
        line.split("==")[0].split("[")[0]
        for line in (ROOT / LOCKS[1]).read_text().splitlines()
        if "==" in line
    }
    for wanted in project["project"]["dependencies"] + project["dependency-groups"]["dev"]:
        assert re.split(r"[\[><=]", wanted)[0] in locked
    for wanted in project["project"]["dependencies"]:
        line = next(line for line in text.splitlines() if f'"{wanted}"' in line)
        assert len(line.partition("#")[2]) > 10, f"{wanted} has no reason"
