"""Makes the virtual environment and installs the locked packages, on a Python with no package installed.

Used as a script by script/setup: `setup.py [dev]`. Nothing is done when a stamp says that the lock files and
the Python have not changed since.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING or __package__:
    from aims.machine import pip_wheel
else:  # run as a file, before there is anything to import from
    sys.path.insert(0, str(Path(__file__).parent))
    import pip_wheel

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PANGO = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
NIGHTLY = {"postgresql-15": "/usr/lib/postgresql/15/bin/postgres", "redis-server": "/usr/bin/redis-server"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Unusable(Exception):
    """The environment cannot be made; the message says what a person can do."""


def say(text: str) -> None:
    """Tell the person at the terminal, apart from the output that others read."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Bring the environment up to date for `dev` or for running only; returns the exit code."""
    dev = "dev" in arguments
    try:
        with folder_lock(ROOT):
            ensure_packages(dev)
            ensure_system_packages(dev, nightly="nightly" in arguments)
    except (Unusable, pip_wheel.Unavailable) as problem:
        say(str(problem))
        return 1
    return 0


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two setups at once do not write into one environment."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# Python packages


def ensure_packages(dev: bool) -> None:
    """Install the lock file's packages unless the stamp says that it was done."""
    wanted = {name: digest(name) for name in (("runtime", "dev") if dev else ("runtime",))}
    if all(stamp(name).is_file() and stamp(name).read_text() == value for name, value in wanted.items()):
        return
    make_environment()
    name = "requirements-dev.txt" if dev else "requirements.txt"
    say(f"installing {name}; this takes a minute the first time")
    pip("install", "--require-hashes", "--no-input", "--progress-bar=off", "-qq", f"-r{ROOT / name}")
    for kind, value in wanted.items():
        stamp(kind).write_text(value)


def stamp(name: str) -> Path:
    """Where the digest of what was installed is kept."""
    return VENV / f"installed-{name}"


def digest(name: str) -> str:
    """Digest of a lock file and of the Python in use."""
    file = ROOT / {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}[name]
    python = sys.implementation.cache_tag or sys.version
    return hashlib.sha256(file.read_bytes() + python.encode()).hexdigest()


def environment_python() -> Path:
    """The environment's Python."""
    return VENV / "bin" / "python"


def works(*command: str | Path) -> bool:
    """Whether the command can be run and ends well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def pip(*arguments: str) -> None:
    """Run the environment's pip; its own words explain a failure."""
    command = [str(environment_python()), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False).returncode:
        raise Unusable("pip could not install the packages; its message is above.")


def make_environment() -> None:
    """Make .venv with a working pip, in whichever way this machine allows."""
    same_python = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    if not works(environment_python(), "-c", same_python):
        say(f"making {VENV} with Python {sys.version.split()[0]}")
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(VENV)
    if works(environment_python(), "-m", "pip", "--version"):
        return
    for way in (pip_from_ensurepip, pip_from_system_pip, pip_from_index, pip_from_apt):
        if way() and works(environment_python(), "-m", "pip", "--version"):
            return
    raise Unusable(
        "no pip could be put into .venv. Install it with `apt-get install python3-venv` (Debian, Ubuntu), "
        "or point PIP_INDEX_URL at a package index that this machine reaches, then run this again."
    )


def pip_from_ensurepip() -> bool:
    """Python's own copy; Debian leaves it out of python3."""
    return importlib.util.find_spec("ensurepip") is not None and works(
        environment_python(), "-m", "ensurepip", "--upgrade", "--default-pip"
    )


def pip_from_system_pip() -> bool:
    """A pip outside can install one inside (since pip 22.3)."""
    return works(sys.executable, "-m", "pip", "--python", environment_python(), "install", "--quiet", "pip")


def pip_from_index() -> bool:
    """Fetch pip's wheel, of known digest, from the package index and let it install itself."""
    try:
        wheel = pip_wheel.fetch(VENV)
    except pip_wheel.Unavailable as problem:
        say(str(problem))
        return False
    try:
        return works(environment_python(), wheel / "pip", "install", "--quiet", "--no-index", wheel)
    finally:
        wheel.unlink()


def pip_from_apt() -> bool:
    """Debian's python3-venv brings ensurepip back, where the packages may be installed."""
    return apt_install(["python3-venv"]) and works(environment_python(), "-m", "ensurepip", "--default-pip")


# The system's packages


def ensure_system_packages(dev: bool, nightly: bool) -> None:
    """Install what is missing of the system's packages, or say which command does."""
    missing = [] if pango_loads() else list(PANGO_PACKAGES)
    if dev and not any(map(shutil.which, BROWSERS)):
        missing.append("chromium")
    if dev and not shutil.which("pdftoppm"):
        missing.append("poppler-utils")
    if nightly:
        missing += [name for name, program in NIGHTLY.items() if not Path(program).exists()]
    if missing and not apt_install(missing):
        say(f"missing {', '.join(missing)}: what needs them will fail. {advice(missing)}")


def pango_loads() -> bool:
    """Whether WeasyPrint will find its libraries; macOS names them otherwise and is asked for Pango only."""
    if sys.platform == "darwin":
        return any((Path(p) / "lib/libpango-1.0.dylib").exists() for p in ("/opt/homebrew", "/usr/local"))
    try:
        return all(ctypes.CDLL(name) for name in PANGO)
    except OSError:
        return False


def advice(missing: list[str]) -> str:
    """The command that a person can type."""
    if sys.platform == "darwin":
        return "Type: brew install pango poppler"
    return f"Type: sudo apt-get install -y --no-install-recommends {' '.join(missing)}"


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages as root or through a sudo that asks nothing; says whether it could."""
    if not shutil.which("apt-get"):
        return False
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not works("sudo", "-n", "true"):
        return False
    say(f"installing {' '.join(packages)} through apt")
    install = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq"]
    install += ["-o", "DPkg::Lock::Timeout=120", "--no-install-recommends", *packages]
    return works(*install) or (works(*prefix, "apt-get", "update", "-qq") and works(*install))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
