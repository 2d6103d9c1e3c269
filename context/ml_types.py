"""The data types of the description after ISO/IEC 23053: what a value of each looks like, in one exact form.

A function for each type takes a JSON value and answers its normal form, or raises `Wrong` with what to write instead.
Numbers are kept as text without exponent, so that they stay exact however large they are.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from aims.catalogue.ml import FormField

LINE, TEXT, ITEMS, JSON_SIZE, JSON_DEPTH, DIGITS = 300, 4000, 200, 10_000, 6, 40
EXACT = 2**53 - 1  # whole numbers beyond are not the same everywhere
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SIGNS = ("<=", ">=", "<", ">", "=")
STATUSES = ("planned", "under_way", "done", "not_applicable")
# ISO 3166-1, alpha-2
COUNTRIES = frozenset(
    re.findall(
        r"\w\w",
        """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES
    ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE
    IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY
    MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU
    NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM
    SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE
    VG VI VN VU WF WS YE YT ZA ZM ZW
""",
    )
)


class Wrong(ValueError):
    """A value that a type does not take; the message says what it takes."""


def string(said: Any, most: int = LINE) -> str:
    """A text on one line."""
    return " ".join(text(said, most).split())


def text(said: Any, most: int = TEXT) -> str:
    """A text of several lines."""
    if not isinstance(said, str):
        raise Wrong(_("Write a text."))
    if "\x00" in said or any(0xD800 <= ord(letter) <= 0xDFFF for letter in said):
        raise Wrong(_("The text holds a character that no text may hold."))
    if len(said) > most:
        raise Wrong(_("Write at most %(number)d characters.") % {"number": most})
    return said.strip()


def one_of(said: Any, options: tuple[str, ...]) -> str:
    """A code out of a list; nothing for the empty text."""
    if said == "":
        return ""
    if not isinstance(said, str) or said not in options:
        raise Wrong(_("Write one of: %(known)s.") % {"known": ", ".join(options)})
    return said


def some_of(said: Any, options: tuple[str, ...]) -> list[str]:
    """Codes out of a list, each once, in the order of the list."""
    codes = {one_of(one, options) for one in a_list(said)}
    return [code for code in options if code in codes]


def a_list(said: Any) -> list[Any]:
    """A list that is not too long."""
    if not isinstance(said, list | tuple):
        raise Wrong(_("Write a list."))
    if len(said) > ITEMS:
        raise Wrong(_("Write at most %(number)d of them.") % {"number": ITEMS})
    return list(said)


def boolean(said: Any) -> bool:
    """Yes or no."""
    if not isinstance(said, bool):
        raise Wrong(_("Write true or false."))
    return said


def number(said: Any) -> str:
    """A finite number as exact text: no exponent, no zeros behind the fraction."""
    if isinstance(said, bool) or not isinstance(said, str | int | float | Decimal):
        raise Wrong(_("Write a number."))
    if isinstance(said, int) and abs(said) >= 10**DIGITS:  # before it is made a text, which takes long
        raise Wrong(_("Write a number of at most %(number)d digits.") % {"number": DIGITS})
    return exact(str(said).strip()) if said != "" else ""


def exact(said: str) -> str:
    """The text of a number in its one form."""
    try:
        found = Decimal(said) if said.isascii() and "_" not in said else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Wrong(_("Write a number."))
    if found == 0:
        return "0"
    if found.adjusted() >= DIGITS or int(found.as_tuple().exponent) < -DIGITS:
        raise Wrong(_("Write a number of at most %(number)d digits.") % {"number": DIGITS})
    plain = f"{found:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def integer(said: Any) -> int:
    """A whole number."""
    if isinstance(said, bool) or not isinstance(said, int) or abs(said) > EXACT:
        raise Wrong(_("Write a whole number."))
    return said


def day(said: Any) -> str:
    """A date, YYYY-MM-DD; nothing for the empty text."""
    if said == "":
        return ""
    try:
        known = date.fromisoformat(said) if isinstance(said, str) and DATE.fullmatch(said) else None
    except ValueError:
        known = None
    if known is None:
        raise Wrong(_("Write a date as YYYY-MM-DD."))
    return known.isoformat()


def country(said: Any) -> str:
    """A country by its two letters (ISO 3166-1)."""
    code = string(said).upper()
    if code and code not in COUNTRIES:
        raise Wrong(_("Write the two letters of a country, such as FR."))
    return code


def free_json(said: Any) -> Any:
    """Any JSON, small and flat enough to be read, without numbers that are not the same everywhere."""
    _flat(said, JSON_DEPTH)
    if len(json.dumps(said)) > JSON_SIZE:
        raise Wrong(_("Write at most %(number)d characters.") % {"number": JSON_SIZE})
    return said


def _flat(said: Any, depth: int) -> None:
    """Refuse what is nested too deeply, and values that JSON does not have or does not keep."""
    if depth < 0:
        raise Wrong(_("This is nested too deeply."))
    inner = [*said, *said.values()] if isinstance(said, dict) else said if isinstance(said, list) else ()
    for one in inner:
        _flat(one, depth - 1)
    if isinstance(said, str):
        text(said, JSON_SIZE)
    elif isinstance(said, int | float) and not -EXACT <= said <= EXACT:  # NaN is refused too
        raise Wrong(_("Write such a number as a text."))
    elif said is not None and not isinstance(said, dict | list | int | float):
        raise Wrong(_("Write JSON."))


Kind = Callable[[Any], Any]


def composite(**kinds: Kind) -> Kind:
    """A value of several named ones, all optional; without those that say nothing."""

    def take(said: Any) -> dict[str, Any]:
        if not isinstance(said, Mapping):
            raise Wrong(_("Write an object with %(names)s.") % {"names": ", ".join(kinds)})
        unknown = sorted(str(name) for name in said if name not in kinds)
        if unknown:
            raise Wrong(_("There is no “%(name)s” in it.") % {"name": unknown[0][:LINE]})
        found = {name: kind(said[name]) for name, kind in kinds.items() if said.get(name) not in (None, "")}
        return {name: value for name, value in found.items() if filled(value)}

    take.parts = tuple(kinds)  # type: ignore[attr-defined]
    return take


def several(kind: Kind) -> Kind:
    """A list of values of a type, without those that say nothing."""

    def take(said: Any) -> list[Any]:
        return [one for one in map(kind, a_list(said)) if filled(one)]

    return take


def in_order(said: dict[str, Any]) -> dict[str, Any]:
    """A span of days that ends after it began."""
    if "from" in said and "to" in said and said["to"] < said["from"]:
        raise Wrong(_("The span ends before it begins."))
    return said


SPAN = composite(**{"from": day, "to": day})
TYPES: dict[str, Kind] = {
    "string": string,
    "text": text,
    "boolean": boolean,
    "number": number,
    "integer": integer,
    "date": day,
    "date_range": lambda said: in_order(SPAN(said)),
    "json": free_json,
    "file": string,  # the number of a piece of evidence, or an address
    "object": composite(
        status=lambda said: one_of(said, STATUSES),
        date=day,
        responsible=string,
        summary=text,
        evidence=several(string),
    ),
    "metric_target": composite(metric=string, operator=lambda said: one_of(said, SIGNS), target=number),
    "metric_value": composite(metric=string, value=number, date=day),
    "metric_threshold": composite(
        metric=string, warning=number, alarm=number, frequency=string, owner=string
    ),
    "tool_version": composite(name=string, version=string),
    "role_assignment": composite(**{"role": string, "person": string, "from": day, "to": day}),
    "user_ref": string,
    "country": country,
}
# the parts of composite types, in the order in which a line of a form names them
PARTS: dict[str, tuple[str, ...]] = {
    name: kind.parts for name, kind in TYPES.items() if hasattr(kind, "parts")
} | {"date_range": ("from", "to")}


def kind_of(code: str) -> Kind:
    """The function for a type of the catalogue: `string`, `list:string`, `ref:dataset`, `list:ref:dataset`."""
    if code.startswith("list:"):
        return several(kind_of(code.removeprefix("list:")))
    return string if code.startswith("ref:") else TYPES[code]


def taken(field: FormField, said: Any) -> Any:
    """The normal form of a value for a field; raises Wrong."""
    if field.type == "enum":
        return one_of(said, field.options)
    if field.type == "multi_enum":
        return some_of(said, field.options)
    return kind_of(field.type)(said)


def filled(value: Any) -> bool:
    """Whether a value says something; no and zero do."""
    return value is not None and value != "" and value != [] and value != {}
