"""Evidence to read: on its page and beside the requirement, whatever is in the file."""

import io
import random
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from aims.records import previews
from aims.records.changes import create
from aims.records.checking import keep
from aims.records.evidence import add_revision, link, place
from aims.records.models import Answer, Evidence, Revision
from aims.records.previews import preview
from tests.pages.conftest import Browser
from tests.people import World

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = f'<?xml version="1.0"?><w:document {W}><w:body>%s</w:body></w:document>'
PARAGRAPH = "<w:p><w:r><w:t>%s</w:t></w:r></w:p>"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001ff89993d1d"
    "0000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def kept(world: World, name: str, content: bytes) -> Revision:
    evidence = create(world.officer, Evidence, {"title": "Procedure", "shows": "How we sort"})
    return add_revision(world.officer, evidence, SimpleUploadedFile(name, content))


def docx(xml: str, more: int = 0, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", xml)
        for number in range(more):
            archive.writestr(f"word/{number}.xml", "")
    return file.getvalue()


def paragraphs(*texts: str) -> str:
    return BODY % "".join(PARAGRAPH % text for text in texts)


def test_the_text_of_a_word_document(inside: World) -> None:
    xml = BODY % (
        "<w:p><w:r><w:t>One &amp; two</w:t><w:tab/><w:t>three</w:t></w:r></w:p><w:p><w:instrText>no</w:instrText>"
        "<w:r><w:t>Four</w:t><w:br/><w:t>five</w:t></w:r></w:p>"
    )
    shown = preview(kept(inside, "Procedure.docx", docx(xml)))
    assert (shown.kind, shown.text, shown.cut) == ("text", "One & two\tthree\nFour\nfive", False)


def test_a_long_document_is_cut(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "LETTERS", 50)
    shown = preview(kept(inside, "x.docx", docx(paragraphs(*["word " * 9] * 9))))
    assert shown.cut and len(shown.text) == 50


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "boom">]><w:document ' + W + "><w:t>&x;</w:t></w:document>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("entities.docx", docx(BOMB)),
        ("bomb.docx", docx(paragraphs("a" * 5_000_000))),
        ("members.docx", docx(paragraphs("a"), more=2_100)),
        ("broken.docx", docx("<w:document")),
        ("no.docx", b"PK\x03\x04 and nothing more"),
        ("text.docx", b"plain"),
        ("none.docx", b"PK\x05\x06" + bytes(18)),
        ("html.html", b"<html><script>alert(1)</script></html>"),
    ],
)
def test_what_is_hostile_or_broken_is_not_shown(
    inside: World, nadia: Client, name: str, content: bytes
) -> None:
    revision = kept(inside, name, content)
    assert preview(revision).kind == ""
    shown = nadia.get(f"/evidence/view/{revision.pk}/")
    assert shown.status_code == 200 and "Download it to read it" in shown.content.decode()


def test_a_document_that_lies_about_its_size_is_not_read_on(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "modest", lambda member: True)
    monkeypatch.setattr(previews, "UNPACKED", 100_000)
    assert preview(kept(inside, "x.docx", docx(paragraphs("", *["a"] * 20_000)))).kind == ""


