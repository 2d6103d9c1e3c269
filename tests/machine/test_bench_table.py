"""The table of `script/bench`: what is within its limits and what is not."""

import pytest

from tests.bench.table import Line, Table


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (Line("rate", 0.3, least=0.3), True),
        (Line("rate", 0.29, least=0.3), False),
        (Line("time", 10, most=10), True),
        (Line("time", 10.01, most=10), False),
        (Line("only told", 7), True),
    ],
)
def test_limits_belong_to_what_holds(line: Line, holds: bool) -> None:
    assert line.holds is holds
    assert ("missed" in str(line)) is not holds


def test_it_is_a_markdown_table(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table()
    table.head()
    table.add(Line("Memory", 137.204, " MB", most=150, detail="of one"))
    table.add(Line("Rate", 0.2, least=0.3))
    head, rule, *lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "| Memory | ≤ 150 MB | **137.20 MB** | of one |",
        "| Rate | ≥ 0.30 | **0.20** (missed) |  |",
    ]
    assert head.count("|") == rule.count("|") == 5 and table.missed == ["Rate"]
