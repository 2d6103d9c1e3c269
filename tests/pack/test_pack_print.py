"""The document itself: PDF/A-3 with the files inside, contents that know their pages, the same bytes for the same state."""

import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils.html import escape
from pypdf import PdfReader

from aims.pack import glyphs
from aims.pack.collect import collect
from aims.pack.contents import Contents
from aims.pack.glyphs import SUBSTITUTE, drawable
from aims.pack.page import page
from aims.pack.prose import prose
from tests.pack.conftest import REPORT, asked
from tests.pack.printing import contents_entries, gathered, pdf, printed, text_of

Gather = Callable[..., Contents]


@pytest.fixture
def document(contents: Gather, tmp_path: Path) -> bytes:
    """The whole pack of the story."""
    return printed(tmp_path / "spool", contents())


def test_it_is_pdf_a_3_with_everything_in_it(document: bytes, story: Any) -> None:
    with pikepdf.open(BytesIO(document)) as file:
        with file.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
            assert metadata["dc:title"] == "Stage 1"
        assert file.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert all("/AFRelationship" in spec for spec in file.Root.AF)
    _check_attachments(document, story)
    _check_contents(PdfReader(BytesIO(document)))
    _check_fonts(PdfReader(BytesIO(document)))
    _check_words(text_of(document), story)


def _check_attachments(document: bytes, story: Any) -> None:
    attached = {name: found[0] for name, found in PdfReader(BytesIO(document)).attachments.items()}
    assert set(attached) == {"EVD-0001-r1 report e.txt", "records.json", "manifest.json"}
    assert attached["EVD-0001-r1 report e.txt"] == REPORT
    manifest = json.loads(attached["manifest.json"])
    assert [(f["name"], f["sha256"]) for f in manifest["files"]] == [
        ("EVD-0001-r1 report e.txt", hashlib.sha256(REPORT).hexdigest())
    ]
    assert manifest["records"]["sha256"] == hashlib.sha256(attached["records.json"]).hexdigest()
    records = json.loads(attached["records.json"])
    assert [row["title"] for row in records["records"]["ai-systems"]] == ["ThoraScan"]
    assert records["organisation"] == story.orvanne.name


def _check_contents(reader: PdfReader) -> None:
    """The page number at the end of each line of the contents is that of the place to which it leads."""
    checked = [entry for found in reader.pages[1:3] for entry in contents_entries(reader, found)]
    assert [(name, said) for name, said, _led in checked] == [
        (name, str(led)) for name, _said, led in checked
    ]
    assert len(checked) > 60


def _check_fonts(reader: PdfReader) -> None:
    fonts: set[str] = set()
    for found in reader.pages:
        embedded, missing = found._get_fonts()
        assert missing == set()
        fonts |= embedded
    assert all("Inter" in font or "JetBrains" in font for font in fonts), fonts


def _check_words(words: str, story: Any) -> None:
    flat = " ".join(words.split())
    for expected in (
        "Stage 1",
        "Orvanne Medical",
        "only the published standard is normative",
        "We watch the law.",
        "A late finding",
        "AIS-0001",
        story.things["revision"].sha256[:8],
        "Nothing in this pack has been signed.",
    ):
        assert expected in flat, expected


def test_the_same_state_gives_the_same_bytes(story: Any, spoken: None, tmp_path: Path) -> None:
    pack = asked(story.officer, "6.1.2")
    first, second = (printed(tmp_path / name, collect(story.officer, pack)) for name in "ab")
    assert first == second


def test_another_pack_has_another_identifier(contents: Gather, tmp_path: Path) -> None:
    made = [BytesIO(printed(tmp_path / name, contents("6.1.2"))) for name in "ab"]
    first, second = (bytes(pikepdf.open(file).trailer.ID[0]) for file in made)
    assert first != second


SCRIPTS = {"Chinese": "日本", "Arabic": "سلام", "Hebrew": "שלום", "Thai": "ไทย"}


@pytest.fixture
def no_other_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any font of its own."""
    monkeypatch.setattr(glyphs, "installed", lambda: frozenset())


def test_characters_without_a_glyph_are_boxes(no_other_fonts: None, tmp_path: Path) -> None:
    text = "Łukasz Ελένη Дарья e\u0301 日本 🙂\u202e \u0000x"
    words = text_of(pdf(tmp_path, f"<p>{escape(text)}</p>"))
    assert "Łukasz Ελένη Дарья é □□ □" in " ".join(words.split())
    assert "\u202e" not in words


@pytest.mark.parametrize("script", SCRIPTS)
def test_other_scripts_come_from_the_machines_fonts_or_are_boxes(script: str, tmp_path: Path) -> None:
    """Either way every glyph of the document is embedded and none is the one for missing ones."""
    text, there = SCRIPTS[script], {ord(c) for c in SCRIPTS[script]} <= glyphs.installed()
    document = pdf(tmp_path, f"<p>{text}</p>")
    assert (SUBSTITUTE in text_of(document)) is not there
    embedded, missing = PdfReader(BytesIO(document)).pages[0]._get_fonts()
    assert missing == set()
    assert any("Inter" not in font for font in embedded) is there


def test_a_machine_without_fontconfig_has_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert glyphs.listed(glyphs.OUTLINES) == frozenset()


def test_what_fontconfig_says_is_read() -> None:
    assert glyphs.code_points("20-22 e9\n21 3b1\n") == {0x20, 0x21, 0x22, 0xE9, 0x3B1}
    assert glyphs.code_points("") == frozenset()


def test_a_picture_in_colour_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {glyphs.OUTLINES: frozenset({1, 2}), glyphs.COLOURED: frozenset({2, 3})}
    monkeypatch.setattr(glyphs, "listed", found.get)
    assert glyphs.installed.__wrapped__() == {1}


def test_emphasis_is_slanted_and_bold_is_bold(tmp_path: Path) -> None:
    text = "plain *slanted* **bold** ***both***, Ελένη *Ελένη Дарья*"
    embedded, missing = PdfReader(BytesIO(pdf(tmp_path, prose(text)))).pages[0]._get_fonts()
    assert missing == set()
    assert {font.partition("+")[2] for font in embedded} == {
        "Inter",
        "Inter-Italic",
        "Inter-Semi-Bold",
        "Inter-Semi-Bold-Italic",
    }


def test_every_template_character_can_be_drawn(
    no_other_fonts: None, contents: Gather, tmp_path: Path
) -> None:
    contents_ = contents()
    html = page(contents_, gathered(tmp_path / "x", contents_))
    added = drawable(html).count(SUBSTITUTE) - html.count(SUBSTITUTE)
    assert added == 0
