"""What the text of a cell means for a field."""

import json
import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Field, Model
from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.records.access import in_sight, visible
from aims.records.base import Record
from aims.records.exchange.columns import Column, member_names, row_name

YES = {"true", "yes", "y", "1", "x", "oui", "o", "vrai", "wahr", "ja"}
NO = {"false", "no", "n", "0", "non", "faux", "falsch", "nein"}
FORMULA_ERROR = re.compile(
    r"#(?:REF!|N/A|NAME\?|DIV/0!|VALUE!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|VALEUR!|NOM\?|NOMBRE!)"
)
DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})\Z")
SPACES = re.compile("[\\s\u00a0\u202f']")  # as thousands are written in French and Swiss numbers
THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+\Z")
LONGEST = 60  # characters of a cell that a message repeats


class Directory:
    """Rows that cells may refer to, by number, title, name or e-mail address; each model is asked for once."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.books: dict[type[Model], list[dict[str, set[Any]]]] = {}

    def find(self, model: type[Model], said: str) -> Any:
        """The id of the one row that a text names."""
        if model not in self.books:
            self.books[model] = self._books(model)
        for book in self.books[model]:
            keys = book.get(said.strip().casefold(), set())
            if len(keys) == 1:
                return next(iter(keys))
            if keys:
                raise ValidationError(
                    _("“%(said)s” fits several. Write the number or e-mail address.") % _cut(said)
                )
        raise ValidationError(_("There is no “%(said)s” here.") % _cut(said))

    def _books(self, model: type[Model]) -> list[dict[str, set[Any]]]:
        """Where to look, in order: what is unique first."""
        if issubclass(model, Membership):
            return self._members()
        rows: list[Any] = list(in_sight(self.member, model))
        if issubclass(model, Record):
            open_rows = [row for row in rows if row.state != "withdrawn"]
            names = ("ref", "external_id", "title")
            return [
                _book(open_rows if n == "title" else rows, lambda row, n=n: getattr(row, n)) for n in names
            ]
        return [_book(rows, row_name), _book(rows, lambda row: row.pk), _book(rows, str)]

    def _members(self) -> list[dict[str, set[Any]]]:
        rows = list(visible(self.member, Membership).select_related("person"))
        full = member_names(self.member)
        active = [row for row in rows if row.active]
        return [
            _book(rows, lambda row: row.person.email),
            _book(rows, lambda row: full[row.pk] if "<" in full[row.pk] else ""),
            _book(active, lambda row: row.name),
            _book(rows, lambda row: row.name),
        ]


def _book(rows: list[Any], name: Any) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for row in rows:
        if said := str(name(row) or "").strip().casefold():
            found.setdefault(said, set()).add(row.pk)
    return found


def _cut(said: str) -> dict[str, str]:
    return {"said": said if len(said) <= LONGEST else f"{said[:LONGEST]}…"}


def value(column: Column, text: str, directory: Directory) -> Any:
    """What a cell gives a field: ids for references. Raises ValidationError with what to write instead."""
    text, field = text.strip(), column.field
    if FORMULA_ERROR.fullmatch(text):
        raise ValidationError(_("The cell shows the error of a formula: %(said)s.") % _cut(text))
    if column.several:
        return [directory.find(field.related_model, one) for one in parts_of(column, text, directory)]  # type: ignore[arg-type]
    if column.refers:
        return directory.find(field.related_model, text) if text else None  # type: ignore[arg-type]
    if field.choices and not isinstance(field, models.JSONField):
        return choice(field, text)
    return plain(field, text)


def parts_of(column: Column, text: str, directory: Directory) -> list[str]:
    """The several references of a cell. A comma separates where the whole is no name by itself."""
    if not text:
        return []
    if re.search(r"[;\n]", text):
        pieces = re.split(r"[;\n]", text)
    else:
        try:
            directory.find(column.field.related_model, text)  # type: ignore[arg-type]
            pieces = [text]
        except ValidationError:
            pieces = text.split(",")
    return list(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def choice(field: "Field[Any, Any]", text: str) -> Any:
    """A code, given as such or by its label in any of our languages."""
    labels = choice_labels(field)
    if (said := text.casefold()) in labels:
        return labels[said]
    if not text:
        return field.get_default() if not field.blank else ("" if not field.null else None)
    known = ", ".join(str(words) for code, words in field.flatchoices if code not in (None, ""))
    raise ValidationError(_("Write one of: %(known)s.") % {"known": known})


@lru_cache(maxsize=1000)
def choice_labels(field: "Field[Any, Any]") -> dict[str, Any]:
    """Codes by what may be written for them: the code, and the label in each language."""
    labels: dict[str, Any] = {
        str(code).casefold(): code for code, _words in field.flatchoices if code is not None
    }
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, words in field.flatchoices:
                labels.setdefault(str(words).casefold(), code)
    return labels


def plain(field: "Field[Any, Any]", text: str) -> Any:
    """The value of a field that is no reference and has no list of choices."""
    if isinstance(field, models.JSONField):
        return listed(field, text)
    if not text:
        return None if field.null else blank(field)
    if isinstance(field, models.BooleanField):
        return truth(text)
    if isinstance(field, models.DateTimeField):
        return moment(text)
    if isinstance(field, models.DateField):
        return day(text)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return field.to_python(number(text))
    return field.to_python(text)


def blank(field: "Field[Any, Any]") -> Any:
    """What an empty cell means where nothing is not allowed: no text, else the field's default."""
    return "" if isinstance(field, models.CharField | models.TextField) else field.get_default()


