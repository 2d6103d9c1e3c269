"""Takes in reported decisions: each row is judged by itself, the good ones go in at once, and the same again adds none."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import orjson
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from context.models import AISystem
from operation.decisions.models import Decision
from operation.decisions.reading import Errors, read

LATE, AHEAD = timedelta(days=7), timedelta(minutes=5)
BATCH = 1000
Key = tuple[uuid.UUID, str]


@dataclass
class Taken:
    """What became of the rows: by the number of their line."""

    accepted: dict[int, Decision] = field(default_factory=dict)
    known: dict[int, Decision] = field(default_factory=dict)
    rejected: dict[int, tuple[str, Errors]] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)  # rejected because the id has other content


def take(member: Member, rows: Iterable[tuple[int, Any]]) -> Taken:
    """Check and keep reported decisions, given as (line, JSON value)."""
    taken = Taken()
    good: dict[int, dict[str, Any]] = {}
    for line, row in rows:
        values, errors = read(row)
        if errors:
            taken.rejected[line] = (str(values.get("id", "")), errors)
        else:
            good[line] = values
    decisions = _decisions(member, good, taken)
    _keep(decisions, taken)
    return taken


def _decisions(member: Member, good: Mapping[int, dict[str, Any]], taken: Taken) -> dict[int, Decision]:
    systems = find_systems(member, {values["system"] for values in good.values()})
    made = {}
    for line, values in good.items():
        system = systems.get(values["system"])
        if system is None:
            errors = {
                "system": [_("There is no such AI system. Give its id, its number or its external id.")]
            }
            taken.rejected[line] = (values["id"], errors)
        else:
            made[line] = decision(member, system, values)
    return made


def find_systems(member: Member, names: set[str]) -> dict[str, uuid.UUID]:
    """The AI systems of the organisation by id, number (AIS-0001) or external id. The token's scope is that of decisions."""
    keys = {key for name in names if (key := _uuid(name))}
    rule = Q(pk__in=keys) | Q(ref__in=names) | Q(external_id__in=names)
    rows = visible(replace(member, scopes=None), AISystem).filter(rule)
    found: dict[str, uuid.UUID] = {}
    for key, ref, external_id in rows.values_list("pk", "ref", "external_id"):
        found.update({str(key): key, ref: key})
        if external_id:
            found.setdefault(external_id, key)
    return {name: found[wanted] for name in names if (wanted := str(_uuid(name) or name)) in found}


def _uuid(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name) if len(name) == 36 else None
    except ValueError:
        return None


def decision(member: Member, system: uuid.UUID, values: Mapping[str, Any]) -> Decision:
    """A decision from checked values, not kept yet."""
    now = timezone.now()
    content = {name: value for name, value in values.items() if name not in ("id", "system")}
    override = content.get("human_override")
    return Decision(
        organisation_id=member.organisation_id,
        system_id=system,
        client_id=values["id"],
        recorded_at=now,
        flag=_flag(values["timestamp"] - now),
        overridden=bool(override),
        digest=hashlib.sha256(orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        **content,
    )


def _flag(ahead: timedelta) -> str:
    if ahead > AHEAD:
        return Decision.Flag.FUTURE
    return Decision.Flag.LATE if ahead < -LATE else Decision.Flag.NONE


def _keep(decisions: Mapping[int, Decision], taken: Taken) -> None:
    """Insert on top of the unique key; whose row then stands there says what became of each line."""
    first: dict[Key, Decision] = {}
    for row in decisions.values():
        first.setdefault((row.system_id, row.client_id), row)
    Decision.objects.bulk_create(first.values(), batch_size=BATCH, ignore_conflicts=True)
    standing = {(row.system_id, row.client_id): row for row in _standing(list(first))}
    for line, row in decisions.items():
        there = standing[row.system_id, row.client_id]
        if there.pk == row.pk:
            taken.accepted[line] = row
        elif there.digest == row.digest:
            taken.known[line] = there
        else:
            taken.conflicts.add(line)
            taken.rejected[line] = (row.client_id, {"id": [_("This id is known with other content.")]})


def _standing(keys: list[Key]) -> Iterator[Decision]:
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        rows = Decision.objects.filter(
            system_id__in={system for system, _id in some},
            client_id__in=[client_id for _system, client_id in some],
        )
        yield from rows
