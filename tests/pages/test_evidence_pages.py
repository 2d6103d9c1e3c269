"""Evidence on the pages: upload, reuse, taking away, and files that can run nothing in a browser."""

import hashlib
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aims.records.changes import create
from aims.records.evidence import link
from aims.records.models import Answer, Evidence, Link, Revision
from tests.pages.conftest import Browser
from tests.people import World

ADD = "/evidence/add/"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def upload(client: Client, name: str = "PR-01.pdf", content: bytes = PDF, **data: str) -> object:
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), **data})


@pytest.fixture
def answer(lines: dict[str, Answer]) -> Answer:
    return lines["6.1.2-a"]


@pytest.fixture
def here(inside: World) -> Iterator[World]:
    yield inside


def test_a_file_dropped_on_a_line_becomes_linked_evidence(nadia: Client, answer: Answer, here: World) -> None:
    reply = upload(nadia, to=f"answers:{answer.pk}")
    evidence, revision = Evidence.objects.get(), Revision.objects.get()
    assert reply["Location"] == "/clauses/6.1.2/?line=6.1.2-a#evidence"  # type: ignore[index]
    assert (evidence.title, evidence.owner_id) == ("PR-01", here.officer.id)
    assert (revision.sha256, revision.name) == (hashlib.sha256(PDF).hexdigest(), "PR-01.pdf")
    assert Link.objects.get().record_id == answer.pk
    assert "PR-01" in nadia.get("/clauses/6.1.2/").content.decode()


def test_the_four_fields_are_kept(nadia: Client, here: World) -> None:
    fields = {
        "title": "Procedure",
        "shows": "How",
        "effective_from": "2026-02-02",
        "review_due": "2027-02-02",
    }
    upload(nadia, "PR-01.pdf", PDF, **fields)
    evidence = Evidence.objects.get()
    assert {name: str(getattr(evidence, name)) for name in fields} == fields


@pytest.mark.parametrize(("name", "content"), [("empty.txt", b""), ("x.txt", b"too large for the test")])
def test_a_file_that_cannot_be_kept_is_refused_and_nothing_is_made(
    nadia: Client, here: World, settings: object, name: str, content: bytes
) -> None:
    settings.EVIDENCE_LIMIT = 10  # type: ignore[attr-defined]
    reply = upload(nadia, name, content, title="Typed title")
    assert reply.status_code in (413, 422) and b"Typed title" in reply.content  # type: ignore[attr-defined]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    "to", ["answers:abc", "nothing:1", "x", "answers:0192f0c0-0000-7000-8000-000000000000", "ai-systems:\x00"]
)
def test_evidence_for_a_record_that_is_nowhere_is_refused(nadia: Client, here: World, to: str) -> None:
    assert upload(nadia, to=to).status_code in (404, 422)  # type: ignore[attr-defined]
    assert not Evidence.objects.exists()


def test_without_a_file_the_form_says_so(nadia: Client, paul: Client, db: None) -> None:
    assert nadia.post(ADD, {"title": "x"}).status_code == 422
    assert paul.get(ADD).status_code == 403 and paul.post(ADD, {}).status_code == 403


def revision_of(client: Client, name: str, content: bytes) -> Revision:
    upload(client, name, content)
    return Revision.objects.get()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.html", b"<html><script>alert(1)</script></html>"),
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("x.pdf", PDF),
        ("x.txt", b"plain"),
    ],
)
def test_files_come_as_attachments_that_run_nothing(
    nadia: Client, here: World, name: str, content: bytes
) -> None:
    revision = revision_of(nadia, name, content)
    for query in ("", "?inline"):
        reply = nadia.get(f"/evidence/file/{revision.pk}/{query}")
        assert b"".join(reply.streaming_content) == content  # type: ignore[attr-defined]
        assert reply["X-Content-Type-Options"] == "nosniff"
        assert reply["Content-Security-Policy"] == "sandbox; default-src 'none'"
        inline = bool(query) and name in ("x.pdf", "x.txt")
        assert reply["Content-Disposition"].startswith("inline" if inline else "attachment")
        assert "html" not in reply["Content-Type"] and "svg" not in reply["Content-Type"]


