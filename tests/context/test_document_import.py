"""A model card or a bill of materials is imported like any file: mapped, checked, applied as a whole, undone as a whole."""

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.changes import create, write
from aims.records.exchange.importing import choose_mapping, choose_place, take_in
from aims.records.exchange.models import Import
from aims.records.exchange.work import start
from aims.records.registry import register_of
from context.models import AISystem, EvaluationResult, SystemVersion
from tests.context.test_documents import CARD, as_bytes, bom
from tests.pages.markup import Page
from tests.people import World

SYSTEMS = register_of(AISystem)


def brought(world: World, content: bytes = CARD, name: str = "README.md", into: str = "") -> Import:
    """A file taken in and checked."""
    of = take_in(world.officer, SYSTEMS, ContentFile(content, name=name), target=into)
    return start(world.officer, choose_mapping(world.officer, of, of.mapping), "check")


def counts() -> tuple[int, int]:
    live = AISystem.objects.exclude(state="withdrawn").count()
    return live, SystemVersion.objects.exclude(state="withdrawn").count()


def test_a_card_makes_a_system_and_a_version_and_undo_takes_both(inside: World) -> None:
    of = brought(inside)
    assert counts() == (0, 0) and of.counts == {"rows": 2, "create": 2}
    assert [(row.path, row.number, row.act) for row in of.rows.all()] == [
        ("", 2, "create"),
        ("system-versions", 1, "create"),
    ]
    assert any("license" in said for said in of.told)
    of = start(inside.officer, of, "apply")
    made = AISystem.objects.get()
    assert (made.title, made.release, made.state) == ("Lung watcher", "2.1", "draft")
    assert made.ml["model"][0]["pretrained_base"] == "somebody/base-cnn"
    version = SystemVersion.objects.get()
    assert (version.system_id, version.label, version.state) == (made.pk, "2.1", "draft")
    assert str(EvaluationResult.objects.get().value) == "0.930000"
    start(inside.officer, of, "undo")
    assert counts() == (0, 0)


def test_undo_is_refused_with_names_when_somebody_went_on(inside: World) -> None:
    of = start(inside.officer, brought(inside), "apply")
    version = write(inside.officer, SystemVersion.objects.get(), {"limits": "Mobile units"})
    with pytest.raises(Refused) as refused:
        start(inside.officer, of, "undo")
    assert version.ref in str(refused.value) and counts() == (1, 1)


def test_into_a_system_that_is_there(inside: World) -> None:
    """Its name and purpose stay; what the file says of the description is added; undo gives it back."""
    before = {"purpose": {"domain": "employment"}}
    system = create(inside.officer, AISystem, {"title": "TalentSift", "purpose": "Sorting", "ml": before})
    of = start(inside.officer, brought(inside, as_bytes(bom()), "bom.json", str(system.pk)), "apply")
    system.refresh_from_db()
    assert (system.title, system.purpose, system.users) == ("TalentSift", "Sorting", "Recruiters")
    assert (
        system.ml["purpose"] == {"domain": "employment"}
        and system.ml["model"][0]["model_name"] == "acme/scorer"
    )
    again = brought(inside, as_bytes(bom()), "bom.json", str(system.pk))
    assert again.counts == {"rows": 2, "same": 2}
    start(inside.officer, of, "undo")
    system.refresh_from_db()
    assert (system.ml, system.users) == (before, "") and counts() == (1, 0)


@pytest.mark.parametrize(
    "content", [b"---\na: &a [1]\nb: *a\n---\n", b'{"a": NaN}', b"\xff\xff", as_bytes({})]
)
def test_what_is_broken_changes_nothing(inside: World, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        take_in(inside.officer, SYSTEMS, ContentFile(content, name="README.md"))
    assert list(refused.value.fields) == ["file"]
    assert not Import.objects.exists() and counts() == (0, 0)


def test_a_document_goes_into_what_one_sees_and_has_no_sheets(inside: World) -> None:
    for wrong in ("01890a5d-ac96-774b-bcce-b302099a8057", "x"):
        with pytest.raises(Refused) as refused:
            take_in(inside.officer, SYSTEMS, ContentFile(CARD, name="README.md"), target=wrong)
        assert refused.value.code == "not_found"
    of = take_in(inside.officer, SYSTEMS, ContentFile(CARD, name="README.md"))
    with pytest.raises(Refused):
        choose_place(inside.officer, of, "", 2)


def test_other_registers_read_tables_only(inside: World) -> None:
    versions = register_of(SystemVersion)
    of = take_in(inside.officer, versions, ContentFile(b"title,label\nA,1\n", name="README.md"))
    assert of.kind == "" and of.headings == ["title", "label"]


@pytest.fixture
def client(world: World) -> Client:
    found = Client()
    found.force_login(Person.objects.get(pk=world.officer.person_id))
    return found


def test_the_whole_way_on_pages(world: World, client: Client) -> None:
    """Chosen, read as what it is, shown field by field, imported; the second time it goes into the same system."""
    here = "/registers/ai-systems/import/"
    assert "a new record" in client.get(here).content.decode()
    answer = client.post(here, {"file": ContentFile(CARD, name="README.md"), "target": ""})
    place = answer["Location"]
    mapping = client.get(place)
    assert "Read as: model card" in Page(mapping.content.decode()).words()
    columns = {
        column["place"]: next(n for n, _w, chosen in column["options"] if chosen)
        for column in mapping.context["columns"]
    }
    checked = client.post(place, {"act": "check", **columns}, follow=True)
    words = Page(checked.content.decode()).words()
    assert "4. Model (23053 6.3) 1 – Base / foundation model" in words and "somebody/base-cnn" in words
    assert "No field for “license”" in words and "System versions 1" in words
    done = client.post(place, {"act": "apply"}, follow=True)
    assert "Imported: New 2." in Page(done.content.decode()).words()
    with acting(world.orvanne.pk, world.officer.actor):
        key = AISystem.objects.get().pk
    into = client.post(here, {"file": ContentFile(CARD, name="README.md"), "target": str(key)})
    assert client.get(into["Location"]).status_code == 200
    bad = client.post(here, {"file": ContentFile(json.dumps({"x": 1}).encode(), name="x.json"), "target": ""})
    assert bad.status_code == 422 and "no CycloneDX" in bad.content.decode()
    nobody: Any = client.post(here, {"file": ContentFile(CARD, name="README.md"), "target": "x"})
    assert nobody.status_code == 422
