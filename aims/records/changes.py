"""The one door: every change of a record, from page, API, import or task, comes through `create`, `write` or `move`.

Each is one transaction: lock, may they, is it still the version they saw, does the rule allow it, save. The journal is
written by the database itself. Permission is checked before validation, so that nobody learns from error messages.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import fetch, in_sight, may_add, may_change, require, require_move, somebody_else
from aims.records.base import Part, Record
from aims.records.lifecycle import Transition
from aims.records.mentions import note_mentions
from aims.records.models import Comment
from aims.records.registry import Register, followers, guards, observers, register_of

R = TypeVar("R", bound=Record)
Parts = Mapping[str, Sequence[Mapping[str, Any]]]  # relation's name → rows as they shall be

STAMPS = ["created_by", "changed_by", "edited_by"]  # set here from the member who acts: nothing to check
GIVEN = [*STAMPS, "organisation", "id"]  # set here too: the organisation is the member's, the id is new

NEXT_NUMBER = """
    insert into records_counter (id, organisation_id, prefix, last) values (gen_random_uuid(), %s, %s, 1)
    on conflict (organisation_id, prefix) do update set last = records_counter.last + 1 returning last"""
USED_NUMBER = """
    insert into records_counter (id, organisation_id, prefix, last) values (gen_random_uuid(), %s, %s, %s)
    on conflict (organisation_id, prefix) do update set last = greatest(records_counter.last, excluded.last)"""


@transaction.atomic
def create(member: Member, model: type[R], data: Mapping[str, Any], parts: Parts | None = None) -> R:
    """A new record, in the first state of its lifecycle, numbered unless `data` brings a `ref`."""
    require(may_add(member, register_of(model)))
    ref = str(data.get("ref") or "")
    if ref:
        _pass_by(member, model, ref)
    else:
        ref = next_ref(member, model)
    record = _new(member, model, data, parts or {}, ref)
    _observed(member, record, [{} for _observer in observers(register_of(model).path)])
    _follow(member, record, "create")
    return record


@transaction.atomic
def lay(member: Member, model: type[R], code: str, data: Mapping[str, Any]) -> R:
    """A record of a fixed kind, laid at the founding of an organisation under its code (an answer, an SoA line)."""
    require(member.role in register_of(model).writers)
    return _new(member, model, data, {}, code, code=code)


def _new(member: Member, model: type[R], data: Mapping[str, Any], parts: Parts, ref: str, **fixed: Any) -> R:
    state = register_of(model).lifecycle.initial
    record = model(
        organisation_id=member.organisation_id, state=state, ref=ref, created_by_id=member.id, **fixed
    )
    _fill(member, record, data, parts, new=True)
    return record


def _follow(member: Member, record: Record, step: str) -> None:
    """Tell who declared that they follow the steps of records (the schedule does)."""
    for follower in followers():
        follower(member, record, step)


@transaction.atomic
def write(
    member: Member,
    record: R,
    data: Mapping[str, Any],
    version: int | None = None,
    parts: Parts | None = None,
    undoing: bool = False,
) -> R:
    """Change fields and parts of a record. `version` is the one the person saw; None skips the check (tasks only).

    `undoing` says that the values are those from before a change: what asks for steps forward lets them through.
    What says only what is there already changes nothing: no version, no entry in the journal.
    """
    record = locked(member, record)
    record.undoing = undoing
    require(may_change(member, record))
    _check_version(record, version)
    if register_of(record).lifecycle.state(record.state).locked:
        raise Refused("locked", _("This record is closed in its present state. Move it back first."))
    seen = [observer.look(record) for observer in observers(register_of(record).path)]
    _fill(member, record, data, parts or {})
    _observed(member, record, seen)
    if team := register_of(record).lifecycle.team:
        for effect in team.written:
            effect(member, record)
    return record


def _observed(member: Member, record: Record, before: list[dict[str, Any]]) -> None:
    """Tell who observes this kind what it was and what it is; keep what followed with the record, to be said."""
    pairs = zip(observers(register_of(record).path), before, strict=True)
    found = [observer.told(member, record, was, observer.look(record)) for observer, was in pairs]
    record.brought_about = tuple(effect for effects in found for effect in effects)


@transaction.atomic
def move(
    member: Member,
    record: R,
    code: str,
    version: int | None = None,
    note: str = "",
    before: Callable[[Member, R, Transition], None] | None = None,
) -> R:
    """Take a transition of the record's lifecycle. `before` runs under the lock, before the state changes (signing)."""
    record = locked(member, record)
    transition = register_of(record).lifecycle.transition(code)
    if transition is None:
        raise Refused("transition", _("There is no step “%(code)s”.") % {"code": code})
    require_move(member, record, transition)
    _check_version(record, version)
    _check_transition(member, record, transition, note)
    for guard in guards(f"{register_of(record).path}.{code}"):
        guard.check(member, record)
    if before:
        before(member, record, transition)
    elif transition.meaning:
        raise Refused("proof_needed", _("This step is a signature: it needs a second proof of identity."))
    record.state, record.changed_by_id = transition.target, member.id
    record.version += 1
    for stamp in transition.stamps:
        stamp(member, record)
    record.save()
    if note:
        comment(member, record, note)
    for effect in transition.effects:
        effect(_in_effect(member, transition), record)
    _follow(member, record, transition.code)
    return record


