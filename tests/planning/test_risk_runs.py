"""Runs keep what they saw, differ from the run before, and levels over time come from the journal."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.records.changes import create, lay, move, write
from context.models import AISystem
from planning import risk_history
from planning.models import AIRisk, ControlImplementation, Method, RiskAssessment
from planning.runs import difference, remaining
from tests.people import World
from tests.planning.test_risks import LATER, rated


def frozen(**levels: int | None) -> dict[str, Any]:
    rows = [
        {"ref": ref, "levels": {"residual": {"level": level}, "inherent": {"level": 9}}, "controls": [],
         "own_controls": [], "option": ""}
        for ref, level in levels.items()
    ]  # fmt: skip
    return {"risks": rows}


def test_two_runs_differ_by_what_happened_to_each_risk() -> None:
    before, after = frozen(a=4, b=4, c=4, d=4, e=None), frozen(a=4, b=6, c=2, new=3, e=9)
    after["risks"][0] = {**after["risks"][0], "controls": ["A.6.2.6"]}
    steps = difference(before, after)
    assert {ref: (step.kind, step.was) for ref, step in steps.items()} == {
        "a": ("changed", 4), "b": ("up", 4), "c": ("down", 4), "new": ("new", None), "e": ("changed", 9),
        "d": ("gone", 4),
    }  # fmt: skip
    assert difference(None, after) == {} and remaining(before["risks"][4]) == 9


@pytest.fixture
def thora(inside: World) -> AISystem:
    given = {"title": "ThoraScan", "purpose": "x", "release": "3.2", "stage": "operation_monitoring"}
    return create(inside.officer, AISystem, given)


def run(world: World, system: AISystem, **given: Any) -> RiskAssessment:
    method = Method.objects.first() or create(
        world.officer, Method, {"title": "M", "kind": "risk_assessment", "edition": "1"}
    )
    data = {"title": "Run", "system": system, "method": method, "done_on": LATER, "result": "Fine"}
    record = create(world.officer, RiskAssessment, {**data, "review_due": LATER, **given})
    return move(world.executive, move(world.officer, record, "submit"), "approve")


def risk(world: World, system: AISystem, **given: Any) -> AIRisk:
    return create(
        world.officer, AIRisk, {"title": "Drift", "system": system, **rated("inherent", 4, 4, 4, 2), **given}
    )


def test_a_run_keeps_what_it_saw(inside: World, thora: AISystem) -> None:
    line = lay(inside.officer, ControlImplementation, "A.6.2.6", {"title": "Operation"})
    one = risk(inside, thora, controls=[line], owner=inside.contributor.id)
    risk(inside, thora, title="Closed", state="closed")
    gone = move(inside.officer, risk(inside, thora, title="Gone"), "withdraw", note="Twice")
    first = run(inside, thora)
    assert first.frozen["system"] == {
        "ref": thora.ref, "title": "ThoraScan", "release": "3.2", "stage": "operation_monitoring",
    }  # fmt: skip
    assert gone.ref not in [row["ref"] for row in first.frozen["risks"]]
    kept = first.frozen["risks"][0]
    assert (kept["ref"], kept["controls"], kept["owner"]) == (one.ref, ["A.6.2.6"], "Yuki Tanaka")
    assert kept["levels"]["inherent"] == {
        "likelihood": 4, "organisation": 4, "individuals": 4, "society": 2,
        "level": 16, "band": "critical", "label": "critical",
    }  # fmt: skip
    write(inside.officer, one, {"inherent_likelihood": 1, "controls": [], "title": "Renamed"})
    write(inside.officer, thora, {"release": "4.0"})
    first.refresh_from_db()
    assert first.frozen["risks"][0] == kept and first.frozen["system"]["release"] == "3.2"


def test_a_run_looks_at_the_risks_it_names(inside: World, thora: AISystem) -> None:
    one, other = risk(inside, thora), risk(inside, thora, title="Bias")
    assert [row["ref"] for row in run(inside, thora, risks=[other]).frozen["risks"]] == [other.ref]
    assert [row["ref"] for row in run(inside, thora).frozen["risks"]] == [one.ref, other.ref]


def test_a_run_may_have_found_nothing(inside: World, thora: AISystem) -> None:
    assert run(inside, thora).frozen["risks"] == []


def test_moves_are_the_moments_at_which_a_level_changed() -> None:
    days = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 6)]
    states: Iterator[dict[str, Any]] = iter([
        {"inherent_level": None}, {"inherent_level": 12}, {"inherent_level": 12, "title": "x"},
        {"inherent_level": 12, "residual_level": 6}, {"inherent_level": 12, "residual_level": 6, "current_level": 9},
    ])  # fmt: skip
    found = risk_history.moves(zip(days, states, strict=True))
    assert [(move.at.month, move.now) for move in found] == [(2, 12), (4, 6), (5, 9)]


def test_the_trend_counts_what_stood_on_each_day() -> None:
    def entry(day: int, key: str, band: str, state: str = "treating") -> risk_history.Stand:
        return risk_history.Stand(datetime(2026, 1, day, tzinfo=UTC), key, band, state)

    entries = [entry(1, "a", "high"), entry(2, "b", ""), entry(3, "a", "low"), entry(4, "b", "critical"),
               entry(5, "a", "low", "closed")]  # fmt: skip
    days = [date(2026, 1, day) for day in (1, 2, 3, 4, 5)]
    counts = risk_history.by_month(entries, risk_history.ends_of(days, "UTC"))
    assert [dict(count) for count in counts] == [
        {"high": 1}, {"high": 1, "": 1}, {"low": 1, "": 1}, {"low": 1, "critical": 1}, {"critical": 1},
    ]  # fmt: skip
    words = {"low": "low", "high": "high", "critical": "critical"}
    drawn = risk_history.trend(entries, days, "UTC", words, ["high", "critical"])
    assert [row[-1] for row in drawn["figures"]["rows"]] == [1, 1, 0, 1, 1]
    assert "<desc" in drawn["svg"] and drawn["figures"]["head"][-1] == "Above our appetite"


def test_the_pages_show_runs_and_the_past(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    with acting(world.orvanne.pk, world.officer.actor):
        system = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x", "release": "3.2"})
        one = risk(world, system, **rated("residual", 2, 4, 4, 2))
        run(world, system)
        write(world.officer, one, {"residual_likelihood": 1})
        second = run(world, system)
    page = client.get(f"/registers/risk-assessments/{second.pk}/").content.decode()
    assert "As it was when it was approved" in page and "Lower, was 8" in page and "ThoraScan 3.2" in page
    page = client.get(f"/registers/ai-risks/{one.pk}/").content.decode()
    assert "Level over time" in page and "accepted by: the owner of the AI system" in page
    page = client.get("/risks/trend/").content.decode()
    assert "Risks above our appetite, month by month" in page and page.count("<tr>") == 14
