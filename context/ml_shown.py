"""The description of a system as its pages show it: each section with its values, and what nobody said yet."""

from typing import Any

from aims.catalogue.ml import FormSection
from aims.organisation.member import Member
from aims.records.display import Named, first_letter_up, raw, words
from aims.records.registry import register_of
from context import ml_description as ml
from context.ml_types import filled
from context.models import AISystem

ACT = "eu_"  # how the codes of the Act's roles begin


def own_values(member: Member, system: AISystem) -> dict[str, str]:
    """What the record of the system says of the description, in words, by `section.field`."""
    register, named = register_of(system), Named(member)
    found: dict[str, str] = {}
    for code, name in ml.FROM_RECORD.items():
        if name != "roles":
            field = register.field(name)
            found[code] = first_letter_up(words(field, raw(system, field), named))
    roles = list(system.roles.all())
    ours = [str(role) for role in roles if not role.role.startswith(ACT)]
    act = [str(role) for role in roles if role.role.startswith(ACT)]
    return found | {"purpose.org_roles": ", ".join(ours), "purpose.eu_roles": ", ".join(act)}


def section_shown(one: FormSection, system: AISystem, own: dict[str, str]) -> dict[str, Any]:
    """A section for the page: its rows of labels and words, what is from the record, and what is open."""
    rows = ml.rows_of(one, system.ml)
    from_record = [
        (ml.said(field.label), own[code])
        for field in one.fields
        if (code := f"{one.code}.{field.code}") in ml.FROM_RECORD
    ]
    return {
        "code": one.code,
        "heading": ml.heading(one),
        "progress": ml.progress(one, system.ml, own),
        "repeatable": one.repeatable,
        "rows": [row_shown(one, row) for row in rows],
        "next_row": len(rows) + 1,
        "from_record": from_record,
        "open": [ml.said(f.label) for f in one.fields if is_open(one, f.code, rows, own)],
        "needed": [ml.said(f.label) for f in one.fields if f.required and is_open(one, f.code, rows, own)],
    }


def row_shown(one: FormSection, row: Any) -> list[tuple[str, str]]:
    """The filled fields of a row."""
    return [
        (ml.said(field.label), ml.value_words(field, row[field.code]))
        for field in one.fields
        if filled(row.get(field.code))
    ]


def is_open(one: FormSection, field: str, rows: Any, own: dict[str, str]) -> bool:
    """Whether nobody said a field yet, in some row."""
    code = f"{one.code}.{field}"
    if code in ml.FROM_RECORD:
        return not own.get(code)
    return not rows or not all(filled(row.get(field)) for row in rows)