def _in_effect(member: Member, transition: Transition) -> Member:
    """Who effects act as: what follows from a step that an outside reviewer may take is not refused for their role."""
    reviews = transition.four_eyes and member.outside_reviewer and member.role not in transition.roles
    return replace(member, role=Role.OFFICER) if reviews else member


def locked(member: Member, record: R) -> R:
    """The record as it is now, locked to the end of the transaction. What the caller holds may be stale."""
    fetch(member, type(record), record.pk)
    fresh: R = type(record)._default_manager.select_for_update(of=("self",)).get(pk=record.pk)
    return fresh


def next_ref(member: Member, model: type[Record]) -> str:
    """The next number of a kind of record, such as RSK-0042."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [member.organisation_id, model.ref_prefix])
        return f"{model.ref_prefix}-{cursor.fetchone()[0]:04d}"


def _pass_by(member: Member, model: type[Record], ref: str) -> None:
    """A number that was given counts as used: the next one comes after it."""
    given = re.fullmatch(rf"{re.escape(model.ref_prefix)}-(\d{{1,9}})", ref, re.ASCII)
    if given:
        with connection.cursor() as cursor:
            cursor.execute(USED_NUMBER, [member.organisation_id, model.ref_prefix, int(given[1])])


def comment(member: Member, record: Record, text: str) -> Comment:
    """Say something about a record; whoever sees the record sees it, and who is called by name is told (`@First Last`)."""
    row = Comment(
        organisation_id=member.organisation_id,
        kind=register_of(record).path,
        record_id=record.pk,
        author_id=member.id,
        text=text.strip(),
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise refusal(error) from error
    row.save()
    if note_mentions(row):
        _follow(member, record, "mention")
    return row


def _check_version(record: Record, version: int | None) -> None:
    if version is not None and version != record.version:
        raise Refused(
            "stale",
            _("Somebody else changed this record while you were editing. Compare the two and save again."),
            details={"version": record.version, "yours": version},
        )


def _check_transition(member: Member, record: Record, transition: Transition, note: str) -> None:
    lifecycle = register_of(record).lifecycle
    if record.state not in transition.sources:
        state = lifecycle.state(record.state).label
        message = _("“%(step)s” cannot be done while the record is %(state)s.")
        raise Refused("transition", message % {"step": transition.label, "state": state})
    if transition.four_eyes and record.edited_by_id == member.id:
        raise _own_work(member, record, transition)
    if transition.note and not note.strip():
        raise Refused("invalid", _("Say why."), {"note": [_("Say why.")]})
    missing = [name for name in transition.required if not _filled(record, name)]
    if missing:
        raise Refused(
            "invalid", _("Something is missing."), {name: [_("Fill this in first.")] for name in missing}
        )


def _own_work(member: Member, record: Record, transition: Transition) -> Refused:
    """The refusal of who edited last; where nobody else could do it, it says how somebody can."""
    words = [_("Another person must do this: you made the last change.")]
    if not somebody_else(member, record, transition):
        words.append(
            _(
                "Nobody else in your organisation can. An administrator can add somebody from outside "
                "in Settings, under Members, and mark them as outside reviewer."
            )
        )
    return Refused("four_eyes", " ".join(words))


def _filled(record: Record, name: str) -> bool:
    value = getattr(record, name)
    return bool(value.exists() if hasattr(value, "exists") else value not in (None, "", []))


def _fill(member: Member, record: Record, data: Mapping[str, Any], parts: Parts, new: bool = False) -> None:
    """Set, settle, validate and save; then the relations and parts that need the row to be there."""
    register = register_of(record)
    allowed = {*register.fields, "external_id", "title"}
    given = {name: value for name, value in data.items() if name in allowed}
    several = {name: list(given.pop(name) or []) for name in list(given) if register.field(name).many_to_many}
    before = _row(record)
    for name, value in given.items():
        _set(record, name, value)
    stamps = record.changed_by_id, record.edited_by_id
    record.changed_by = record.edited_by = Membership.objects.filter(pk=member.id).first()  # None: a task
    record.coming = parts
    record.settle(frozenset(data))
    check(member, record, register, new)
    if not new:
        if _row(record) == before and not _differ(record, several, parts):
            record.changed_by_id, record.edited_by_id = stamps
            return
        record.version += 1
    record.save(force_insert=new)
    for name, targets in several.items():
        _in_sight(member, register.field(name), name, targets)
        getattr(record, name).set(targets)
    for name, rows in parts.items():
        write_parts(member, record, _part(register, name), rows)


def _row(record: Record) -> dict[str, Any]:
    """What a record holds, without the stamps; JSON as text, for it is changed in place."""
    fields = [f for f in record._meta.concrete_fields if f.name not in (*STAMPS, "changed_at", "created_at")]
    return {f.attname: _plain(f, getattr(record, f.attname)) for f in fields}


def _plain(field: Any, value: Any) -> Any:
    """JSON in one text: the database gives the names of an object in another order than they came."""
    return json.dumps(value, sort_keys=True, default=repr) if isinstance(field, models.JSONField) else value


def _differ(record: Record, several: Mapping[str, Sequence[Any]], parts: Parts) -> bool:
    """Whether relations to several rows, or parts, are other than the record has."""
    register = register_of(record)
    for name, targets in several.items():
        keys = {str(getattr(target, "pk", target)) for target in targets}
        if keys != {str(key) for key in getattr(record, name).values_list("pk", flat=True)}:
            return True
    return any(_parts_differ(record, _part(register, name), rows) for name, rows in parts.items())


def _parts_differ(record: Record, part: type[Part], rows: Sequence[Mapping[str, Any]]) -> bool:
    present = list(part._default_manager.filter(**{part.of: record}).order_by("position", "id"))
    if [str(row.pk) for row in present] != [str(values.get("id") or "") for values in rows]:
        return True
    return any(_part_differs(row, values) for row, values in zip(present, rows, strict=True))


def _part_differs(row: Part, values: Mapping[str, Any]) -> bool:
    for name in row.form:
        field: Any = row._meta.get_field(name)
        if name in values:
            now, said = getattr(row, field.attname), values[name]
            said = getattr(said, "pk", said) if field.is_relation else said
            if _text(field, now) != _text(field, said):
                return True
    return False


def _text(field: Any, value: Any) -> Any:
    """A value for comparison; what the field cannot read is like nothing that it holds."""
    target = field.target_field if field.is_relation else field
    try:
        return _plain(field, target.to_python(value) if value not in (None, "") else value)
    except ValidationError:
        return object()


def check(member: Member, record: Record, register: Register, new: bool) -> None:
    """Refuse what the model's own rules refuse, naming the fields; and what refers to rows that are out of sight."""
    for name in register.fields:
        field = register.field(name)
        if field.many_to_one and (target := getattr(record, field.attname)):
            _in_sight(member, field, name, [target])
    try:
        record.full_clean(exclude=GIVEN, validate_constraints=False)
        # a constraint is only asked when no column of it is left out; number and external id are unique per organisation
        record.validate_constraints(exclude=STAMPS if new else [*STAMPS, "organisation"])
    except ValidationError as error:
        raise refusal(error) from error


