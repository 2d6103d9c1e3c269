"""Sampling over a population that is fixed before there is a seed, so that neither auditor nor auditee can pick.

How anybody recomputes a sample, with its list and its seed and nothing of ours:

1. The *list* is the population as text: a line `<id>:<version>` for each record, in ascending order of the lines, each line
   ended by a newline. For decisions of AI systems the digest of what the client sent stands in place of the version.
2. The *digest* is the SHA-256 of that text in UTF-8 (`sha256sum list.txt`). It is recorded when the population is fixed.
3. The *seed* is 64 hexadecimal digits from the operating system, made only afterwards.
4. A line's *rank* is the SHA-256 of the seed, a newline, and the line (without its own newline). The sample is the n lines
   with the lowest ranks, in the order of their ranks (method `sha256-rank-1`):

       sorted(lines, key=lambda line: hashlib.sha256(f"{seed}\\n{line}".encode()).hexdigest())[:n]

Each subset of n is as likely as any other as far as SHA-256 is not predictable, and the seed was not known to anybody.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.changes import create, move
from aims.records.display import first_letter_up, label
from aims.records.narrowing import relations
from aims.records.registry import Register, register_of, registers
from aims.records.registry import register as register_at
from context.models import AISystem
from evaluation.models import AuditRequest, Population, Sample
from operation.decisions.models import Decision

DECISIONS = "decisions"
METHOD = "sha256-rank-1"
MOST = 200_000  # records of a population; its list is kept
MADE = "created_at"


def digest_of(lines: Sequence[str]) -> str:
    """The SHA-256 of a population's list (steps 1 and 2 above)."""
    return hashlib.sha256(text_of(lines).encode()).hexdigest()


def text_of(lines: Iterable[str]) -> str:
    """A population's list as text."""
    return "".join(f"{line}\n" for line in sorted(lines))


def draw(lines: Iterable[str], seed: str, size: int) -> list[str]:
    """The `size` lines with the lowest ranks (step 4 above)."""
    return sorted(lines, key=lambda line: hashlib.sha256(f"{seed}\n{line}".encode()).hexdigest())[:size]


# ── What there is to draw from ───────────────────────────────────────────


def dates_of(register: Register) -> list[str]:
    """The fields by which records of a register can be dated: when they were made, and the days that people enter."""
    entered = [name for name in register.fields if isinstance(register.field(name), models.DateField)]
    return [MADE, *entered]


def between(name: str, sample: Sample, zone: str) -> Q:
    """Rows dated within the period, both days included, in the organisation's time zone."""
    if name not in (MADE, "timestamp"):
        return Q(**{f"{name}__range": (sample.period_from, sample.period_to)})
    start, end = (
        datetime.combine(day, time.min, ZoneInfo(zone))
        for day in (sample.period_from, following(sample.period_to))
    )
    return Q(**{f"{name}__gte": start, f"{name}__lt": end})


def following(day: date) -> date:
    """The next day."""
    return day + timedelta(days=1)


def rows(member: Member, sample: Sample) -> QuerySet[Any]:
    """The records of a sample's register and period that a member sees, each with `line_version`."""
    if sample.kind == DECISIONS:
        found: QuerySet[Any] = visible(member, Decision)
        found = found.filter(system__in=visible(member, AISystem).values("pk"))
        found = found.filter(between("timestamp", sample, member.time_zone))
        version: Any = models.F("digest")
    else:
        register = known(sample.kind)
        found = visible(member, register.model).filter(
            between(sample.dated_by or MADE, sample, member.time_zone)
        )
        version = Cast("version", models.TextField())
    if sample.system_id:
        found = found.filter(about(found.model, sample.system_id))
    return found.annotate(line_version=version).order_by()


def known(path: str) -> Register:
    """The register of this name."""
    register = register_at(path)
    if register is None:
        message = _("There is no such register.")
        raise Refused("invalid", message, {"kind": [message]})
    return register


