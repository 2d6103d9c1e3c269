"""Answers: JSON by orjson, and files as they are."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def _plain(value: Any) -> Any:
    """What orjson does not know by itself: lazy translations, decimals."""
    if isinstance(value, Promise | str) or hasattr(value, "as_tuple"):
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> bytes:
    """A value as JSON: times in UTC with Z, decimals as text."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


class JSON(BaseRenderer):
    """`application/json`. Bytes are JSON already: PostgreSQL made them."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The body."""
        if data is None:
            return b""
        return data if isinstance(data, bytes) else dumps(data)


class Anything(JSON):
    """For files, whose type is their own: whatever is accepted will do. Refusals are JSON all the same."""

    media_type = "*/*"
    format = "file"
