"""The pages of clause 10: a case with its stepper, fishbone and extent; the board; the year; an improvement's effect."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.roles import Role
from aims.records.changes import create, move, write
from context.models import AISystem
from evaluation.inputs import now_there
from improvement import board
from improvement.ishikawa import branches, fishbone, lines_of
from improvement.models import Cause, EffectivenessReview, Improvement, Nonconformity
from improvement.standing import missing, stages
from tests.evaluation.story import row
from tests.improvement.story import action, analysed, checking, done, judged, opened
from tests.people import World

Read = Any


@pytest.fixture
def read(world: World) -> Read:
    """The page at an address as a role sees it, tags without their noise."""

    def page(address: str, role: Role = Role.OFFICER, status: int = 200) -> str:
        browser = Client()
        browser.force_login(Person.objects.get(pk=world.members[role].person_id))
        answer = browser.get(address)
        assert answer.status_code == status
        return " ".join(answer.content.decode().split())

    return page


def case_page(case: Nonconformity) -> str:
    """Its address."""
    return f"/registers/nonconformities/{case.pk}/"


def words(html: str) -> str:
    """What a person reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ── The case ─────────────────────────────────────────────────────────────


def test_the_page_says_how_far_a_case_is_and_what_it_waits_for(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        case = analysed(world)
        done(world, action(world, case))
        action(world, case, title="Drill each quarter")
        case = move(world.officer, case, "run")
    said = words(read(case_page(case)))
    assert "Opened 8 October 2026" in said
    assert "1 of 2 done" in said
    assert "The next step waits: 1 action is open." in said
    assert "from 27 October 2026" in said
    for why in ("Alarm not seen", "Mailbox on leave", "No deputy"):
        assert why in said
    assert "Effective when No alarm waits longer than a day" in said
    assert 'aria-current="step"' in read(case_page(case))


@pytest.mark.parametrize(
    ("state", "hows"),
    [
        ("open", ["done", "now", "", "", "", ""]),
        ("contained", ["done", "done", "now", "", "", ""]),
        ("analysed", ["done", "done", "done", "now", "", ""]),
        ("actions_running", ["done", "done", "done", "now", "", ""]),
        ("checking", ["done", "done", "done", "done", "now", ""]),
        ("closed", ["done"] * 6),
        ("withdrawn", []),
    ],
)
def test_the_stepper_of_each_state(inside: World, state: str, hows: list[str]) -> None:
    case = opened(inside)
    case.state = state
    assert [stage.how for stage in stages(case, [], "UTC")] == hows


def test_a_step_without_what_it_needs_says_what(inside: World) -> None:
    case = opened(inside)
    assert missing(inside.officer, case, []) == ["“Correction” is empty."]
    case = write(inside.officer, case, {"correction": "Done."})
    assert missing(inside.officer, case, []) == []
    case = move(inside.officer, case, "contain")
    assert len(missing(inside.officer, case, [])) == 3
    case = analysed(inside)
    assert missing(inside.officer, case, []) == ["No corrective action is planned."]
    case = checking(inside)
    assert "27 October 2026" in missing(inside.officer, case, list(case.actions.all()))[0]


def test_systems_that_are_alike_are_taken_up_to_be_judged(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        own, twin = (
            create(world.officer, AISystem, {"title": name, "purpose": "x", "domain": "radiology"})
            for name in ("Own", "Twin")
        )
        case = opened(world, systems=[own])
        case = write(world.officer, case, {}, parts={"elsewhere": [{"subject": "Night shift"}]})
    assert "same domain: radiology" in read(case_page(case))
    browser = Client()
    browser.force_login(Person.objects.get(pk=world.members[Role.OFFICER].person_id))
    for _ in range(2):
        answer = browser.post(f"/improvement/{case.pk}/elsewhere/")
        assert answer["Location"] == f"{case_page(case)}edit/#part-elsewhere"
    with acting(world.orvanne.pk, world.officer.actor):
        places = [(row.subject, row.system, row.affected) for row in case.elsewhere.all()]
    assert places == [("Night shift", None, "unknown"), ("", twin, "unknown")]
    assert "not judged yet" in read(case_page(case)).lower()
    assert "Judge them" not in read(case_page(case), Role.READER)


def test_an_earlier_case_is_shown_with_the_one_that_came_back(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        earlier = opened(world, cause_category="method", opened_on=date(2025, 3, 1))
        case = opened(world, cause_category="method")
    assert "It happened before within 24 months" in read(case_page(case))
    assert str(earlier) in words(read(case_page(case)))
    assert "It happened before" not in read(case_page(earlier))


def test_the_page_of_a_case_costs_the_same_for_many_actions(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        case = analysed(world)
        action(world, case)
    read(case_page(case))
    with CaptureQueriesContext(
        connection,
    ) as few:
        read(case_page(case))
    with acting(world.orvanne.pk, world.officer.actor):
        for number in range(8):
            action(world, case, title=f"Action {number}")
            opened(world)
    with CaptureQueriesContext(connection) as many:
        read(case_page(case))
    assert len(many) == len(few)


# ── The fishbone ─────────────────────────────────────────────────────────


def causes(*pairs: tuple[str, str]) -> list[Cause]:
    """Causes without a case."""
    return [Cause(branch=branch, text=text) for branch, text in pairs]


def test_the_fishbone_draws_each_kind_and_says_it_in_words() -> None:
    drawn = fishbone(causes(("people", "Not trained"), ("why", "Because"), ("data", "Old")), "No owner")
    assert drawn is not None
    assert "Data: Old. People: Not trained. Root cause: No owner" in drawn
    assert "Because" not in drawn
    assert "style=" not in drawn
    assert [name for name, _texts in branches(causes(("people", "x"), ("data", "y")))] == ["Data", "People"]


def test_no_bone_no_drawing() -> None:
    assert fishbone(causes(("why", "Because")), "x") is None


def test_the_same_causes_give_the_same_bytes_and_what_is_typed_stays_text() -> None:
    rows = causes(("model", "<script>alert(1)</script>"))
    assert fishbone(rows, "x") == fishbone(rows, "x")
    assert "<script" not in (fishbone(rows, "<b>") or "")


@pytest.mark.parametrize("number", range(1, 10))
def test_nothing_is_drawn_outside_the_picture(number: int) -> None:
    kinds = (
        "data",
        "model",
        "people",
        "method",
        "supplier",
        "environment",
        "measurement",
        "management",
        "technology",
    )
    rows = causes(
        *((kind, "A cause of some length that takes three lines") for kind in kinds[:number] for _ in "ab")
    )
    drawn = fishbone(rows, "A root cause") or ""
    width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', drawn).groups())  # type: ignore[union-attr]
    for x, y, anchor in re.findall(r'<text class="\w*" x="(-?\d+)" y="(-?\d+)" text-anchor="(\w+)"', drawn):
        assert (140 if anchor == "end" else 20) <= int(x) <= width, (x, anchor)
        assert 10 <= int(y) <= height


def test_a_long_cause_ends_in_an_ellipsis() -> None:
    lines = lines_of("word " * 60)
    assert len(lines) == 3
    assert lines[-1].endswith("…")


# ── The board ────────────────────────────────────────────────────────────


def test_the_board_has_a_column_for_each_state_with_its_cards(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        opened(world, title="Minor one")
        opened(world, title="Major one", grade="major", source="incident")
    said = words(read("/improvement/board/"))
    assert "2 open nonconformities" in said
    assert said.index("Major one") < said.index("Minor one"), "the gravest first"
    only = words(read("/improvement/board/?grade=major"))
    assert ("Major one" in only, "Minor one" in only) == (True, False)
    assert "Minor one" not in words(read("/improvement/board/?source=incident"))
    owner = world.officer.id
    assert "Minor one" in words(read(f"/improvement/board/?owner={owner}"))


@pytest.mark.parametrize("query", ["grade=x", "owner=x", "owner=' or 1", "grade=major&grade=minor"])
def test_a_filter_that_nobody_offers_breaks_nothing(world: World, read: Read, query: str) -> None:
    read(f"/improvement/board/?{query}")


def test_an_empty_column_says_what_stands_in_it_and_a_card_that_it_came_back(
    world: World, read: Read
) -> None:
    said = words(read("/improvement/board/"))
    assert all(str(board.EMPTY[code]) in said for code in board.COLUMNS) and "Came back" not in said
    with acting(world.orvanne.pk, world.officer.actor):
        opened(world, title="First", cause_category="method", opened_on=date(2026, 1, 10))
        opened(world, title="Again", cause_category="method", opened_on=date(2026, 10, 10))
    said = words(read("/improvement/board/"))
    assert said.count("Came back") == 1 and str(board.EMPTY["open"]) not in said
    assert said.index("First") < said.index("Again") < said.index("Came back")
    assert "Nothing with this filter." in words(read("/improvement/board/?grade=major"))


def test_the_board_of_nobody_leads_on(read: Read) -> None:
    assert "0 open nonconformities" in words(read("/improvement/board/"))
    assert "New: nonconformity" in read("/improvement/board/")
    assert "New: nonconformity" not in read("/improvement/board/", Role.READER)


def test_closed_cases_leave_the_board_after_three_months(inside: World, monkeypatch: Any) -> None:
    case = checking(inside)
    judged(inside, case)
    move(inside.executive, case, "close")
    rows = board.asked_for(inside.officer)
    assert len(board.cards(inside.officer, rows)["closed"]) == 1
    later = now_there(inside.officer) + timedelta(days=95)
    monkeypatch.setattr(board, "now_there", lambda member: later)
    assert board.cards(inside.officer, rows)["closed"] == []


def test_ages_are_counted_to_the_day() -> None:
    figures = board.ageing([0, 30, 31, 60, 61, 90, 91, 400])["figures"]
    assert [number for _label, number in figures["rows"]] == [2, 2, 2, 2]


def test_the_board_costs_the_same_for_many_cases(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        opened(world)
    read("/improvement/board/")
    with CaptureQueriesContext(connection) as few:
        read("/improvement/board/")
    with acting(world.orvanne.pk, world.officer.actor):
        for _ in range(12):
            opened(world, owner=row(world.contributor))
    with CaptureQueriesContext(connection) as many:
        read("/improvement/board/")
    assert len(many) == len(few)


# ── An improvement ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reached", "said"),
    [(None, "Not measured yet"), (4, "As expected"), (3, "In part"), (1, "No effect"), (0, "No effect")],
)
def test_the_effect_stands_beside_what_was_expected(
    world: World, read: Read, reached: Any, said: str
) -> None:
    values = {"title": "Panel", "measure": "Panels", "unit": "a year", "baseline": 1, "target": 4}
    with acting(world.orvanne.pk, world.officer.actor):
        idea = create(world.officer, Improvement, {**values, "reached": reached})
    page = words(read(f"/registers/improvements/{idea.pk}/"))
    assert said in page
    assert "Expected 4 a year" in page


def test_an_improvement_without_figures_shows_none(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        idea = create(world.officer, Improvement, {"title": "Panel"})
    assert "Expected and reached" not in read(f"/registers/improvements/{idea.pk}/")


def test_a_review_of_the_effect_is_begun_from_its_case(world: World, read: Read) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        case = checking(world)
    assert f"/registers/effectiveness-reviews/new/?nonconformity={case.pk}" in read(case_page(case))
    assert not EffectivenessReview.objects.exists()
