"""Draws of what a risk may cost in a year, as a process of its own: `python -m planning.draws`, JSON in, JSON out.

NumPy takes 30 MB; the web workers do without it. Each range is low, most likely and high of a PERT distribution. For each
of `YEARS` years a frequency is drawn, from it a number of events (Poisson), and for each event a loss. The same ranges and
the same seed give the same numbers. Money is in whole units, chances are in per mille: the result has no fractions.
"""

import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

YEARS = 20_000
CHANCES = (900, 800, 700, 600, 500, 400, 300, 200, 100, 50, 20, 10)  # per mille, of the exceedance curve
Range = tuple[float, float, float]  # low, most likely, high
Numbers = NDArray[np.float64]


def pert(draw: np.random.Generator, of: Range, size: int) -> Numbers:
    """Numbers of a PERT distribution: mean (low + 4 × most likely + high) / 6. A range without width is its value."""
    low, likely, high = of
    if high <= low:
        return np.full(size, low, dtype=np.float64)
    first, second = shape(of)
    return low + (high - low) * draw.beta(first, second, size)


def shape(of: Range) -> tuple[float, float]:
    """The two parameters of the beta distribution behind a range."""
    low, likely, high = of
    return 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)


def yearly(frequency: Range, loss: Range, seed: int, years: int = YEARS) -> Numbers:
    """What each of so many years costs."""
    draw = np.random.Generator(np.random.PCG64(seed))
    events = draw.poisson(pert(draw, frequency, years))
    losses = pert(draw, loss, int(events.sum()))
    year_of = np.repeat(np.arange(years), events)
    return np.bincount(year_of, weights=losses, minlength=years).astype(np.float64)


def summary(costs: Numbers) -> dict[str, Any]:
    """Mean, percentiles, how likely any loss is, and the losses that are exceeded with given chances."""
    ordered = np.sort(costs)
    return {
        "years": len(costs),
        "mean": round(float(costs.mean())),
        "p50": exceeded(ordered, 500),
        "p90": exceeded(ordered, 100),
        "p95": exceeded(ordered, 50),
        "any": round(1000 * float((costs > 0).mean())),
        "curve": [[chance, exceeded(ordered, chance)] for chance in CHANCES],
    }


def exceeded(ordered: Numbers, chance: int) -> int:
    """The smallest loss that is exceeded with at most this chance, in whole units."""
    place = -(-len(ordered) * (1000 - chance) // 1000) - 1
    return round(float(ordered[place]))


def main() -> None:
    """Read ranges and seed, write the summary."""
    asked = json.load(sys.stdin)
    costs = yearly(tuple(asked["frequency"]), tuple(asked["loss"]), asked["seed"])
    json.dump(summary(costs), sys.stdout)


if __name__ == "__main__":
    main()
