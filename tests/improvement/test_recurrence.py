"""What comes back within 24 months is recognised, shown and counted; what only looks like it is not."""

from datetime import date
from typing import Any

import pytest

from aims.records.changes import create, move
from context.models import AISystem
from evaluation import inputs
from improvement import rules
from improvement.models import Nonconformity
from improvement.recurrence import cases, earlier_cases, recurring, recurring_causes
from tests.improvement.story import opened
from tests.people import World

LONG_AGO = date(2020, 1, 1)


def system(world: World) -> AISystem:
    """A system."""
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "x"})


def pair(world: World, first: dict[str, Any], second: dict[str, Any]) -> tuple[Nonconformity, Nonconformity]:
    """Two cases, one before the other."""
    values = {"codes": ["9.1"], "opened_on": date(2025, 3, 1)}
    earlier = opened(world, **{**values, **first})
    return earlier, opened(world, **{**values, "opened_on": date(2026, 10, 8), **second})


def again(world: World, case: Nonconformity) -> list[Nonconformity]:
    """Of what it is a recurrence."""
    return earlier_cases(world.officer, case)


def test_the_same_kind_of_cause_on_the_same_requirement_is_a_recurrence(inside: World) -> None:
    earlier, case = pair(inside, {"cause_category": "method"}, {"cause_category": "method"})
    assert again(inside, case) == [earlier]
    assert again(inside, earlier) == []
    assert recurring_causes(inside.officer, LONG_AGO) == {"method": 1}


def test_the_same_system_on_the_same_requirement_is_a_recurrence(inside: World) -> None:
    scan = system(inside)
    earlier, case = pair(inside, {"systems": [scan]}, {"systems": [scan], "codes": ["8.1", "9.1"]})
    assert again(inside, case) == [earlier]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"cause_category": "method"}, {"cause_category": "people"}),  # another kind of cause
        ({"cause_category": ""}, {"cause_category": ""}),  # none known: nothing to compare
        ({"cause_category": "method", "codes": ["7.2"]}, {"cause_category": "method"}),  # another requirement
        ({"cause_category": "method", "codes": []}, {"cause_category": "method", "codes": []}),
        ({"cause_category": "method", "opened_on": date(2024, 10, 7)}, {"cause_category": "method"}),
    ],
)
def test_what_only_looks_like_it_is_none(inside: World, first: Any, second: Any) -> None:
    _earlier, case = pair(inside, first, second)
    assert again(inside, case) == []
    assert recurring(inside.officer, LONG_AGO) == []


def test_the_last_day_of_the_24_months_counts(inside: World) -> None:
    same = {"cause_category": "method"}
    earlier, case = pair(inside, {**same, "opened_on": date(2024, 10, 8)}, same)
    assert again(inside, case) == [earlier]


def test_of_two_on_one_day_the_later_number_recurs(inside: World) -> None:
    same = {"cause_category": "method", "opened_on": date(2026, 1, 1)}
    earlier, case = pair(inside, same, same)
    assert (again(inside, case), again(inside, earlier)) == ([earlier], [])


def test_what_was_withdrawn_never_was(inside: World) -> None:
    earlier, case = pair(inside, {"cause_category": "method"}, {"cause_category": "method"})
    move(inside.officer, earlier, "withdraw", note="Not one")
    assert again(inside, case) == []


def test_a_minor_one_that_came_back_is_told_as_what_it_may_become(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "now_there", lambda member: date(2026, 11, 24))
    _earlier, case = pair(inside, {"cause_category": "method"}, {"cause_category": "method"})
    rule = next(r for r in rules.RULES if r.code == "not_again")
    assert [(gap.ref, gap.grade) for gap in rule.find(inside.officer)] == [(case.ref, "major")]


def test_all_cases_are_read_in_two_statements(inside: World, django_assert_num_queries: Any) -> None:
    scan = system(inside)
    for _ in range(5):
        opened(inside, systems=[scan])
    with django_assert_num_queries(2):
        found = cases(inside.officer, LONG_AGO)
    assert {case.systems for case in found} == {frozenset({scan.pk})}
