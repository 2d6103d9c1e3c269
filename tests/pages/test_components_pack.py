"""The evidence pack's stylesheet: WeasyPrint takes every line of it, and the contents know their pages."""

import logging
from io import BytesIO

import pytest
from pypdf import PdfReader
from weasyprint import HTML

from aims.pages.templatetags.marks import inlined_icons
from tests.pack.printing import contents_entries
from tests.pages import gallery
from tests.pages.markup import ROOT, render


@pytest.fixture
def pack(caplog: pytest.LogCaptureFixture) -> PdfReader:
    """A small pack with each part once."""
    caplog.set_level(logging.WARNING, logger="weasyprint")
    with inlined_icons():
        html = render("pack_sample.html", {**gallery.context(), "long": range(1, 60)})
    return PdfReader(BytesIO(HTML(string=html, base_url=f"{ROOT}/").write_pdf(pdf_variant="pdf/a-3b")))


def test_weasyprint_knows_every_declaration_and_finds_every_file(
    pack: PdfReader, caplog: pytest.LogCaptureFixture
) -> None:
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


def test_the_contents_name_the_right_pages(pack: PdfReader) -> None:
    entries = contents_entries(pack, pack.pages[1])
    assert [name for name, _said, _led in entries] == ["c4", "c41", "c6"]
    assert [said for _name, said, _led in entries] == [str(led) for _name, _said, led in entries]


def test_long_tables_repeat_their_head(pack: PdfReader) -> None:
    heads = [page.extract_text() for page in pack.pages if "Controls" in page.extract_text()]
    assert len([text for text in heads if "Risk" in text and "Level" in text]) >= 3


def test_pages_carry_the_pack_the_chapter_and_their_number(pack: PdfReader) -> None:
    last = pack.pages[-1].extract_text()
    assert "Orvanne Medical · Evidence pack, Stage 1" in last
    assert "as of 24 November 2026" in last
    assert f"{len(pack.pages)} / {len(pack.pages)}" in last
    assert "6 Planning" in last


def test_the_cover_has_no_running_head(pack: PdfReader) -> None:
    assert "Evidence pack, Stage 1" not in pack.pages[0].extract_text()


def test_charts_and_bookmarks_are_there(pack: PdfReader) -> None:
    text = " ".join(page.extract_text() for page in pack.pages)
    for expected in ("14 / 15", "119 / 138", "86 %", "Likelihood"):
        assert expected in text
    titles = [str(entry["/Title"]) for entry in pack.outline if not isinstance(entry, list)]
    assert titles == ["Contents", "4 Context", "6 Planning"]


def test_every_font_is_embedded_and_ours_carries_the_words(pack: PdfReader) -> None:
    embedded, missing = pack.pages[2]._get_fonts()
    assert any("Inter" in name for name in embedded)
    assert missing == set()
