"""Where one installation keeps its things: under AIMS_DATA, sockets elsewhere where that path is too long."""

import hashlib
import os
import pwd
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Linux allows 107 bytes for a socket's path and macOS 103; PostgreSQL's names take some of them.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


class Unusable(Exception):
    """A folder, address or setting cannot be used as it is; the message says what a person can do."""


@dataclass(frozen=True)
class Places:
    """The folders and files of one installation."""

    data: Path

    @property
    def lock(self) -> Path:
        """Locked by who runs the services; holds who that is."""
        return self.data / "lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by commands that use services which another command started."""
        return self.data / "users.lock"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.data / "log"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's data."""
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded Valkey's append-only file."""
        return self.data / "valkey"

    @property
    def roles(self) -> Path:
        """Passwords of the roles made on a PostgreSQL server that is not ours."""
        return self.data / "database.json"

    @property
    def sockets(self) -> Path:
        """Folder of the services' sockets: AIMS_DATA/run, or a short one under /tmp made from its path."""
        inside = self.data / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(inside)):
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path("/tmp") / f"aims-{os.getuid()}-{name}"

    @property
    def broker_socket(self) -> Path:
        """The embedded Valkey's socket."""
        return self.sockets / "valkey.sock"

    def prepare(self) -> None:
        """Make the folders; Unusable where that fails. An existing AIMS_DATA keeps its mode."""
        if not self.data.is_dir():
            private_folder(self.data)
        for folder in (self.logs, self.sockets):
            private_folder(folder)

    def secret_key(self) -> str:
        """The installation's secret key, made at the first call."""
        file = self.data / "secret_key"
        if not file.exists():
            write_private(file, secrets.token_urlsafe(48), mode=0o400)
        return file.read_text()


def places(environ: Mapping[str, str]) -> Places:
    """The places named by AIMS_DATA, by default `var` in the project's folder."""
    data = environ.get("AIMS_DATA")
    return Places(Path(os.path.abspath(data)) if data else ROOT / "var")


def private_folder(folder: Path) -> None:
    """Make a folder that only this user may enter. A link or another's folder in its place is refused."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as problem:
        raise Unusable(f"{folder}: {problem.strerror}. Set AIMS_DATA to a folder of yours.") from problem
    if not stat.S_ISDIR(found.st_mode) or not is_ours(found.st_uid):
        raise Unusable(f"{folder} belongs to another user. Remove it, or set AIMS_DATA to a folder of yours.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def is_ours(uid: int) -> bool:
    """Whether a folder of that user is ours; root's embedded server may run as nobody."""
    return uid == os.geteuid() or (os.geteuid() == 0 and uid == pwd.getpwnam("nobody").pw_uid)


def write_private(file: Path, content: str, mode: int = 0o600) -> None:
    """Write a file that only this user can read; a crash leaves the old one or the new one, never half."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as stream:
        stream.write(content)
    draft.replace(file)
