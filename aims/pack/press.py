"""Runs the typesetting process and watches it; its folder is swept when it is no longer wanted."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from aims.organisation.refused import Refused
from aims.records.heartbeat import Progress

OLD = 2 * 3600  # seconds after which a folder belongs to nobody: the longest build is shorter
FIRST, LAST = 30, 92  # the part of the whole work that is typesetting, in percent
CHARACTERS = 5500  # of HTML on a page, about
PASSES = 2  # over the pages: the second knows the numbers for the contents
SAME_BYTES = {"SOURCE_DATE_EPOCH": "0"}  # fontTools writes a time into each font: not that of the build


@contextmanager
def workplace(name: str) -> Iterator[Path]:
    """An empty folder for one build, private to this user; folders that a killed worker left are removed."""
    spool = Path(settings.AIMS_DATA) / "spool"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in spool.iterdir():
        if folder.stat().st_mtime < time.time() - OLD:
            shutil.rmtree(folder, ignore_errors=True)
    folder = spool / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def expected(html: str) -> int:
    """How many pages a document will have, about."""
    return 1 + len(html) // CHARACTERS


def typeset(
    folder: Path, html: str, job: dict[str, Any], progress: Progress, span: tuple[int, int] = (FIRST, LAST)
) -> dict[str, Any]:
    """Set the document of a folder in a process of its own, as `pack.pdf`; answers its `pages` and `where` things are.

    `span` is the part of the whole work that this is, in percent. Raises Refused when it takes more time or memory than a
    pack may, and Lost when another worker has the job.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "page.html").write_text(html, encoding="utf-8")
    limits = {"seconds": settings.PACK_SECONDS, "memory": settings.PACK_MEMORY}
    (folder / "job.json").write_text(json.dumps({**job, **limits}))
    with (folder / "log").open("wb") as log, started(folder, log) as process:
        watch(process, folder, progress, expected(html), span)
    if not (folder / "done").exists():
        raise Refused("conflict", _("The document could not be set: %(why)s") % {"why": reason(folder)})
    done: dict[str, Any] = json.loads((folder / "done").read_text())
    return done


@contextmanager
def started(folder: Path, log: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """The process, without our environment; it is ended with the block, and by itself when we are killed."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8", **SAME_BYTES}
    command = [sys.executable, "-m", "aims.pack.typeset", str(folder)]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def watch(
    process: "subprocess.Popen[bytes]", folder: Path, progress: Progress, pages: int, span: tuple[int, int]
) -> None:
    """Wait for the end and say how far it is. Raises Refused after the longest time that a pack may take."""
    end = time.monotonic() + settings.PACK_SECONDS
    while process.poll() is None:
        if time.monotonic() > end:
            raise Refused("conflict", _("The document takes too long. Ask for fewer clauses at a time."))
        page = number(folder / "pages")
        done = min(1.0, page / (PASSES * pages))
        doing = (
            _("Setting page %(page)d") % {"page": page} if 0 < page <= pages else _("Setting the document")
        )
        progress.say(span[0] + int((span[1] - span[0]) * done), doing)
        wait(process)


def wait(process: "subprocess.Popen[bytes]") -> None:
    """Half a second, or less when the process ends."""
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return


def number(path: Path) -> int:
    """The number in a file that another process writes; 0 while there is none."""
    text = path.read_text() if path.exists() else ""
    return int(text) if text.isdigit() else 0


def reason(folder: Path) -> str:
    """The last line that the process wrote, for people who can do something about it."""
    lines = (folder / "log").read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else _("out of time or memory")


def as_json(enclosures: Sequence[Any], folder: Path) -> list[dict[str, str]]:
    """The enclosures as the process reads them."""
    return [
        {
            "file": str(e.path.relative_to(folder)),
            "name": e.name,
            "description": e.description,
            "at": e.at.isoformat(),
            "as": e.relationship,
        }
        for e in enclosures
    ]
