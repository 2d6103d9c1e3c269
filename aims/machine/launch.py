"""Becomes another program: as a user that PostgreSQL accepts, and dying with its parent. Standard library.

    launch.py MODE PARENT SIGNAL FOLDER PROGRAM ARGUMENTS...

MODE is `same` (as we are), `namespace` (root, in a user namespace where it is nobody) or `setuid` (root
becomes nobody, keeping only the right to pass folders that are closed to others). SIGNAL, if not 0, is sent
by Linux when PARENT dies. FOLDER, if not empty, must be writable afterwards; exit 97 tells that it is not, or
that the mode is forbidden here.
"""

import ctypes
import os
import pwd
import struct
import sys
from pathlib import Path

FORBIDDEN = 97
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def main(mode: str, parent: int, signal: int, folder: str, command: list[str]) -> None:
    """Take on the mode and become the command; never returns."""
    try:
        {"same": as_we_are, "namespace": enter_namespace, "setuid": become_nobody}[mode]()
        if folder:
            try_to_write(folder)
    except OSError as problem:
        refuse(f"{mode}: {problem}")
    # last, since a change of user clears it
    die_with(parent, signal)
    os.execv(command[0], command)


def refuse(reason: str) -> None:
    """End, telling that this mode does not work here."""
    print(reason, file=sys.stderr)
    sys.exit(FORBIDDEN)


def try_to_write(folder: str) -> None:
    """Raise OSError unless files can be made in the folder; access(2) would not count the kept capability."""
    trial = Path(folder) / f".trial-{os.getpid()}"
    trial.touch()
    trial.unlink()


def as_we_are() -> None:
    """Keep the user."""


def nobody() -> tuple[int, int]:
    """User and group number of `nobody`; PostgreSQL wants a user that has a name."""
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def libc_call(name: str, *arguments: int) -> None:
    """Call the C library; OSError where it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), name)


def enter_namespace() -> None:
    """Be nobody inside a user namespace while files stay ours outside."""
    uid, gid = nobody()
    libc_call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{gid} 0 1")


def become_nobody() -> None:
    """Be nobody, still able to reach a data folder below closed parents such as /root."""
    uid, gid = nobody()
    libc_call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    keep_capability(CAP_DAC_OVERRIDE)


def keep_capability(number: int) -> None:
    """Hold one capability and no other, also over exec."""
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    mask = 1 << number
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(header, struct.pack("6I", mask, mask, mask, 0, 0, 0)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "capset")
    libc_call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0)


def die_with(parent: int, signal: int) -> None:
    """Have Linux send the signal when the parent dies; elsewhere the next start cleans up."""
    if not signal or sys.platform != "linux":
        return
    libc_call("prctl", PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
