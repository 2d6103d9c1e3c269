"""The nightly check reads every file again: what is damaged is kept, told of, and forgotten when it is mended."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from aims.journal.history import history
from aims.organisation.acting import acting
from aims.records import jobs, tasks
from aims.records.changes import create
from aims.records.checking import TASK, ask_check, check, last_check
from aims.records.collaboration import Damage
from aims.records.evidence import add_revision, place, rehash
from aims.records.models import Evidence, Job, Revision
from aims.schedule.models import Task
from aims.schedule.telling import ask_about_damage
from tests.people import World


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is held by a thread with a connection of its own: it would not see this test's transaction."""
    monkeypatch.setattr("aims.records.heartbeat.Progress.beat", lambda progress: None)
    monkeypatch.setattr(jobs, "wake", lambda job: None)


def kept(world: World, name: str, content: bytes) -> Revision:
    evidence = create(world.officer, Evidence, {"title": name})
    return add_revision(world.officer, evidence, SimpleUploadedFile(name, content))


def where(revision: Revision) -> Path:
    return Path(settings.AIMS_DATA) / "evidence" / place(revision.organisation_id, revision.sha256)


def spoil(revision: Revision, content: bytes | None) -> None:
    path = where(revision)
    path.chmod(0o640)
    path.unlink() if content is None else path.write_bytes(content)


def night(world: World) -> Job:
    job = ask_check(world.orvanne)
    assert job
    jobs.run(world.orvanne.pk, job.pk, check)
    return Job.objects.get(pk=job.pk)


def found() -> list[tuple[str, str]]:
    rows = Damage.objects.filter(mended_at=None).order_by("revision__name")
    return list(rows.values_list("revision__name", "what"))


def test_what_is_well_is_not_spoken_of_and_the_check_is_dated(inside: World) -> None:
    kept(inside, "a.txt", b"one")
    assert last_check(inside.orvanne.pk) is None
    job = night(inside)
    assert (job.state, job.progress) == (Job.State.DONE, 100) and not Damage.objects.exists()
    assert last_check(inside.orvanne.pk) == job


def test_a_missing_and_a_changed_file_are_found_once(inside: World) -> None:
    gone, other, _well = (kept(inside, f"{n}.txt", n.encode() * 9) for n in ("gone", "other", "well"))
    spoil(gone, None)
    spoil(other, b"forged")
    night(inside)
    night(inside)
    assert found() == [("gone.txt", "missing"), ("other.txt", "changed")] and Damage.objects.count() == 2
    assert any(row.kind == Damage._meta.db_table for row in history(gone.evidence))


def test_what_is_restored_is_mended_and_may_be_damaged_again(inside: World) -> None:
    revision = kept(inside, "a.txt", b"one")
    spoil(revision, b"two")
    night(inside)
    spoil(revision, b"three")
    night(inside)
    assert found() == [("a.txt", "changed")] and Damage.objects.count() == 2
    where(revision).write_bytes(b"one")
    night(inside)
    assert found() == [] and Damage.objects.filter(mended_at=None).count() == 0
    spoil(revision, None)
    night(inside)
    assert found() == [("a.txt", "missing")]


def test_files_are_read_in_pieces(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = kept(inside, "large.bin", b"x" * 3_000_000)
    pieces: list[int] = []

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            pieces.append(size or 0)
            return super().read(size)

    monkeypatch.setattr("aims.records.evidence.opened", lambda one: Counting(where(one).read_bytes()))
    assert [what for _row, what, _sha in rehash([revision])] == [""]
    assert len(pieces) > 3 and all(0 < size <= 1024 * 1024 for size in pieces)


def test_every_organisation_is_checked_and_not_twice_at_once(inside: World) -> None:
    tasks.rehash_evidence()
    tasks.rehash_evidence()
    assert Job.objects.filter(task=TASK).count() == 1
    with acting(inside.brindle.pk, "task:tests"):
        assert Job.objects.filter(task=TASK).count() == 1
    entry = settings.CELERY_BEAT_SCHEDULE["read all evidence again"]
    assert entry["task"] == tasks.rehash_evidence.name


def asked() -> set[tuple[str, str, str]]:
    return set(
        Task.objects.filter(source__startswith="damage:").values_list("member__name", "title", "state")
    )


def test_the_administrator_is_asked_at_once_until_it_is_mended(inside: World) -> None:
    revision = kept(inside, "a.txt", b"one")
    spoil(revision, None)
    night(inside)
    now = timezone.now()
    for moment in (now, now + timedelta(minutes=5)):
        ask_about_damage(inside.orvanne, moment)
    title = "Restore the file a.txt: it is missing from storage"
    assert asked() == {("Ada Roux", title, "open")}
    task = Task.objects.get(source__startswith="damage:")
    assert task.urgent and task.record_id == revision.evidence_id
    where(revision).write_bytes(b"one")
    night(inside)
    ask_about_damage(inside.orvanne, now + timedelta(days=1))
    assert asked() == {("Ada Roux", title, "done")}