def listed(field: "Field[Any, Any]", text: str) -> Any:
    """A list of codes with commas between, or JSON where the cell begins like it."""
    if not text:
        return field.get_default()
    if text[0] not in '[{"':
        pieces = [piece.strip() for piece in re.split(r"[,;\n]", text)]
        return [piece for piece in pieces if piece]
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise ValidationError(_("This is no list and no JSON.")) from None
    if "\\u0000" in json.dumps(found):
        raise ValidationError(_("The cell holds a character that no text may hold."))
    return found


def truth(text: str) -> bool:
    """Yes or no, in the words of several languages."""
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    raise ValidationError(_("Write yes or no."))


def day(text: str) -> Any:
    """A date: 2026-12-31, or 31/12/2026 and 31.12.2026 (the day first)."""
    if found := DAY.match(text):
        text = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"
    try:
        known = parse_date(text) or parse_datetime(text)
    except ValueError:
        known = None
    if known is None:
        raise ValidationError(_("Write a date such as 2026-12-31 or 31/12/2026."))
    return known.date() if isinstance(known, datetime) else known


def moment(text: str) -> datetime:
    """A moment such as 2026-12-31 14:30; without a zone it is the organisation's."""
    try:
        known = parse_datetime(text) or parse_datetime(f"{text} 00:00")
    except ValueError:
        known = None
    if known is None:
        raise ValidationError(_("Write a moment such as 2026-12-31 14:30."))
    return known if timezone.is_aware(known) else timezone.make_aware(known)


def number(text: str) -> Decimal:
    """A number with a point or a comma before its fraction; a comma that may be either is refused."""
    said = SPACES.sub("", text)
    if THOUSANDS.match(said):
        message = _("Is “%(said)s” thousands or a fraction? Write it without separators, and with a point.")
        raise ValidationError(message % _cut(text))
    if "," in said and "." in said:
        said = said.replace("," if said.rindex(".") > said.rindex(",") else ".", "")
    try:
        found = Decimal(said.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValidationError(_("Write a number."))
    return found


def alike(field: "Field[Any, Any]", was: Any, becomes: Any) -> bool:
    """Whether two values say the same: line ends, outer blanks and fractions of a second do not count."""
    if isinstance(was, str) and isinstance(becomes, str):
        return "\n".join(was.split("\r\n")).strip() == "\n".join(becomes.split("\r\n")).strip()
    if isinstance(was, datetime) and isinstance(becomes, datetime):
        return abs(was - becomes) < timedelta(seconds=1)
    return bool((was or None) == (becomes or None) if isinstance(field, models.CharField) else was == becomes)
