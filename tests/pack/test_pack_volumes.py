"""Packs that one PDF does not hold: a volume per clause behind a first one with all contents, and a ZIP of evidence."""

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from django.core.files.storage import storages
from django.urls import reverse
from pypdf import PdfReader

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.pack import asking, press
from aims.pack.models import Pack
from aims.records.evidence import place
from tests.callers import Caller, token_of
from tests.pack.conftest import REPORT, asked
from tests.pack.printing import text_of
from tests.pack.test_pack_build import kept, run, town
from tests.pack.test_pack_pages import signed_in
from tests.people import World

__all__ = ["town"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pack(town: World) -> Pack:
    """A pack of two clauses, committed and waiting."""
    with acting(town.orvanne.pk, town.officer.actor):
        return asked(town.officer, "4.1", "6.1.2")


def content(pack: Pack, volume: str = "") -> bytes:
    """The bytes of a finished file."""
    with asking.opened(asking.finished(pack, volume)) as file:
        data: bytes = file.read()
    return data


def flat(document: bytes) -> str:
    return " ".join(text_of(document).split())


@pytest.fixture
def volumes(pack: Pack, settings: Any) -> Pack:
    """The pack, built as if two pages were many."""
    settings.PACK_PAGES = 2
    return run(pack)


def test_a_long_pack_is_one_volume_per_clause_behind_a_first_one(volumes: Pack) -> None:
    assert (volumes.state, kept(volumes)) == ("done", ["1-1.pdf", "1-2.pdf", "1.pdf"])
    first, four, six = (content(volumes, number) for number in ("", "2", "3"))
    pages = [len(PdfReader(BytesIO(document)).pages) for document in (first, four, six)]
    assert volumes.pages == sum(pages)
    assert [one["pages"] for one in volumes.volumes] == pages[1:]
    assert [one["sha256"] for one in volumes.volumes] == [hashlib.sha256(d).hexdigest() for d in (four, six)]
    assert "Volume 1 of 3" in flat(first)
    assert "Volume 2 of 3 · Context of the organization" in flat(four)
    assert "We watch the law." in flat(four)
    assert "We watch the law." not in flat(first) + flat(six)


def test_each_volume_is_pdf_a_and_the_first_has_what_is_enclosed(volumes: Pack) -> None:
    for number in ("", "2", "3"):
        with pikepdf.open(BytesIO(content(volumes, number))) as file, file.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
    enclosed = [set(PdfReader(BytesIO(content(volumes, number))).attachments) for number in ("", "2")]
    assert enclosed == [{"EVD-0001-r1 report e.txt", "records.json", "manifest.json"}, set()]


def test_the_first_volume_says_on_which_page_of_which_volume(volumes: Pack) -> None:
    words = flat(content(volumes))
    for number, anchor in (("2", "register-context-issues"), ("3", "register-ai-risks"), ("2", "place-4-1")):
        reader = PdfReader(BytesIO(content(volumes, number)))
        led = reader.get_destination_page_number(reader.named_destinations[anchor])
        assert f"{number}, page {(led or 0) + 1}" in words


def test_a_pack_of_one_clause_stays_one_document(town: World, settings: Any) -> None:
    settings.PACK_PAGES = 1
    with acting(town.orvanne.pk, town.officer.actor):
        single = asked(town.officer, "4.1")
    assert run(single).volumes == []


def test_progress_only_rises(pack: Pack, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PACK_PAGES = 2
    spans: list[tuple[int, int]] = []
    typeset = press.typeset

    def watched(*arguments: Any) -> Any:
        spans.append(arguments[4])
        return typeset(*arguments)

    monkeypatch.setattr(press, "typeset", watched)
    run(pack)
    assert len(spans) == 3
    assert [low for low, _high in spans[1:]] == [high for _low, high in spans[:-1]]
    assert (spans[0][0], spans[-1][1]) == (press.FIRST, press.LAST)


def test_the_further_files_are_handed_out(town: World, volumes: Pack) -> None:
    browser = signed_in(town.officer)
    address = reverse("pack_file", args=[volumes.pk])
    answer = browser.get(address, {"volume": "3"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].endswith('-3.pdf"')
    assert b"".join(answer.streaming_content) == content(volumes, "3")  # type: ignore[attr-defined]
    assert browser.get(address, {"volume": "4"}).status_code == 404
    assert browser.get(address, {"volume": "x"}).status_code == 404
    page = browser.get(reverse("pack", args=[volumes.pk])).content.decode()
    assert f"{address}?volume=2" in page
    assert "4 Context of the organization" in page


def test_the_further_files_over_rest(town: World, volumes: Pack) -> None:
    client = Caller(token_of(town, town.officer))
    body = client.get(f"packs/{volumes.pk}/").json()
    assert [one["title"] for one in body["volumes"]] == ["4 Context of the organization", "6 Planning"]
    answer = client.get(body["volumes"][1]["file"])
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == body["volumes"][1]["sha256"]


def test_evidence_that_does_not_fit_goes_beside_into_a_zip(pack: Pack, settings: Any) -> None:
    settings.PACK_ENCLOSED = 10
    done = run(pack)
    assert kept(done) == ["1-1.zip", "1.pdf"]
    assert [(one["title"], one["pages"]) for one in done.volumes] == [("Evidence files", None)]
    assert asking.finished(done, "2").name.endswith("-2.zip")
    with ZipFile(BytesIO(content(done, "2"))) as archive:
        assert archive.namelist() == ["EVD-0001-r1 report e.txt"]
        assert archive.read("EVD-0001-r1 report e.txt") == REPORT
    document = PdfReader(BytesIO(content(done)))
    assert set(document.attachments) == {"records.json", "manifest.json"}
    listed = json.loads(document.attachments["manifest.json"][0])["files"]
    assert [(f["enclosed"], f["beside"], f["why_not"]) for f in listed] == [(False, "evidence.zip", "")]
    assert "They are in evidence.zip beside it" in flat(content(done))


def test_an_altered_file_is_not_in_the_zip(town: World, pack: Pack, settings: Any) -> None:
    settings.PACK_ENCLOSED = 10
    revision = town.things["revision"]  # type: ignore[attr-defined]
    path = Path(storages["evidence"].path(place(revision.organisation_id, revision.sha256)))
    path.chmod(0o640)
    path.write_bytes(b"something else")
    done = run(pack)
    with ZipFile(BytesIO(content(done, "2"))) as archive:
        assert archive.namelist() == []
    assert "no longer has the content" in flat(content(done))


def test_what_another_attempt_left_is_removed_with_its_volumes(volumes: Pack) -> None:
    with pytest.raises(Refused) as refused:
        asking.finished(volumes, "9")
    assert refused.value.code == "not_found"
    names = [volumes.file, *(one["file"] for one in volumes.volumes)]
    assert all(storages["packs"].exists(name) for name in names)
