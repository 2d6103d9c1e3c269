"""Evidence and signatures of what is in a pack: which files, what they speak for, what was signed and whether it stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import rfc8785
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.pack.choosing import Choice
from aims.pack.contents import Exhibit, Shown, Signed
from aims.pack.lines import Answers
from aims.pack.reading import Rows
from aims.pack.scope import Scope
from aims.pages.templatetags.marks import freshness_chip
from aims.records.access import visible
from aims.records.models import Evidence, Link, Signature
from aims.records.represent import contents
from aims.records.signatures import digest_of


@dataclass(frozen=True)
class Asked:
    """When a pack was asked for, and what limits it beside clauses."""

    at: datetime
    choice: Choice

    @property
    def day(self) -> date:
        """The day of the pack in the time zone in force."""
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Proofs:
    """What speaks for each record by its id, and all of it as lists."""

    exhibits: Sequence[Exhibit]
    of: dict[Any, list[Shown]] = field(default_factory=dict)
    signed: dict[Any, list[Signed]] = field(default_factory=dict)

    @property
    def signatures(self) -> list[Signed]:
        """All signatures, the oldest first."""
        return sorted((s for rows in self.signed.values() for s in rows), key=lambda s: s.at)


def proofs(member: Member, scope: Scope, said: Answers, rows: dict[str, Rows], asked: Asked) -> Proofs:
    """The evidence and signatures of the answers and records of a pack; of a whole one also evidence for nothing yet."""
    subjects = {answer.pk: f"{answer.code}" for answer in said.by_code.values()}
    subjects |= {
        record.pk: f"{record.ref} {record.heading}" for found in rows.values() for record in found.records
    }
    links = Link.objects.filter(organisation_id=member.organisation_id).order_by("linked_at", "pk")
    linked: dict[Any, list[Any]] = defaultdict(list)
    for evidence_id, record_id in links.values_list("evidence_id", "record_id"):
        if record_id in subjects:
            linked[evidence_id].append(record_id)
    seen = asked.choice.rows(visible(member, Evidence)).exclude(state="withdrawn").order_by("ref", "pk")
    whole = not scope.codes and not asked.choice.limited
    chosen = seen if whole else seen.filter(pk__in=list(linked))
    exhibits, of = [], defaultdict(list)
    for evidence in chosen.select_related("owner").prefetch_related("revisions"):
        found = exhibit(evidence, [subjects[key] for key in linked[evidence.pk]], asked.day)
        exhibits.append(found)
        for key in linked[evidence.pk]:
            of[key].append(found.shown)
    return Proofs(exhibits, dict(of), signatures(member, rows))


def exhibit(evidence: Evidence, speaks_for: list[str], day: date) -> Exhibit:
    """One piece of evidence, as fresh as it is on the day of the pack."""
    chip = freshness_chip(evidence.review_due, day)
    return Exhibit(
        shown=Shown(evidence.ref, evidence.title, chip, str(evidence.pk)),
        about=evidence.shows,
        owner=str(evidence.owner or ""),
        effective_from=evidence.effective_from,
        review_due=evidence.review_due,
        speaks_for=sorted(speaks_for),
        revisions=list(evidence.revisions.all()),
    )


def signatures(member: Member, rows: dict[str, Rows]) -> dict[Any, list[Signed]]:
    """The signatures under the records of a pack; each register that has some is read once more for its content now."""
    records = {record.pk: (path, record) for path, found in rows.items() for record in found.records}
    by_register: dict[str, list[Signature]] = defaultdict(list)
    for row in Signature.objects.filter(organisation_id=member.organisation_id).order_by("signed_at", "pk"):
        if row.record_id in records:
            by_register[records[row.record_id][0]].append(row)
    found: dict[Any, list[Signed]] = defaultdict(list)
    for path, signed in by_register.items():
        now = contents(rows[path].register, {row.record_id for row in signed})
        for row in signed:
            stands = digest_of(rfc8785.dumps(now[str(row.record_id)]).decode()) == row.digest
            found[row.record_id].append(shown(row, str(records[row.record_id][1]), stands))
    return dict(found)


def shown(row: Signature, subject: str, stands: bool) -> Signed:
    """A signature as it is printed."""
    return Signed(
        subject, row.meaning, row.name, row.signed_at, row.version, _(row.proof), row.digest, stands
    )
