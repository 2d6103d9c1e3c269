"""Readiness: gaps by stage and gravity, ten figures that are computed, what must be in writing, who may look."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.roles import Role
from aims.records.changes import create, lay, move
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import Gap
from context.models import AISystem, ScopeStatement
from evaluation import inputs, readiness
from evaluation.mandatory import items
from evaluation.models import ManagementReview
from evaluation.readiness import Figure, figures, stage_of, staged
from evaluation.simulated_audit import new_seed, representative, seed_of, simulate
from evaluation.strips import strip
from improvement.models import CorrectiveAction
from planning.founding import lay_controls
from planning.models import AIRisk, ControlImplementation
from support.models import CompetenceRequirement
from tests.evaluation.sound import TODAY, sound
from tests.factory import make
from tests.improvement.story import analysed, opened
from tests.people import World

PAGES = ("/readiness/", "/readiness/operation/", "/readiness/simulation/")


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 24 November 2026."""
    for module in (inputs, readiness):
        monkeypatch.setattr(module, "now_there", lambda member: TODAY)


def gap(code: str, grade: str, stage: int = 0) -> Gap:
    return Gap(code, "Something", grade, "/", "", stage)


@pytest.mark.parametrize(
    ("found", "stage"),
    [
        (gap("9.2.1-a", "major", 1), 1),
        (gap("6.1.2-a", "major", 2), 2),
        (gap("4.3-c", "major"), 1),  # a document
        (gap("6.1.3-f", "minor"), 1),
        (gap("7.5.1-a", "minor"), 1),  # a document of clause 7
        (gap("7.2-d", "minor"), 2),  # a record of clause 7
        (gap("8.4-a", "minor"), 2),
        (gap("A.6.2.6", "minor"), 2),
    ],
)
def test_which_stage_finds_it_first(found: Gap, stage: int) -> None:
    assert stage_of(found) == stage


def test_gaps_stand_by_stage_then_gravity_then_in_the_order_of_the_standard() -> None:
    found = staged(
        [
            gap("10.2-a", "minor"),
            gap("9.1-a", "observation", 1),
            gap("9.1-e", "minor", 2),
            gap("8.1-b", "major"),
            gap("4.3-c", "major"),
            gap("4.1-c", "minor"),
        ]
    )
    assert [g.code for g in found[1]] == ["4.3-c", "4.1-c", "9.1-a"]
    assert [g.code for g in found[2]] == ["8.1-b", "9.1-e", "10.2-a"]


# ── What must be in writing ──────────────────────────────────────────────


def test_what_must_be_in_writing_is_read_from_the_catalogue(inside: World) -> None:
    lay_controls(inside.officer)
    asked = [item.code for item in items(inside.officer)]
    required = [c for c, r in edition().requirements.items() if r.documented_information == "required"]
    assert asked[: len(required)] == required and len(required) == 20
    assert asked[len(required) :] == [c.code for c in edition().controls.values() if c.documented]
    ControlImplementation.objects.filter(code="A.2.2").update(applicable=False)
    assert set(asked) - {item.code for item in items(inside.officer)} == {"A.2.2"}


def item(world: World, code: str) -> Any:
    return next(one for one in items(world.officer) if one.code == code)


def test_a_draft_shows_nothing_an_approved_document_does(inside: World) -> None:
    scope = make(inside, ScopeStatement)
    assert not item(inside, "4.3-c").shown
    ScopeStatement.objects.filter(pk=scope.pk).update(state="approved")
    found = item(inside, "4.3-c")
    assert (found.shown, found.kind, found.number) == (True, "document", 1)
    ScopeStatement.objects.filter(pk=scope.pk).update(state="superseded")
    assert not item(inside, "4.3-c").shown


def test_evidence_of_the_answer_shows_it_too(inside: World) -> None:
    answer = lay(inside.officer, Answer, "4.3-c", {"title": "Scope"})
    paper = create(inside.officer, Evidence, {"title": "Scope, signed"})
    Link.objects.create(
        organisation_id=inside.orvanne.pk, evidence=paper, kind="answers", record_id=answer.pk
    )
    assert (item(inside, "4.3-c").evidence, item(inside, "4.3-c").shown) == (1, True)
    move(inside.officer, paper, "withdraw", note="Wrong file")
    assert not item(inside, "4.3-c").shown


# ── Ten figures ──────────────────────────────────────────────────────────


def ten(world: World) -> list[Figure]:
    return figures(world.officer, items(world.officer))


