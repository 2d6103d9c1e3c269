"""The same change for many records, each through the one door with the version that was seen; every refusal is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import may_change, may_move, visible
from aims.records.base import Record
from aims.records.changes import move, write
from aims.records.display import Named, label, raw, state_words, words
from aims.records.lifecycle import Transition
from aims.records.registry import Register

MOST = 500  # records at once
FIELDS = ("owner", "review_due")


@dataclass(frozen=True)
class Change:
    """What happens to each record: `act` is a field of FIELDS that gets `value`, or a step of the lifecycle with a note."""

    act: str
    value: Any = None
    note: str = ""


@dataclass(frozen=True)
class Pick:
    """A record and the version of it that the person saw."""

    key: str
    version: int


@dataclass
class Outcome:
    """What happened to one record, or would: what it had and has, or why not."""

    record: Record
    was: str = ""
    becomes: str = ""
    refusal: str = ""


def picked(member: Member, register: Register, keys: Sequence[str]) -> list[Any]:
    """The records of some ids that a member may see, by number. Refuses too many."""
    if len(keys) > MOST:
        raise Refused("invalid", _("At most %(most)d records at once.") % {"most": MOST})
    return list(visible(member, register.model).filter(pk__in=keys).select_related("owner").order_by("ref"))


def steps_for(member: Member, register: Register, records: Sequence[Record]) -> list[Transition]:
    """The steps that the member may take with some of the records; signatures are given one by one."""
    return [
        step
        for step in register.lifecycle.all_transitions
        if not step.meaning and any(r.state in step.sources and may_move(member, r, step) for r in records)
    ]


def fields_for(member: Member, register: Register, records: Sequence[Record]) -> list[str]:
    """The fields that the member may set with some of the records."""
    if not any(may_change(member, record) for record in records):
        return []
    return [name for name in FIELDS if name in register.fields]


def preview(member: Member, register: Register, change: Change, picks: Sequence[Pick]) -> list[Outcome]:
    """What the change would do: done, and taken back."""
    with transaction.atomic():
        outcomes = carry_out(member, register, change, picks)
        transaction.set_rollback(True)
    return outcomes


def carry_out(member: Member, register: Register, change: Change, picks: Sequence[Pick]) -> list[Outcome]:
    """Change each record; one that is refused stays as it is and holds up no other."""
    versions = {pick.key: pick.version for pick in picks}
    named = Named(member)
    return [
        _one(member, register, change, record, versions[str(record.pk)], named)
        for record in picked(member, register, list(versions))
    ]


def _one(
    member: Member, register: Register, change: Change, record: Record, version: int, named: Named
) -> Outcome:
    outcome = Outcome(record, was=_shown(register, change, record, named))
    try:
        with transaction.atomic():
            outcome.record = _change(member, record, change, version)
            outcome.becomes = _shown(register, change, outcome.record, named)
    except Refused as refused:
        outcome.refusal = explained(register, refused)
    return outcome


def _change(member: Member, record: Record, change: Change, version: int) -> Record:
    if change.act in FIELDS:
        return write(member, record, {change.act: change.value}, version)
    return move(member, record, change.act, version, change.note)


def _shown(register: Register, change: Change, record: Record, named: Named) -> str:
    if change.act not in FIELDS:
        return str(state_words(register.model, record.state))
    field = register.field(change.act)
    return words(field, raw(record, field), named)


def explained(register: Register, refused: Refused) -> str:
    """A refusal in one line, with the fields that it names."""
    said = [
        f"{label(register.model, name)}: {' '.join(str(message) for message in messages)}"
        if name != "note"
        else " ".join(str(message) for message in messages)
        for name, messages in refused.fields.items()
    ]
    return " ".join([str(refused), *said]) if said else str(refused)
