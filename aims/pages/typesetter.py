"""The program that sets HTML as a tagged PDF: HTML on standard input, the PDF on standard output.

`aims.pages.paper` runs it in a process of its own. The stylesheet is the pack's, so that all our paper looks alike, and
nothing is served to it but our own fonts. The web application never imports this module: WeasyPrint is heavy.
"""

import resource
import sys
from collections.abc import Mapping
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parents[2] / "static"
OURS = "https://paper.invalid/"  # never asked over the network: the fetcher knows these names only
SERVED = {f"{OURS}fonts/{path.name}": path for path in sorted((STATIC / "fonts").glob("*.woff2"))}
SECONDS, MEMORY = 60, 1_500_000_000


class Refusing(URLFetcher):  # type: ignore[misc]
    """Serves our own fonts from disk and refuses every other address: file, http, data, all of them."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """One of our fonts. Raises ValueError for anything else; WeasyPrint then goes on without it."""
        path = SERVED.get(url)
        if path is None:
            raise ValueError("paper fetches nothing")
        return URLFetcherResponse(url, path.read_bytes())


def parsed(html: str, fonts: FontConfiguration) -> tuple[HTML, CSS]:
    """A page and the stylesheet of all our paper, which fetch nothing but our fonts."""
    fetcher = Refusing()
    text = (STATIC / "pack.css").read_text(encoding="utf-8")
    sheet = CSS(string=text, base_url=OURS, url_fetcher=fetcher, font_config=fonts)
    return HTML(string=html, base_url=OURS, url_fetcher=fetcher), sheet


def main() -> None:
    """Set what stands on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    fonts = FontConfiguration()
    page, sheet = parsed(sys.stdin.buffer.read().decode(), fonts)
    page.write_pdf(sys.stdout.buffer, stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")


if __name__ == "__main__":
    main()
