"""A whole pack, from the job to the kept file, against WeasyPrint alone on the HTML of this pack."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.pack import press
from aims.pack.asking import ask_pack
from aims.pack.build import build_pack
from aims.pack.models import Pack
from aims.records import jobs
from tests.bench.serving import ROOT

ALONE = """
import sys
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
page, css = sys.argv[1:]
fonts = FontConfiguration()
sheet = CSS(filename=css, font_config=fonts)
HTML(filename=page).write_pdf(page + ".pdf", stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-3b")"""


def asked(member: Member) -> Pack:
    """A pack that is asked for."""
    with acting(member.organisation_id, member.actor):
        return ask_pack(member, "Bench", (), "en")


def packs(member: Member, place: Path) -> tuple[Callable[[], float], Callable[[], float]]:
    """Measures in seconds: ours, and WeasyPrint alone."""
    page = place / "page.html"

    def ours() -> float:
        pack = asked(member)
        began = time.monotonic()
        with keeping(page):
            jobs.run(pack.organisation_id, pack.job_id, build_pack)
        return time.monotonic() - began

    def bare() -> float:
        began = time.monotonic()
        command = [sys.executable, "-c", ALONE, str(page), str(ROOT / "static" / "pack.css")]
        subprocess.run(command, check=True, capture_output=True)
        return time.monotonic() - began

    return ours, bare


@contextmanager
def keeping(page: Path) -> Iterator[None]:
    """Keep a copy of the HTML that a pack is set from."""
    typeset = press.typeset

    def watched(folder: Path, *rest: Any, **more: Any) -> Any:
        answer = typeset(folder, *rest, **more)
        shutil.copy(folder / "page.html", page)
        return answer

    press.typeset = watched
    try:
        yield
    finally:
        press.typeset = typeset
