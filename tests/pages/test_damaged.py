"""A damaged file is told of where it counts: on its evidence, on the records that rely on it, on the workspace."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aims.organisation.acting import acting
from aims.records.checking import keep
from aims.records.evidence import add_revision, link
from aims.records.models import Answer, Evidence, Revision
from aims.records.workspace import lay_answers
from context.models import AISystem
from tests.factory import make
from tests.people import World

TOLD = "is damaged or missing, so it proves nothing here"


@pytest.fixture
def revision(world: World) -> Revision:
    """A file of evidence that speaks for a system and for a line of 6.1.2."""
    evidence, system = make(world, Evidence, title="Test report"), make(world, AISystem, title="ThoraScan")
    with acting(world.orvanne.pk, world.officer.actor):
        lay_answers(world.officer)
        link(world.officer, evidence, "ai-systems", system.pk)
        link(world.officer, evidence, "answers", Answer.objects.get(ref="6.1.2-a").pk)
        return add_revision(world.officer, evidence, SimpleUploadedFile("report.txt", b"all is well"))


def places(world: World) -> list[str]:
    with acting(world.orvanne.pk):
        return [f"/registers/ai-systems/{AISystem.objects.get().pk}/", "/clauses/6.1.2/?line=6.1.2-a"]


@pytest.mark.parametrize("what", ["missing", "changed"])
def test_damage_is_told_where_people_rely_on_it(
    nadia: Client, world: World, revision: Revision, what: str
) -> None:
    assert all(TOLD not in nadia.get(place).content.decode() for place in places(world))
    with acting(world.orvanne.pk, "task:rehash_evidence"):
        keep(revision, what, "0" * 64 if what == "changed" else "")
    for place in places(world):
        body = nadia.get(place).content.decode()
        assert TOLD in body and "Test report" in body and ">damaged</span>" in body, place
    evidence = nadia.get(f"/registers/evidence/{revision.evidence_id}/").content.decode()
    assert "not what was kept" in evidence
    with acting(world.orvanne.pk, "task:rehash_evidence"):
        keep(revision, "", revision.sha256)
    assert all(TOLD not in nadia.get(place).content.decode() for place in places(world))


def test_damage_of_another_piece_is_not_told(nadia: Client, world: World, revision: Revision) -> None:
    other = make(world, Evidence, title="Another")
    with acting(world.orvanne.pk, world.officer.actor):
        keep(add_revision(world.officer, other, SimpleUploadedFile("b.txt", b"b")), "missing", "")
    assert all(TOLD not in nadia.get(place).content.decode() for place in places(world))
