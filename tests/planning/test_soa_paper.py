"""The Statement of Applicability on paper and as a table: every line, with its reason."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from tests.people import World
from tests.planning.test_soa import client, hrefs, orvanne, read

__all__ = ["orvanne"]


@pytest.fixture
def paper(orvanne: World) -> str:
    """The words of the PDF that the grid leads to."""
    officer = client(orvanne)
    assert "/soa/statement.pdf" in hrefs(read(officer.get("/soa/")))
    answer = officer.get("/soa/statement.pdf")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_pdf_has_the_lines_and_why(paper: str) -> None:
    words = " ".join(paper.split())
    assert "A.2.2" in words and "A.10.4" in words and "Orvanne Medical" in words
    assert "Nobody outside" in words and "It is needed" in words and "Partly" in words


def test_the_table_that_the_grid_leads_to_has_all_38(orvanne: World) -> None:
    officer = client(orvanne)
    url = "/registers/control-implementations/export.xlsx"
    assert url in hrefs(read(officer.get("/soa/")))
    answer = officer.get(url)
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") >= 39
