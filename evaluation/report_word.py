"""The report of an audit as a Word document."""

from typing import Any

from django.utils.translation import gettext as _

from aims.pages.paper import word
from evaluation.report import Report, Section

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(report: Report) -> bytes:
    """The report with its headings, tables and paragraphs. Raises TooLong and Refused as `word` does."""
    paragraphs = [report.organisation]
    if report.draft:
        paragraphs.append(_("Draft: the report is not sent yet."))
    return word(
        {
            "title": report.title,
            "author": report.organisation,
            "heading": f"{report.audit.ref} {report.audit.title}",
            "paragraphs": paragraphs,
            "sections": [described(section) for section in report.sections],
        }
    )


def described(section: Section) -> dict[str, Any]:
    """A section as the program that makes the document reads it."""
    lines = [line for line in section.text.split("\n") if line]
    pairs = [{"heads": [], "rows": [list(pair) for pair in section.pairs]}] if section.pairs else []
    rows = [{"heads": section.heads, "rows": section.rows}] if section.rows else []
    return {
        "heading": section.heading,
        "paragraphs": [*lines, section.empty] if section.nothing else lines,
        "tables": pairs + rows,
    }
