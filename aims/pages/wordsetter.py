"""The program that makes a Word document: a description as JSON on standard input, the document on standard output.

The description: `title`, `author`, `heading`, `paragraphs`, and `sections`, each with a `heading`, `paragraphs` and
`tables` (`heads`, may be empty, and `rows`). `aims.pages.paper` runs it; the web application never imports it.
"""

import json
import resource
import sys
from typing import Any

from docx import Document
from docx.shared import Pt

SECONDS, MEMORY = 60, 1_500_000_000


def fill(paper: Any, section: dict[str, Any]) -> None:
    """One section."""
    paper.add_heading(plain(section["heading"]), 1)
    for paragraph in section["paragraphs"]:
        paper.add_paragraph(plain(paragraph))
    for one in section["tables"]:
        table(paper, one["heads"], one["rows"])


def table(paper: Any, heads: list[str], rows: list[list[str]]) -> None:
    """A table with a head where there is one."""
    lines = [heads, *rows] if heads else rows
    made = paper.add_table(len(lines), max(len(line) for line in lines))
    made.style = "Table Grid"
    for line, row in zip(lines, made.rows, strict=True):
        for text, cell in zip(line, row.cells, strict=False):
            cell.text = plain(text)
            if line is heads:
                cell.paragraphs[0].runs[0].bold = True


def plain(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return "".join(
        c for c in text if c in "\n\t" or (c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c < "\ufffe")
    )


def made(description: dict[str, Any]) -> Any:
    """The document with its headings, tables and paragraphs in Word's own styles."""
    paper = Document()
    paper.core_properties.title = plain(description["title"])[:255]  # the longest that Word keeps
    paper.core_properties.author = plain(description["author"])[:255]
    paper.styles["Normal"].font.size = Pt(10)
    paper.add_heading(plain(description["heading"]), 0)
    for paragraph in description["paragraphs"]:
        paper.add_paragraph(plain(paragraph))
    for section in description["sections"]:
        fill(paper, section)
    return paper


def main() -> None:
    """Make the document that standard input describes."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    made(json.loads(sys.stdin.buffer.read())).save(sys.stdout.buffer)


if __name__ == "__main__":
    main()
