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
css, *pages = sys.argv[1:]
for page in pages:
    fonts = FontConfiguration()
    sheet = CSS(filename=css, font_config=fonts)
    HTML(filename=page).write_pdf(page + ".pdf", stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-3b")"""


def asked(member: Member) -> Pack:
    """A pack that is asked for."""
    with acting(member.organisation_id, member.actor):
        return ask_pack(member, "Bench", (), "en")


def packs(member: Member, place: Path) -> tuple[Callable[[], float], Callable[[], float]]:
    """Measures in seconds: ours, and WeasyPrint alone."""
    pages: list[str] = []  # of the last pack: one for each volume

    def ours() -> float:
        pack = asked(member)
        pages.clear()
        began = time.monotonic()
        with keeping(place, pages):
            jobs.run(pack.organisation_id, pack.job_id, build_pack)
        return time.monotonic() - began

    def bare() -> float:
        began = time.monotonic()
        command = [sys.executable, "-c", ALONE, str(ROOT / "static" / "pack.css"), *pages]
        subprocess.run(command, check=True, capture_output=True)
        return time.monotonic() - began

    return ours, bare


@contextmanager
def keeping(place: Path, pages: list[str]) -> Iterator[None]:
    """Keep copies of the HTML that a pack's volumes are set from."""
    typeset = press.typeset

    def watched(folder: Path, *rest: Any, **more: Any) -> Any:
        answer = typeset(folder, *rest, **more)
        pages.append(str(shutil.copy(folder / "page.html", place / f"page-{len(pages)}.html")))
        return answer

    press.typeset = watched
    try:
        yield
    finally:
        press.typeset = typeset
