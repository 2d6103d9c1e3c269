"""A record as its page shows it: sections of names and values, tables of parts, signatures, and what may be done."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html, format_html_join, linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.pages.cells import state_of
from aims.pages.places import workspace_url
from aims.pages.templatetags.marks import chip, person, tag
from aims.pages.templatetags.words import markdown
from aims.records.access import may_move
from aims.records.base import Part, Record
from aims.records.changes import part_name
from aims.records.display import (
    NOTHING,
    AnyField,
    Named,
    first_letter_up,
    keys_in,
    label,
    part_rows,
    raw,
    words,
)
from aims.records.fields import CodesField, MarkdownField
from aims.records.lifecycle import Transition
from aims.records.models import Signature
from aims.records.registry import Register, register_of, registers
from aims.records.signatures import canonical, digest_of

Pairs = list[tuple[str, Any]]


def value_html(field: AnyField, value: Any, named: Named) -> Any:
    """A value as HTML: Markdown rendered, codes and records linked, line breaks kept."""
    said = words(field, value, named)
    if not said:
        return NOTHING
    if isinstance(field, MarkdownField):
        return format_html('<div class="prose">{}</div>', markdown(said))
    if isinstance(field, CodesField):
        return code_tags(value)
    if field.many_to_one or field.many_to_many:
        return relation_html(field, value, named)
    if isinstance(field, models.URLField):
        return mark_safe(urlize(said, nofollow=True, autoescape=True))  # noqa: S308 - escaped by urlize
    if isinstance(field, models.TextField):
        return mark_safe(linebreaks(said, autoescape=True))  # noqa: S308 - escaped by linebreaks
    return first_letter_up(said) if field.choices else said


def code_tags(codes: Iterable[str]) -> SafeString:
    """Codes of the standard, each with a link to its workspace."""
    known = edition()
    marks = [tag(code, workspace_url(code) if known.is_code(code) else "") for code in codes]
    return format_html(
        '<span class="tags">{}</span>', format_html_join("", "{}", ((mark,) for mark in marks))
    )


def relation_html(field: AnyField, value: Any, named: Named) -> SafeString:
    """The rows referred to: a person with initials, a record with a link."""
    related: Any = field.related_model
    path = next((r.path for r in registers() if r.model is related), "")
    if not path:
        return format_html_join(
            ", ", "{}", ((person(named.name(related, key)),) for key in keys_in(field, value))
        )
    rows = ((reverse("record", args=[path, key]), named.name(related, key)) for key in keys_in(field, value))
    return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a>', rows)  # noqa: S308 - a literal


def sections(record: Record, named: Named) -> list[tuple[str, Pairs]]:
    """The sections of the form with their values, and what was computed from them."""
    register = register_of(record)
    named.want(type(record), [*register.fields, *record.settled], record)
    found = [(str(heading), pairs(register, names, record, named)) for heading, names in register.form]
    settled = [name for name in record.settled if name not in register.fields]
    return (
        [*found, (_("What follows from it"), pairs(register, settled, record, named))] if settled else found
    )


def pairs(register: Register, names: Iterable[str], row: Any, named: Named) -> Pairs:
    """Labels and values of some fields of a record or its JSON; the title is the page's own."""
    return [
        (label(register.model, name), value_html(register.field(name), raw(row, register.field(name)), named))
        for name in names
        if name != "title"
    ]


def part_tables(register: Register, rows_of: Mapping[str, Any], named: Named) -> list[dict[str, Any]]:
    """The parts as tables; `rows_of` gives the rows of each relation's name."""
    return [part_table(part, rows_of.get(part_name(part), []), named) for part in register.parts]


def part_table(part: type[Part], rows: Iterable[Any], named: Named) -> dict[str, Any]:
    """The parts of one kind: heads and rows; parts with long texts as a list, which a table would squeeze."""
    heads = [label(part, name) for name in (*part.form, *part.settled)]
    rows = list(rows)
    said = part_rows(part, rows, named)
    return {
        "id": part_name(part),
        "heading": first_letter_up(str(part._meta.verbose_name_plural)),
        "heads": heads,
        "rows": [list(zip(heads, row, strict=True)) for row in said],
        "texts": [text_row(part, heads, row) for row in said] if any(map(is_long, fields_of(part))) else [],
    }


def fields_of(part: type[Part]) -> list[AnyField]:
    """The fields of a part: what people fill in, then what AIMS does."""
    return [part._meta.get_field(name) for name in (*part.form, *part.settled)]  # type: ignore[misc]


def is_long(field: AnyField) -> bool:
    """Whether a field holds a text of more than a line."""
    return isinstance(field, models.TextField) and not field.choices


