"""Reads a YAML file strictly: plain data only, and a key given twice is an error, not an overwrite."""

from pathlib import Path
from typing import Any

import yaml

from aims.catalogue.errors import CatalogueError


class StrictLoader(yaml.CSafeLoader):
    """The safe loader in C (the one in Python is ten times slower) that refuses duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"duplicate key {key!r}", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read(path: Path) -> dict[str, Any]:
    """Return the file's mapping; CatalogueError, naming file and line, when it is not one."""
    try:
        with path.open(encoding="utf-8") as stream:
            data = yaml.load(stream, Loader=StrictLoader)
    except (OSError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    if not isinstance(data, dict):
        raise CatalogueError(f"{path.name}: not a mapping")
    return data
