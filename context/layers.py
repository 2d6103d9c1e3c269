"""The order in which processes follow each other, as layers for a drawing (4.4). Pure: from keys and arrows to layers."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Layers(Generic[K]):
    """Processes in layers: who follows stands lower than who comes before.

    `back` are the arrows that close a circle: one of each circle, so that the others have a direction. `alone` are the
    processes that no arrow touches.
    """

    rows: tuple[tuple[K, ...], ...]
    arrows: tuple[tuple[K, K], ...]
    back: frozenset[tuple[K, K]]
    alone: tuple[K, ...]


def layered(keys: Sequence[K], before: Mapping[K, Sequence[K]]) -> Layers[K]:
    """Lay processes in layers. `before` names for each the processes that it follows; unknown ones are left out."""
    known = dict.fromkeys(keys)
    arrows = [(one, key) for key in keys for one in before.get(key, ()) if one in known]
    follows: dict[K, list[K]] = {key: [] for key in keys}
    for start, end in arrows:
        follows[start].append(end)
    back = closing(keys, follows)
    touched = {key for arrow in arrows for key in arrow}
    linked = [key for key in keys if key in touched]
    depth = depths(linked, [arrow for arrow in arrows if arrow not in back])
    rows = [
        [key for key in linked if depth[key] == level] for level in range(max(depth.values(), default=-1) + 1)
    ]
    return Layers(
        rows=tuple(map(tuple, near(rows, arrows))),
        arrows=tuple(arrows),
        back=frozenset(back),
        alone=tuple(key for key in keys if key not in touched),
    )


def closing(keys: Sequence[K], follows: Mapping[K, Sequence[K]]) -> set[tuple[K, K]]:
    """The arrows that lead back to a process from which the way came. Walked with a stack of its own: a chain may be
    longer than what Python recurses."""
    done: set[K] = set()
    back: set[tuple[K, K]] = set()
    for begin in keys:
        if begin in done:
            continue
        way, open_ = [(begin, iter(follows[begin]))], {begin}
        while way:
            here, rest = way[-1]
            step = next(rest, None)
            if step is None:
                way.pop()
                open_.discard(here)
                done.add(here)
            elif step in open_:
                back.add((here, step))
            elif step not in done:
                way.append((step, iter(follows[step])))
                open_.add(step)
    return back


def depths(keys: Sequence[K], arrows: Sequence[tuple[K, K]]) -> dict[K, int]:
    """How many processes at most come before each; the arrows have no circle."""
    left = dict.fromkeys(keys, 0)
    for _start, end in arrows:
        left[end] += 1
    depth = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not left[key]]
    while ready:
        here = ready.pop()
        for start, end in arrows:
            if start == here:
                depth[end] = max(depth[end], depth[here] + 1)
                left[end] -= 1
                if not left[end]:
                    ready.append(end)
    return depth


def near(rows: Sequence[Sequence[K]], arrows: Sequence[tuple[K, K]]) -> list[list[K]]:
    """Within each layer, who follows stands below who comes before: ordered by the middle of their places above."""
    placed: dict[K, float] = {}
    found = []
    for row in rows:
        middle = {}
        for index, key in enumerate(row):
            above = [placed[start] for start, end in arrows if end == key and start in placed]
            middle[key] = sum(above) / len(above) if above else float(index)
        ordered = sorted(row, key=lambda key: middle[key])
        placed |= {key: float(index) for index, key in enumerate(ordered)}
        found.append(ordered)
    return found
