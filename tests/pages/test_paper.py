"""Documents are made apart: the web application stays small, and a program that fails is a refusal in plain words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.pages import paper
from tests.evaluation.story import begun
from tests.people import World

HEAVY = ("weasyprint", "fontTools", "docx", "lxml", "PIL")
LOOK = """
import sys
import aims.wsgi, aims.urls
from aims.celery import app
app.loader.import_default_modules()
import aims.pack.build  # named by a job, and loaded with the first pack
print(*sys.modules)
"""


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Something else in the place of the interpreter that makes documents."""
    script = folder / "program"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o700)
    monkeypatch.setattr(paper, "sys", type("Other", (), {"executable": str(script)}))


def test_web_and_celery_workers_load_nothing_that_sets_documents() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "aims.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=paper.ROOT, env=environment, capture_output=True, check=True
    )
    loaded = set(done.stdout.decode().split())
    assert {"aims.pages.paper", "evaluation.report_word", "aims.pack.build"} <= loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("text", ["echo wrong >&2; exit 1", "echo no document", "exit 0"])
def test_a_program_that_fails_is_refused_and_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    program(tmp_path, monkeypatch, f"cat >/dev/null; {text}")
    with pytest.raises(Refused) as refused:
        paper.pdf("<p>word</p>")
    assert "could not be made" in refused.value.message
    assert "aims.pages.typesetter made no document" in caplog.text


def test_a_program_that_cannot_start_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "sys", type("Other", (), {"executable": str(tmp_path / "nothing")}))
    with pytest.raises(Refused):
        paper.word({})


@pytest.mark.parametrize("text", ["exec sleep 20", "kill -9 $$", "echo MemoryError >&2; exit 1"])
def test_too_much_time_or_memory_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    program(tmp_path, monkeypatch, text)
    monkeypatch.setattr(paper, "SECONDS", 1)
    with pytest.raises(paper.TooLong):
        paper.pdf("<p>word</p>")


@pytest.mark.parametrize("name", ["audit report pdf", "audit report word"])
@pytest.mark.parametrize(
    ("text", "said"), [("exit 1", "could not be made"), ("kill -9 $$", "too long for one document")]
)
def test_the_reader_of_a_report_is_told(
    inside: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    audit = begun(inside)
    program(tmp_path, monkeypatch, text)
    client = Client()
    client.force_login(Person.objects.get(pk=inside.officer.person_id))
    answer = client.get(reverse(name, args=[audit.pk]))
    assert answer.status_code == 409
    assert said in answer.content.decode()
