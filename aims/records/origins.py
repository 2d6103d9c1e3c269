"""What leads to what: a finding or a decision to a change plan, an improvement or a nonconformity, seen from both.

Which kinds lead where is declared with their models (`leads_to`). The new record's form is filled from its origin, a person
saves it, and the `Origin` is laid in the same transaction; what follows by itself lays one too. So a circle can be walked:
the next review asks `led_to` what became of each decision.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import existing, fetch, may_add, visible
from aims.records.base import Part, Record
from aims.records.models import Origin
from aims.records.registry import Register, register, register_of

WORDS = ("description", "purpose", "text")  # where a new record takes the words of its origin
WHEN = ("due", "planned_for")
# what a register says of records that came from another, where it keeps that as a choice of its own
SAID = {
    "management-reviews": ("management_review",),
    "findings": ("audit", "internal_audit"),
    "incidents": ("incident",),
    "concerns": ("concern", "interested_party"),
    "complaints": ("complaint", "interested_party"),
    "reports-from-outside": ("complaint", "interested_party"),
    "measurements": ("monitoring",),
    "suppliers": ("supplier", "monitoring"),
}


@dataclass(frozen=True)
class Source:
    """A record that leads on, or one of its parts."""

    record: Record
    part: Part | None = None

    @property
    def key(self) -> str:
        """How an address names it."""
        end = f":{self.part.pk}" if self.part else ""
        return f"{register_of(self.record).path}:{self.record.pk}{end}"

    @property
    def said(self) -> str:
        """Its own words in a line."""
        return str(self.part or self.record)

    @property
    def targets(self) -> tuple[str, ...]:
        """The paths of the registers to which it leads: nothing from a draft, from a part when its record is closed."""
        if self.record.state in ("draft", "withdrawn"):
            return ()
        locked = register_of(self.record).lifecycle.state(self.record.state).locked
        if self.part:
            return self.part.leads_to if locked or not self.part.leads_when_closed else ()
        return self.record.leads_to


def sources(record: Record) -> list[Source]:
    """What of a record may lead on: itself, and those of its parts that do."""
    own = [Source(record)] if record.leads_to else []
    kinds = [part for part in register_of(record).parts if part.leads_to]
    rows = [row for part in kinds for row in part._default_manager.filter(**{part.of: record})]
    return [*own, *(Source(record, row) for row in rows)]


def source_at(member: Member, key: str) -> Source:
    """What a key names, if the member sees it; refused in the words for what does not exist."""
    path, _colon, rest = key.partition(":")
    record_key, _colon, part_key = rest.partition(":")
    record = fetch(member, existing(register(path)).model, record_key)
    named = (source for source in sources(record) if str(source.part.pk if source.part else "") == part_key)
    return existing(next(named, None))


def ways(member: Member, source: Source) -> list[Register]:
    """The registers to which a member may lead a source on."""
    found = [register(path) for path in source.targets]
    return [target for target in found if target and may_add(member, target)]


def prefill(source: Source, target: Register) -> dict[str, Any]:
    """What the form of a new record takes from its origin, field by field, as the form shows it."""
    of: Any = source.part or source.record
    given: dict[str, Any] = {} if source.record.leads_silently else _words(source, target)
    given |= {name: getattr(of, "due", None) for name in WHEN}
    systems = _systems(source.record)
    given |= {"codes": _codes(source.record), "systems": systems, "system": systems[0] if systems else ""}
    given |= _relations(source.record, target) | _said(source.record, target)
    return {name: value for name, value in given.items() if value and name in target.fields}


def _words(source: Source, target: Register) -> dict[str, Any]:
    """Title, text, owner and the name of the origin."""
    of: Any = source.part or source.record
    text = getattr(of, "text", "") or getattr(of, "description", "") or str(of)
    title = getattr(of, "title", "") or text
    given: dict[str, Any] = {"title": Truncator(title).chars(200), "owner": _key(of, "owner")}
    given |= {name: _cut(text, target, name) for name in WORDS if name in target.fields}
    return given | {"origin": str(source.record)[:300]}


def _cut(text: str, target: Register, name: str) -> str:
    """Words that fit a field."""
    most = getattr(target.field(name), "max_length", None)
    return Truncator(text).chars(most) if most else text


def _key(of: Any, name: str) -> str:
    key = getattr(of, f"{name}_id", None)
    return str(key) if key else ""


def _codes(record: Any) -> list[str]:
    """Its clauses and controls, or those of what it refers to (a measurement of its metric's)."""
    for of in (record, *_referred(record)):
        code = getattr(of, "code", "")
        if found := list(getattr(of, "codes", None) or ([code] if code else [])):
            return found
    return []


def _systems(record: Any) -> list[str]:
    """The AI systems that it is about, or that what it refers to is about."""
    if hasattr(record, "systems"):
        return [str(key) for key in record.systems.values_list("pk", flat=True)]
    keys = (_key(of, "system") for of in (record, *_referred(record)))
    return [found] if (found := next(filter(None, keys), "")) else []


def _referred(record: Record) -> list[Record]:
    """The records to which its fields refer."""
    fields = [f for f in record._meta.concrete_fields if f.many_to_one and getattr(record, f.attname)]
    return [getattr(record, f.name) for f in fields if issubclass(f.related_model, Record)]  # type: ignore[arg-type]


def _relations(record: Record, target: Register) -> dict[str, str]:
    """The fields of the new record that refer to records of this kind."""
    fields = [target.field(name) for name in target.fields]
    return {f.name: str(record.pk) for f in fields if f.many_to_one and f.related_model is type(record)}


def _said(record: Record, target: Register) -> dict[str, str]:
    """Where the new record keeps its source as a choice, the choice that is meant."""
    if "source" not in target.fields:
        return {}
    known = [value for value, _label in target.field("source").flatchoices or ()]
    wanted = SAID.get(register_of(record).path, ())
    found = next((value for value in wanted if value in known), None)
    return {"source": found} if found else {}


def lay(member: Member, source: Source, record: Record) -> Origin:
    """Say that a record came from a source; once. Refuses a kind to which it does not lead."""
    path = register_of(record).path
    if path not in (source.part or source.record).leads_to:
        raise Refused("invalid", _("This does not lead there."))
    row, _made = Origin.objects.get_or_create(
        organisation_id=member.organisation_id,
        kind=path,
        record_id=record.pk,
        from_kind=register_of(source.record).path,
        from_id=source.record.pk,
        from_part=source.part.pk if source.part else None,
    )
    return row


def led_to(member: Member, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Record]]:
    """What records or parts led to, by their ids, as far as the member sees it; one statement for each kind."""
    wanted = list(keys)
    rows = visible(member, Origin).filter(Q(from_part__in=wanted) | Q(from_part=None, from_id__in=wanted))
    return _records(member, [(row.from_part or row.from_id, row.kind, row.record_id) for row in rows])


def came_from(member: Member, record: Record) -> list[Record]:
    """The records from which a record came, as far as the member sees them."""
    rows = visible(member, Origin).filter(record_id=record.pk)
    found = _records(member, [(record.pk, row.from_kind, row.from_id) for row in rows])
    return found.get(record.pk, [])


def _records(
    member: Member, rows: Sequence[tuple[uuid.UUID, str, uuid.UUID]]
) -> dict[uuid.UUID, list[Record]]:
    """Records by what they are asked for, each once, in the order of the rows."""
    by_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
    for _asked, kind, key in rows:
        by_kind[kind].add(key)
    seen: dict[uuid.UUID, Record] = {}
    for kind, keys in by_kind.items():
        if known := register(kind):
            seen |= {row.pk: row for row in visible(member, known.model).filter(pk__in=keys)}
    found: dict[uuid.UUID, list[Record]] = defaultdict(list)
    for asked, _kind, key in rows:
        if key in seen and seen[key] not in found[asked]:
            found[asked].append(seen[key])
    return dict(found)
