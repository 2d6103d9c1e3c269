"""Every address of the application, read from the URL configuration; those of registers once per register."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from aims.records.registry import Register, registers

GAP = re.compile(r"<(?:\w+:)?(\w+)>")
PREFIX = re.compile(r"api/v1/([a-z-]+)/")


@dataclass(frozen=True)
class Route:
    """One address. `at` is as the URL configuration writes it, with the register's path filled in."""

    at: str
    name: str
    methods: tuple[str, ...]
    register: Register | None = None
    actions: tuple[tuple[str, str], ...] = ()  # method → action, of the API's sets

    @property
    def api(self) -> bool:
        """Whether it belongs to the REST interface."""
        return self.at.startswith("api/")

    @property
    def gaps(self) -> list[str]:
        """What must be filled in."""
        return GAP.findall(self.at)

    @property
    def key(self) -> str:
        """Under which name its expectation stands: the name of a page, the address in the API."""
        if not self.api:
            return self.name
        return self.at.removeprefix("api/v1/") if self.register is None else ""

    def action(self, method: str) -> str:
        """What the API does there."""
        return dict(self.actions).get(method, "")

    def url(self, **values: Any) -> str:
        """The address with its gaps filled."""
        return "/" + GAP.sub(lambda gap: str(values[gap.group(1)]), self.at)


@lru_cache
def routes() -> tuple[Route, ...]:
    """All of them."""
    return tuple(route for at, pattern in walk(get_resolver()) for route in made(at, pattern))


def walk(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """The leaves of the URL configuration."""
    for pattern in resolver.url_patterns:
        text = pattern.pattern
        at = before + (str(text) if isinstance(text, RoutePattern) else f"~{text}")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, at)
        else:
            yield at, pattern


def made(at: str, pattern: URLPattern) -> Iterator[Route]:
    """A leaf as routes: one for each register where the address has a register's path."""
    name, methods, actions = pattern.name or "", methods_of(pattern.callback), actions_of(pattern.callback)
    if "<slug:path>" in at:
        for register in registers():
            yield Route(at.replace("<slug:path>", register.path), name, methods, register)
    else:
        view: Any = getattr(pattern.callback, "cls", None)
        yield Route(at, name, methods, getattr(view, "register", None), actions)


def methods_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """The methods that a view takes: by its declaration, else GET and POST."""
    if actions := actions_of(view):
        return tuple(method for method, _action in actions)
    kind: Any = getattr(view, "cls", None)
    if kind is not None:
        return tuple(m for m in ("GET", "POST", "PUT", "PATCH", "DELETE") if hasattr(kind, m.lower()))
    allowed = declared(view)
    return tuple(m for m in allowed if m != "HEAD") if allowed else ("GET", "POST")


def actions_of(view: Any) -> tuple[tuple[str, str], ...]:
    """What a set of the API does for each method."""
    return tuple(
        (method.upper(), action) for method, action in (getattr(view, "actions", None) or {}).items()
    )


def declared(view: Callable[..., Any] | None) -> list[str]:
    """The list that django.views.decorators.http.require_http_methods was given."""
    while view is not None:
        if inspect.isfunction(view) and "request_method_list" in view.__code__.co_freevars:
            allowed: list[str] = inspect.getclosurevars(view).nonlocals["request_method_list"]
            return allowed
        view = getattr(view, "__wrapped__", None)
    return []
