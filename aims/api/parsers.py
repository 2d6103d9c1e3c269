"""Bodies: JSON read strictly, rows of JSON, and files."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from aims.organisation.refused import Refused

DEPTH = 50
LARGEST = 2**53


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(_("The name “%(name)s” comes twice in one object.") % {"name": twice[:60]})
    return result


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(_("The number %(number)s is too large.") % {"number": text[:40]})
    return value


def _whole(text: str) -> int:
    """Beyond 2^53 clients and signatures (RFC 8785) no longer agree on a number."""
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise ValueError(_("The number %(number)s is too large.") % {"number": text[:40]})
    return int(text)


def _no_constant(text: str) -> Any:
    raise ValueError(_("%(word)s is no JSON number.") % {"word": text})


def _check(value: Any, depth: int = 1) -> None:
    """Refuse what PostgreSQL cannot keep (NUL, lone surrogates) and nesting without end."""
    if depth > DEPTH:
        raise ValueError(_("It is nested more than %(depth)d levels deep.") % {"depth": DEPTH})
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise ValueError(_("A text contains the character NUL."))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(_("A text contains half of a surrogate pair.")) from error


def strict_json(body: bytes) -> Any:
    """The value of a JSON text. ValueError, with words for the client, for anything that is not plain strict JSON.

    RFC 8259 in UTF-8, each name once in an object, finite numbers, whole characters, at most 50 levels.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise ValueError(_("The text is not UTF-8.")) from error
    except RecursionError as error:
        raise ValueError(_("It is nested more than %(depth)d levels deep.") % {"depth": DEPTH}) from error
    _check(value)
    return value


def limited(stream: IO[bytes], limit: int) -> bytes:
    """The whole body, or a refusal when it is longer than `limit` bytes."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        message = _("The body is too large. At most %(mb)s MB can be sent.")
        raise Refused("too_large", message % {"mb": limit // 1_000_000})
    return body


class StrictJSON(BaseParser):
    """`application/json`."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value of the body; 400 says what is wrong with it."""
        try:
            return strict_json(limited(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
        except ValueError as error:
            raise ParseError(_("The body is not valid JSON: %(why)s") % {"why": error}) from error


class Rows(BaseParser):
    """`application/x-ndjson`: the bytes are kept, since each row is judged by itself."""

    media_type = "application/x-ndjson"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body as it came, in bytes."""
        return limited(stream, 64 * 1024 * 1024)
