"""The demo's data: YAML files beside this module, in the names of the registers' own fields."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@lru_cache
def read(name: str) -> Any:
    """One file of the demo's data."""
    return yaml.load((DATA / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def registers_in_order() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What the demo keeps, register by register, so that what is referred to comes first.

    A clause's file is a mapping of registers to rows, or a list of such mappings where a register is met again later.
    """
    files = sorted(DATA.glob("clause_*.yaml"), key=lambda path: int(path.stem.split("_")[1]))
    for path in files:
        content = read(path.stem)
        for part in content if isinstance(content, list) else [content]:
            yield from part.items()
