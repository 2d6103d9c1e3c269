"""The report of an audit as a Word document."""

from io import BytesIO

from django.utils.translation import gettext as _
from docx import Document
from docx.shared import Pt

from evaluation.report import Report, Section

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(report: Report) -> bytes:
    """The report with its headings, tables and paragraphs in Word's own styles."""
    paper = Document()
    paper.core_properties.title = plain(report.title)
    paper.core_properties.author = plain(report.organisation)
    paper.styles["Normal"].font.size = Pt(10)
    paper.add_heading(plain(f"{report.audit.ref} {report.audit.title}"), 0)
    paper.add_paragraph(plain(report.organisation))
    if report.draft:
        paper.add_paragraph(_("Draft: the report is not sent yet."))
    for section in report.sections:
        paper.add_heading(plain(section.heading), 1)
        fill(paper, section)
    target = BytesIO()
    paper.save(target)
    return target.getvalue()


def fill(paper: Document, section: Section) -> None:  # type: ignore[valid-type]
    """One section."""
    for paragraph in filter(None, section.text.split("\n")):
        paper.add_paragraph(plain(paragraph))  # type: ignore[attr-defined]
    if section.pairs:
        table(paper, [], [[name, said] for name, said in section.pairs])
    if section.rows:
        table(paper, section.heads, section.rows)
    if section.nothing:
        paper.add_paragraph(plain(section.empty))  # type: ignore[attr-defined]


def table(paper: Document, heads: list[str], rows: list[list[str]]) -> None:  # type: ignore[valid-type]
    """A table with a head where there is one."""
    lines = [heads, *rows] if heads else rows
    made = paper.add_table(len(lines), max(len(line) for line in lines))  # type: ignore[attr-defined]
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
