"""One reported decision, checked field by field. Plain functions: ten thousand of them come in one request."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal as Number
from decimal import InvalidOperation
from typing import Any

import orjson
from django.utils.translation import gettext as _

from aims.api.queries import moment

Errors = dict[str, list[str]]
DIGEST = re.compile(r"([A-Za-z0-9_-]{1,20}:)?[0-9a-fA-F]{32,128}", re.ASCII)
LARGEST = 20_000  # bytes of one JSON value
PLACES = Number("1e-10")


def words(most: int, needed: bool = False) -> Callable[[Any], str]:
    """Reads a text of at most `most` characters."""

    def read(value: Any) -> str:
        if value is None:
            if needed:
                raise ValueError(_("Fill this in."))
            return ""
        if not isinstance(value, str):
            raise ValueError(_("Write a text."))
        if len(value) > most:
            raise ValueError(_("Write at most %(most)d characters.") % {"most": most})
        if needed and not value.strip():
            raise ValueError(_("Fill this in."))
        return value

    return read


def digest(value: Any) -> str:
    """A digest such as sha256:329f…"""
    text = words(160)(value)
    if text and not DIGEST.fullmatch(text):
        raise ValueError(_("Write a digest in hexadecimal, such as sha256:329f…"))
    return text


def when(value: Any) -> datetime:
    """A time with its offset."""
    return moment(words(60, needed=True)(value))


def when_known(value: Any) -> datetime | None:
    """A time with its offset, or nothing."""
    return None if value is None else when(value)


def number(value: Any) -> Number | None:
    """A number, kept to ten decimal places."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(_("Write a number."))
    try:
        exact = Number(str(value))
        if not exact.is_finite() or abs(exact) >= 10**9:
            raise ValueError(_("The number is too large."))
        return exact.quantize(PLACES)
    except InvalidOperation as error:
        raise ValueError(_("Write a number.")) from error


def value_(value: Any) -> Any:
    """Any JSON value of moderate size."""
    if len(orjson.dumps(value)) > LARGEST:
        raise ValueError(_("This is too large."))
    return value


def output(value: Any) -> Any:
    """What the system gave: any JSON value but null."""
    if value is None:
        raise ValueError(_("Fill this in."))
    return value_(value)


def groups(value: Any) -> dict[str, Any]:
    """An object such as {"sex": "female"}: names of groups with plain values."""
    if value is None:
        return {}
    if not isinstance(value, dict) or any(isinstance(item, dict | list) for item in value.values()):
        raise ValueError(_('Write an object of plain values, such as {"age_band": "30-49"}.'))
    if len(value) > 50:
        raise ValueError(_("Write at most 50 groups."))
    return dict(value_(value))


def override(value: Any) -> Any:
    """true or false, or an object that says why (`reason`)."""
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("reason"), str) or not value["reason"].strip():
        raise ValueError(_("Write true, false, or an object with a reason."))
    return value_(value)


FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "id": words(200, needed=True),
    "system": words(200, needed=True),
    "model": words(200),
    "model_version": words(100),
    "timestamp": when,
    "input_digest": digest,
    "subject_ref": words(200),
    "correlation_id": words(200),
    "output": output,
    "score": number,
    "threshold": number,
    "groups": groups,
    "human_override": override,
    "final_output": value_,
    "ground_truth": value_,
    "ground_truth_at": when_known,
}
ALIASES = {"record_id": "id"}
NEEDED = ("id", "system", "timestamp", "output")


def read(row: Any) -> tuple[dict[str, Any], Errors]:
    """The checked values of a reported decision, and what is wrong with it by field."""
    if isinstance(row, ValueError):  # the line was no JSON
        return {}, {"": [str(row)]}
    if not isinstance(row, dict):
        return {}, {"": [_("Write an object.")]}
    given, errors = named(row)
    values: dict[str, Any] = {}
    for name, check in FIELDS.items():
        if name in given or name in NEEDED:
            try:
                values[name] = check(given.get(name))
            except (ValueError, orjson.JSONEncodeError) as error:
                errors[name] = [str(error)]
    return values, errors


def named(row: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """The row under our names; unknown names, and one thing under two names, are errors."""
    given: dict[str, Any] = {}
    errors: Errors = {}
    for name, value in row.items():
        ours = ALIASES.get(name, name)
        if ours not in FIELDS:
            errors[name] = [_("There is no such field.")]
        elif ours in given:
            errors[name] = [_("This is given twice, under two names.")]
        given[ours] = value
    return given, errors
