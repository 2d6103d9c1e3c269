"""Audits: who may audit what, what the auditors are shown, what is sealed, and the issue of findings (9.2.2-d and e)."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Grant, Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.base import Record
from aims.records.changes import move, write_parts
from aims.records.registry import register_of
from aims.schedule.dates import today
from evaluation.independence import auditors, standings
from evaluation.models import Audit, AuditCheck, Finding, ReportAcceptance, SampleVerdict
from evaluation.models.findings import SEALED, SHARED

AFTERWARDS = timedelta(days=90)  # how long auditors still see what they audited
UNISSUED = ("draft", "shared", "answered")


def check_independence(member: Member, audit: Audit, people: Iterable[Membership] = ()) -> None:
    """Nobody audits what they owned, changed or approved, or without competence on record, unless a reason is given.

    Refuses with the names, and with what and when (9.2.2-d). All auditors are looked at, or those named.
    """
    asked = {person.pk for person in people}
    wrong = [row for row in standings(audit) if not row.clear and (not asked or row.person.pk in asked)]
    if wrong:
        said = [f"{row.person.name}: {'; '.join(row.objections)}." for row in wrong]
        advice = _("Choose other auditors, or have somebody else give the reason under “%(field)s”.")
        field = _("auditors in spite of a conflict")
        raise Refused("invalid", _("Check the auditors."), {"team": [*said, advice % {"field": field}]})


def open_to_auditors(member: Member, audit: Audit) -> None:
    """Grant each auditor this audit: its clauses and controls, its AI systems, until 90 days after it ends."""
    check_independence(member, audit)
    let_in(member, audit, auditors(audit))


def let_in(member: Member, audit: Audit, people: Iterable[Membership]) -> None:
    """Grant an audit to people."""
    kind = ContentType.objects.get_for_model(Audit)
    permission = Permission.objects.get(content_type=kind, codename="view_audit")
    for auditor in people:
        Grant.objects.update_or_create(
            organisation_id=audit.organisation_id,
            user_id=auditor.person_id,
            permission=permission,
            content_type=kind,
            object_pk=str(audit.pk),
            defaults={**scope_of(audit), "expires_at": _end_of_grant(member, audit)},
        )


def scope_of(audit: Audit) -> dict[str, Any]:
    """What a grant on an audit opens: its clauses and controls, and of AI systems only those it names."""
    systems = [str(key) for key in audit.systems.order_by("pk").values_list("pk", flat=True)]
    return {"codes": audit.codes, "subjects": {"ai-systems": systems} if systems else {}}


def keep_team(member: Member, audit: Audit) -> None:
    """Once an audit was opened, its grants follow its plan: who left audits no more, who came is looked at and let in.

    Only who comes is looked at: a conflict that arises later is raised as a gap and a task, and stops nobody from writing.
    """
    live = Grant.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
        organisation_id=audit.organisation_id,
        object_pk=str(audit.pk),
        permission__codename="view_audit",
    )
    there = set(live.values_list("user_id", flat=True))
    if not there:
        return
    team = auditors(audit)
    guests = set(audit.outside.values_list("membership__person_id", flat=True))
    live.exclude(user_id__in=guests | {one.person_id for one in team}).update(expires_at=timezone.now())
    if come := [one for one in team if one.person_id not in there]:
        check_independence(member, audit, come)
        let_in(member, audit, come)
    scope = scope_of(audit)
    live.exclude(**scope).update(**scope)


def _end_of_grant(member: Member, audit: Audit) -> datetime:
    zone = ZoneInfo(member.time_zone)
    last = audit.ends_on or timezone.now().astimezone(zone).date()
    return datetime.combine(last + AFTERWARDS, time.max, zone)


def issue_findings(member: Member, audit: Audit) -> None:
    """With the report, the drafts that remain are issued: from then on whoever sees the audit sees them."""
    for finding in Finding.objects.filter(audit=audit, state__in=UNISSUED).order_by("ref"):
        move(member, finding, "issue")


def show_checks(member: Member, audit: Audit) -> None:
    """With the report, the verdicts on lines and samples are open to whoever sees the audit; working notes stay sealed."""
    for model in (AuditCheck, SampleVerdict):
        for row in model.objects.filter(audit=audit, state="open").order_by("ref"):
            move(member, row, "show")


def checked_report(member: Member, audit: Audit) -> None:
    """A report goes to somebody, and comes from those who audited. Refuses an internal one by anybody else."""
    if not audit.recipients.exists():
        message = _("Name who the report was sent to.")
        raise Refused("invalid", _("Something is missing."), {"recipients": [message]})
    drafts = Finding.objects.filter(audit=audit, state__in=UNISSUED).exists()
    if audit.scheduled and (drafts or judged(audit)):
        require_auditor(member, audit)
    check_independence(member, audit)


def judged(audit: Audit) -> bool:
    """Whether something in its room has a verdict."""
    return any(
        model.objects.filter(audit=audit).exclude(verdict="").exists()
        for model in (AuditCheck, SampleVerdict)
    )


def require_auditor(member: Member, audit: Audit) -> None:
    """Refuse who holds no grant on the audit."""
    if str(audit.pk) not in member.granted:
        raise Refused("forbidden", _("Only an auditor of this audit can issue its findings."))


def by_its_auditors(member: Member, finding: Finding) -> None:
    """A finding of an internal audit is shared, issued, taken back or dropped by its auditors alone."""
    if finding.audit.scheduled:
        require_auditor(member, finding.audit)


def ask_for_comment(member: Member, finding: Finding) -> None:
    """Who was audited must be able to answer before they are asked: somebody who writes, and no auditor of it."""
    by_its_auditors(member, finding)
    asked: Membership = finding.owner  # the step requires one
    if asked.role not in STAFF or asked.pk in {person.pk for person in auditors(finding.audit)}:
        message = _("Choose somebody of those audited who can write here.")
        raise Refused("invalid", _("Check the marked fields."), {"owner": [message]})


def answered_by_owner(member: Member, finding: Finding) -> None:
    """Only who was asked answers."""
    if finding.owner_id != member.id:
        raise Refused("forbidden", _("Only %(name)s was asked for an answer.") % {"name": finding.owner})


# what only the auditors do in an audit that has auditors here
THEIRS = {
    "audits": {"finish", "report", "sign_report"},
    "findings": {"share", "take_back", "issue", "drop", "withdraw", "restore"},
    "audit-checks": {"show", "withdraw", "restore"},
    "sample-verdicts": {"show", "withdraw", "restore"},
    "working-notes": {"release", "seal", "withdraw", "restore"},
    "samples": {"fix", "fix_again", "draw", "request", "draw_again", "withdraw", "restore"},
    "audit-requests": {"accept", "send_back", "reopen", "withdraw", "restore"},
}


def by_auditors_alone(record: Record, step: str) -> bool:
    """Whether nobody but the auditors takes a step: their audit's, or what one from outside wrote, until it is closed."""
    if step not in THEIRS[register_of(record).path]:
        return False
    audit: Audit = record if isinstance(record, Audit) else record.audit  # type: ignore[attr-defined]
    return audit.state != "closed" and (audit.has_auditors or by_guest(record))


