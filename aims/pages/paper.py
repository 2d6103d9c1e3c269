"""A document on paper: HTML to a tagged PDF, in a process of its own without settings, secrets, database or network.

As a program it reads the HTML from standard input and writes the PDF to standard output. The stylesheet is the pack's, so
that all our paper looks alike. The process has little memory and time, and serves nothing but our own fonts.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
OURS = "https://paper.invalid/"  # never asked over the network: the fetcher knows these names only
SERVED = {f"{OURS}fonts/{path.name}": path for path in sorted((STATIC / "fonts").glob("*.woff2"))}
SECONDS, MEMORY = 60, 1_500_000_000


class TooLong(Exception):
    """The document could not be set within the time and memory that it may take."""


class Refusing(URLFetcher):  # type: ignore[misc]
    """Serves our own fonts from disk and refuses every other address: file, http, data, all of them."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """One of our fonts. Raises ValueError for anything else; WeasyPrint then goes on without it."""
        path = SERVED.get(url)
        if path is None:
            raise ValueError("paper fetches nothing")
        return URLFetcherResponse(url, path.read_bytes())


def pdf(html: str) -> bytes:
    """The PDF of a page of HTML. Raises TooLong when it takes more time or memory than a document may."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "aims.pages.paper"]
    try:
        done = subprocess.run(
            command, input=html.encode(), capture_output=True, cwd=ROOT, env=environment, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise TooLong from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise TooLong(done.stderr.decode(errors="replace")[-300:])
    return done.stdout


def main() -> None:
    """Set what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    fonts, fetcher = FontConfiguration(), Refusing()
    sheet = CSS(
        string=(STATIC / "pack.css").read_text(encoding="utf-8"),
        base_url=OURS,
        url_fetcher=fetcher,
        font_config=fonts,
    )
    page = HTML(string=sys.stdin.buffer.read().decode(), base_url=OURS, url_fetcher=fetcher)
    page.write_pdf(sys.stdout.buffer, stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")


if __name__ == "__main__":
    main()
