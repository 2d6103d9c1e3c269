"""Turns plain data into frozen dataclasses by their annotations, strictly.

An unknown key, a missing key or a value of another type is a CatalogueError that says where: YAML reads
an unquoted 6.1 as a number, and a misspelt key would otherwise be a rule that silently is not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from aims.catalogue.durations import Duration, parse
from aims.catalogue.errors import CatalogueError


def structure(kind: Any, raw: object, where: str) -> Any:
    """Return `raw` as a `kind`: a dataclass, tuple[X, ...], Mapping[str, X], X | None, Literal or scalar."""
    origin = get_origin(kind)
    if origin is not None:
        return GENERIC[origin](get_args(kind), raw, where)
    if kind is object:
        return _frozen(raw)
    if is_dataclass(kind) and kind is not Duration:
        return _record(kind, raw, where)
    return SCALAR.get(kind, _exactly(kind))(raw, where)


def _record(kind: Any, raw: object, where: str) -> Any:
    known, required = _shape(kind)
    given = _expect(dict, raw, where)
    name = given.get("code") or given.get("term") or given.get("ref")
    here = f"{where} {name}" if name else where
    if unknown := sorted(map(str, given.keys() - known.keys())):
        raise CatalogueError(f"{here}: unknown {', '.join(unknown)}")
    if missing := sorted(required - given.keys()):
        raise CatalogueError(f"{here}: missing {', '.join(missing)}")
    return kind(**{key: structure(known[key], value, f"{here}.{key}") for key, value in given.items()})


@cache
def _shape(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    hints = get_type_hints(kind)
    required = frozenset(
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )
    return hints, required


def _tuple(args: tuple[Any, ...], raw: object, where: str) -> tuple[Any, ...]:
    return tuple(
        structure(args[0], item, f"{where}[{i}]") for i, item in enumerate(_expect(list, raw, where))
    )


def _mapping(args: tuple[Any, ...], raw: object, where: str) -> Mapping[str, Any]:
    given = _expect(dict, raw, where)
    pairs = {
        structure(args[0], key, where): structure(args[1], value, f"{where}.{key}")
        for key, value in given.items()
    }
    return MappingProxyType(pairs)


def _optional(args: tuple[Any, ...], raw: object, where: str) -> Any:
    return None if raw is None else structure(args[0], raw, where)


def _literal(args: tuple[Any, ...], raw: object, where: str) -> object:
    if raw not in args:
        raise CatalogueError(f"{where}: {raw!r} is none of {', '.join(map(repr, args))}")
    return raw


def _date(raw: object, where: str) -> date:
    try:
        return raw if isinstance(raw, date) else date.fromisoformat(_expect(str, raw, where))
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}") from error


def _duration(raw: object, where: str) -> Duration:
    try:
        return parse(_expect(str, raw, where))
    except ValueError as error:
        raise CatalogueError(f"{where}: {error}") from error


def _exactly(kind: type) -> Callable[[object, str], Any]:
    return lambda raw, where: _expect(kind, raw, where)


def _expect(kind: type, raw: object, where: str) -> Any:
    if type(raw) is not kind:
        raise CatalogueError(f"{where}: {raw!r} is not a {kind.__name__}")
    return raw


def _frozen(raw: object) -> object:
    """Free data, read-only all the way down."""
    if isinstance(raw, dict):
        return MappingProxyType({key: _frozen(value) for key, value in raw.items()})
    return tuple(map(_frozen, raw)) if isinstance(raw, list) else raw


GENERIC: dict[Any, Callable[[tuple[Any, ...], object, str], Any]] = {
    tuple: _tuple,
    Mapping: _mapping,
    UnionType: _optional,
    Union: _optional,
    Literal: _literal,
}
SCALAR: dict[Any, Callable[[object, str], Any]] = {date: _date, Duration: _duration}
