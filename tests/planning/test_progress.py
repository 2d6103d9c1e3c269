"""How an objective goes: a table of figures and dates, and properties that hold for all of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.objective_chart import Course, drawn, figures
from planning.progress import Aim, expected, progress, share_of_time, share_of_way

BEGUN, DUE = date(2026, 1, 1), date(2026, 12, 31)
MIDDLE = date(2026, 7, 2)


def aim(
    baseline: str | None = "100", target: str | None = "0", due: date | None = DUE, **data: object
) -> Aim:
    figures_ = [Decimal(value) if value is not None else None for value in (baseline, target)]
    return Aim(figures_[0], figures_[1], BEGUN, due, **data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "values", "today", "said"),
    [
        (aim(), ["50"], MIDDLE, "on_track"),
        (aim(), ["69"], MIDDLE, "on_track"),  # a little behind an even course
        (aim(), ["75"], MIDDLE, "at_risk"),
        (aim(), ["0"], MIDDLE, "on_track"),
        (aim(), ["0"], DUE + timedelta(days=1), "on_track"),  # reached is reached
        (aim(), ["50"], DUE, "at_risk"),
        (aim(), ["1"], DUE + timedelta(days=1), "late"),
        (aim(), [], BEGUN, "on_track"),
        (aim(), [], MIDDLE, "at_risk"),  # half of the time and no value
        (aim(), [], DUE + timedelta(days=1), "late"),
        (aim("0", "100"), ["60"], MIDDLE, "on_track"),
        (aim("0", "100"), ["10"], MIDDLE, "at_risk"),
        (aim(), ["20", "90"], MIDDLE, "at_risk"),  # the last value counts
        (aim(None, "95"), ["96"], MIDDLE, "on_track"),
        (aim(None, "2", direction="lower"), ["1"], MIDDLE, "on_track"),
        (aim(None, "2", direction="lower"), ["3"], DUE + timedelta(days=1), "late"),
        (aim("5", "5"), ["6"], MIDDLE, "on_track"),
        (aim("5", "5", direction="lower"), ["6"], MIDDLE, "at_risk"),
        (aim(due=None), ["50"], MIDDLE, ""),
        (aim("100", None), ["50"], MIDDLE, "on_track"),  # not measurable: the plan tells
        (aim("100", None), [], DUE + timedelta(days=1), "late"),
        (aim(overdue=[MIDDLE - timedelta(days=1)]), ["10"], MIDDLE, "at_risk"),
        (aim(overdue=[MIDDLE]), ["10"], MIDDLE, "on_track"),
    ],
)
def test_progress_follows_from_figures_and_dates(of: Aim, values: list[str], today: date, said: str) -> None:
    points = [(BEGUN + timedelta(days=number), Decimal(value)) for number, value in enumerate(values)]
    assert progress(of, points, today) == said
    assert progress(of, reversed(points), today) == said  # their order says nothing


NUMBERS = st.decimals("-1000000", "1000000", places=3)
DAYS = st.integers(-400, 800).map(lambda days: BEGUN + timedelta(days=days))


@settings(max_examples=60, deadline=None)
@given(st.none() | NUMBERS, st.none() | NUMBERS, DAYS, st.none() | DAYS, st.sampled_from(["", "higher", "lower"]),
       st.lists(st.tuples(DAYS, NUMBERS), max_size=5), DAYS)  # fmt: skip
def test_it_always_says_something_and_never_better_when_time_goes_on(
    baseline: Decimal | None,
    target: Decimal | None,
    begun: date,
    due: date | None,
    direction: str,
    points: list[tuple[date, Decimal]],
    today: date,
) -> None:
    of = Aim(baseline, target, begun, due, direction)
    grades = ["", "on_track", "at_risk", "late"]
    now, later = progress(of, points, today), progress(of, points, today + timedelta(days=90))
    assert grades.index(now) <= grades.index(later) and (now == "") == (due is None)
    assert 0 <= share_of_time(of, today) <= 1 and 0 <= share_of_way(of, sorted(points)) <= 1
    svg = str(drawn(Course("Ours", of, [(*point, "") for point in sorted(points)], "%", today)))
    assert "NaN" not in svg and "inf" not in svg and svg.count("<circle") == len(points)


def test_the_even_course_goes_from_the_baseline_to_the_target() -> None:
    assert expected(aim(), BEGUN) == 100 and expected(aim(), DUE) == 0 and expected(aim(None), MIDDLE) is None
    middle = expected(aim(), MIDDLE)
    assert middle is not None and abs(middle - 50) < 1


def test_the_drawing_says_in_words_what_it_shows() -> None:
    values = [(BEGUN, Decimal("5.200"), ""), (MIDDLE, Decimal("4.1"), "MET-0002")]
    course = Course("Gap <of> groups", aim("5.2", "3"), values, "points", MIDDLE)
    svg = str(drawn(course))
    for words in (
        "baseline 5.2 points",
        "1 Jan 2026: 5.2 points",
        "2 Jul 2026: 4.1 points",
        "target 3 points by 31 Dec 2026",
    ):
        assert words in svg
    assert "Gap &lt;of&gt; groups" in svg and 'role="img"' in svg and "style=" not in svg
    assert figures(course)[1] == ["2 Jul 2026", "4.1 points", "4.1", "MET-0002"]
    assert "Nothing to show yet." in str(drawn(Course("Empty", aim(None, None, None), [], "", MIDDLE)))
