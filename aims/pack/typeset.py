"""HTML to PDF/A-3, in a process of its own: no settings, no secrets, no database, no network, little memory and time.

As a program it reads a folder that `aims.pack.press` has filled (`page.html`, `job.json`, the files to attach) and writes
`pack.pdf` and, while it works, `pages`. It ends when its parent does.
"""

import hashlib
import json
import logging
import os
import re
import resource
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from weasyprint import Attachment, Document
from weasyprint.document import Page
from weasyprint.text.fonts import FontConfiguration

from aims.pack.enclosure import Enclosure
from aims.pack.glyphs import drawable
from aims.pages.typesetter import Refusing, parsed

ORPHANED = 3  # exit code of a process whose parent has gone


def laid_out(html: str) -> Document:
    """The pages of a document. Characters without a glyph have become boxes; nothing is fetched."""
    fonts = FontConfiguration()
    page, sheet = parsed(drawable(html), fonts)
    return page.render(font_config=fonts, stylesheets=[sheet], pdf_variant="pdf/a-3b")


def write_pdf(html: str, target: Path, identifier: str, enclosures: Sequence[Enclosure]) -> list[Page]:
    """Write the PDF/A-3b and answer its pages. The same arguments give the same bytes."""
    document = laid_out(html)
    document.metadata.attachments = [attachment(enclosure) for enclosure in enclosures]
    document.write_pdf(
        target, pdf_variant="pdf/a-3b", pdf_identifier=hashlib.sha256(identifier.encode()).digest()[:16]
    )
    pages: list[Page] = document.pages
    return pages


def where(pages: Sequence[Page]) -> dict[str, int]:
    """The page of every place that a link may lead to."""
    return {name: number for number, page in enumerate(pages, 1) for name in page.anchors}


def attachment(enclosure: Enclosure) -> Attachment:
    """An enclosure for WeasyPrint. Read at once: there may be more files than a process may hold open."""
    return Attachment(
        string=enclosure.path.read_bytes(),
        name=drawable(enclosure.name),
        description=drawable(enclosure.description),
        created=enclosure.at,
        modified=enclosure.at,
        relationship=enclosure.relationship,
        url_fetcher=Refusing(),
    )


class Pages(logging.Handler):
    """Notes in a file how many pages have been laid out; all of them are laid out again to number the contents."""

    def __init__(self, target: Path) -> None:
        super().__init__()
        self.target, self.number = target, 0

    def emit(self, record: logging.LogRecord) -> None:
        """WeasyPrint says "Step 5 - Creating layout - Page 12"."""
        if re.search(r"Page \d+$", record.getMessage()):
            self.number += 1
            self.target.write_text(str(self.number))


def main(folder: Path) -> None:
    """Set the document that lies in a folder."""
    job: dict[str, Any] = json.loads((folder / "job.json").read_text())
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    progress = logging.getLogger("weasyprint.progress")
    progress.setLevel(logging.INFO)
    progress.addHandler(Pages(folder / "pages"))
    enclosures = [
        Enclosure(folder / e["file"], e["name"], e["description"], datetime.fromisoformat(e["at"]), e["as"])
        for e in job["enclosures"]
    ]
    html = (folder / "page.html").read_text(encoding="utf-8")
    pages = write_pdf(html, folder / "pack.pdf", job["identifier"], enclosures)
    (folder / "done").write_text(json.dumps({"pages": len(pages), "where": where(pages)}))


def end_with_parent() -> None:
    """The parent holds the other end of standard input: when it dies, so does this process."""
    while os.read(
        0, 1
    ):  # not sys.stdin: its lock would abort the interpreter when the work ends with an error
        continue
    os._exit(ORPHANED)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    main(Path(sys.argv[1]))
