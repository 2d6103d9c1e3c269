"""The page of a management review, its minutes and the board report: what is on them, and for whom they are."""

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.records.changes import create, write
from aims.records.models import Signature
from aims.schedule.models import Occurrence
from context.models import AISystem
from evaluation.models import CertificationCycle, ManagementReview
from evaluation.review_report import ROWS, board
from evaluation.review_shown import tone_of
from improvement.models import Nonconformity
from planning.models import AIRisk, Objective
from tests.evaluation.story import held, signed
from tests.people import World
from tests.schedule.story import only

BOARD = "/reviews/board-report.pdf"
CASE = {
    "title": "Kept in use",
    "description": "Seven months.",
    "grade": "major",
    "opened_on": date(2026, 10, 1),
}
RATED = {f"residual_{name}": 4 for name in ("likelihood", "organisation", "individuals", "society")}


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=member.person_id))
    return client


def words(answer: Any) -> str:
    """What a PDF says."""
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def listed(world: World, title: str) -> Any:
    return next(one for one in board(world.executive).lists if one.title == title)


def test_the_page_shows_inputs_decisions_and_who_is_asked(inside: World) -> None:
    review = held(inside)
    page = browser(inside.officer).get(f"/registers/management-reviews/{review.pk}/").content.decode()
    for said in (
        "What the review heard",
        "Also looked at",
        "Hire one",
        "Waits for a signature",
        "Partly confirmed",
    ):
        assert said in page
    assert 'href="/registers/nonconformities/"' in page and "as it was on" in page
    assert page.count('<details class="fold review-input">') == review.inputs.count()


def test_a_trend_says_whether_it_is_the_right_way(inside: World) -> None:
    signed(inside, held(inside, held_on=date(2026, 1, 20)))
    create(inside.officer, Nonconformity, CASE)
    review = held(inside, title="Review 2027")
    page = browser(inside.officer).get(f"/registers/management-reviews/{review.pk}/").content.decode()
    assert "more than at the last review" in page and "At the last review: 0. Now: 1." in page
    assert 'class="line small"' in page


@pytest.mark.parametrize(
    ("trend", "better", "tone"),
    [
        ("up", "up", "ok"),
        ("up", "down", "warn"),
        ("down", "down", "ok"),
        ("same", "up", "idle"),
        ("up", "", "idle"),
    ],
)
def test_tones_of_trends(trend: str, better: str, tone: str) -> None:
    assert tone_of(trend, better) == tone


def test_the_minutes_hold_what_was_heard_decided_and_signed(inside: World) -> None:
    review = signed(inside, held(inside, guests="Dr Marchand"))
    said = words(browser(inside.reader).get(f"/reviews/{review.pk}/minutes.pdf"))
    for piece in (
        "TalentSift at length",
        "Stop rule",
        "9.3.2-d",
        "Claire Vasseur",
        "Dr Marchand",
        "UTC",
        "Partly confirmed",
    ):
        assert piece in said
    digest = review_digest(review)
    assert digest in said.replace(" ", "")


def review_digest(review: ManagementReview) -> str:
    return Signature.objects.get(record_id=review.pk).digest


def test_minutes_of_a_review_that_is_only_planned(inside: World) -> None:
    review = create(inside.officer, ManagementReview, {"title": "Review 2027"})
    assert "Not signed yet." in words(browser(inside.officer).get(f"/reviews/{review.pk}/minutes.pdf"))


def test_nobody_elses_minutes(inside: World) -> None:
    review = held(inside)
    assert browser(inside.stranger).get(f"/reviews/{review.pk}/minutes.pdf").status_code == 404


def test_markup_in_minutes_stays_text_and_fetches_nothing(inside: World) -> None:
    review = held(inside, minutes='<img src="file:///etc/passwd"> ![x](http://10.0.0.1/) **bold**')
    assert "bold" in words(browser(inside.officer).get(f"/reviews/{review.pk}/minutes.pdf"))


def test_the_board_reads_the_highest_risks_first(inside: World) -> None:
    create(inside.officer, AIRisk, {"title": "Unrated"})
    create(inside.officer, AIRisk, {"title": "Small", **dict.fromkeys(RATED, 1)})
    create(inside.officer, AIRisk, {"title": "Large", **RATED})
    assert [row[0].split(" ", 1)[1] for row in listed(inside, "Top risks").rows] == [
        "Large",
        "Small",
        "Unrated",
    ]
    waiting = listed(inside, "Risks that wait for acceptance")
    assert [row[0].split(" ", 1)[1] for row in waiting.rows] == ["Large"]


def test_the_board_reads_of_systems_cases_duties_and_objectives(inside: World) -> None:
    system = create(inside.officer, AISystem, {"title": "TalentSift", "purpose": "Rank"})
    write(inside.officer, system, {"act_outcome": "HIGH_RISK_ANNEX_III"})
    create(inside.officer, AISystem, {"title": "Translator", "purpose": "Translate"})
    create(inside.officer, Nonconformity, CASE)
    create(inside.officer, Nonconformity, {**CASE, "grade": "minor", "title": "Small thing"})
    rule = only(inside.orvanne, "SR01", anchor=date(2025, 12, 1))
    late = timezone.localdate() - timedelta(days=3)
    Occurrence.objects.create(organisation=inside.orvanne, obligation=rule, due=late, state="due")
    Objective.objects.filter(
        pk=create(inside.officer, Objective, {"title": "Train", "target": "95", "unit": "%"}).pk
    ).update(state="running")
    create(
        inside.officer,
        CertificationCycle,
        {"title": "ISO", "stage_1_on": timezone.localdate() + timedelta(days=30)},
    )
    assert [row[0] for row in listed(inside, "High-risk AI systems").rows] == [f"{system.ref} TalentSift"]
    assert [row[0].split(" ", 1)[1] for row in listed(inside, "Open major nonconformities").rows] == [
        "Kept in use"
    ]
    assert [row[3] for row in listed(inside, "Overdue").rows] == ["3 days"]
    assert [row[2] for row in listed(inside, "AI objectives").rows] == ["95 %"]
    assert [row[0] for row in listed(inside, "Certification calendar").rows][:1] == ["Stage 1"]
    said = words(browser(inside.executive).get(BOARD))
    for piece in ("report to the board", "TalentSift", "Kept in use", "95 %", "Stage 1"):
        assert piece in said


def test_the_board_report_stays_one_page(inside: World) -> None:
    for number in range(ROWS + 4):
        create(inside.officer, AIRisk, {"title": f"Risk {number} " + "of a rather long name " * 4, **RATED})
        create(inside.officer, Nonconformity, {**CASE, "title": f"Case {number} " + "with a long name " * 5})
        create(inside.officer, Objective, {"title": f"Objective {number}"})
    Objective.objects.update(state="running")
    answer = browser(inside.executive).get(BOARD)
    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == 1
    assert "4 more in the register." in words(answer)


def test_the_board_report_in_the_readers_language(inside: World) -> None:
    Person.objects.filter(pk=inside.executive.person_id).update(language="fr")
    assert browser(inside.executive).get(BOARD).status_code == 200


def test_the_board_report_is_for_top_management_and_who_prepares_it(inside: World) -> None:
    for member in (inside.officer, inside.executive):
        assert browser(member).get(BOARD).status_code == 200
    for member in (inside.reader, inside.contributor, inside.auditor):
        assert browser(member).get(BOARD).status_code == 403
