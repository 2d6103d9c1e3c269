"""YAML and JSON that somebody brings: read without trust. What is hostile or broken is refused, with what is wrong.

No aliases and no tags in YAML (a bomb is one of the first), no name twice in an object, no NaN, nothing nested deeply, no
text or number beyond a bound, no character that the database does not keep.
"""

import json
import math
from collections.abc import Iterable
from typing import Any

import yaml
from django.utils.translation import gettext as _

SIZE, FRONT_MATTER = 5_000_000, 200_000  # bytes, characters
DEPTH, NODES, LONGEST, DIGITS = 40, 100_000, 1_000_000, 40
MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
NOT_A_NUMBER = {".nan", ".inf", "-.inf", "+.inf"}


class Unreadable(ValueError):
    """A file that is not taken; the message says what is wrong with it."""


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 and nothing else."""
    if len(content) > SIZE:
        raise Unreadable(_("The file is too large: at most 5 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is not in UTF-8. Save it in UTF-8 and try again.")) from error
    if "\x00" in text or content.startswith(MARKS):
        raise Unreadable(_("The file is no text: it holds NUL bytes."))
    return text


def json_of(text: str) -> Any:
    """What JSON says."""
    _shallow(text)
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_finite
        )
    except (json.JSONDecodeError, RecursionError) as error:
        place = getattr(error, "lineno", 0)
        raise Unreadable(_("The file is no JSON: line %(line)s is broken.") % {"line": place}) from error
    keepable(found)
    return found


def _shallow(text: str) -> None:
    """Refuse deep nesting before a parser meets it."""
    depth, inside, escaped = 0, False, False
    for letter in text:
        if inside:
            inside = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            inside = True
        elif letter in "[{":
            depth += 1
            if depth > DEPTH:
                raise too_deep()
        elif letter in "]}":
            depth -= 1


def too_deep() -> Unreadable:
    """What is said of deep nesting."""
    return Unreadable(_("The file is nested too deeply: at most %(number)d levels.") % {"number": DEPTH})


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise twice(name)
        found[name] = value
    return found


def twice(name: str) -> Unreadable:
    """What is said of a name that an object has twice."""
    return Unreadable(_("“%(name)s” stands twice in one object.") % {"name": name[:100]})


def _no_constant(name: str) -> Any:
    raise Unreadable(_("%(name)s is no number.") % {"name": name})


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise Unreadable(_("A number has too many digits."))
    return int(digits)


def _finite(said: str) -> float:
    found = float(said) if len(said) <= 2 * DIGITS else math.inf
    if not math.isfinite(found):
        raise Unreadable(_("%(name)s is no number.") % {"name": said[:50]})
    return found


def keepable(said: Any) -> None:
    """Refuse texts that are too long, and characters that no text may hold; names count too."""
    waiting, met = [said], 0
    while waiting:
        one = waiting.pop()
        met += 1
        if met > NODES:
            raise Unreadable(_("The file says too many things: at most %(number)d.") % {"number": NODES})
        if isinstance(one, str):
            _text(one)
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def _text(said: str) -> None:
    if len(said) > LONGEST:
        raise Unreadable(
            _("A text in the file is too long: at most %(number)d characters.") % {"number": LONGEST}
        )
    if "\x00" in said or any("\ud800" <= letter <= "\udfff" for letter in said):
        raise Unreadable(_("The file holds a character that no text may hold."))


def yaml_of(text: str) -> Any:
    """What YAML says: mappings, lists, texts and nothing; numbers, dates and yes or no stay as they are written."""
    if len(text) > FRONT_MATTER:
        raise Unreadable(
            _("The front matter is too long: at most %(number)d characters.") % {"number": FRONT_MATTER}
        )
    try:
        _tame(text)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise Unreadable(
            _("The front matter is no YAML: line %(line)s is broken.") % {"line": line}
        ) from error
    found = _said(node)
    keepable(found)
    return found


def _tame(text: str) -> None:
    """Look through the events first: they come one after another, whatever the file would unfold to."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if number > NODES:
            raise Unreadable(_("The file says too many things: at most %(number)d.") % {"number": NODES})
        _allowed(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            raise too_deep()


def _allowed(event: yaml.Event) -> None:
    """No aliases, of which a small file unfolds to a huge one, and no tags, which ask for other types."""
    if isinstance(event, yaml.AliasEvent):
        said = _("The front matter repeats a part by an alias (*%(name)s). Write it out.")
        raise Unreadable(said % {"name": str(event.anchor)[:50]})
    if tag := getattr(event, "tag", None):
        said = _("The front matter has a tag (%(name)s). Leave tags out.")
        raise Unreadable(said % {"name": str(tag)[:50]})


def _said(node: yaml.Node | None) -> Any:
    """A node as JSON would have it, all scalars as texts."""
    if node is None:
        return None
    if isinstance(node, yaml.SequenceNode):
        return [_said(one) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        return _once((_name(key), _said(value)) for key, value in node.value)
    if node.tag.endswith(":null"):
        return None
    if node.tag.endswith(":float") and node.value.lower() in NOT_A_NUMBER:
        raise Unreadable(_("%(name)s is no number.") % {"name": node.value})
    return str(node.value)


def _name(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Unreadable(_("A name in the front matter is a list or an object."))
    return str(node.value)
