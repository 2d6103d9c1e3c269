"""Imports: a file is taken in, mapped, checked without changing anything, applied as a whole, and undone as a whole.

The check does what the import would do and takes it all back, so both say the same. Long ones are done by a worker.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import fetch, limits, require, visible
from aims.records.base import Record
from aims.records.changes import move, part_name, write
from aims.records.evidence import place, store
from aims.records.exchange import documents
from aims.records.exchange import mapping as maps
from aims.records.exchange import parts as part_sheets
from aims.records.exchange.following import follow
from aims.records.exchange.models import Import, ImportRow
from aims.records.exchange.reading import SIZE, Table, check_shape, refusal, table
from aims.records.exchange.rows import Act, Taker, parts_restored, restored
from aims.records.registry import Register, register

Say = Callable[[int], None]  # told how many rows are done
State = Import.State
LISTED = 20  # numbers of records that a refusal names
CHECK, APPLY, UNDO = "check", "apply", "undo"
# from which states an act begins, and where its failure leads back to
BEGINS = {CHECK: (State.READ, State.CHECKED), APPLY: (State.CHECKED,), UNDO: (State.APPLIED,)}
BACK = {CHECK: State.READ, APPLY: State.CHECKED, UNDO: State.APPLIED}


def may_import(member: Member, known: Register) -> bool:
    """Whether a member may import into a register: who writes it. Each row is asked for again at the door."""
    return member.role in known.writers


def imports(member: Member) -> "QuerySet[Import]":
    """The imports that a member may see: their own; of others, those who run the AIMS, where no record is sealed."""
    rows = visible(member, Import)
    if member.role not in (Role.ADMINISTRATOR, Role.OFFICER):
        return rows.filter(asked_by_id=member.id)
    paths = rows.order_by().values_list("path", flat=True).distinct()
    kinds = [kind for kind in map(register, paths) if kind]
    open_paths = [kind.path for kind in kinds if limits(member, kind) is None]
    return rows.filter(Q(asked_by_id=member.id) | Q(path__in=open_paths))


def kind_of(of: Import) -> Register:
    """The register into which an import goes."""
    found = register(of.path)
    if found is None:
        raise Refused("not_found", _("There is no such register any more."))
    return found


@transaction.atomic
def take_in(
    member: Member, known: Register, upload: "File[bytes]", sheet: str = "", target: str = ""
) -> Import:
    """Keep a file and read its headings. Nothing of the register is changed.

    A document may go into a record that is there: `target` is its id.
    """
    require(may_import(member, known))
    if (upload.size or 0) > SIZE:
        raise refusal("size")
    content = upload.read()
    name = (upload.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    of = Import(
        organisation_id=member.organisation_id,
        path=known.path,
        name="".join(letter for letter in name if letter.isprintable())[-255:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        asked_by_id=member.id,
    )
    said = documents.document(known.path, content, of.name)
    if said is not None:
        of.kind, of.told, of.target = said.kind, list(said.told), _target(member, known, target)
        found = said.table(_ref(member, of))
        check_shape(found.rows)
    else:
        found = table(content, of.name, sheet)
    store(of.organisation_id, of.sha256, ContentFile(content))
    _lay_out(member, of, content, found, first_headings(found))
    return of


def _target(member: Member, known: Register, key: str) -> UUID | None:
    """The record that a document goes into; None for a new one."""
    if not key:
        return None
    try:
        return fetch(member, known.model, UUID(key)).pk
    except ValueError as error:
        raise Refused("not_found", _("There is no such record.")) from error


def _ref(member: Member, of: Import) -> str:
    """The number of the record that a document goes into."""
    return fetch(member, kind_of(of).model, of.target).ref if of.target else ""


def _kept_as_they_are(of: Import) -> set[str]:
    """What a document does not change in a record that has it: its name, and what else it must have."""
    known = kind_of(of)
    return {name for name in known.fields if not known.field(name).blank} if of.target else set()


def first_headings(found: Table) -> int:
    """The row in which the headings seem to stand: the first with two cells filled, else the first with one."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in found.rows]
    least = 2 if max(filled) > 1 else 1
    return next(number for number, cells in enumerate(filled, start=1) if cells >= least)


