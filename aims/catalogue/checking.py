"""What all checks of the catalogue share."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping


def unknown(where: str, what: str, codes: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """One problem for each of `codes` that is not among `known`."""
    allowed = frozenset(known)
    return (f"{where}: unknown {what} {code!r}" for code in codes if code not in allowed)


def duplicates(where: str, codes: Iterable[str]) -> Iterator[str]:
    """One problem for each of `codes` that is there more than once."""
    return (f"{where}: duplicate code {code!r}" for code, times in Counter(codes).items() if times > 1)


def reachable(start: str, steps: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything that steps lead to from `start`, itself included."""
    found, waiting = set[str](), [start]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting.extend(steps.get(here, ()))
    return found
