"""The description of an AI system after ISO/IEC 23053: 102 fields in ten sections, all optional. Pure functions.

A description is kept as `{section: {field: value}}`; a section that is answered once for each model or data set holds a list
of such objects. What the system's own record says already is not kept twice: `FROM_RECORD`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.catalogue.ml import FormField, FormSection
from context.ml_types import Wrong, filled, taken

Description = dict[str, Any]
ROWS = 50  # models or data sets of one system
# fields that the record of the system has: where each stands there
FROM_RECORD: Mapping[str, str] = {
    "identification.ref": "ref",
    "identification.name": "title",
    "identification.version": "release",
    "identification.owner": "owner",
    "identification.status": "stage",
    "identification.in_aims_scope": "in_scope",
    "identification.scope_justification": "scope_reason",
    "identification.sourcing": "sourcing",
    "purpose.intended_purpose": "purpose",
    "purpose.out_of_scope_uses": "not_intended",
    "purpose.foreseeable_misuse": "misuse",
    "purpose.users": "users",
    "purpose.subjects": "affected",
    "purpose.org_roles": "roles",
    "purpose.eu_roles": "roles",
    "purpose.benefit": "benefit_expected",
    "task.automation_level": "automation",
    "task.human_oversight": "oversight",
    "tools.energy": "energy",
    "operation.deployed_on": "placed_on_market",
    "legal.ai_act_outcomes": "act_outcome",
    "legal.ai_act_rationale": "act_rationale",
}


@dataclass(frozen=True)
class Progress:
    """How many of some fields say something."""

    filled: int
    total: int

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 * self.filled // self.total if self.total else 100


def sections() -> tuple[FormSection, ...]:
    """The ten sections."""
    return edition().machine_learning.form.sections


def section(code: str) -> FormSection | None:
    """The section of this code, or None."""
    return next((one for one in sections() if one.code == code), None)


def said(english: str) -> str:
    """A label or an option in the reader's language."""
    return edition().phrase(english, get_language() or "en")


def heading(one: FormSection) -> str:
    """What a section is called."""
    return said(one.label)


def cleaned(description: Any) -> Description:
    """The normal form of a description; raises Wrong that names section, row and field of the first fault."""
    if not isinstance(description, Mapping):
        raise Wrong(_("Write the description as an object, one per section."))
    unknown = [str(code) for code in description if section(str(code)) is None]
    if unknown:
        raise Wrong(_("There is no section “%(name)s”.") % {"name": unknown[0][:100]})
    found = {one.code: _section(one, description[one.code]) for one in sections() if one.code in description}
    return {code: content for code, content in found.items() if content}


def _section(one: FormSection, content: Any) -> Any:
    if content is None:
        return None
    if not one.repeatable:
        return _row(one, content, "")
    if not isinstance(content, list):
        raise Wrong(_("“%(section)s” is a list.") % {"section": heading(one)})
    if len(content) > ROWS:
        raise Wrong(_("Write at most %(number)d of them.") % {"number": ROWS})
    rows = [_row(one, row, f" {number}") for number, row in enumerate(content, start=1)]
    return [row for row in rows if row]


def _row(one: FormSection, content: Any, number: str) -> dict[str, Any]:
    where = f"{heading(one)}{number}"
    if not isinstance(content, Mapping):
        raise Wrong(_("“%(section)s” is an object, one value for each field.") % {"section": where})
    fields = {field.code: field for field in one.fields}
    for code in content:
        if code not in fields:
            raise Wrong(_("“%(section)s” has no field “%(name)s”.") % _named(where, code))
        if name := FROM_RECORD.get(f"{one.code}.{code}"):
            words = _(
                "“%(section)s”, “%(name)s”: the record of the system says it, in its field “%(field)s”."
            )
            raise Wrong(words % {**_named(where, code), "field": name})
    found = {code: _value(where, field, content[code]) for code, field in fields.items() if code in content}
    return {code: value for code, value in found.items() if filled(value)}


