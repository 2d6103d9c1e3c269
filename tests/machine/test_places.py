"""Folders of an installation: private, ours, and with sockets whose paths are short enough."""

import os
import stat
from pathlib import Path

import pytest

from aims.machine.places import (
    LONGEST_SOCKET_FOLDER,
    ROOT,
    Places,
    Unusable,
    places,
    private_folder,
    write_private,
)


def test_the_default_is_var_in_the_project() -> None:
    assert places({}).data == ROOT / "var"
    assert places({"AIMS_DATA": ""}).data == ROOT / "var"
    assert (ROOT / "pyproject.toml").exists()


def test_a_relative_folder_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert places({"AIMS_DATA": "mine/../other"}).data == tmp_path / "other"


@pytest.mark.parametrize("folder", ["/srv/aims", "/srv/" + "x" * (LONGEST_SOCKET_FOLDER - len("/srv//run"))])
def test_sockets_lie_with_the_data_where_the_path_is_short(folder: str) -> None:
    assert Places(Path(folder)).sockets == Path(folder) / "run"


@pytest.mark.parametrize(
    "folder", ["/srv/" + "x" * LONGEST_SOCKET_FOLDER, "/srv/with space", "/srv/é", "/srv/a,b"]
)
def test_sockets_lie_under_tmp_where_the_path_is_long_or_odd(folder: str) -> None:
    sockets = Places(Path(folder)).sockets
    assert sockets.parent == Path("/tmp")
    assert len(str(sockets)) < LONGEST_SOCKET_FOLDER
    assert sockets == Places(Path(folder)).sockets, "the same at every start"
    assert sockets != Places(Path(folder + "2")).sockets, "another for other data"


def test_folders_are_private(where: Places) -> None:
    for folder in (where.data, where.logs, where.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_too_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_existing_data_folder_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Places(tmp_path).prepare()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(Unusable, match="another user"):
        private_folder(tmp_path / "link")


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match="AIMS_DATA"):
        private_folder(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_is_refused_even_to_root(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(Unusable, match="another user"):
        private_folder(folder)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(where: Places) -> None:
    first = where.secret_key()
    assert len(first) >= 50
    assert where.secret_key() == first
    assert stat.S_IMODE((where.data / "secret_key").stat().st_mode) == 0o400
    assert Places(where.data.with_name("other")) != where


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    keys = set()
    for name in ("a", "b"):
        made = Places(tmp_path / name)
        made.prepare()
        keys.add(made.secret_key())
    assert len(keys) == 2


def test_a_draft_that_a_crash_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_text("half")
    write_private(tmp_path / "file", "whole")
    assert (tmp_path / "file").read_text() == "whole"
    assert not (tmp_path / "file.new").exists()
