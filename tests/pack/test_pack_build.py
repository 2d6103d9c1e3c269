"""The job: done once, whole or not at all, and only for who may still have it. Real transactions, a real process."""

import hashlib
import json
import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pypdf import PdfReader

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.pack import asking, press
from aims.pack.build import build_pack
from aims.pack.enclosing import enclose
from aims.pack.models import Pack
from aims.pack.typeset import ORPHANED
from aims.records import jobs
from aims.records.evidence import place
from aims.records.models import Job
from tests.pack.conftest import asked, lay_lines, tell
from tests.people import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None) -> World:
    """The story, committed."""
    world = make_world()
    with acting(world.orvanne.pk, world.officer.actor):
        lay_lines(world.officer)
        world.things = tell(world.officer)  # type: ignore[attr-defined]
    return world


@pytest.fixture
def pack(town: World) -> Pack:
    """A small pack, committed and waiting."""
    with acting(town.orvanne.pk, town.officer.actor):
        return asked(town.officer, "4.1")


def run(pack: Pack) -> Pack:
    """Do the job as a worker does, and look again."""
    jobs.run(pack.organisation_id, pack.job_id, build_pack)
    return looked_up(pack)


def looked_up(pack: Pack) -> Pack:
    with acting(pack.organisation_id, "task:tests"):
        return Pack.objects.select_related("job").get(pk=pack.pk)


def kept(pack: Pack) -> list[str]:
    """The files in storage for a pack."""
    folder = Path(storages["packs"].path(f"{pack.organisation_id}/{pack.pk}"))
    return sorted(os.listdir(folder)) if folder.exists() else []


def test_it_builds_the_file_and_ends_the_job_together(pack: Pack) -> None:
    done = run(pack)
    assert (done.state, done.job.progress, done.job.doing) == ("done", 100, "")
    with asking.opened(asking.finished(done)) as file:
        content = file.read()
    assert (done.sha256, done.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert done.pages == len(PdfReader(BytesIO(content)).pages)
    assert done.position is not None
    assert kept(done) == ["1.pdf"]


def test_twice_the_same_job_is_done_once(pack: Pack) -> None:
    first = run(pack)
    second = run(pack)
    assert (second.job.fence, second.sha256) == (1, first.sha256)


def test_nothing_is_left_in_the_spool(pack: Pack, settings: Any) -> None:
    run(pack)
    assert os.listdir(settings.AIMS_DATA / "spool") == []


def test_a_file_before_the_end_is_never_served(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(Exception):
        """The worker dies between the file and the end of the job."""

    def die(_job: Job) -> Any:
        raise Stopped

    monkeypatch.setattr("aims.pack.build.finishing", die)
    with pytest.raises(Stopped):
        run(pack)
    half = looked_up(pack)
    assert kept(half) == ["1.pdf"]
    assert (half.state, half.file) == ("building", "")
    with pytest.raises(Refused) as refused:
        asking.finished(half)
    assert refused.value.status == 409


def test_what_a_dead_attempt_left_is_removed(pack: Pack) -> None:
    storages["packs"].save(f"{pack.organisation_id}/{pack.pk}/77.pdf", ContentFile(b"half"))
    assert kept(run(pack)) == ["1.pdf"]


def test_who_comes_back_late_changes_nothing(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one worker sets the document another takes over and finishes."""
    typeset = press.typeset

    def overtaken(*arguments: Any) -> Any:
        pages = typeset(*arguments)
        monkeypatch.setattr(press, "typeset", typeset)
        with acting(pack.organisation_id, "task:tests"):
            Job.objects.filter(pk=pack.job_id).update(lease_until="2020-01-01T00:00:00Z")
        jobs.run(pack.organisation_id, pack.job_id, build_pack)
        return pages

    monkeypatch.setattr(press, "typeset", overtaken)
    done = run(pack)
    assert (done.state, done.job.fence, done.file[-5:]) == ("done", 2, "2.pdf")
    assert kept(done) == ["2.pdf"]


def test_the_lease_is_held_while_it_works(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease of a second, a beat of a fifth: at no time is the job free for another."""
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr("aims.records.heartbeat.BEAT", 0.2)
    free: list[Any] = []
    wait = press.wait

    def look(process: Any) -> None:
        wait(process)
        free.extend(jobs.forgotten())

    monkeypatch.setattr(press, "wait", look)
    assert run(pack).state == "done"
    assert free == []


def test_who_may_no_longer_have_it_gets_nothing(town: World, pack: Pack) -> None:
    with acting(town.orvanne.pk, "task:tests"):
        Membership.objects.filter(pk=town.officer.id).update(active=False)
    failed = run(pack)
    assert failed.state == "failed"
    assert "no longer" in failed.job.error
    assert kept(failed) == []


@pytest.mark.parametrize(("limit", "value"), [("PACK_SECONDS", 0), ("PACK_MEMORY", 60_000_000)])
def test_too_much_time_or_memory_fails_with_words(pack: Pack, settings: Any, limit: str, value: int) -> None:
    setattr(settings, limit, value)
    failed = run(pack)
    assert failed.state == "failed"
    assert failed.job.error
    assert kept(failed) == []


def test_a_failed_pack_can_be_built_again(town: World, pack: Pack, settings: Any) -> None:
    settings.PACK_SECONDS, enough = 0, settings.PACK_SECONDS
    failed = run(pack)
    settings.PACK_SECONDS = enough
    with acting(town.orvanne.pk, town.officer.actor):
        second = asking.again(town.officer, failed)
    assert second.scope == failed.scope
    assert run(second).state == "done"


def test_the_process_has_no_secrets(pack: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log, press.started(tmp_path, log) as process:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    assert b"DATABASE" not in environment
    assert b"SECRET" not in environment


def test_the_process_ends_when_its_parent_does(tmp_path: Path) -> None:
    busy = {"seconds": 100, "memory": 4_000_000_000, "identifier": "x", "enclosures": []}
    (tmp_path / "job.json").write_text(json.dumps(busy))
    (tmp_path / "page.html").write_text("<p>word</p>" * 20_000)
    with (tmp_path / "log").open("wb") as log, press.started(tmp_path, log) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == ORPHANED
    assert not (tmp_path / "done").exists()


def test_an_error_of_the_process_is_told_with_its_words(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log, press.started(tmp_path, log) as process:
        assert process.wait(20) == 1
    assert "job.json" in press.reason(tmp_path)


def test_a_missing_or_altered_file_is_named_and_not_enclosed(
    town: World, pack: Pack, monkeypatch: Any
) -> None:
    revision = town.things["revision"]  # type: ignore[attr-defined]
    path = Path(storages["evidence"].path(place(revision.organisation_id, revision.sha256)))
    path.chmod(0o640)
    path.write_bytes(b"something else")
    seen: list[Any] = []

    def watched(*arguments: Any) -> Any:
        seen.append(enclose(*arguments))
        return seen[-1]

    monkeypatch.setattr("aims.pack.build.enclose", watched)
    done = run(pack)
    assert list(seen[0].kept_out.values()) == ["changed in storage: the SHA-256 is another now"]
    with asking.opened(asking.finished(done)) as file:
        reader = PdfReader(BytesIO(file.read()))
    assert set(reader.attachments) == {"records.json", "manifest.json"}
    assert "no longer has the content" in " ".join(" ".join(p.extract_text() for p in reader.pages).split())
