"""What the law fixes: how long something is kept at least, and how late something may be done at most.

The catalogue says who fixed a rule (`basis`) and where (`source`). Where it is the law without a condition, an
organisation may keep longer or act sooner, never the reverse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.catalogue.schedule_rules import ScheduleRule
from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.base import Record
from aims.records.registry import ObligationRule, obligation_rule, obligation_rules, register, register_of
from aims.schedule.dates import add_months, today
from aims.schedule.models import Obligation

CONDITION = "where it applies"  # a law that binds some organisations only: theirs to judge


@lru_cache
def _facts() -> dict[str, ScheduleRule]:
    return {rule.code: rule for rule in edition().schedule_rules}


def fact(rule: ObligationRule | None) -> ScheduleRule | None:
    """What the catalogue says about a declared obligation: who fixed it, and where that is written."""
    return _facts().get(rule.holds) if rule else None


def law(rule: ObligationRule | None) -> str:
    """The law that fixes an obligation for everybody, or nothing."""
    found = fact(rule)
    fixed = found is not None and found.basis == "law" and CONDITION not in found.source
    return found.source if found and fixed else ""


def least_months(code: str) -> tuple[int, str]:
    """How many months a kind of information is kept at least, and which law says so."""
    rule = obligation_rule(code)
    return (rule.months, law(rule)) if rule else (0, "")


def check_floor(obligation: Obligation) -> None:
    """Refuse to keep shorter, or to act later, than the law allows; the error names the field and the law."""
    rule, said = obligation.rule, law(obligation.rule)
    if rule is None or not said:
        return
    if rule.kind == Obligation.Kind.RETENTION and obligation.months < rule.months:
        words = _("At least %(months)d months: %(law)s.")
        raise ValidationError({"months": words % {"months": rule.months, "law": said}})
    for name in ("months", "days", "hours"):
        if rule.kind == Obligation.Kind.AFTER and getattr(obligation, name) > getattr(rule, name):
            words = _("No more than %(number)d: %(law)s.")
            raise ValidationError({name: words % {"number": getattr(rule, name), "law": said}})


@dataclass(frozen=True)
class Floor:
    """How long something is kept at least: in general (`end` None), or a record until a day."""

    code: str
    label: str
    months: int
    law: str
    record: Record | None = None
    end: date | None = None


def floors(member: Member) -> list[Floor]:
    """The retention floors of an organisation, each followed by the records under it, the earliest end first."""
    rows = Obligation.objects.filter(
        organisation_id=member.organisation_id, kind=Obligation.Kind.RETENTION, active=True
    )
    found: list[Floor] = []
    for row in rows.order_by("code"):
        found.append(Floor(row.code, row.label, row.months, law(row.rule)))
        found += sorted(_under(member, row), key=lambda floor: (floor.end or date.max, str(floor.record)))
    return found


def _under(member: Member, row: Obligation) -> Iterator[Floor]:
    """The records that a floor keeps still."""
    rule, kind = row.rule, register(row.register)
    if rule is None or kind is None or rule.since is None:
        return
    day = today(member.time_zone, timezone.now())
    for record in visible(member, kind.model).select_related():
        end = kept_until(rule, row.months, record)
        if end and end >= day:
            yield Floor(row.code, row.label, row.months, law(rule), record, end)


def kept_until(rule: ObligationRule, months: int, record: Record) -> date | None:
    """Until when a record is kept, or None where the floor does not concern it or has not begun to count."""
    if rule.since is None or (rule.when and not rule.when(record)):
        return None
    begun = rule.since(record)
    return add_months(begun, months) if begun else None


@lru_cache
def _keepers(path: str) -> tuple[ObligationRule, ...]:
    return tuple(r for r in obligation_rules() if r.kind == "retention" and r.register == path)


def guard(member: Member, record: Record, step: str) -> None:
    """Told of every step: what is under a floor is not withdrawn before its end."""
    rules = _keepers(register_of(record).path) if step == "withdraw" else ()
    for rule in rules:
        row = Obligation.objects.filter(organisation_id=member.organisation_id, code=rule.code).first()
        end = kept_until(rule, max(row.months if row else 0, rule.months), record)
        if end and end >= today(member.time_zone, timezone.now()):
            words = _(
                "This must be kept until %(day)s: %(law)s. Add what replaces it as a new record beside it."
            )
            raise Refused("conflict", words % {"day": date_format(end, "j F Y"), "law": law(rule)})
