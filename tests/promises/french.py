"""What the code and the templates say, found as script/messages finds it but without gettext; and French beside it."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT: Path = settings.BASE_DIR
FILES = ROOT / "locale/fr/LC_MESSAGES"
PACKAGES = ("aims", "context", "leadership", "planning", "support", "operation", "evaluation", "improvement")
# A message by what makes it one: its context, its words, and those of its plural.
Key = tuple[str | None, str, str]
# By which names the words are marked, and which of the arguments they are: context, message, plural.
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
CALL = re.compile(rf" ({'|'.join(MARKS)})\(")
STRING = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
ARGUMENTS = re.compile(rf"({STRING})(?:\s*,\s*({STRING}))?(?:\s*,\s*({STRING}))?")
HIDES = ("blocktranslate", "blocktrans", "comment")
STYLES = ("bare_class", "rail_width")  # blocks that hold the name of a style
SPOKEN = ("aria-label", "title", "placeholder", "alt", "label", "data-label")


def python_files() -> Iterator[Path]:
    """The application's modules, without what Django writes."""
    for package in PACKAGES:
        yield from (p for p in sorted((ROOT / package).rglob("*.py")) if "migrations" not in p.parts)


def templates() -> Iterator[Path]:
    """All templates, of pages and of mails."""
    for folder in (ROOT / "templates", *sorted((ROOT / "aims").glob("*/templates"))):
        yield from (p for p in sorted(folder.rglob("*.*")) if p.suffix in (".html", ".txt"))


@lru_cache
def said() -> dict[Key, Path]:
    """Every marked message, with a file that says it."""
    found: dict[Key, Path] = {}
    for path in python_files():
        found |= dict.fromkeys(of_python(path.read_text()), path)
    for path in templates():
        found |= dict.fromkeys(of_template(path.read_text()), path)
    return found


def of_python(source: str) -> Iterator[Key]:
    """The messages of a module. A call whose words are no constant marks nothing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            words = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield from key(node.func.id, words)


def of_template(source: str) -> Iterator[Key]:
    """The messages of a template: `templatize` leaves calls and blanks the rest."""
    code = templatize(source)
    for call in CALL.finditer(code):
        if arguments := ARGUMENTS.match(code, call.end()):
            yield from key(call[1], [ast.literal_eval(text) for text in arguments.groups() if text])


def key(mark: str, words: list[Any]) -> Iterator[Key]:
    """The message of one call."""
    context, message, plural = (
        words[at] if at is not None and at < len(words) else None for at in MARKS[mark]
    )
    if isinstance(message, str):
        yield context, message, plural or ""


def other_names() -> list[str]:
    """Imports of gettext by a name under which script/messages would not see what it marks."""
    return [
        f"{path.relative_to(ROOT)}: {alias.name} as {alias.asname}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in MARKS and alias.asname not in (None, "_")
    ]


@lru_cache
def catalog() -> Catalog:
    """The French catalogue as it is translated."""
    with (FILES / "django.po").open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def messages() -> list[Message]:
    """Its messages, without the header."""
    return [message for message in catalog() if message.id]


def forms(text: Any) -> tuple[str, ...]:
    """A message's words, or those of singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text)


class Visible(HTMLParser):
    """What a page shows or reads aloud: its texts, and attributes that are spoken."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes; what a script or a style holds is not shown."""
        self.silent += tag in ("script", "style")
        self.found += [value for name, value in attrs if value and name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        """The end of a script or a style."""
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        """A text."""
        if not self.silent:
            self.found.append(data)


def visible(page: str) -> list[str]:
    """What a page shows."""
    seen = Visible()
    seen.feed(page)
    return [" ".join(text.split()) for text in seen.found if text.strip()]


def bare(source: str) -> list[str]:
    """What a template shows of itself: not translated, not from the context, not the name of a style in a block."""
    kept, hidden, block = [], 0, ""
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            word, *rest = token.split_contents()
            hidden += 1 if word in HIDES else -1 if word.removeprefix("end") in HIDES else 0
            block = rest[0] if word == "block" else "" if word == "endblock" else block
        elif token.token_type == TokenType.TEXT and not hidden and block not in STYLES:
            kept.append(token.contents)
    return visible("".join(kept))