def test_damaged_bytes_break_nothing(inside: World) -> None:
    whole, chance = docx(paragraphs("One", "Two")), random.Random(42)  # noqa: S311 - not for secrets
    for _turn in range(400):
        spoilt = bytearray(whole)
        for _byte in range(chance.randint(1, 6)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        assert previews.word_text(io.BytesIO(bytes(spoilt))).kind in ("", "text")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table(inside: World, nadia: Client, separator: str) -> None:
    lines = [separator.join(("When", "What <b>"))] + [separator.join((str(n), '"a\nb"')) for n in range(300)]
    revision = kept(inside, "log.csv", "\r\n".join(lines).encode())
    shown = preview(revision)
    assert shown.kind == "table" and len(shown.rows) == 200 and shown.cut
    assert shown.rows[:2] == [["When", "What <b>"], ["0", "a\nb"]]
    text = nadia.get(f"/evidence/view/{revision.pk}/").content.decode()
    assert '<th scope="col">What &lt;b&gt;</th>' in text and "Only the beginning is shown" in text


def test_old_spreadsheets_texts_are_read(inside: World) -> None:
    assert preview(kept(inside, "x.csv", "Größe;Zürich".encode("cp1252"))).rows == [["Größe", "Zürich"]]
    assert preview(kept(inside, "x.txt", b"plain <b>")).text == "plain <b>"


def test_a_picture_and_a_pdf_come_from_the_files_own_address(inside: World, nadia: Client) -> None:
    picture, paper = kept(inside, "x.png", PNG), kept(inside, "x.pdf", PDF)
    assert f'<img class="shown" src="/evidence/file/{picture.pk}/?inline"' in page(nadia, picture)
    framed = f"/evidence/file/{paper.pk}/?inline&framed"
    assert f'src="{framed.replace("&", "&amp;")}"' in page(nadia, paper)
    reply = nadia.get(framed)
    assert reply["X-Frame-Options"] == "SAMEORIGIN" and reply["Content-Type"] == "application/pdf"
    assert "default-src 'none'" in reply["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in reply["Content-Security-Policy"]


@pytest.mark.parametrize(("name", "content"), [("x.html", b"<html></html>"), ("x.png", PNG), ("x.txt", b"x")])
def test_nothing_else_can_be_framed(inside: World, nadia: Client, name: str, content: bytes) -> None:
    reply = nadia.get(f"/evidence/file/{kept(inside, name, content).pk}/?inline&framed")
    assert reply["X-Frame-Options"] == "DENY" and reply["Content-Security-Policy"].startswith("sandbox")


def page(client: Client, revision: Revision) -> str:
    return client.get(f"/evidence/view/{revision.pk}/").content.decode()


def test_the_requirement_stands_beside_it(inside: World, nadia: Client, lines: dict[str, Answer]) -> None:
    revision = kept(inside, "x.txt", b"We sort twice.")
    answer = lines["6.1.2-a"]
    Answer.objects.filter(pk=answer.pk).update(text="We **do** this.")
    assert "Nothing yet. Link it" in page(nadia, revision)
    link(inside.officer, revision.evidence, "answers", answer.pk)
    shown = page(nadia, revision)
    assert "We sort twice." in shown and "<strong>do</strong>" in shown and "How we sort" in shown
    assert "/clauses/6.1.2/?line=6.1.2-a" in shown and "Nothing yet. Link it" not in shown
    assert "We sort twice." in nadia.get(f"/registers/evidence/{revision.evidence_id}/").content.decode()


def test_nobody_reads_what_is_not_open_to_them(inside: World, browser: Browser) -> None:
    revision = kept(inside, "x.txt", b"secret")
    for member in (inside.stranger, inside.auditor):
        assert browser(member).get(f"/evidence/view/{revision.pk}/").status_code == 404


def test_a_file_that_is_gone_is_said_on_every_page_of_it(inside: World, nadia: Client) -> None:
    revision = kept(inside, "x.txt", b"one")
    (Path(settings.AIMS_DATA) / "evidence" / place(revision.organisation_id, revision.sha256)).unlink()
    keep(revision, "missing", "")
    for address in (f"/registers/evidence/{revision.evidence_id}/", f"/evidence/view/{revision.pk}/"):
        text = nadia.get(address).content.decode()
        assert "A file is not what was kept" in text and "x.txt (revision 1) is missing from storage" in text
    keep(revision, "", "")
    assert "not what was kept" not in page(nadia, revision)


def test_withdrawing_says_who_relies_on_it(inside: World, nadia: Client, lines: dict[str, Answer]) -> None:
    evidence = kept(inside, "x.txt", b"one").evidence
    where = f"/registers/evidence/{evidence.pk}/move/withdraw/"
    assert "relies on it" not in nadia.get(where).content.decode()
    link(inside.officer, evidence, "answers", lines["6.1.2-a"].pk)
    text = nadia.get(where).content.decode()
    assert "1 record relies on it" in text and "6.1.2-a" in text


def test_freshness_reads_the_same_in_the_list_and_on_the_page(inside: World, nadia: Client) -> None:
    create(inside.officer, Evidence, {"title": "Old", "review_due": timezone.localdate() - timedelta(days=3)})
    for address in ("/registers/evidence/", f"/registers/evidence/{Evidence.objects.get().pk}/"):
        assert "Stale, 3 days" in nadia.get(address).content.decode()