def text_row(part: type[Part], heads: list[str], row: list[str]) -> dict[str, Any]:
    """A part as a heading of its short values and its long texts, formatted."""
    cells = list(zip(fields_of(part), heads, row, strict=True))
    short = [value for field, _head, value in cells if value and not is_long(field)]
    return {
        "title": " · ".join(short),
        "texts": [(head, markdown(value)) for field, head, value in cells if value and is_long(field)],
    }


def parts_of(record: Record) -> dict[str, list[Part]]:
    """The parts of a record by the relation's name, one query a kind."""
    return {
        part_name(part): list(getattr(record, part_name(part)).all()) for part in register_of(record).parts
    }


def steps(member: Member, record: Record) -> list[dict[str, Any]]:
    """The steps that the member may take now; the first one that goes forward is the page's main act."""
    found = [t for t in register_of(record).lifecycle.leaving(record.state) if may_move(member, record, t)]
    side = ("withdraw", "restore", "reopen")
    main = next((t for t in found if t.code not in side), None)
    return [step(record, t, t is main) for t in found]


def step(record: Record, transition: Transition, main: bool) -> dict[str, Any]:
    """One step: `direct` ones are a button, the others have a page (a signature, a reason to give)."""
    place = [register_of(record).path, record.pk, transition.code]
    return {
        "label": transition.label,
        "code": transition.code,
        "main": main,
        "danger": transition.code == "withdraw",
        "signs": bool(transition.meaning),
        "direct": not transition.meaning and not transition.note and not transition.required,
        "url": reverse("sign" if transition.meaning else "move", args=place),
    }


def signatures(member: Member, record: Record) -> list[dict[str, Any]]:
    """The signatures of a record for components/signature.html, with what changed since each."""
    rows = list(Signature.objects.filter(organisation_id=member.organisation_id, record_id=record.pk))
    if not rows:
        return []
    text = canonical(record)
    digest, now = digest_of(text), json.loads(text)
    named = Named(member)
    return [signature(row, row.digest == digest, record, now, named) for row in rows]


def signature(
    row: Signature, holds: bool, record: Record, now: dict[str, Any], named: Named
) -> dict[str, Any]:
    """One signature."""
    return {
        "state": "signed" if holds else "changed",
        "version": row.version,
        "signer": row.name,
        "on_behalf_of": row.on_behalf_of,
        "at": row.signed_at,
        "meaning": row.meaning,
        "identity": _(row.proof),
        "digest": row.digest,
        "changes": [] if holds else content_changes(register_of(record), json.loads(row.content), now, named),
    }


def content_changes(
    register: Register, before: dict[str, Any], after: dict[str, Any], named: Named
) -> list[dict[str, str]]:
    """What is different between two signed contents, in words."""
    names = dict.fromkeys([*after, *before])
    found = [
        (name, said(register, name, before, named), said(register, name, after, named)) for name in names
    ]
    return [
        {"label": label(register.model, name), "before": was, "after": is_ or NOTHING}
        for name, was, is_ in found
        if was != is_
    ]


def said(register: Register, name: str, content: dict[str, Any], named: Named) -> str:
    """One item of a signed content in words; parts a line each."""
    part = next((p for p in register.parts if part_name(p) == name), None)
    if part is not None:
        return "\n".join(
            " · ".join(filter(None, row)) for row in part_rows(part, content.get(name) or [], named)
        )
    return words(register.field(name), content.get(name), named)


def content_pairs(register: Register, content: dict[str, Any], named: Named) -> tuple[Pairs, list[str]]:
    """Everything that is signed, parts left out, in words and in the order of the form; and what is empty in it."""
    parts = {part_name(part) for part in register.parts}
    first = ("ref", *register.fields, *register.model.settled)
    names = [n for n in dict.fromkeys([*first, *content]) if n in content and n not in parts]
    named.want(register.model, names, content)
    found = [(label(register.model, n), value_html(register.field(n), content[n], named)) for n in names]
    return [pair for pair in found if pair[1] != NOTHING], [name for name, value in found if value == NOTHING]


def facts(record: Record, signed: list[dict[str, Any]], named: Named) -> list[Any]:
    """What stands under a record's title."""
    owner = (
        named.name(type(record)._meta.get_field("owner").related_model, record.owner_id)
        if record.owner_id
        else ""
    )
    number = _("%(ref)s, version %(version)d") % {"ref": record.ref, "version": record.version}
    return [
        format_html('<span class="num">{}</span>', number),
        state_of(register_of(record), record.state),
        *([signed_chip(signed[0])] if signed else []),
        *([person(owner)] if owner else []),
    ]


def signed_chip(latest: dict[str, Any]) -> SafeString:
    """Whether the latest signature still holds."""
    from_version = {"version": latest["version"]}
    if latest["state"] == "signed":
        return chip(_("Signed v%(version)s") % from_version, "seal", "badge-check")
    return chip(_("Signed v%(version)s, changed since") % from_version, "warn", "git-compare")