def _named(where: str, code: Any) -> dict[str, str]:
    return {"section": where, "name": str(code)[:100]}


def _value(where: str, field: FormField, value: Any) -> Any:
    if value is None:
        return None
    try:
        return taken(field, value)
    except Wrong as wrong:
        raise Wrong(f"{where}, {said(field.label)}: {wrong}") from wrong


def merged(before: Mapping[str, Any], given: Mapping[str, Any]) -> Description:
    """A description with what another one says: field by field, `null` empties one; lists of models or data go whole."""
    found: Description = dict(before)
    for code, content in given.items():
        if isinstance(content, Mapping) and isinstance(found.get(code), Mapping):
            found[code] = {**found[code], **content}
        else:
            found[code] = content
    return found


def rows_of(one: FormSection, description: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a description says in a section: one row, or one for each model or data set."""
    content = description.get(one.code)
    if one.repeatable:
        return list(content or [])
    return [content or {}]


def progress(one: FormSection, description: Mapping[str, Any], own: Mapping[str, Any]) -> Progress:
    """How far a section is. A field of several models counts where each of them says it. `own` is `own_values`."""
    rows = rows_of(one, description)
    done = sum(1 for field in one.fields if _says(one, field, rows, own))
    return Progress(done, len(one.fields))


def _says(one: FormSection, field: FormField, rows: list[Mapping[str, Any]], own: Mapping[str, Any]) -> bool:
    code = f"{one.code}.{field.code}"
    if code in FROM_RECORD:
        return filled(own.get(code))
    return bool(rows) and all(filled(row.get(field.code)) for row in rows)


def whole(description: Mapping[str, Any], own: Mapping[str, Any]) -> Progress:
    """How far the whole description is."""
    found = [progress(one, description, own) for one in sections()]
    return Progress(sum(one.filled for one in found), sum(one.total for one in found))


@dataclass(frozen=True)
class Line:
    """One filled field of a description for people: its section, the row in it, its label and its words."""

    path: tuple[str, int, str]
    heading: str
    label: str
    words: str


def lines(description: Any) -> Iterator[Line]:
    """The filled fields in their order. What is no description has none."""
    if not isinstance(description, Mapping):
        return
    for one in sections():
        content = description.get(one.code)
        rows = content if isinstance(content, list) else [content]
        for number, row in enumerate(rows, start=1):
            if isinstance(row, Mapping):
                name = f"{heading(one)} {number}" if one.repeatable else heading(one)
                for field in one.fields:
                    if filled(row.get(field.code)):
                        path = (one.code, number, field.code)
                        yield Line(path, name, said(field.label), value_words(field, row[field.code]))


def value_words(field: FormField, value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.type in ("enum", "multi_enum"):
        return ", ".join(option_words(code) for code in (value if isinstance(value, list) else [value]))
    if isinstance(value, list):
        mark = "; " if field.type.endswith(("string", "country")) or ":ref:" in field.type else "\n"
        return mark.join(_part_words(one) for one in value)
    return _part_words(value)


def _part_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " · ".join(f"{option_words(str(name))}: {_part_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_part_words, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def option_words(code: str) -> str:
    """A code of an option as people read it."""
    return said(code.replace("_", " ")) if code.islower() else said(code)


def differences(before: Any, after: Any) -> list[tuple[str, str, str]]:
    """What differs between two descriptions: label, words before, words after."""
    was, now = ({line.path: line for line in lines(one)} for one in (before, after))
    paths = sorted({*was, *now}, key=_place)
    found = []
    for path in paths:
        old, new = was.get(path), now.get(path)
        if (old.words if old else "") != (new.words if new else ""):
            known = new or old
            assert known is not None
            name = f"{known.heading} – {known.label}"
            found.append((name, old.words if old else "", new.words if new else ""))
    return found


def _place(path: tuple[str, int, str]) -> tuple[int, int, int]:
    code, number, name = path
    names = [one.code for one in sections()]
    one = sections()[names.index(code)]
    return names.index(code), number, [field.code for field in one.fields].index(name)