def _in_sight(member: Member, field: Any, name: str, targets: Sequence[Any]) -> None:
    """Refuse a reference to what the member cannot see, in the words used for what does not exist."""
    keys = {getattr(target, "pk", target) for target in targets}
    if keys and in_sight(member, field.related_model).filter(pk__in=keys).count() != len(keys):
        raise Refused("invalid", _("Check the marked fields."), {name: [_("There is no such record.")]})


def refusal(error: ValidationError) -> Refused:
    """Django's validation error as ours, with the messages by field."""
    fields = getattr(error, "message_dict", None) or {NON_FIELD_ERRORS: error.messages}
    return Refused("invalid", _("Check the marked fields."), fields)


def _part(register: Register, name: str) -> type[Part]:
    found = {part_name(part): part for part in register.parts}
    if name not in found:
        raise Refused("invalid", _("There are no such parts."), {name: [_("There are no such parts.")]})
    return found[name]


def part_name(part: type[Part]) -> str:
    """Under which name a record has these parts."""
    relation: Any = part._meta.get_field(part.of)
    return str(relation.remote_field.related_name)


def write_parts(member: Member, record: Record, part: type[Part], rows: Sequence[Mapping[str, Any]]) -> None:
    """Make the parts of a record what `rows` say, in their order: rows with an `id` stay, others go or come."""
    present = {str(row.pk): row for row in part._default_manager.filter(**{part.of: record})}
    errors: dict[str, list[str]] = {}
    kept: list[Part] = []
    for position, values in enumerate(rows):
        row = present.pop(str(values.get("id") or ""), None) or part(organisation_id=record.organisation_id)
        prefix = f"{part_name(part)}.{position}"
        _fill_part(member, row, {name: values[name] for name in part.form if name in values}, prefix)
        setattr(row, part.of, record)
        row.position = position
        errors.update(_errors(row, prefix))
        kept.append(row)
    if errors:
        raise Refused("invalid", _("Check the marked fields."), errors)
    part._default_manager.filter(pk__in=list(present)).delete()
    for row in kept:
        row.save()


def _fill_part(member: Member, row: Part, values: Mapping[str, Any], prefix: str) -> None:
    """Set the declared fields of a part; what it refers to must be in sight."""
    for name, value in values.items():
        field = row._meta.get_field(name)
        if field.is_relation and value:
            _in_sight(member, field, f"{prefix}.{name}", [value])
        _set(row, name, value)


def _set(row: models.Model, name: str, value: Any) -> None:
    """Set a field; a relation takes the row or its id."""
    field: Any = row._meta.get_field(name)
    setattr(row, field.attname if field.is_relation and not hasattr(value, "pk") else name, value)


def _errors(row: models.Model, prefix: str) -> dict[str, list[str]]:
    try:
        row.full_clean(exclude=["organisation"])
    except ValidationError as error:
        return {f"{prefix}.{name}": list(messages) for name, messages in error.message_dict.items()}
    return {}