Places = Mapping[str, tuple[str, int]]  # name of parts → sheet, and the row of its headings (0: guessed)


def _lay_out(
    member: Member, of: Import, upload: bytes, found: Table, header: int, chosen: Places | None = None
) -> None:
    """Note the headings of a sheet, with the mapping that they suggest; so for the sheets of parts."""
    of.headings, of.header, of.sheet = found.headings(header), header, found.sheet[:100]
    of.counts = {"rows": len(found.below(header))}
    known = kind_of(of)
    of.parts = _parts(known, of, upload, found, chosen)
    guessed = maps.guess(known, of.headings, {} if of.kind else maps.remembered(member, known))
    kept = _kept_as_they_are(of)
    of.mapping = {place: name for place, name in guessed.items() if name not in kept}
    of.state, of.error = State.READ, ""
    of.save()


def _parts(
    known: Register, of: Import, upload: bytes, main: Table, chosen: Places | None
) -> dict[str, part_sheets.Place]:
    """Where the parts stand: on the sheets that were chosen, else on those that bear their names."""
    found: dict[str, part_sheets.Place] = {}
    for part in known.parts if main.sheets else ():
        guessed = (part_sheets.sheet_of(part, main.sheets, main.sheet), 0)
        sheet, header = guessed if chosen is None else chosen.get(part_name(part), ("", 0))
        if sheet in main.sheets and sheet != main.sheet:
            rows = table(upload, of.name, sheet)
            header = header or first_headings(rows)
            # the export writes a sheet of headings alone where no record has such parts
            if chosen is not None or any(cell.strip() for row in rows.rows[header:] for cell in row):
                found[part_name(part)] = part_sheets.place_of(part, rows, header)
    return found


def kept(of: Import) -> bytes:
    """The file as it was brought."""
    with storages["evidence"].open(place(of.organisation_id, of.sha256)) as file:
        found: bytes = file.read()
        return found


def content(member: Member, of: Import) -> Table:
    """The sheet of the records again; of a document, its row."""
    said = document_of(of)
    return said.table(_ref(member, of)) if said else table(kept(of), of.name, of.sheet)


def document_of(of: Import) -> documents.Document | None:
    """The document again; None for a table."""
    return documents.document(of.path, kept(of), of.name) if of.kind else None


def part_tables(of: Import) -> dict[str, Table]:
    """The sheets of parts again."""
    upload = kept(of) if of.parts else b""
    return {name: table(upload, of.name, place_["sheet"]) for name, place_ in of.parts.items()}


@transaction.atomic
def choose_place(member: Member, of: Import, sheet: str, header: int, parts: Places | None = None) -> Import:
    """Take another sheet or another row for the headings; `parts` says the same for sheets of parts."""
    of = held(member, of, CHECK)
    upload = kept(of)
    if of.kind:
        raise Refused("invalid", _("A document has no sheets and no headings."))
    _lay_out(member, of, upload, table(upload, of.name, sheet), header, parts)
    return of


@transaction.atomic
def choose_mapping(
    member: Member,
    of: Import,
    chosen: Mapping[str, str],
    parts: Mapping[str, Mapping[str, str]] | None = None,
) -> Import:
    """Say which column fills which field; None for `parts` leaves their columns as they were suggested."""
    of = held(member, of, CHECK)
    known = kind_of(of)
    of.mapping = maps.checked(known, of.headings, chosen)
    for part in known.parts:
        if (at := of.parts.get(part_name(part))) and parts is not None:
            at["mapping"] = part_sheets.checked(part, at, parts.get(part_name(part), {}))
    of.state = State.READ
    of.save()
    return of


def held(member: Member, of: Import, act: str) -> Import:
    """The import as it is now, locked, when the act may begin."""
    require(may_import(member, kind_of(of)))
    now = imports(member).select_for_update(of=("self",)).filter(pk=of.pk).first()
    if now is None or now.state not in BEGINS[act]:
        raise Refused("conflict", _("This import has gone on in the meantime. Load the page again."))
    return now


def perform(member: Member, of: Import, act: str, say: Say) -> None:
    """Check, apply or undo. The caller holds the transaction; all of it happens or nothing."""
    {CHECK: check, APPLY: apply, UNDO: undo}[act](member, of, say)


