"""Evidence files over REST: two ways to send one, the client's digest, and the file as it was."""

import base64
import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aims.records.models import Evidence
from tests.callers import Caller
from tests.factory import make
from tests.people import World

FILE = b"%PDF-1.7 a small report\n"
SHA = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
def place(world: World) -> str:
    return f"/api/v1/evidence/{make(world, Evidence).pk}/revisions/"


def form(caller: Caller, place: str, **data: Any) -> Any:
    return caller.client.post(place, data, headers={"Authorization": f"Bearer {caller.token}"})


def test_a_form_and_a_bare_body_make_revisions(officer: Caller, place: str) -> None:
    upload = SimpleUploadedFile("report.pdf", FILE)
    first = form(officer, place, file=upload, sha256=SHA)
    assert first.status_code == 201, first.content
    row = first.json()
    assert (row["number"], row["name"], row["sha256"], row["size"]) == (1, "report.pdf", SHA, len(FILE))
    second = officer.post(f"{place}?name=Prüfung 2.txt", b"plain words", Content_Type="text/plain")
    assert (second.status_code, second.json()["number"]) == (201, 2), second.content
    assert second.json()["name"] == "Prüfung 2.txt"
    assert [r["number"] for r in officer.get(place).json()["results"]] == [2, 1]


def test_the_file_comes_back_as_it_was_and_runs_nowhere(officer: Caller, place: str) -> None:
    row = form(officer, place, file=SimpleUploadedFile("x.html", b"<script>alert(1)</script>")).json()
    answer = officer.get(row["file"], Accept="text/html")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]


HEADERS = {
    "hexadecimal": {"Digest": f"sha-256={SHA}"},
    "RFC 3230": {"Digest": f"SHA-256={base64.b64encode(bytes.fromhex(SHA)).decode()}"},
    "RFC 9530": {"Content_Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(SHA)).decode()}:"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_the_clients_digest_is_compared(officer: Caller, place: str, headers: dict[str, str]) -> None:
    kind = "application/octet-stream"
    assert officer.post(place, FILE, Content_Type=kind, **headers).status_code == 201
    other = officer.post(place, FILE + b"x", Content_Type=kind, **headers)
    assert other.status_code == 422 and other.json()["errors"][0]["field"] == "sha256"
    assert len(officer.get(place).json()["results"]) == 1


@pytest.mark.parametrize("claimed", ["", "x", "0" * 63, "g" * 64, "sha256:" + "0" * 64])
def test_a_digest_that_is_none_is_refused(officer: Caller, place: str, claimed: str) -> None:
    answer = officer.post(f"{place}?sha256={claimed}", FILE, Content_Type="application/octet-stream")
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "sha256"


def test_empty_missing_and_large_files_are_refused(officer: Caller, place: str, settings: Any) -> None:
    assert form(officer, place, file=SimpleUploadedFile("x", b"")).status_code == 422
    assert form(officer, place, other="x").status_code == 422
    assert officer.post(place).status_code == 422
    assert officer.post(place, b"--x", Content_Type="multipart/form-data; boundary=y").status_code in (
        400,
        422,
    )
    assert officer.post(place, b"--x", Content_Type="multipart/form-data").status_code == 400
    settings.EVIDENCE_LIMIT = 10
    assert officer.post(place, FILE, Content_Type="application/pdf").status_code == 413
    settings.EVIDENCE_LIMIT = -1024 * 1024
    assert officer.post(place, FILE, Content_Type="application/pdf").status_code == 413


@pytest.mark.parametrize("name", ["..", ".", "/", "../../x", "a" * 300 + ".pdf", "x." + "a" * 300, "\u202ex"])
def test_odd_names_do_no_harm(officer: Caller, place: str, name: str) -> None:
    answer = officer.post(f"{place}?name={name}", FILE, Content_Type="application/pdf")
    assert answer.status_code in (201, 400, 422), answer.content
    if answer.status_code == 201:
        kept = answer.json()["name"]
        assert kept and "/" not in kept and "\u202e" not in kept and len(kept) <= 200


def test_strangers_and_readers_are_refused(
    stranger: Caller, reader: Caller, officer: Caller, place: str
) -> None:
    row = officer.post(place, FILE, Content_Type="application/pdf").json()
    for path in (place, row["file"]):
        assert stranger.get(path).status_code == 404
    assert stranger.post(place, FILE, Content_Type="application/pdf").status_code == 404
    assert reader.post(place, FILE, Content_Type="application/pdf").status_code == 403
    assert reader.get(place).json()["results"][0]["sha256"] == SHA
