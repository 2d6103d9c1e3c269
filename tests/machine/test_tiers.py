"""Times by tier: told after a whole run, warned of over the budget, and never a failure."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from tests import tiers


class Terminal:
    """What pytest writes on."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def section(self, title: str) -> None:
        self.said.append(title)

    def write_line(self, text: str) -> None:
        self.said.append(text)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("tests/promises/test_routes.py::test_walk[x]", "promises"),
        ("tests/browser/test_every_page.py::test_page", "browser"),
        ("tests/pages/test_components_browser.py::test_it", "browser"),
        ("tests/records/test_changes.py::test_it[tests/promises/]", "units"),
    ],
)
def test_a_test_belongs_to_the_tier_of_its_file(place: str, name: str) -> None:
    assert tiers.tier(place) == name


def test_only_what_is_over_its_budget_is_warned_of() -> None:
    assert tiers.line("units", 239, 900) == "units: 4.0 of 4 minutes, 900 tests"
    assert "OVER" in tiers.line("units", 241, 900)


@pytest.mark.parametrize(("number", "told"), [(tiers.WHOLE, True), (tiers.WHOLE - 1, False)])
def test_a_whole_run_tells_its_times(number: int, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "spent", Counter())
    monkeypatch.setattr(tiers, "tests", Counter())
    for _test in range(number):
        for when in ("setup", "call", "teardown"):
            report = SimpleNamespace(nodeid="tests/records/test_x.py::test", duration=0.24, when=when)
            tiers.pytest_runtest_logreport(report)
    terminal, config = Terminal(), SimpleNamespace(option=SimpleNamespace(numprocesses=2))
    tiers.pytest_terminal_summary(terminal, config)
    expected = ["time by tier", f"units: 3.0 of 4 minutes, {number} tests"]
    assert terminal.said[:2] == (expected if told else [])
    worker: Any = SimpleNamespace(workerinput={}, option=config.option)
    tiers.pytest_terminal_summary(terminal, worker)
    assert terminal.said.count("time by tier") == int(told)


def test_the_budgets_stand_where_people_look() -> None:
    assert sum(tiers.BUDGETS.values()) < 15 and set(tiers.BUDGETS.values()) == {4.0}
