"""A register as a table and as one sheet per record, made from its declaration."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from aims.pack import law
from aims.pack.contents import Chart, Group, Html, RegisterPart, Sheet, Table
from aims.pack.evidence import Proofs
from aims.pack.prose import prose
from aims.pack.reading import Rows
from aims.pages.templatetags.marks import BANDS, band, chip
from aims.pages.templatetags.words import date_row
from aims.records.base import Part
from aims.records.display import NOTHING, Named, first_letter_up, label, part_rows, raw, words
from aims.records.fields import MarkdownField
from aims.records.registry import Register

SHEETS = 300  # of a register in the document; its data has all
WORD = 20  # letters
FEW = 8  # values without headings
SHORT, MIDDLE = 40, 600  # letters: side by side with others, on lines of its own, in paragraphs


def register_part(
    rows: Rows,
    proofs: Proofs,
    named: Named,
    charts: Sequence[Chart],
    sheets: int = SHEETS,
    added: Sequence[Table] = (),
) -> RegisterPart:
    """A register: the records in a table, then the newest on a sheet each, as many as `sheets` says."""
    register = rows.register
    more = law.tables(rows, named.member) if sheets else {}
    listed = rows.records[-sheets:] if sheets else []
    shown = [sheet(rows, record, proofs, named, more.get(record.pk, ())) for record in listed]
    return RegisterPart(
        anchor=f"register-{register.path}",
        title=first_letter_up(str(register.plural)),
        about=str(register.about),
        table=table(rows, named, linked=bool(shown)),
        sheets=shown,
        charts=charts,
        more=rows.total - len(shown) if shown else 0,
        added=added,
    )


def sheets_by_code(rows: Rows, proofs: Proofs, named: Named) -> dict[str, Sheet]:
    """The sheets of records that each belong to a line of the standard, by its code."""
    return {record.code: sheet(rows, record, proofs, named) for record in rows.live}


def table(rows: Rows, named: Named, linked: bool) -> Table:
    """The records under the columns that the register declares, each with its number and state."""
    register = rows.register
    names = [
        name
        for name in register.columns
        if name not in ("title", "state") and not for_programs(register.field(name))
    ]
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
        return format_html('{}<span class="sub">{}</span>', breakable(record.heading), record.ref)
    return format_html(
        '<a href="#r{}">{}</a><span class="sub">{}</span>',
        record.pk.hex,
        breakable(record.heading),
        record.ref,
    )


def state(register: Register, record: Any) -> SafeString:
    """The state of a record as a chip."""
    found = register.lifecycle.state(record.state)
    return chip(first_letter_up(str(found.label)), found.tone)


def cell(register: Register, record: Any, name: str, named: Named) -> Html:
    """One value in a table."""
    field = register.field(name)
    value = raw(record, field)
    if isinstance(value, str) and value in BANDS and field.choices:
        return band("", value)
    if isinstance(value, date):
        return date_row(value)
    return breakable(words(field, value, named)) or NOTHING


def breakable(text: str) -> Html:
    """A cell's words. Long ones may be broken anywhere; else a column is as wide as its longest word."""
    if any(len(word) > WORD for word in text.split()):
        return format_html('<span class="any">{}</span>', text)
    return text


def sheet(rows: Rows, record: Any, proofs: Proofs, named: Named, more: Sequence[Table] = ()) -> Sheet:
    """A record with all its filled fields under the headings of its form, its parts, evidence and signatures; `more` is
    what follows from other records."""
    register = rows.register
    sections = [*register.form, (_("Computed"), register.model.settled)]
    groups = [group(str(heading), register, record, names, named) for heading, names in sections]
    return Sheet(
        anchor=f"r{record.pk.hex}",
        ref=record.ref,
        title=record.heading,
        state=state(register, record),
        groups=compact([found for found in groups if found.short or found.middle or found.long]),
        parts=[
            *(
                part_table(part, found[record.pk], named)
                for part, found in rows.parts.items()
                if record.pk in found
            ),
            *more,
        ],
        evidence=proofs.of.get(record.pk, ()),
        signatures=proofs.signed.get(record.pk, ()),
    )


def compact(groups: list[Group]) -> list[Group]:
    """A record that says little needs no headings: its few short values stand together."""
    few = sum(len(found.short) + len(found.middle) for found in groups) <= FEW
    if not few or any(found.long for found in groups):
        return groups
    short = [pair for found in groups for pair in found.short]
    middle = [pair for found in groups for pair in found.middle]
    return [Group("", short, middle, [])] if groups else []


def group(heading: str, register: Register, record: Any, names: Sequence[str], named: Named) -> Group:
    """The filled fields of a record among some; the title stands above them already.

    Rows of a grid do not break over pages: what may be long stands below, with its name before it or above it.
    """
    found: dict[str, list[tuple[str, Html]]] = {"short": [], "middle": [], "long": []}
    for name in names:
        field = register.field(name)
        kept = raw(record, field)
        if for_programs(field, kept):
            continue
        shown = value(field, kept, named) if name != "title" else ""
        if shown:
            found[length(field, shown)].append((label(register.model, name), shown))
    return Group(heading, found["short"], found["middle"], found["long"])


def for_programs(field: Any, kept: Any = None) -> bool:
    """Whether a value tells people nothing: bare ids, and structures that the attached data has."""
    if isinstance(field, models.UUIDField) and not field.is_relation:
        return True
    if own_words(field):
        return False
    rows = kept if isinstance(kept, list) else [kept]
    return isinstance(field, models.JSONField) and any(isinstance(row, dict) for row in rows)


def own_words(field: Any) -> bool:
    """Whether a field knows how it reads: a structure, such as answers to questions, that people read line by line."""
    return isinstance(field, models.JSONField) and callable(getattr(field, "words", None))


def length(field: Any, shown: Html) -> str:
    """How much room a value needs: `short`, `middle`, `long`."""
    lines = isinstance(field, models.TextField) or own_words(field)
    if isinstance(field, MarkdownField) or (lines and "<p>" in shown):
        return "long"
    return "short" if len(shown) <= SHORT else "middle"


def value(field: Any, kept: Any, named: Named) -> Html:
    """A value in full: Markdown rendered, text of several lines in paragraphs, the rest in words."""
    if isinstance(field, MarkdownField):
        return format_html('<div class="prose">{}</div>', prose(kept)) if str(kept).strip() else ""
    said = words(field, kept, named)
    lines = isinstance(field, models.TextField) or own_words(field)
    if lines and ("\n" in said.strip() or len(said) > MIDDLE):
        return mark_safe(linebreaks(said, autoescape=True))  # noqa: S308 - escaped by linebreaks
    return said


def part_table(part: type[Part], rows: Sequence[Part], named: Named) -> Table:
    """The parts of a record as a table."""
    head = [label(part, name) for name in part.form]
    cells = [[breakable(text) for text in row] for row in part_rows(part, rows, named)]
    return Table(first_letter_up(str(part._meta.verbose_name_plural)), head, cells)
