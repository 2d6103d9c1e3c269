"""Valid data for any register, built from the fields of its model. What its rules want beside that stands in `SPECIAL`.

make(world, AISystem)                        a record, through the one door, by somebody who may
make(world, AIRisk, title="Drift")           the same with values of one's own (Python values, instances for relations)
body(world, register, full=True)             what a REST client would POST, with every field and one of each part
"""

import datetime
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from aims.api.serializers import parse
from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.roles import Role
from aims.records.base import Part, Record
from aims.records.changes import create, lay, move, part_name
from aims.records.fields import CodesField
from aims.records.registry import Register, register_of
from context.models import AISystem
from evaluation.models import Audit, AuditCheck, Sample
from planning.models import StandardComparison
from tests.people import World

R = TypeVar("R", bound=Record)
PREFERRED = (Role.OFFICER, Role.ADMINISTRATOR, Role.CONTRIBUTOR, Role.AUDITOR, Role.EXECUTIVE)
LAID = "A.5.2"  # the code of the row of a fixed kind


def apart(model: type[models.Model]) -> dict[str, Any]:
    """Values that keep a row apart from its like, where a key of no relation is unique together with others."""
    names = {name for rule in model._meta.constraints for name in getattr(rule, "fields", ())}
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return {f.name: uuid.uuid4() for f in fields if isinstance(f, models.UUIDField) and f.editable}


def writer(world: World, register: Register) -> Member:
    """Who adds records to a register: the compliance officer wherever possible."""
    return world.members[next(role for role in PREFERRED if role in register.writers)]


def make(world: World, model: type[R], full: bool = False, **given: Any) -> R:
    """A valid record of Orvanne; of a fixed kind, the one row that is laid. Call it from anywhere: it acts by itself."""
    register = register_of(model)
    member = writer(world, register)
    with acting(world.orvanne.pk, member.actor):
        if model.fixed:
            return laid(member, model)
        values, parts = parse(member, register, body(world, register, full))
        parts = {**parts, **{name: given.pop(name) for name in parts if name in given}}
        return create(member, model, {**values, **given}, parts)


def laid(member: Member, model: type[R]) -> R:
    """The row of a fixed kind."""
    row = model._default_manager.filter(organisation_id=member.organisation_id).order_by("ref").first()
    return row or lay(member, model, LAID, {"title": "A line of the standard"})


def body(world: World, register: Register, full: bool = False) -> dict[str, Any]:
    """What a client posts: what must be given, or with `full` all that can be."""
    with acting(world.orvanne.pk, writer(world, register).actor):
        special = SPECIAL[register.path](world) if register.path in SPECIAL else {}
        names = tuple(name for name in register.fields if name not in special)
        data = {**row(world, register.model, names, full), **special}
        for part in register.parts:
            if full and part_name(part) not in special:
                data[part_name(part)] = [row(world, part, part.form, full)]
        return data


def row(world: World, model: type[models.Model], names: tuple[str, ...], full: bool) -> dict[str, Any]:
    """The values of some fields of a model."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return {field.name: value(world, field) for field in fields if field.editable and (full or needed(field))}


def needed(field: Any) -> bool:
    """Whether a field must be given."""
    return not (field.blank or field.null or field.has_default())


def value(world: World, field: Any) -> Any:
    """A valid value of a field, as JSON."""
    if field.is_relation:
        key = related(world, field.related_model)
        return [key] if field.many_to_many else key
    if field.choices:
        return next(choice for choice, _label in field.flatchoices if choice not in ("", None))
    return next(made(field) for kind, made in MAKERS if isinstance(field, kind))


def related(world: World, model: Any) -> str:
    """The id of a row to refer to."""
    if model is Membership:
        return str(world.officer.id)
    if issubclass(model, Record):
        return str(make(world, model).pk)
    if issubclass(model, Part):
        return str(part_of(world, model).pk)
    raise NotImplementedError(f"tests.factory knows no {model.__name__}")


def part_of(world: World, part: type[Part]) -> Part:
    """A part of a new record."""
    model: Any = part._meta.get_field(part.of).related_model
    record = make(world, model, full=True)
    return part._default_manager.filter(**{part.of: record})[0]


def number(field: Any) -> int:
    """A number within the field's limits."""
    least = [v.limit_value for v in field.validators if isinstance(v, MinValueValidator)]
    most = [v.limit_value for v in field.validators if isinstance(v, MaxValueValidator)]
    return int(min([max([1, *least]), *most]))