def check(member: Member, of: Import, say: Say) -> None:
    """Find out what each row would do, by doing it and taking it back."""
    with transaction.atomic():
        rows = _taken(member, of, say)
        transaction.set_rollback(True)
    for row in rows:
        row.record_id = None if row.act == Act.CREATE else row.record_id
        row.ref = "" if row.act == Act.CREATE else row.ref
    _keep(of, rows)
    of.state, of.digest, of.error = State.CHECKED, _digest(rows), ""
    of.save()


def apply(member: Member, of: Import, say: Say) -> None:
    """Take all rows as the check said, or none."""
    rows = _taken(member, of, say)
    if any(row.act == Act.ERROR for row in rows):
        raise Refused("invalid", _("Some rows cannot be imported. Nothing was changed."))
    if _digest(rows) != of.digest:
        raise Refused(
            "conflict", _("Something has changed since the check. Nothing was imported: check again.")
        )
    _keep(of, rows)
    of.state, of.applied_at, of.error = State.APPLIED, timezone.now(), ""
    of.save()


def _taken(member: Member, of: Import, say: Say) -> list[ImportRow]:
    taker = Taker(member, kind_of(of), of.headings, of.mapping, of.parts, part_tables(of))
    rows: list[ImportRow] = []
    for number, cells in content(member, of).below(of.header):
        rows.append(taker.take(of, number, cells))
        say(len(rows))
    said = document_of(of)
    return [*rows, *(follow(member, of, said.more, rows[0]) if said else taker.left_over(of))]


def _digest(rows: list[ImportRow]) -> str:
    text = json.dumps([row.keys() for row in rows], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(of: Import, rows: list[ImportRow]) -> None:
    ImportRow.objects.filter(of=of).delete()
    ImportRow.objects.bulk_create(rows, batch_size=1000)
    of.counts = {"rows": len(rows), **Counter(str(row.act) for row in rows)}


def undo(member: Member, of: Import, say: Say) -> None:
    """Withdraw what the import made and give what it changed its values back; refused when somebody went on since."""
    known = kind_of(of)
    rows = list(of.rows.filter(act__in=(Act.CREATE, Act.CHANGE)).order_by("-path", "-number"))
    records = _records_of(member, known, rows)
    went_on = [row for row in rows if getattr(records.get(row.record_id), "version", 0) != row.version]
    if went_on:
        raise Refused("conflict", _went_on(went_on), details={"refs": [row.ref for row in went_on]})
    note = _("The import of “%(name)s” was undone.") % {"name": of.name}
    for done, row in enumerate(rows, start=1):
        record = records[row.record_id]
        if row.act == Act.CREATE:
            _withdraw(member, record, note)
        else:
            before = restored(known, row.before)
            parts = parts_restored(known, row.before)
            write(member, record, before, record.version, parts, undoing=True)
        say(done)
    of.state, of.undone_at, of.error = State.UNDONE, timezone.now(), ""
    of.save()


def _records_of(member: Member, known: Register, rows: list[ImportRow]) -> dict[Any, Record]:
    """The records of rows by their id; those that came with a document are of other registers."""
    found: dict[Any, Record] = {}
    for path in {row.path for row in rows}:
        kind = (register(path) if path else known) or known
        found |= visible(member, kind.model).in_bulk([row.record_id for row in rows if row.path == path])
    return found


def _went_on(rows: list[ImportRow]) -> str:
    refs = ", ".join(row.ref for row in rows[:LISTED]) + ("…" if len(rows) > LISTED else "")
    message = _("These have been changed since the import, so it cannot be undone as a whole: %(refs)s.")
    return message % {"refs": refs}


def _withdraw(member: Member, record: Record, note: str) -> None:
    """Withdraw a record; its external id becomes free, so that the file can be imported again."""
    if record.external_id:
        record = write(member, record, {"external_id": None}, record.version)
    move(member, record, "withdraw", record.version, note)


def rows_of(of: Import, act: str = "") -> "QuerySet[Any]":
    """The rows of an import, those of one kind where asked."""
    return of.rows.filter(act=act) if act else of.rows.all()
