"""Rendering templates by themselves and reading them back: what the policy forbids, ids and references to them."""

from collections import Counter
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "popovertarget", "commandfor", "form")
SCRIPT_KINDS = (None, "", "module", "text/javascript")


@lru_cache(maxsize=1)
def engine() -> DjangoTemplates:
    """The templates with nothing around them: no context processor, no database."""
    options = {
        "context_processors": ["django.template.context_processors.request"],
    }
    folders = [TEMPLATES, Path(__file__).parent / "templates"]
    return DjangoTemplates({"NAME": "alone", "DIRS": folders, "APP_DIRS": True, "OPTIONS": options})


def render(name: str, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
    """A template of ours, or of the tests, with this context only."""
    return engine().get_template(name).render(context, request)


class Page(HTMLParser):
    """The elements of a page, with what is wrong in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps every element with its attributes."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keeps the words."""
        if data.strip():
            self.text.append(data.strip())

    def words(self) -> str:
        """All words of the page, one space between them."""
        return " ".join(" ".join(self.text).split())

    def ids(self) -> Counter[str]:
        """How often each id is used."""
        return Counter(attrs["id"] or "" for _tag, attrs in self.elements if "id" in attrs)

    def forbidden(self) -> list[str]:
        """What the content security policy would block: inline styles, handlers and scripts, foreign hosts."""
        found = []
        for tag, attrs in self.elements:
            found += [f"{tag} {name}" for name in attrs if name == "style" or name.startswith("on")]
            if tag == "style" or (
                tag == "script" and "src" not in attrs and attrs.get("type") in SCRIPT_KINDS
            ):
                found.append(f"inline {tag}")
            address = attrs.get("src") or (attrs.get("href") if tag in ("link", "use") else "") or ""
            if address.startswith(("http:", "https:", "//")):
                found.append(f"{tag} {address}")
        return found

    def dangling(self) -> set[str]:
        """References to ids that are not on the page."""
        known = set(self.ids())
        named = [value for _tag, attrs in self.elements for key in REFERENCES if (value := attrs.get(key))]
        return {name for value in named for name in value.split()} - known
