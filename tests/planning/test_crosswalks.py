"""Other frameworks beside ours, and what we have already from ISO 13485."""

from collections.abc import Iterator

import pytest
from django.test import Client

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.changes import lay
from aims.records.models import Answer
from planning.crosswalk_views import FRAMEWORKS, backwards, fits, natural
from planning.models import StandardComparison
from tests.pages.markup import Page
from tests.people import World

ENTRIES = edition().crosswalks.entries


def test_the_page_is_narrowed_by_framework_part_and_word() -> None:
    both = [e for e in ENTRIES if fits(e, "", "", "")]
    assert len(both) == len(ENTRIES) == 70
    assert {e.code for e in ENTRIES if fits(e, "", "", "9")} == {
        "9.1",
        "9.2.1",
        "9.2.2",
        "9.3.1",
        "9.3.2",
        "9.3.3",
    }
    assert "6.1.4" not in {
        e.code for e in ENTRIES if fits(e, "iso-13485", "", "")
    }  # nothing real corresponds
    assert [e.code for e in ENTRIES if fits(e, "", "climate", "")] == []
    assert {e.code for e in ENTRIES if fits(e, "nist", "map 4.1", "")} == {"A.4.2", "A.4.3", "A.7.3", "A.7.5"}


def test_from_the_other_side_it_is_the_same_relation() -> None:
    for name, (field, _label) in FRAMEWORKS.items():
        rows = backwards(list(ENTRIES), name)
        pairs = {(row["number"], code) for row in rows for code, _url in row["codes"]}
        assert pairs == {(number, e.code) for e in ENTRIES for number in getattr(e, field)}
    assert {row["number"]: [c for c, _u in row["codes"]] for row in backwards(list(ENTRIES), "nist")} == {
        number: list(codes) for number, codes in edition().crosswalks.from_nist().items()
    }


def test_numbers_are_in_the_order_of_people() -> None:
    assert sorted(["4.10", "4.2", "Art. 10", "Art. 9"], key=natural) == ["4.2", "4.10", "Art. 9", "Art. 10"]


def test_every_clause_says_what_it_asks_beyond_iso_13485() -> None:
    assert all(entry.beyond_13485.more for entry in ENTRIES)
    new = {entry.code for entry in ENTRIES if entry.beyond_13485.level == "new"}
    assert {"6.1.4", "8.4", "10.1", "A.7.5"} <= new and "9.2.1" not in new
    nothing = [e.code for e in ENTRIES if not e.iso_13485_2016 and e.beyond_13485.level == "same"]
    assert nothing == []  # what ISO 13485 does not have cannot be much the same


@pytest.fixture
def office(world: World) -> Iterator[tuple[Client, World]]:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    yield client, world


def test_what_we_have_is_kept_through_the_one_door(office: tuple[Client, World]) -> None:
    client, world = office
    page = client.get("/crosswalks/iso-13485/")
    assert "0 there already, 0 in part, 0 new, of 70" in Page(page.content.decode()).words()
    refused = client.post("/crosswalks/iso-13485/9.2.1/", {"standing": "", "note": "Our procedure QP-12"})
    assert refused.status_code == 422 and "Our procedure QP-12" in refused.content.decode()
    assert client.post("/crosswalks/iso-13485/9.9/", {"standing": "have"}).status_code == 404
    kept = client.post("/crosswalks/iso-13485/9.2.1/", {"standing": "have", "note": "QP-12"})
    assert kept.status_code == 302 and kept.headers["Location"].endswith("#c-9.2.1")
    with acting(world.orvanne.pk, "task:tests"):
        row = StandardComparison.objects.get()
    assert (row.code, row.standing, row.state, row.standard) == (
        "9.2.1",
        "have",
        "in_force",
        "iso_13485_2016",
    )
    assert row.title == "9.2.1 Internal audit – General"
    stale = {"standing": "partly", "note": "QP-12", "version": "1"}
    assert client.post("/crosswalks/iso-13485/9.2.1/", stale).status_code == 412
    fresh = stale | {"version": str(row.version), "evidence": "1"}
    answer = client.post("/crosswalks/iso-13485/9.2.1/", fresh)
    assert answer.headers["Location"].endswith("#evidence")
    words = Page(client.get("/crosswalks/iso-13485/").content.decode()).words()
    assert "0 there already, 1 in part, 0 new, of 70" in words and "0 pieces of evidence" in words
    only_new = Page(client.get("/crosswalks/iso-13485/?show=new").content.decode()).words()
    assert (
        "An assessment of impacts on individuals" in only_new
        and "Internal audits; the criteria" not in only_new
    )


def test_who_only_reads_keeps_nothing(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=world.members[Role.READER].person_id))
    assert "Say what we have" not in client.get("/crosswalks/iso-13485/").content.decode()
    assert client.post("/crosswalks/iso-13485/9.2.1/", {"standing": "have"}).status_code == 403


def test_crosswalks_stand_on_the_pages_of_requirements(office: tuple[Client, World]) -> None:
    client, world = office
    with acting(world.orvanne.pk, world.officer.actor):
        for code in ("9.2.1-a", "A.7.5", "6.1.4-a"):
            lay(world.officer, Answer, code, {"title": code})
    words = Page(client.get("/crosswalks/?framework=nist").content.decode()).words()
    assert "From NIST AI RMF 1.0 to ISO/IEC 42001" in words and "MEASURE 2.11" in words
    for place, number in (("9.2.1/", "8.2.4"), ("A.7/?line=A.7.5", "7.5.9"), ("6.1.4/", "Art. 27")):
        words = Page(client.get(f"/clauses/{place}").content.decode()).words()
        assert "Related topics elsewhere" in words and number in words, place
    words = Page(client.get("/crosswalks/?q=nothing-like-it").content.decode()).words()
    assert "Nothing corresponds" in words
