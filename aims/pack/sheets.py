"""A register as a table and as one sheet per record, made from its declaration."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from aims.pack.contents import Chart, Html, RegisterPart, Sheet, Table
from aims.pack.evidence import Proofs
from aims.pack.reading import Rows
from aims.pages.templatetags.marks import BANDS, band, chip
from aims.pages.templatetags.words import markdown
from aims.records.base import Part
from aims.records.display import NOTHING, Named, first_letter_up, label, part_rows, raw, words
from aims.records.fields import MarkdownField
from aims.records.registry import Register

SHEETS = 300  # of a register in the document; its data has all
LONG = 60  # letters; longer text stands on lines of its own


def register_part(
    rows: Rows, proofs: Proofs, named: Named, charts: Sequence[Chart], sheets: int = SHEETS
) -> RegisterPart:
    """A register: the records in a table, then the newest on a sheet each, as many as `sheets` says."""
    register = rows.register
    shown = [sheet(rows, record, proofs, named) for record in rows.records[-sheets:]] if sheets else []
    return RegisterPart(
        anchor=f"register-{register.path}",
        title=first_letter_up(str(register.plural)),
        about=str(register.about),
        table=table(rows, named, linked=bool(shown)),
        sheets=shown,
        charts=charts,
        more=rows.total - len(shown) if shown else 0,
    )


def sheets_by_code(rows: Rows, proofs: Proofs, named: Named) -> dict[str, Sheet]:
    """The sheets of records that each belong to a line of the standard, by its code."""
    return {record.code: sheet(rows, record, proofs, named) for record in rows.live}


def table(rows: Rows, named: Named, linked: bool) -> Table:
    """The records under the columns that the register declares, each with its number and state."""
    register = rows.register
    names = [name for name in register.columns if name not in ("title", "state")]
    head = [_("Record"), *(label(register.model, name) for name in names), _("State")]
    cells = [
        [
            title(record, linked),
            *(cell(register, record, name, named) for name in names),
            state(register, record),
        ]
        for record in rows.records
    ]
    return Table(first_letter_up(str(register.plural)), head, cells, rows.total - len(rows.records))


def title(record: Any, linked: bool) -> SafeString:
    """The title with the number under it, leading to the sheet where there is one."""
    if not linked:
        return format_html('{}<span class="sub">{}</span>', record.title, record.ref)
    return format_html(
        '<a href="#r{}">{}</a><span class="sub">{}</span>', record.pk.hex, record.title, record.ref
    )


def state(register: Register, record: Any) -> SafeString:
    """The state of a record as a chip."""
    found = register.lifecycle.state(record.state)
    return chip(first_letter_up(str(found.label)), found.tone)


def cell(register: Register, record: Any, name: str, named: Named) -> Html:
    """One value in a table."""
    value = getattr(record, name)
    if name.endswith("_band") and value in BANDS:
        return band("", value)
    return words(register.field(name), raw(record, register.field(name)), named) or NOTHING


def sheet(rows: Rows, record: Any, proofs: Proofs, named: Named) -> Sheet:
    """A record with all its filled fields under the headings of its form, its parts, evidence and signatures."""
    register = rows.register
    groups = [(str(heading), fields(register, record, names, named)) for heading, names in register.form]
    settled = fields(register, record, register.model.settled, named)
    shown = [(heading, values) for heading, values in [*groups, (_("Computed"), settled)] if values]
    return Sheet(
        anchor=f"r{record.pk.hex}",
        ref=record.ref,
        title=record.title,
        state=state(register, record),
        groups=shown,
        parts=[
            part_table(part, found[record.pk], named)
            for part, found in rows.parts.items()
            if record.pk in found
        ],
        evidence=proofs.of.get(record.pk, ()),
        signatures=proofs.signed.get(record.pk, ()),
    )


def fields(register: Register, record: Any, names: Sequence[str], named: Named) -> list[tuple[str, Html]]:
    """The filled fields of a record with their labels; the title stands above them already."""
    found = [
        (label(register.model, name), value(register.field(name), record, named))
        for name in names
        if name != "title"
    ]
    return [(name, shown) for name, shown in found if shown]


def value(field: Any, record: Any, named: Named) -> Html:
    """A value in full: Markdown rendered, long text in paragraphs, the rest in words."""
    kept = raw(record, field)
    if isinstance(field, MarkdownField):
        return format_html('<div class="prose">{}</div>', markdown(kept)) if str(kept).strip() else ""
    said = words(field, kept, named)
    if isinstance(field, models.TextField) and ("\n" in said or len(said) > LONG):
        return mark_safe(linebreaks(said, autoescape=True))  # noqa: S308 - escaped by linebreaks
    return said


def part_table(part: type[Part], rows: Sequence[Part], named: Named) -> Table:
    """The parts of a record as a table."""
    head = [label(part, name) for name in part.form]
    return Table(first_letter_up(str(part._meta.verbose_name_plural)), head, part_rows(part, rows, named))