def about(model: type[models.Model], system: Any) -> Q:
    """Rows that are, or refer to, an AI system."""
    if model is AISystem:
        return Q(pk=system)
    names = [field.name for field in relations(model, AISystem)]  # type: ignore[arg-type]
    rule = Q(pk__in=[])
    for name in names:
        rule |= Q(pk__in=model._default_manager.filter(**{name: system}).values("pk"))
    return rule


def lines_of(member: Member, sample: Sample) -> list[str]:
    """The population as lines, in their order."""
    found = rows(member, sample).values_list("pk", "line_version")[: MOST + 1]
    return sorted(f"{key}:{version}" for key, version in found)


# ── Fixing and drawing: effects of the lifecycle's steps ─────────────────


def check_choice(member: Member, sample: Sample) -> None:
    """Refuse a date that the register does not have, and a second draw where one was made: that is asked for there."""
    if sample.kind != DECISIONS and sample.dated_by and sample.dated_by not in dates_of(known(sample.kind)):
        message = _("Records of this register have no such date.")
        raise Refused("invalid", message, {"dated_by": [message]})
    same = Sample.objects.filter(audit=sample.audit_id, kind=sample.kind, system=sample.system_id)
    overlap = same.filter(period_from__lte=sample.period_to, period_to__gte=sample.period_from)
    before = overlap.exclude(drawn_at=None).exclude(pk=sample.pk).first()
    if before and sample.replaces_id is None:
        message = _("%(ref)s was drawn from these records already. Draw again there, and say why.")
        raise Refused("conflict", message % {"ref": before.ref})


def fix(member: Member, sample: Sample) -> None:
    """Record the population: its size, its digest and its list. There is no seed yet (step 2 above)."""
    check_choice(member, sample)
    lines = lines_of(member, sample)
    if len(lines) > MOST:
        message = _("There are more than %(most)d records. Choose a shorter period.") % {"most": MOST}
        raise Refused("invalid", message, {"period_to": [message]})
    if len(lines) < sample.size:
        message = _("There are only %(there)d records to draw from.") % {"there": len(lines)}
        raise Refused("invalid", message, {"size": [message]})
    sample.population_size, sample.population_digest = len(lines), digest_of(lines)
    sample.committed_at, sample.committed_by_id, sample.method = timezone.now(), member.id, METHOD
    sample.save()
    Population.objects.update_or_create(
        sample=sample, organisation_id=sample.organisation_id, defaults={"lines": text_of(lines)}
    )


def listed(sample: Sample) -> list[str]:
    """The list as it was fixed; refused when it no longer gives the digest that was recorded."""
    row = Population.objects.filter(sample=sample).first()
    lines = row.lines.splitlines() if row else []
    if not lines or digest_of(lines) != sample.population_digest:
        raise Refused("conflict", _("The list of this sample is not what was fixed. Fix it again."))
    return lines


def draw_now(member: Member, sample: Sample) -> None:
    """Make a seed and draw from the fixed list, once; what changed meanwhile is recorded with it."""
    lines = listed(sample)
    seed = secrets.token_hex(32)
    chosen = [line.partition(":") for line in draw(lines, seed, sample.size)]
    refs = refs_of(sample, [key for key, _colon, _version in chosen])
    sample.seed, sample.drawn_at = seed, timezone.now()
    sample.drift = changed_since(member, sample)
    sample.drawn = [
        {"id": key, "ref": refs.get(key, ""), "version": version} for key, _colon, version in chosen
    ]
    sample.save()


def refs_of(sample: Sample, keys: Sequence[str]) -> dict[str, str]:
    """The numbers of records by their ids; a decision's is its client's."""
    name = "client_id" if sample.kind == DECISIONS else "ref"
    model: Any = Decision if sample.kind == DECISIONS else known(sample.kind).model
    found = model._default_manager.filter(pk__in=keys, organisation_id=sample.organisation_id)
    return {str(key): ref for key, ref in found.values_list("pk", name)}


