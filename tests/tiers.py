"""How long each tier of the tests takes, against its budget: told at the end of a whole run, and never a failure.

The whole of `script/test` is to stay under 15 minutes on two cores, static checks included. What makes a tier pass its
budget for long belongs under the marker `nightly`. The time of a tier is the work of its tests divided by the number of
workers: about what it adds to the run.
"""

from collections import Counter
from typing import Any

BUDGETS = {"units": 4.0, "promises": 4.0, "browser": 4.0}  # minutes on two cores
BROWSER = ("tests/browser/", "_browser.py")
WHOLE = 500  # tests: with fewer it is no whole run
spent: Counter[str] = Counter()  # seconds by tier
tests: Counter[str] = Counter()


def tier(place: str) -> str:
    """The tier of a test, by the file in which it stands."""
    file = place.partition("::")[0]
    if any(part in file for part in BROWSER):
        return "browser"
    return "promises" if file.startswith("tests/promises/") else "units"


def pytest_runtest_logreport(report: Any) -> None:
    """Add up what a test took, its fixtures included."""
    spent[tier(report.nodeid)] += report.duration
    tests[tier(report.nodeid)] += report.when == "call"


def pytest_terminal_summary(terminalreporter: Any, config: Any) -> None:
    """Tell the times after a whole run, on the process that gathers them."""
    if sum(tests.values()) < WHOLE or hasattr(config, "workerinput"):
        return
    workers = max(1, int(getattr(config.option, "numprocesses", None) or 1))
    terminalreporter.section("time by tier")
    for name in BUDGETS:
        terminalreporter.write_line(line(name, spent[name] / workers, tests[name]))


def line(name: str, seconds: float, number: int) -> str:
    """One tier in words."""
    minutes, budget = seconds / 60, BUDGETS[name]
    over = (
        "  OVER ITS BUDGET: make it quicker, or mark what is slow with `nightly`" if minutes > budget else ""
    )
    return f"{name}: {minutes:.1f} of {budget:.0f} minutes, {number} tests{over}"
