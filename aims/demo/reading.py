"""The demo's data: YAML files beside this module, in the names of the registers' own fields."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@lru_cache
def read(name: str) -> Any:
    """One file of the demo's data."""
    return yaml.load((DATA / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def registers_in_order() -> list[tuple[str, list[dict[str, Any]]]]:
    """What the demo keeps, register by register, so that what is referred to comes first."""
    names = sorted(path.stem for path in DATA.glob("clause_*.yaml"))
    return [(path, rows) for name in names for path, rows in read(name).items()]