def test_a_file_of_another_organisation_is_nowhere(
    nadia: Client, browser: Browser, world: World, here: World
) -> None:
    revision = revision_of(nadia, "x.txt", b"secret")
    bruno = browser(world.stranger)
    assert bruno.get(f"/evidence/file/{revision.pk}/").status_code == 404
    assert bruno.get(f"/evidence/file/{uuid.uuid4()}/").status_code == 404
    assert browser(world.auditor).get(f"/evidence/file/{revision.pk}/").status_code == 404
    assert Client().get(f"/evidence/file/{revision.pk}/").status_code == 302


def test_a_file_that_is_gone_from_storage_is_said_plainly(nadia: Client, here: World) -> None:
    revision = revision_of(nadia, "x.txt", b"gone")
    place = settings.AIMS_DATA / "evidence" / str(here.orvanne.pk) / revision.sha256[:2] / revision.sha256
    place.unlink()
    assert nadia.get(f"/evidence/file/{revision.pk}/").status_code == 404


def test_a_new_file_is_the_next_revision(nadia: Client, paul: Client, here: World) -> None:
    evidence = revision_of(nadia, "x.txt", b"one").evidence
    where = f"/evidence/{evidence.pk}/revise/"
    nadia.post(where, {"file": SimpleUploadedFile("y.txt", b"two")})
    assert list(evidence.revisions.values_list("number", "name")) == [(2, "y.txt"), (1, "x.txt")]
    assert paul.post(where, {"file": SimpleUploadedFile("z.txt", b"three")}).status_code == 403
    assert nadia.post(where, {}).status_code == 422


def test_evidence_is_chosen_instead_of_uploaded_again(nadia: Client, answer: Answer, here: World) -> None:
    first, second = (create(here.officer, Evidence, {"title": t}) for t in ("Procedure", "Minutes"))
    where = f"/evidence/choose/?to=answers:{answer.pk}"
    assert "Procedure" in nadia.get(where).content.decode()
    narrowed = nadia.get(where + "&q=minu").content.decode()
    assert "Minutes" in narrowed and "Procedure" not in narrowed
    picked = {"to": f"answers:{answer.pk}", "picked": [str(first.pk), str(second.pk)]}
    assert nadia.post("/evidence/choose/", picked).status_code == 302
    assert Link.objects.count() == 2
    assert "Procedure" not in nadia.get(where).content.decode()
    assert nadia.post("/evidence/choose/", {**picked, "picked": [str(uuid.uuid4())]}).status_code == 404
    assert nadia.post("/evidence/choose/", {**picked, "picked": []}).status_code == 422
    assert nadia.get("/evidence/choose/").status_code == 422


def test_taking_the_last_evidence_away_warns_first(
    nadia: Client, paul: Client, answer: Answer, here: World
) -> None:
    row = link(here.officer, create(here.officer, Evidence, {"title": "Procedure"}), "answers", answer.pk)
    page = nadia.get(f"/evidence/unlink/{row.pk}/")
    assert "then has no evidence at all" in page.content.decode() and Link.objects.exists()
    assert paul.post(f"/evidence/unlink/{row.pk}/").status_code == 403
    nadia.post(f"/evidence/unlink/{row.pk}/")
    assert not Link.objects.exists() and Evidence.objects.exists()
    assert nadia.get(f"/evidence/unlink/{row.pk}/").status_code == 404


def test_the_register_of_evidence_takes_files(nadia: Client, paul: Client, db: None) -> None:
    assert b'action="/evidence/add/"' in nadia.get("/evidence/").content
    assert b'action="/evidence/add/"' not in paul.get("/evidence/").content