def test_there_are_ten_figures_and_each_leads_somewhere(inside: World) -> None:
    lay_controls(inside.officer)
    sound(inside)
    found = ten(inside)
    assert len(found) == 10
    assert all(str(one.title) and one.url for one in found)
    assert (found[5].value, found[5].of, found[5].good) == (32, 32, True)  # audited
    assert (found[6].value, found[6].of, found[6].good) == (7, 7, True)  # heard


def test_figures_follow_the_records(inside: World) -> None:
    lay_controls(inside.officer)
    assert [(one.value, one.good) for one in ten(inside)][1] == (0, False)
    ControlImplementation.objects.update(applicable=True, status="implemented")
    assert (ten(inside)[1].value, ten(inside)[1].good) == (38, True)
    system = make(inside, AISystem)
    AISystem.objects.filter(pk=system.pk).update(state="in_force")
    assert (ten(inside)[2].value, ten(inside)[2].of) == (0, 1)
    risk = make(inside, AIRisk)
    AIRisk.objects.filter(pk=risk.pk).update(residual_band="high", state="treating")
    assert (ten(inside)[4].value, ten(inside)[4].good) == (1, False)
    AIRisk.objects.filter(pk=risk.pk).update(state="accepted")
    assert (ten(inside)[4].value, ten(inside)[4].good) == (0, True)
    opened(inside, grade="major")
    assert (ten(inside)[7].value, ten(inside)[7].good) == (1, False)
    make(inside, CompetenceRequirement)
    assert (ten(inside)[8].value, ten(inside)[8].of) == (0, 1)


def test_an_action_that_is_late_spoils_the_figure_of_majors(inside: World) -> None:
    case = analysed(inside)
    step = make(inside, CorrectiveAction, nonconformity=case, due=TODAY)
    assert ten(inside)[7].good
    CorrectiveAction.objects.filter(pk=step.pk).update(due=TODAY - timedelta(days=1))
    assert (ten(inside)[7].value, ten(inside)[7].good) == (0, False)


@pytest.mark.parametrize(("ages", "middle"), [((10,), 10), ((10, 20, 300), 20), ((5, 40, 60, 900), 60)])
def test_the_median_age_of_evidence(inside: World, ages: tuple[int, ...], middle: int) -> None:
    for age in ages:
        paper = create(inside.officer, Evidence, {"title": "Paper"})
        Evidence.objects.filter(pk=paper.pk).update(effective_from=TODAY - timedelta(days=age))
    assert ten(inside)[9].value == middle


def test_a_review_without_an_input_is_not_complete(inside: World) -> None:
    sound(inside)
    ManagementReview.objects.get().inputs.filter(code="9.3.2-b").update(text="")
    found = ten(inside)[6]
    assert (found.value, found.of, found.good) == (6, 7, False)


# ── Pages ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.OFFICER, 200),
        (Role.EXECUTIVE, 200),
        (Role.CONTRIBUTOR, 403),
        (Role.READER, 403),
        (Role.AUDITOR, 403),  # of no audit: would see false gaps
    ],
)
def test_who_may_look(
    browser: Callable[..., Client], world: World, address: str, role: Role, status: int
) -> None:
    assert browser(world.members[role]).get(address).status_code == status


def test_the_page_says_what_it_is_not_and_leads_to_what_is_missing(nadia: Client, world: World) -> None:
    text = nadia.get("/readiness/").content.decode()
    assert "only an accredited body certifies" in text
    assert "No management review was signed in the last 12 months." in text
    assert (
        text.index('id="stage-1"') < text.index("No internal audit was reported") < text.index('id="stage-2"')
    )
    assert 'href="/readiness/"' in text and "Before stage 2" in text


def test_operation_shows_what_is_doubted_or_all(nadia: Client, world: World) -> None:
    some = nadia.get("/readiness/operation/").content.decode()
    every = nadia.get("/readiness/operation/?show=all").content.decode()
    assert "Nothing shows it" in some and len(every) >= len(some)


@pytest.mark.parametrize("seed", ["", "x", "ab" * 31, "AB" * 32, "ab" * 32 + "\n", "ab" * 33])
def test_what_is_no_seed_draws_nothing(nadia: Client, seed: str) -> None:
    assert seed_of(seed) == ""
    answer = nadia.get("/readiness/simulation/", {"seed": seed})
    assert answer.status_code == 200 and "Rehearse the audit" in answer.content.decode()


def test_a_drawn_sample_is_shown_with_its_seed(nadia: Client, world: World) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        fleet(world, 3)
    seed = new_seed()
    text = nadia.get("/readiness/simulation/", {"seed": seed}).content.decode()
    assert seed in text and "not shown" in text and "Digest of the list" in text


