"""The report of an audit: as page, PDF and Word, with overrides; distribution and acceptance (9.2.2-e and f)."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.pages.paper import pdf
from aims.records.changes import move, write
from evaluation.models import Audit, AuditCheck
from evaluation.report import report
from tests.evaluation.story import again, begun, found, reported, row
from tests.people import World


def sent(world: World, **data: object) -> Audit:
    """An audit with a verdict, a finding, an override and its report."""
    audit = begun(world, **data)
    parts = {"overrides": [{"auditor": row(world.auditor), "reason": "Nobody else knows it."}]}
    audit = write(world.officer, audit, {}, parts=parts)
    check = AuditCheck.objects.get(audit=audit, code="8.1", source="scope")
    with acting(world.orvanne.pk, world.auditor.actor):
        write(
            again(world.auditor),
            check,
            {"verdict": "nonconform", "note": "No gate", "interviewed": "Mathieu"},
        )
        found(world, audit)
        return reported(world, audit)


def file_of(world: World, audit: Audit, name: str) -> bytes:
    """A file of the report, as the officer gets it."""
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    answer = client.get(reverse(name, args=[audit.pk]))
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    return bytes(answer.content)


WORDS = (
    "Effectiveness of operational controls",
    "No gate",
    "Partly effective",
    "Nobody else knows it",
    "Claire Vasseur",
)


def test_the_pdf_holds_plan_verdicts_findings_overrides_and_conclusion(inside: World) -> None:
    pages = PdfReader(BytesIO(file_of(inside, sent(inside), "audit report pdf"))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert not [words for words in (*WORDS, "major nonconformity") if words not in text]


def test_the_word_document_holds_the_same(inside: World) -> None:
    paper = Document(BytesIO(file_of(inside, sent(inside, scale="french"), "audit report word")))
    cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    text = " ".join([*cells, *(paragraph.text for paragraph in paper.paragraphs)])
    assert not [words for words in (*WORDS, "NC majeure") if words not in text]


def test_control_characters_break_no_document(inside: World) -> None:
    audit = sent(inside)
    Audit.objects.filter(pk=audit.pk).update(conclusion="odd \x0b\x1f text ☃ 中")
    assert b"word/document.xml" in file_of(inside, audit, "audit report word")
    assert file_of(inside, audit, "audit report pdf").startswith(b"%PDF")


def test_before_the_report_others_read_nothing_that_is_sealed(inside: World) -> None:
    audit = begun(inside)
    check = AuditCheck.objects.get(audit=audit, code="8.1", source="scope")
    write(again(inside.auditor), check, {"verdict": "nonconform", "note": "No gate"})
    found(inside, audit)
    theirs, ours = (str(report(m, audit).sections) for m in (inside.officer, again(inside.auditor)))
    assert "No gate" in ours and "TalentSift" in ours
    assert "No gate" not in theirs and "TalentSift" not in theirs


def test_who_got_the_report_accepts_it_once_with_name_and_date(inside: World) -> None:
    audit = move(inside.executive, sent(inside), "accept")
    one = audit.acceptances.get()
    assert one.name == "Claire Vasseur" and abs((one.accepted_on - date.today()).days) <= 1
    with pytest.raises(Refused):
        move(inside.executive, audit, "accept")
    with pytest.raises(Refused) as refused:
        move(inside.contributor, audit, "accept")
    assert refused.value.code == "forbidden"


def test_paper_fetches_nothing() -> None:
    made = pdf('<html lang="en"><title>x</title><img src="file:///etc/passwd" alt="p"><p>Words</p></html>')
    assert "Words" in PdfReader(BytesIO(made)).pages[0].extract_text() and b"root:" not in made
