"""Rows of the demo's data become records, through the one door and in the name of the right person.

A row is written in the fields of its register. Beside them: `id` (its external id), `by` (who writes it), parts by their
names, `edits` (later changes, each with its `by`), `moves` (each with `step`, `by`, `dated`, `note`), `grants` (each with
`to`, `may`, `until`, `codes`), `from` (the record that led to it) and `drawn` (a record of a sample by its place in the
draw). `find` names a record that came by itself (a
nonconformity from a finding); a row whose id is known goes on with that record. People and records are named by their ids,
lines of the standard by their codes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from aims.demo.people import grant
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.records.base import Part, Record
from aims.records.changes import create, move, part_name, write
from aims.records.models import Signature
from aims.records.origins import Source, lay
from aims.records.registry import Register, register_of, registers
from aims.records.registry import register as register_at
from aims.records.signatures import canonical, digest_of, sign

AROUND = ("id", "by", "edits", "moves", "grants", "find", "from")


class UnknownName(LookupError):
    """The data names something that it does not have."""


class Loader:
    """Fills one organisation. `members` are its people by their keys; `by` is who writes where a row does not say."""

    def __init__(self, members: Mapping[str, Member], by: str) -> None:
        self.members = members
        self.by = by
        self.records: dict[str, Record] = {}

    def learn_lines(self) -> None:
        """Know what was laid at the founding, by its code: `A.8.3` in its own register, `ANS A.8.3` for the answer."""
        for register in registers():
            if register.model.fixed:
                for record in register.model._default_manager.all():
                    self.records[f"{register.model.ref_prefix} {record.ref}"] = record

    def load(self, path: str, rows: list[dict[str, Any]]) -> None:
        """All rows of a register, in their order."""
        register = register_at(path)
        if register is None:
            raise UnknownName(f"there is no register {path}")
        for row in rows:
            self.one(register, row)

    def one(self, register: Register, row: dict[str, Any]) -> Record:
        """One row: written anew, or where the record is there already, changed; then edited and moved on."""
        record = self.written(register, row)
        for edit in row.get("edits", ()):
            record = self.edit(record, edit)
        for move_ in row.get("moves", ()):
            record = self.step(record, move_)
        for given in row.get("grants", ()):
            member = self.member(row)
            with acting(member.organisation_id, member.actor):
                grant(
                    self.members[given["to"]],
                    record,
                    given["may"],
                    given.get("until", ""),
                    given.get("codes", ()),
                )
        return record

    def written(self, register: Register, row: dict[str, Any]) -> Record:
        """The record of a row, with what the row says about it."""
        member, key = self.member(row), self.key(register, row)
        data, parts = self.given(register, row)
        with acting(member.organisation_id, member.actor):
            if "find" in row:
                names = {name: self.value(register.model, name, value) for name, value in row["find"].items()}
                self.records[key] = register.model._default_manager.get(**names)
                data["external_id"] = row["id"]
            if key not in self.records:
                self.records[key] = create(member, register.model, {**data, "external_id": row["id"]}, parts)
                if "from" in row:
                    lay(member, Source(self.records[str(row["from"])]), self.records[key])
            elif data or parts:
                self.records[key] = write(member, self.records[key], data, parts=parts)
        return self.records[key]

    def member(self, row: Mapping[str, Any]) -> Member:
        """Who does what a row says; anew each time, because a member remembers grants."""
        return replace(self.members[row.get("by", self.by)])

    def key(self, register: Register, row: Mapping[str, Any]) -> str:
        """Under which name the record of a row is known here."""
        return f"{register.model.ref_prefix} {row['id']}" if register.model.fixed else str(row["id"])

    def edit(self, record: Record, row: Mapping[str, Any]) -> Record:
        """A later change by somebody."""
        member = self.member(row)
        data, parts = self.given(register_of(record), row)
        with acting(member.organisation_id, member.actor):
            return write(member, record, data, parts=parts)

    def step(self, record: Record, row: Mapping[str, Any]) -> Record:
        """A transition by somebody; one with a meaning is signed."""
        member, code = self.member(row), row["step"]
        transition = register_of(record).lifecycle.transition(code)
        with acting(member.organisation_id, member.actor):
            if transition is None or not transition.meaning:
                return move(member, record, code, note=row.get("note", ""))
            record = type(record)._default_manager.get(pk=record.pk)
            shown = digest_of(canonical(record))
            signed = sign(member, record, code, record.version, shown, "password", row.get("note", ""))
            date_signature(signed, code, row.get("dated"))
            return signed

    def given(self, register: Register, row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The fields and the parts of a row, with names become rows."""
        kinds = {part_name(part): part for part in register.parts}
        data, parts = {}, {}
        for name, value in row.items():
            if name in kinds:
                parts[name] = [self.part(kinds[name], item) for item in value]
            elif (
                name == "drawn"
            ):  # which of a sample's records, by its place in the draw: chance decides which it is
                sample: Any = self.records[row["sample"]]
                sample.refresh_from_db()
                data["item"] = sample.drawn[value - 1]["id"]
            elif name not in AROUND:
                data[name] = self.value(register.model, name, value)
        return data, parts

    def part(self, kind: type[Part], item: Mapping[str, Any]) -> dict[str, Any]:
        """A part with names become rows."""
        return {name: self.value(kind, name, value) for name, value in item.items()}

    def value(self, model: type[models.Model], name: str, value: Any) -> Any:
        """A value; names of people and records are looked up."""
        field = model._meta.get_field(name)
        if value is None or not field.is_relation:
            return value
        target: Any = field.related_model
        if field.many_to_many:
            return [self.record(target, key) for key in value]
        return self.record(target, value)

    def record(self, model: type[models.Model], key: str) -> Any:
        """The row of this name."""
        if model is Membership:
            return self.members[key].id
        prefix = getattr(model, "ref_prefix", "")
        found = self.records.get(key) or self.records.get(f"{prefix} {key}")
        if found is None:
            raise UnknownName(f"there is no {key} among the {model._meta.verbose_name_plural}")
        return found


def date_signature(record: Record, step: str, on: Any) -> None:
    """Give a signature of the demo's past its day. Nothing else in AIMS can: it is history that was not lived here."""
    if on:
        moment = datetime.combine(on, time(10, 30), ZoneInfo("Europe/Paris"))
        Signature.objects.filter(record_id=record.pk, transition=step).update(signed_at=moment)