# ── The draw and the threads ─────────────────────────────────────────────


def fleet(world: World, number: int) -> list[AISystem]:
    """Systems of different roles and classes, two of each kind alike."""
    kinds = [("ai_provider", "MINIMAL"), ("ai_user", "HIGH_RISK_ANNEX_III"), ("ai_producer", "GPAI")]
    found = []
    for turn in range(number):
        role, outcome = kinds[turn % len(kinds)]
        values = {"title": f"System {turn}", "purpose": "Triage"}
        system = create(world.officer, AISystem, values, {"roles": [{"role": role}]})
        AISystem.objects.filter(pk=system.pk).update(act_outcome=outcome)
        found.append(system)
    return found


def test_the_sample_has_a_system_for_each_role_and_class_and_the_seed_draws_it_again(inside: World) -> None:
    fleet(inside, 12)
    lay_controls(inside.officer)
    ControlImplementation.objects.update(applicable=True)
    seed = new_seed()
    one, again = simulate(inside.officer, seed), simulate(inside.officer, seed)
    assert one == again and one.population == 12 + 38
    assert len(one.systems) == 3 and len(one.controls) == 8
    assert {name for thread in one.systems for name in thread.why.split(", ")} >= {"AI provider", "AI user"}
    others = {tuple(t.ref for t in simulate(inside.officer, new_seed()).systems) for _turn in range(8)}
    assert len(others) > 1  # another seed draws others


def test_the_same_seed_over_another_list_has_another_digest(inside: World) -> None:
    fleet(inside, 3)
    seed = new_seed()
    before = simulate(inside.officer, seed).digest
    fleet(inside, 1)
    assert simulate(inside.officer, seed).digest != before


def test_eight_systems_are_the_most(inside: World) -> None:
    systems = fleet(inside, 9)
    outcomes = [code for code in AISystem.Outcome.values if code][:9]
    for system, outcome in zip(systems, outcomes, strict=True):
        system.act_outcome = outcome
    assert len(representative(systems)) == 8


def test_a_thread_tells_link_by_link_what_could_not_be_shown(inside: World) -> None:
    sound(inside)
    (thread,) = simulate(inside.officer, new_seed()).systems
    lacking = {step.code for step in thread.lacking}
    assert {"4.1-e", "A.6.2.2", "A.7.2", "8.2-a", "8.4-a", "8.3-a", "6.1.3-f", "A.6.2.4"} <= lacking
    assert not lacking & {"A.6.2.6", "A.8.4", "10.2-c", "9.3.3-c"}  # measured, nothing open, reviewed
    assert all(step.url.startswith("/") for step in thread.lacking)
    assert len(thread.steps) == 14


def test_a_nonconformity_without_a_cause_breaks_the_thread(inside: World) -> None:
    system = fleet(inside, 1)[0]
    opened(inside, systems=[system])
    (thread,) = simulate(inside.officer, new_seed()).systems
    step = next(one for one in thread.steps if one.code == "10.2-c")
    assert not step.shown and "Drift alarm analysed late" in step.rows[0][0]


def test_statements_do_not_grow_with_the_population(inside: World) -> None:
    fleet(inside, 3)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            simulate(inside.officer, "ab" * 32)
        return len(captured)

    asked()
    few = asked()
    fleet(inside, 12)
    assert asked() == few


# ── The strip ────────────────────────────────────────────────────────────


def test_a_strip_tells_in_words_what_it_draws() -> None:
    days = [(date(2026, 10, 1), 2), (date(2026, 5, 4), 1), (date(2024, 1, 1), 7)]
    drawn = strip("9.1-d", days, TODAY, TODAY)
    assert drawn == strip("9.1-d", reversed(days), TODAY, TODAY)
    assert "3 records in 13 months, the first on 1 January 2024, the last on 1 October 2026." in drawn
    assert drawn.count("<circle") == 2 and "style=" not in drawn
    assert "Nothing happened." in strip("9.1-d", [], TODAY, TODAY)


def test_the_three_weeks_are_shaded_as_far_as_they_are_on_the_strip() -> None:
    def width(end: date) -> float:
        found = re.search(r'class="zone"[^>]* width="([\d.]+)"', strip("x", [], TODAY, end))
        assert found
        return float(found.group(1))

    assert width(TODAY + timedelta(days=60)) == 0
    assert 0 < width(TODAY + timedelta(days=10)) < width(TODAY)