def draw_again(member: Member, sample: Sample) -> None:
    """A second draw stands beside the first, which stays: a new sample over the same records, fixed and to be drawn."""
    names = (
        "title",
        "audit",
        "code",
        "kind",
        "system",
        "dated_by",
        "period_from",
        "period_to",
        "size",
        "owner",
    )
    other = create(member, Sample, {name: getattr(sample, name) for name in names})
    other.replaces = sample
    other.save(update_fields=["replaces"])
    move(member, other, "fix")


# ── What has changed since ───────────────────────────────────────────────


def changed_since(member: Member, sample: Sample) -> dict[str, Any]:
    """How today's records differ from the fixed list: how many came, changed and went, and the numbers of those gone.

    Gone are those withdrawn, or whose date was moved out of the period. What came is counted as the member sees it.
    """
    if not sample.committed_at:
        return {}
    row = Population.objects.filter(sample=sample).first()
    old = dict(line.split(":", 1) for line in (row.lines.splitlines() if row else ()))
    now = {str(key): version for key, version in rows(member, sample).values_list("pk", "line_version")}
    went = sorted(set(old) - set(now) | withdrawn(sample, old))
    changed = [key for key, version in old.items() if key in now and now[key] != version and key not in went]
    refs = refs_of(sample, went[:50])
    return {
        "came": len(set(now) - set(old)),
        "changed": len(changed),
        "went": len(went),
        "refs": sorted(refs.values()),
    }


def withdrawn(sample: Sample, old: Iterable[str]) -> set[str]:
    """Those of the list that were withdrawn since it was fixed."""
    if sample.kind == DECISIONS:
        return set()
    gone = known(sample.kind).model._default_manager.filter(
        organisation_id=sample.organisation_id, state="withdrawn", changed_at__gt=sample.committed_at
    )
    return {str(key) for key in gone.values_list("pk", flat=True)} & set(old)


def drawn_records(member: Member, sample: Sample) -> list[dict[str, Any]]:
    """The records drawn, in the order of their ranks, with the record itself where the member sees it."""
    keys = [item["id"] for item in sample.drawn]
    found = {str(row.pk): row for row in rows_by_id(member, sample, keys)}
    return [
        {**item, "record": found.get(item["id"]), "changed": has_changed(found.get(item["id"]), item)}
        for item in sample.drawn
    ]


def rows_by_id(member: Member, sample: Sample, keys: Sequence[str]) -> QuerySet[Any]:
    """The records of some ids that a member sees."""
    if sample.kind == DECISIONS:
        seen = visible(member, Decision).filter(system__in=visible(member, AISystem).values("pk"))
        return seen.filter(pk__in=keys).select_related("system")
    return visible(member, known(sample.kind).model).filter(pk__in=keys)


def has_changed(record: Any, item: dict[str, Any]) -> bool:
    """Whether a record drawn is another version today."""
    if record is None:
        return False
    version = record.digest if isinstance(record, Decision) else str(record.version)
    return bool(version != item["version"])


def kind_label(sample: Sample) -> str:
    """What is drawn, in words."""
    if sample.kind == DECISIONS:
        return str(Decision._meta.verbose_name_plural)
    register = register_at(sample.kind)
    return str(register.plural) if register else sample.kind


def date_label(sample: Sample) -> str:
    """By which day records are put into the period, in words."""
    register = register_at(sample.kind)
    if sample.kind == DECISIONS:
        return label(Decision, "timestamp")
    if register is None or sample.dated_by in ("", MADE):
        return str(_("the day on which it was made"))
    return label(register.model, sample.dated_by)


def kinds() -> list[tuple[str, str]]:
    """What can be drawn from: decisions, and all registers but the audit's own."""
    own = {register_of(model).path for model in (Sample, AuditRequest)}
    found = [(r.path, first_letter_up(str(r.plural))) for r in registers() if r.path not in own]
    return [
        (DECISIONS, first_letter_up(str(Decision._meta.verbose_name_plural))),
        *sorted(found, key=lambda one: one[1]),
    ]
