"""The page of a record: what it shows to whom, comments, history in words, and its own template where there is one."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import comment, create, move, write
from context.models import AISystem, InterestedParty
from tests.pages.conftest import Browser
from tests.people import World


@pytest.fixture
def system(world: World) -> AISystem:
    with acting(world.orvanne.pk, world.officer.actor):
        owner = Membership.objects.get(pk=world.contributor.id)
        return create(
            world.officer,
            AISystem,
            {
                "title": "ThoraScan",
                "purpose": "First line\n<b>second</b>",
                "stage": "design_development",
                "owner": owner,
            },
            {"roles": [{"role": "eu_provider", "note": "We sell it"}]},
        )


def path(record: AISystem, page: str = "") -> str:
    return f"/registers/ai-systems/{record.pk}/{page}"


def test_it_shows_the_record_in_words(nadia: Client, system: AISystem) -> None:
    body = nadia.get(path(system)).content.decode()
    for words in ("ThoraScan", "AIS-0001, version 1", "Yuki Tanaka", "We sell it", "provider (AI Act)"):
        assert words in body
    assert "Design and development" in body
    assert "&lt;b&gt;second" in body and "<b>second" not in body


def test_a_reader_sees_it_without_acts(nadia: Client, paul: Client, system: AISystem) -> None:
    acts = ("edit/", "move/withdraw/")
    mine, theirs = nadia.get(path(system)).content.decode(), paul.get(path(system)).content.decode()
    assert all(path(system, act) in mine for act in acts)
    assert not any(path(system, act) in theirs for act in acts)
    for act in acts:
        assert paul.get(path(system, act)).status_code == 403


def test_an_owner_edits_what_is_theirs(browser: Browser, world: World, system: AISystem) -> None:
    assert path(system, "edit/") in browser(world.contributor).get(path(system)).content.decode()
    assert browser(world.executive).get(path(system, "edit/")).status_code == 403


def test_a_comment_is_kept_and_shown(paul: Client, nadia: Client, system: AISystem) -> None:
    answer = paul.post(path(system, "comment/"), {"text": "Looks <i>right</i>"}, follow=True)
    assert b"Looks &lt;i&gt;right" in answer.content and b"Paul Girard" in answer.content
    assert b"commented" in nadia.get(path(system, "history/")).content


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "a\x00b"])
def test_a_comment_that_cannot_be_kept_is_refused_beside_its_field(
    paul: Client, system: AISystem, text: str
) -> None:
    answer = paul.post(path(system, "comment/"), {"text": text})
    assert answer.status_code == 422 and b'id="id_text_error"' in answer.content


def test_history_says_who_changed_what_with_labels(nadia: Client, world: World, system: AISystem) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        other = Membership.objects.get(pk=world.executive.id)
        changed = write(world.officer, system, {"stage": "verification_validation", "owner": other}, 1)
        move(world.officer, changed, "withdraw", 2, note="Replaced")
    body = nadia.get(path(system, "history/")).content.decode()
    assert "Life cycle stage" in body and "stage_id" not in body and "owner_id" not in body
    assert re.search(
        r"<del>.*design and development</del>.*?<ins>.*verification and validation</ins>", body, re.S
    )
    assert re.search(r"<del>.*Yuki Tanaka</del>.*?<ins>.*Claire Vasseur</ins>", body, re.S)
    assert "moved it to “withdrawn”, version 3" in body and "Replaced" in body
    assert "added role: provider (AI Act)" in body and "created this AI system" in body
    assert str(other.pk) not in body


def test_history_goes_page_by_page(nadia: Client, world: World, system: AISystem) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        for number in range(35):
            comment(world.officer, system, f"remark {number}")
    first = nadia.get(path(system, "history/")).content.decode()
    more = re.search(r'rel="next" href="(\?before=\d+)"', first)
    assert more and "remark 34" in first and "remark 0<" not in first
    assert "remark 0<" in nadia.get(path(system, "history/") + more[1]).content.decode()
    assert nadia.get(path(system, "history/?before=x")).status_code == 422
    assert nadia.get(path(system, "history/?before=" + "9" * 40)).status_code == 422


def test_the_number_of_queries_does_not_grow_with_what_belongs_to_it(nadia: Client, world: World) -> None:
    def cost(parts: int) -> int:
        with acting(world.orvanne.pk, world.officer.actor):
            rows = [{"text": f"Need {n}", "answered_by": ["6.1.2"]} for n in range(parts)]
            party = create(world.officer, InterestedParty, {"title": "Patients"}, {"requirements": rows})
            for n in range(parts):
                comment(world.officer, party, f"remark {n}")
        address = f"/registers/interested-parties/{party.pk}/"
        nadia.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert nadia.get(address).status_code == 200
        return len(asked)

    assert cost(5) == cost(60)


def test_a_kind_may_have_a_page_of_its_own(nadia: Client, world: World) -> None:
    from aims.records.models import Evidence  # noqa: PLC0415

    with acting(world.orvanne.pk, world.officer.actor):
        evidence = create(world.officer, Evidence, {"title": "Procedure"})
    page = nadia.get(f"/registers/evidence/{evidence.pk}/")
    assert "records/evidence.html" in [template.name for template in page.templates]
    assert b"What it speaks for" in page.content
