"""The quantitative estimate: the same ranges and seed give the same numbers, and they are near what can be computed."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from aims.organisation.acting import acting
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.records.changes import create, write
from context.models import AISystem
from planning import estimating
from planning.draws import CHANCES, pert, shape, summary, yearly
from planning.models import AIRisk
from planning.models.estimates import FREQUENCY, LOSS, SEED
from planning.risk_paths import riskiest
from tests.people import World
from tests.planning.test_risks import rated

OFTEN, COST = (0.2, 1.0, 6.0), (1_000.0, 5_000.0, 50_000.0)


def mean(of: tuple[float, float, float]) -> float:
    return (of[0] + 4 * of[1] + of[2]) / 6


def variance(of: tuple[float, float, float]) -> float:
    first, second = shape(of)
    total = first + second
    return (of[2] - of[0]) ** 2 * first * second / (total**2 * (total + 1))


def test_mean_and_spread_are_those_of_the_closed_form() -> None:
    costs = yearly(OFTEN, COST, SEED)
    expected = mean(OFTEN) * mean(COST)
    spread = mean(OFTEN) * (variance(COST) + mean(COST) ** 2) + variance(OFTEN) * mean(COST) ** 2
    assert costs.mean() == pytest.approx(expected, rel=0.03)
    assert costs.std() == pytest.approx(spread**0.5, rel=0.05)


def test_a_loss_of_one_size_is_a_poisson_of_it() -> None:
    found = summary(yearly((0.5, 0.5, 0.5), (100.0, 100.0, 100.0), 7))
    assert (found["p50"], found["p90"], found["p95"]) == (0, 100, 200)  # P(N ≤ 0, 1, 2) = .607, .910, .986
    assert found["any"] == pytest.approx(393, abs=12) and found["mean"] == pytest.approx(50, abs=2)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not() -> None:
    once, again, other = (summary(yearly(OFTEN, COST, seed)) for seed in (1, 1, 2))
    assert once == again and once != other
    assert other["p90"] == pytest.approx(once["p90"], rel=0.05)


def test_the_process_answers_what_the_function_does() -> None:
    often, cost = ([Decimal(str(n)) for n in of] for of in (OFTEN, COST))
    assert estimating.drawn(often, cost, SEED) == summary(yearly(OFTEN, COST, SEED))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=3, max_size=3),
    st.lists(st.integers(0, 10**6), min_size=3, max_size=3),
)
def test_a_curve_falls_and_stays_within_its_ranges(often: list[int], cost: list[int]) -> None:
    frequency, loss = tuple(sorted(map(float, often))), tuple(sorted(map(float, cost)))
    found = summary(yearly(frequency, loss, 3, years=400))  # type: ignore[arg-type]
    losses = [value for _chance, value in found["curve"]]
    assert [chance for chance, _value in found["curve"]] == list(CHANCES)
    assert losses == sorted(losses) and losses[0] >= 0
    drawn = pert(np.random.Generator(np.random.PCG64(1)), loss, 200)  # type: ignore[arg-type]
    assert drawn.min() >= loss[0] and drawn.max() <= loss[2]


RANGES = {name: str(number) for name, number in zip((*FREQUENCY, *LOSS), (*OFTEN, *COST), strict=True)}


def risk(world: World, **given: Any) -> AIRisk:
    return create(world.officer, AIRisk, {"title": "Drift", **given})


def test_an_estimate_is_kept_with_its_seed_and_drawn_only_when_its_ranges_move(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = risk(inside, **RANGES, assumptions="From the complaints of three years")
    assert record.estimate == summary(yearly(OFTEN, COST, SEED)) and record.seed == SEED
    monkeypatch.setattr(
        "planning.models.estimates.drawn", lambda *asked: {"asked": [str(one) for one in asked]}
    )
    assert "asked" not in write(inside.officer, record, {"cause": "x", "frequency_low": "0.200"}).estimate
    assert "7" in write(inside.officer, record, {"seed": 7}).estimate["asked"]
    assert write(inside.officer, record, dict.fromkeys(RANGES)).estimate == {}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"loss_high": None}, "loss_high"),
        ({"loss_likely": 60_000}, "loss_likely"),
        ({"frequency_low": 3}, "frequency_likely"),
        ({"frequency_high": 101}, "frequency_high"),
        ({"loss_low": -1}, "loss_low"),
        ({"loss_low": "much"}, "loss_low"),
        ({"seed": -1}, "seed"),
        ({"seed": "x"}, "seed"),
    ],
)
def test_ranges_that_do_not_hang_together_are_refused_by_name(
    inside: World, changed: Any, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        risk(inside, **{**RANGES, **changed})
    assert field in refused.value.fields


def test_the_riskiest_path_is_the_highest_now_then_the_gravest_for_people(inside: World) -> None:
    system = create(inside.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
    assert riskiest(inside.officer, system) is None
    risk(inside, system=system, title="Unrated")
    risk(
        inside,
        system=system,
        title="Was high",
        **rated("inherent", 5, 5, 5, 5),
        **rated("residual", 1, 1, 1, 1),
    )
    risk(inside, system=system, title="For us", **rated("inherent", 3, 4, 1, 1))
    people = risk(inside, system=system, title="For people", cause="Drift", **rated("inherent", 3, 2, 4, 1))
    risk(inside, title="Of no system", **rated("inherent", 5, 5, 5, 5))
    found = riskiest(inside.officer, system)
    assert found and found["risk"] == people and found["number"] == 3
    assert found["chain"] == [("Cause", "Drift"), ("What may happen", "–"), ("What it would mean", "–")]
    write(inside.officer, people, rated("current", 1, 1, 1, 1))
    found = riskiest(inside.officer, system)
    assert found and found["risk"].title == "For us"


def test_the_pages_show_path_and_estimate_with_their_assumptions(world: World) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=world.officer.person_id))
    with acting(world.orvanne.pk, world.officer.actor):
        system = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})
        words = {"assumptions": "From the complaints of three years", **rated("inherent", 4, 4, 4, 2)}
        record = risk(world, system=system, **RANGES, **words)
    page = client.get(f"/registers/ai-risks/{record.pk}/").content.decode()
    assert "Estimate in money" in page and "From the complaints of three years" in page
    assert "0.2 – 1 – 6" in page and f"20000, {SEED}" in page.replace(",000", "000")
    page = client.get(f"/registers/ai-systems/{system.pk}/").content.decode()
    assert "Riskiest path" in page and "16 critical" in page