def asks_in(member: Member, audit: Audit) -> bool:
    """Whether a member asks and draws in an audit: its auditors; where none has an account here, who keeps the AIMS."""
    return str(audit.pk) in member.audited or (member.role in WRITERS and not audit.has_auditors)


def by_guest(record: Record) -> bool:
    """Whether an auditor from outside wrote it."""
    return bool(record.created_by and record.created_by.role == Role.AUDITOR)


def stamp_issue(member: Member, finding: Finding) -> None:
    """Note the day of issue: from it deadlines count, and by it a withdrawn finding is known to have been issued."""
    by_its_auditors(member, finding)
    if finding.issued_on is None:
        finding.issued_on = today(member.time_zone, timezone.now())
        finding.save(update_fields=["issued_on"])


def accept_report(member: Member, audit: Audit) -> None:
    """Somebody to whom the report was sent accepts it, with name and date."""
    if not audit.recipients.filter(pk=member.id).exists():
        raise Refused("forbidden", _("The report was not sent to you."))
    names = ReportAcceptance.form
    rows = [{"id": str(r.pk), **{n: getattr(r, n) for n in names}} for r in audit.acceptances.all()]
    if any(row["name"] == member.name for row in rows):
        raise Refused("transition", _("You have accepted the report already."))
    rows.append({"name": member.name, "accepted_on": today(member.time_zone, timezone.now())})
    write_parts(member, audit, ReportAcceptance, rows)


def sealed_findings(member: Member) -> Q:
    """Issued findings; before, those of an internal audit or of an auditor only for who holds a grant on the audit.

    Administrators are no exception. Who was asked for a comment sees the one that they are asked about.
    """
    unissued = Q(state__in=SEALED) | Q(state="withdrawn", issued_on=None)
    confidential = Q(audit__kind=Audit.Kind.INTERNAL) | Q(created_by__role=Role.AUDITOR)
    mine = Q(state__in=SHARED, owner_id__in=[member.id])
    return ~(unissued & confidential) | Q(audit_id__in=member.granted) | mine


def sealed_checks(member: Member) -> Q:
    """The checklist of a reported audit; before, for its auditors and whoever wrote a line only."""
    return Q(state="reported") | Q(audit_id__in=member.granted) | Q(created_by_id__in=[member.id])


def sealed_notes(member: Member) -> Q:
    """Working notes: for the auditors of the audit alone, until one of them releases a note."""
    return Q(state="released") | Q(audit_id__in=member.granted) | Q(created_by_id__in=[member.id])


def writers_of_findings() -> frozenset[Role]:
    """Auditors write findings; the officer and administrators enter those of outside bodies."""
    return frozenset({Role.AUDITOR, Role.OFFICER, Role.ADMINISTRATOR, Role.API_CLIENT})
