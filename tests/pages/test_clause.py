"""The workspace of a clause: lines, our answer that saves itself, what is missing, and the way around."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.acting import acting
from aims.organisation.models import Membership
from aims.records.changes import create, move, write
from aims.records.models import Answer
from tests.pages.conftest import Browser
from tests.people import World

PAGE = "/clauses/6.1.2/"
SAVE = "/clauses/answer/6.1.2-a/"
SCRIPT = {"X-Autosave": "1"}

pytestmark = pytest.mark.usefixtures("lines")


def answer(code: str = "6.1.2-a") -> Answer:
    return Answer.objects.get(code=code)


def test_it_shows_what_is_asked_and_leads_from_line_to_line(nadia: Client) -> None:
    body = nadia.get(PAGE).content.decode()
    assert body.count('<b class="num">6.1.2-') == 8
    assert 'action="/clauses/answer/6.1.2-a/"' in body
    assert 'action="/clauses/answer/6.1.2-d/"' in nadia.get(PAGE + "?line=6.1.2-d").content.decode()
    assert 'action="/clauses/answer/6.1.2-a/"' in nadia.get(PAGE + "?line=4.1-a").content.decode()
    assert "/registers/ai-risks/" in body and "An auditor may ask" in body


def test_a_reader_reads(paul: Client, nadia: Client) -> None:
    body = paul.get(PAGE).content.decode()
    assert "<textarea" not in body and 'type="file"' not in body and "Our answer" in body
    assert paul.post(SAVE, {"text": "x", "version": "1"}).status_code == 403
    assert "<textarea" in nadia.get(PAGE).content.decode()


def test_an_owner_among_the_contributors_answers(world: World, browser: Browser, inside: World) -> None:
    yuki = browser(world.contributor)
    assert yuki.post(SAVE, {"text": "x", "version": "1"}).status_code == 403
    owner = Membership.objects.get(pk=world.contributor.id)
    write(world.officer, answer(), {"owner": owner}, 1)
    assert yuki.post(SAVE, {"text": "Mine", "version": "2", "owner": str(owner.pk)}).status_code == 302
    assert answer().text == "Mine"


@pytest.mark.parametrize("code", ["4", "5", "6", "7", "8", "9", "10", "A"])
def test_a_top_clause_has_its_overview(nadia: Client, code: str) -> None:
    assert nadia.get(f"/clauses/{code}/").status_code == 200


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("6.1", "/clauses/6.1.1/"),
        ("6.1.2-c", "/clauses/6.1.2/?line=6.1.2-c"),
        ("A.5.2", "/clauses/A.5/?line=A.5.2"),
    ],
)
def test_other_codes_lead_to_their_workspace(nadia: Client, code: str, place: str) -> None:
    assert nadia.get(f"/clauses/{code}/")["Location"] == place


def test_a_leaf_without_a_line_in_sight_is_nowhere(nadia: Client, browser: Browser, world: World) -> None:
    assert nadia.get("/clauses/4.1/").status_code == 404  # nothing was laid there
    assert browser(world.auditor).get(PAGE).status_code == 404
    assert browser(world.stranger).get(PAGE).status_code == 404


def test_the_answer_saves_itself_while_somebody_types(nadia: Client, inside: World) -> None:
    first = nadia.post(SAVE, {"text": "We do", "version": "1"}, headers=SCRIPT)
    assert (first.json(), first["X-Version"]) == ({"version": 2}, "2")
    second = nadia.post(SAVE, {"text": "We do it", "version": "2"}, headers=SCRIPT)
    assert second.json() == {"version": 3}
    assert (answer().text, answer().state) == ("We do it", "in_progress")


def test_saving_itself_says_what_is_wrong(nadia: Client, inside: World) -> None:
    long = nadia.post(SAVE, {"text": "x" * 20_001, "version": "1"}, headers=SCRIPT)
    assert long.status_code == 422 and "20" in long.json()["detail"]
    missing = nadia.post(SAVE, {"text": "x"}, headers=SCRIPT)
    assert missing.status_code == 428
    owner = nadia.post(SAVE, {"text": "x", "version": "1", "owner": str(inside.stranger.id)}, headers=SCRIPT)
    assert owner.status_code == 422 and "owner" in owner.json()["errors"]
    nul = nadia.post(SAVE, {"text": "a\x00b", "version": "1"}, headers=SCRIPT)
    assert nul.status_code == 422
    assert answer().version == 1


def test_a_stale_answer_keeps_the_text_and_shows_the_other(nadia: Client, inside: World) -> None:
    write(inside.members["administrator"], answer(), {"text": "Theirs"}, 1)  # type: ignore[index]
    script = nadia.post(SAVE, {"text": "Mine", "version": "1"}, headers=SCRIPT)
    assert script.status_code == 412
    page = nadia.post(SAVE, {"text": "Mine", "version": "1"})
    body = page.content.decode()
    assert page.status_code == 412 and "Someone changed this before you saved" in body
    assert "Theirs" in body and "Mine</textarea>" in body and 'name="version" value="2"' in body
    assert answer().text == "Theirs"


def test_marking_as_ready_saves_the_text_first(nadia: Client, inside: World) -> None:
    own = str(inside.officer.id)
    page = nadia.post(SAVE, {"text": "We do", "version": "1", "owner": own, "move": "ready"}, follow=True)
    assert answer().state == "ready" and page.status_code == 200
    again = nadia.post(
        SAVE, {"text": "We do", "version": str(answer().version), "owner": own, "move": "reopen"}
    )
    assert again.status_code == 302 and answer().state == "in_progress"


def test_what_is_not_there_cannot_be_ready_and_the_text_stays(nadia: Client, inside: World) -> None:
    page = nadia.post(SAVE, {"text": "Typed", "version": "1", "owner": "", "move": "ready"})
    assert page.status_code == 422 and "Typed</textarea>" in page.content.decode()
    assert "Fill this in first" in page.content.decode()
    assert (answer().state, answer().text) == ("not_started", "")


@pytest.mark.parametrize("step", ["nothing", "withdraw", "x" * 500, "\x00"])
def test_a_step_that_is_none_is_refused(nadia: Client, inside: World, step: str) -> None:
    page = nadia.post(SAVE, {"text": "Typed", "version": "1", "move": step})
    assert page.status_code in (403, 409, 422) and answer().version == 1


def test_a_verdict_is_given_with_its_button_only_and_falls_with_the_text(
    nadia: Client, inside: World
) -> None:
    nadia.post(SAVE, {"text": "We do", "version": "1", "verdict": "conform"})
    assert answer().verdict == ""
    nadia.post(SAVE, {"text": "We do", "version": "2", "verdict": "conform", "judge": "1"})
    assert (answer().verdict, answer().verdict_by_id) == ("conform", inside.officer.id)
    nadia.post(SAVE, {"text": "We do more", "version": "3", "verdict": "conform"}, headers=SCRIPT)
    assert answer().verdict == ""


def test_a_preview_shows_markdown_and_saves_nothing(nadia: Client, inside: World) -> None:
    data = {"text": "**bold** <script>alert(1)</script>", "version": "1", "preview": "1"}
    part = nadia.post(SAVE, data, headers={"HX-Request": "true"}).content.decode()
    whole = nadia.post(SAVE, data).content.decode()
    for body in (part, whole):
        assert "<strong>bold</strong>" in body and "<script>alert" not in body
    assert "<html" not in part and "</textarea>" in whole and answer().version == 1


def test_it_says_what_is_missing_and_where(nadia: Client, inside: World) -> None:
    body = nadia.get(PAGE).content.decode()
    assert "Answer 6.1.2-a" in body and "Show 6.1.2-a" in body  # it asks for documented information
    own = Membership.objects.get(pk=inside.officer.id)
    write(inside.officer, answer(), {"text": "We do"}, 1)
    body = nadia.get(PAGE).content.decode()
    assert "Answer 6.1.2-a" not in body and "Name an owner for 6.1.2-a" in body
    write(inside.officer, answer(), {"owner": own}, 2)
    assert "Name an owner for 6.1.2-a" not in nadia.get(PAGE).content.decode()


def test_saving_an_answer_that_is_out_of_sight_is_nowhere(browser: Browser, world: World) -> None:
    assert browser(world.stranger).post(SAVE, {"text": "x", "version": "1"}).status_code == 404
    assert browser(world.officer).post("/clauses/answer/99/", {"text": "x"}).status_code == 404
    assert browser(world.officer).get(SAVE).status_code == 405


def test_the_number_of_queries_does_not_grow(nadia: Client, inside: World) -> None:
    from aims.records.evidence import link  # noqa: PLC0415
    from aims.records.models import Evidence  # noqa: PLC0415
    from context.models import AISystem  # noqa: PLC0415

    def cost() -> int:
        nadia.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            assert nadia.get(PAGE + "?line=6.1.2-a").status_code == 200
        return len(asked)

    def fill(number: int) -> None:
        with acting(inside.orvanne.pk, inside.officer.actor):
            for n in range(number):
                evidence = create(inside.officer, Evidence, {"title": f"E{n}"})
                link(inside.officer, evidence, "answers", answer().pk)
                create(inside.officer, AISystem, {"title": "x", "purpose": "x"})

    fill(5)
    few = cost()
    fill(55)
    assert cost() == few


def test_the_overview_counts_what_is_ready(nadia: Client, inside: World) -> None:
    own = Membership.objects.get(pk=inside.officer.id)
    ready = write(inside.officer, answer(), {"text": "We do", "owner": own}, 1)
    move(inside.officer, ready, "ready", 2)
    assert "1 of 8 ready" in nadia.get("/clauses/6/").content.decode()
