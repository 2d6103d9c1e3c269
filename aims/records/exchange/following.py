"""Records of other registers that come with a document: made after the row's own record, for it."""

from typing import Any

from django.db import transaction

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.base import Record
from aims.records.changes import create
from aims.records.display import label
from aims.records.exchange.documents import More
from aims.records.exchange.models import Import, ImportRow
from aims.records.exchange.rows import raw
from aims.records.registry import Register, register

Act = ImportRow.Act


def follow(member: Member, of: Import, more: tuple[More, ...], main: ImportRow) -> list[ImportRow]:
    """Make what belongs to the record of a row; nothing where the row cannot be imported."""
    if main.act == Act.ERROR or main.record_id is None:
        return []
    return [one_row(member, of, number, one, main.record_id) for number, one in enumerate(more, start=1)]


def one_row(member: Member, of: Import, number: int, one: More, key: Any) -> ImportRow:
    """One record through the door; one of this key that is there already stays as it is."""
    known = register(one.path)
    if known is None:
        raise LookupError(one.path)
    row = ImportRow(organisation_id=of.organisation_id, of=of, path=one.path, sheet=one.path, number=number)
    row.title = str(one.values.get("title", ""))[:200]
    there = standing(member, known, one, key)
    if there is not None:
        row.act, row.record_id, row.ref, row.version = Act.SAME, there.pk, there.ref, there.version
        return row
    try:
        with transaction.atomic():
            record = create(member, known.model, {**one.values, one.of: key}, one.parts)
    except Refused as refused:
        row.act, row.errors = Act.ERROR, wrong(known, refused)
        return row
    row.act, row.record_id, row.ref, row.version = Act.CREATE, record.pk, record.ref, record.version
    row.after = {name: raw(said) for name, said in {**one.values, **one.parts}.items()}
    return row


def standing(member: Member, known: Register, one: More, key: Any) -> Record | None:
    """The record of this key that the row's record has already."""
    rows = visible(member, known.model).filter(**{one.of: key, one.key: one.values[one.key]})
    return rows.exclude(state="withdrawn").first()


def wrong(known: Register, refused: Refused) -> list[list[str]]:
    """The messages of the door, as a row keeps them."""
    found = [
        ["", label(known.model, name), "", " ".join(map(str, said))] for name, said in refused.fields.items()
    ]
    return found or [["", "", "", str(refused)]]
