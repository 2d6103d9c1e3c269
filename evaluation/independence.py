"""Independence and competence of auditors, read from the journal (9.2.2-d, 7.2).

Whoever owned, edited or approved something in an audit's scope in the twelve months before it does not audit it, unless
somebody else gives a reason. The reason covers what was known when it was given: what comes later is raised again.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from aims.catalogue import edition
from aims.journal.models import Entry
from aims.organisation.models import Membership, Organisation
from aims.organisation.roles import Role
from aims.records.models import Answer, Evidence, Signature
from aims.records.registry import Register, answering, register_of
from aims.schedule.dates import add_months, today
from context.models import AISystem
from evaluation.models import Audit, AuditorOverride, AuditProgramme
from support.models import CompetenceRecord, CompetenceRequirement

LOOK_BACK = 12  # months (certification practice; 9.2.2 leaves it to us)
PROGRAMME = "9.2.2"
TOLD = 4  # touches named in a refusal, the rest counted

Key = tuple[str, str]  # path of the register, id of the record


@dataclass(frozen=True)
class Touch:
    """What somebody had to do with a record in scope. `at` is when it began to count; None for a standing duty."""

    how: str  # owned, edited, approved, programme
    path: str
    key: str
    label: str
    at: datetime | None
    times: int = 1

    @property
    def words(self) -> str:
        """What and when, for people."""
        day = date_format(self.at, pgettext("date format", "j M Y")) if self.at else ""
        said = {
            "owned": _("owned %(label)s, since %(day)s"),
            "edited": ngettext(
                "changed %(label)s on %(day)s",
                "changed %(label)s %(times)s times, last on %(day)s",
                self.times,
            ),
            "approved": _("signed %(label)s on %(day)s"),
            "programme": _("is responsible for %(label)s and so does not audit clause 9.2"),
        }[self.how]
        return said % {"label": self.label, "day": day, "times": self.times}


@dataclass
class Standing:
    """How one auditor stands to an audit: what they touched, whether they are competent, and the override if any."""

    person: Membership
    touches: list[Touch] = field(default_factory=list)
    competent: bool = False
    reason: str = ""
    reason_at: datetime | None = None
    reason_by: str = ""

    @property
    def open(self) -> list[Touch]:
        """The touches that no reason covers: none was given, or they came after it."""
        if self.reason_at is None:
            return self.touches
        return [t for t in self.touches if t.at is not None and t.at > self.reason_at]

    @property
    def clear(self) -> bool:
        """Whether this person may audit."""
        return not self.open and (self.competent or bool(self.reason_at))

    @property
    def objections(self) -> list[str]:
        """Why not, for people: the first touches by name, the others counted."""
        said = [t.words for t in self.open[:TOLD]]
        more = len(self.open) - TOLD
        if more > 0:
            said.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
        if not self.competent and self.reason_at is None:
            said.append(_("has no competence record in force as an auditor"))
        return said


def auditors(audit: Audit) -> list[Membership]:
    """The lead auditor and the team."""
    team = Q(pk__in=audit.team.values("pk")) | Q(pk=audit.lead_id)
    return list(Membership.objects.filter(team).select_related("person").order_by("name", "id"))


def standings(audit: Audit) -> list[Standing]:
    """How each auditor stands; nothing is asked of audits by others, whose body answers for its auditors."""
    people = auditors(audit) if audit.scheduled else []
    if not people:
        return []
    touched = touches(audit, [person.pk for person in people])
    competent = competent_people(audit, people)
    rows = [Standing(p, touched.get(p.pk, []), p.pk in competent) for p in people]
    add_reasons(audit, rows)
    return rows


def touches(audit: Audit, people: list[uuid.UUID]) -> dict[uuid.UUID, list[Touch]]:
    """What people had to do with what is in scope, the gravest kind first, each record once per kind."""
    since, reach = beginning(audit), Reach(audit)
    found: dict[uuid.UUID, list[Touch]] = {person: [] for person in people}
    raw = [*owned(reach, people, since), *approved(reach, people, since), *edited(reach, people, since)]
    names = labels(reach, {(path, key) for _person, _how, path, key, _at, _n in raw})
    for person, how, path, key, at, times in raw:
        if (path, key) in names:
            found[person].append(Touch(how, path, key, names[path, key], at, times))
    for person, label in responsible_for_programme(audit, people):
        found[person].insert(0, Touch("programme", "audit-programmes", "", label, None))
    return found


def beginning(audit: Audit) -> datetime:
    """From when on it counts: twelve months before the audit begins."""
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=audit.organisation_id)
    first: date = audit.starts_on or today(zone, timezone.now())
    return datetime.combine(add_months(first, -LOOK_BACK), time.min, ZoneInfo(zone))


class Reach:
    """What is in scope: the registers that answer the codes, the answers to them, and the systems named."""

    def __init__(self, audit: Audit) -> None:
        self.organisation_id = audit.organisation_id
        found: dict[str, Register] = {r.path: r for code in audit.codes for r in answering(code)}
        self.limited: dict[str, set[str]] = {"answers": self.answers(audit)}
        systems = {str(key) for key in audit.systems.values_list("pk", flat=True)}
        if systems:
            self.limited[register_of(AISystem).path] = systems
        found |= {register_of(model).path: register_of(model) for model in (Answer, AISystem)}
        if not systems and not any(register_of(AISystem).serves(code) for code in audit.codes):
            found.pop(register_of(AISystem).path)
        # what auditors write by their task is their work, not what they audit
        self.registers = {
            path: r for path, r in found.items() if Role.AUDITOR not in r.writers and r.model is not Evidence
        }
        self.paths = {r.model._meta.db_table: r.path for r in self.registers.values()}
        self.parts = {part._meta.db_table: r.path for r in self.registers.values() for part in r.parts}

    @staticmethod
    def answers(audit: Audit) -> set[str]:
        """The answers to what is audited."""
        lines = {line.code for code in audit.codes for line in edition().lines_of(code)}
        rows = Answer.objects.filter(organisation_id=audit.organisation_id, code__in=lines)
        return {str(key) for key in rows.values_list("pk", flat=True)}

    def path_of(self, table: str) -> str:
        """The register of a table, of a record's or of its parts'."""
        return self.paths.get(table) or self.parts[table]

    def holds(self, path: str, key: str) -> bool:
        """Whether a record is in scope."""
        return path not in self.limited or key in self.limited[path]

    def entries(self, tables: Iterable[str]) -> Any:
        """The journal of some tables."""
        return Entry.objects.filter(organisation_id=self.organisation_id, kind__in=list(tables))


Raw = tuple[uuid.UUID, str, str, str, datetime | None, int]


def edited(reach: Reach, people: list[uuid.UUID], since: datetime) -> list[Raw]:
    """Records that people made or changed, with their parts."""
    actors = {f"member:{person}": person for person in people}
    rows = (
        reach.entries([*reach.paths, *reach.parts])
        .filter(own_work(actors), at__gte=since)
        .values("actor", "kind", key=Coalesce(F("parent"), F("pk_text")))
        .annotate(times=Count("id"), last=Max("at"))
        .order_by("-last")
    )
    merged: dict[tuple[uuid.UUID, str, str], tuple[datetime, int]] = {}
    for row in rows:
        at = (actors[row["actor"]], reach.path_of(row["kind"]), str(row["key"]))
        last, times = merged.get(at, (row["last"], 0))
        merged[at] = (max(last, row["last"]), times + row["times"])
    return [
        (person, "edited", path, key, last, times)
        for (person, path, key), (last, times) in merged.items()
        if reach.holds(path, key)
    ]


def own_work(actors: Iterable[str]) -> Q:
    """What people did themselves: not what a rule made in their request (a case that opens when a finding is issued)."""
    return Q(actor__in=list(actors)) & ~Q(state__contains='"changed_by_id": null')


def approved(reach: Reach, people: list[uuid.UUID], since: datetime) -> list[Raw]:
    """Records that people signed."""
    rows = Signature.objects.filter(
        organisation_id=reach.organisation_id,
        signer_id__in=people,
        kind__in=list(reach.registers),
        signed_at__gte=since,
    )
    found = rows.values_list("signer_id", "kind", "record_id").annotate(last=Max("signed_at"))
    return [
        (person, "approved", path, str(key), last, 1)
        for person, path, key, last in found
        if reach.holds(path, str(key))
    ]


def owned(reach: Reach, people: list[uuid.UUID], since: datetime) -> list[Raw]:
    """Records that belonged to people, to the end or until a day within the time looked at."""
    found: list[Raw] = []
    for person in people:
        theirs = reach.entries(reach.paths).filter(state__contains=f'"owner_id": "{person}"')
        rows = theirs.values("kind", "pk_text").annotate(first=Min("at"), last=Max("id"))
        held = {(row["kind"], row["pk_text"]): row for row in rows}
        ended = handed_over(reach, {at: row["last"] for at, row in held.items()})
        for (kind, key), row in held.items():
            end = ended.get((kind, key))
            if reach.holds(reach.paths[kind], key) and (end is None or end >= since):
                found.append((person, "owned", reach.paths[kind], key, row["first"], 1))
    return found


def handed_over(reach: Reach, last: dict[tuple[str, str], int]) -> dict[tuple[str, str], datetime]:
    """When records that somebody owned got their next entry, which names another owner."""
    rows = reach.entries({kind for kind, _key in last}).filter(pk_text__in=[key for _kind, key in last])
    ends: dict[tuple[str, str], datetime] = {}
    for kind, key, number, at in rows.order_by("-id").values_list("kind", "pk_text", "id", "at"):
        if number > last.get((kind, key), number):
            ends[kind, key] = at
    return ends


def labels(reach: Reach, keys: set[Key]) -> dict[Key, str]:
    """What records are called, from their last entry; a withdrawn one still counts."""
    tables = {reach.registers[path].model._meta.db_table for path, _key in keys}
    rows = reach.entries(tables).filter(pk_text__in=[key for _path, key in keys])
    last = rows.order_by("kind", "pk_text", "-id").distinct("kind", "pk_text")
    named: dict[Key, str] = {}
    for row in last:
        state = json.loads(row.state) if row.state else {}
        words = f"{state.get('ref', '')} {state.get('title', '')}".strip()
        named[reach.paths[row.kind], row.pk_text] = words[:120] or str(reach.paths[row.kind])
    return named


def responsible_for_programme(audit: Audit, people: list[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    """Auditors of clause 9.2 who own the audit programme: nobody audits how they run audits."""
    if not any(line.code.startswith("9.2") for code in audit.codes for line in edition().lines_of(code)):
        return []
    rows = AuditProgramme.objects.filter(organisation_id=audit.organisation_id, owner_id__in=people)
    rows = rows.filter(Q(pk=audit.programme_id) | Q(state="in_force")).order_by("ref")
    return [(row.owner_id, str(row)) for row in rows if row.owner_id]


def competent_people(audit: Audit, people: list[Membership]) -> set[uuid.UUID]:
    """Who has a competence record in force as an auditor: met, done, and not due for review."""
    wanted = audit.programme.competence_id if audit.programme else None
    role = Q(pk=wanted) if wanted else Q(role__icontains="audit") | Q(title__icontains="audit")
    needs = CompetenceRequirement.objects.filter(role, organisation_id=audit.organisation_id)
    zone = Organisation.objects.values_list("time_zone", flat=True).get(pk=audit.organisation_id)
    day = today(zone, timezone.now())
    rows = CompetenceRecord.objects.filter(
        Q(review_due=None) | Q(review_due__gte=day),
        organisation_id=audit.organisation_id,
        requirement__in=needs.exclude(state="withdrawn"),
        person_id__in=[person.pk for person in people],
        result=CompetenceRecord.Result.MET,
        state="done",
    )
    return {key for key in rows.values_list("person_id", flat=True) if key}


def add_reasons(audit: Audit, rows: list[Standing]) -> None:
    """The overrides, with when and by whom each was given: as the journal has it."""
    overrides = {o.auditor_id: o for o in AuditorOverride.objects.filter(audit=audit)}
    given = Entry.objects.filter(
        organisation_id=audit.organisation_id,
        kind=AuditorOverride._meta.db_table,
        pk_text__in=[str(o.pk) for o in overrides.values()],
    )
    times = {
        key: (at, actor) for key, at, actor in given.order_by("id").values_list("pk_text", "at", "actor")
    }
    names = {
        f"member:{m.pk}": m.name for m in Membership.objects.filter(organisation_id=audit.organisation_id)
    }
    for row in rows:
        override = overrides.get(row.person.pk)
        if override and str(override.pk) in times:
            row.reason = override.reason
            row.reason_at, actor = times[str(override.pk)]
            row.reason_by = names.get(actor, "")