def text(field: Any) -> str:
    """Some words that fit, or a code where it must be one."""
    words = f"A {field.verbose_name} of the tests"[: field.max_length or 200]
    return next(given for given in (words, "6.1.2", "A.5.2", "C.2.1") if takes(field, given))


def codes(field: Any) -> list[str]:
    """A code that the field takes: of a clause, a control, or Annex C."""
    return next([code] for code in ("6.1.2", "A.5.2", "C.2.1", "C.3.1") if takes(field, [code]))


def takes(field: Any, wanted: Any) -> bool:
    """Whether the field's own rules take a value."""
    try:
        field.clean(wanted, None)
    except ValidationError:
        return False
    return True


def of_outside(world: World) -> dict[str, Any]:
    """Whoever is no auditor of an audit enters findings of outside bodies only."""
    return {"audit": str(make(world, Audit, kind=Audit.Kind.SURVEILLANCE).pk)}


def uncompared(world: World) -> dict[str, Any]:
    """Each clause is compared once."""
    done = set(StandardComparison.objects.filter(organisation=world.orvanne).values_list("code", flat=True))
    codes = (entry.code for entry in edition().crosswalks.entries)
    return {"code": next(code for code in codes if code not in done)}


def note_on_outside(world: World) -> dict[str, Any]:
    """A note belongs to the audit of its line."""
    check = make(world, AuditCheck)
    return {"audit": str(check.audit_id), "check_line": str(check.pk)}


def on_a_sample(world: World) -> dict[str, Any]:
    """A verdict is on a record that was drawn."""
    make(world, AISystem)
    sample = make(world, Sample)
    with acting(world.orvanne.pk, world.officer.actor):
        sample = move(world.officer, move(world.officer, sample, "fix"), "draw")
    return {"sample": str(sample.pk), "item": sample.drawn[0]["id"]}


def overridden(world: World) -> dict[str, Any]:
    """Nobody gives the reason why they themselves audit in spite of a conflict."""
    other = world.members.get(Role.EXECUTIVE)
    return {"overrides": [{"auditor": str(other.id), "reason": "Nobody else can"}] if other else []}


TODAY: str = datetime.date.today().isoformat()
# path of the register → the values that its own rules want, as JSON
SPECIAL: dict[str, Callable[[World], dict[str, Any]]] = {
    "management-reviews": lambda world: {"next_review": "2099-01-31"},
    "findings": of_outside,
    "retention-rules": lambda world: {"months": 240},  # above every floor
    # another measurement of the same metric; a day alone is enough
    "measurements": lambda world: {"corrects": None, "measured_on": TODAY},
    "system-versions": lambda world: {"previous": None},  # another version of the same system
    "samples": lambda world: {"kind": "ai-systems", "dated_by": "created_at"},
    "audit-checks": of_outside,
    "ai-risks": lambda world: {"criteria": None, "library": "R04"},  # rated under what is in force
    "sample-verdicts": on_a_sample,
    "working-notes": note_on_outside,
    "audits": overridden,
    "comparisons-with-other-standards": uncompared,
}
MAKERS: tuple[tuple[type, Any], ...] = (
    (CodesField, codes),
    (models.JSONField, lambda field: field.get_default() or {}),
    (models.URLField, lambda field: "https://example.test/"),
    (models.EmailField, lambda field: "someone@example.test"),
    (models.BooleanField, lambda field: True),
    (models.DateTimeField, lambda field: f"{TODAY}T08:00:00Z"),
    (models.DateField, lambda field: TODAY),
    (models.TimeField, lambda field: "08:00:00"),
    (models.IntegerField, number),
    (models.DecimalField, lambda field: str(number(field))),
    (models.UUIDField, lambda field: "01890a5d-ac96-774b-bcce-b302099a8057"),
    (models.CharField, text),
    (models.TextField, text),
)
