"""Audits: who may audit what, what the auditors are shown, and the issue of findings (9.2.2-d and e)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Grant, Membership
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import move
from evaluation.models import Audit, Finding

AFTERWARDS = timedelta(days=90)  # how long auditors still see what they audited


def auditors(audit: Audit) -> list[Membership]:
    """The lead auditor and the team."""
    team = Q(pk__in=audit.team.values("pk")) | Q(pk=audit.lead_id)
    return list(Membership.objects.filter(team).select_related("person").order_by("name", "id"))


def check_independence(member: Member, audit: Audit) -> None:
    """Nobody audits an AI system that is theirs, or an audit that they own on the audited side. Refuses with the names."""
    systems = set(audit.systems.exclude(owner=None).values_list("owner_id", flat=True))
    partial = [person.name for person in auditors(audit) if person.pk in systems]
    if partial:
        names = ", ".join(partial)
        message = _("%(names)s cannot audit an AI system of their own. Choose another auditor.")
        raise Refused("invalid", _("Check the auditors."), {"team": [message % {"names": names}]})


def open_to_auditors(member: Member, audit: Audit) -> None:
    """Grant each auditor this audit: its clauses and controls, until 90 days after it ends."""
    check_independence(member, audit)
    kind = ContentType.objects.get_for_model(Audit)
    permission = Permission.objects.get(content_type=kind, codename="view_audit")
    for auditor in auditors(audit):
        Grant.objects.update_or_create(
            organisation_id=audit.organisation_id,
            user_id=auditor.person_id,
            permission=permission,
            content_type=kind,
            object_pk=str(audit.pk),
            defaults={"codes": audit.codes, "expires_at": _end_of_grant(member, audit)},
        )


def _end_of_grant(member: Member, audit: Audit) -> datetime:
    zone = ZoneInfo(member.time_zone)
    last = audit.ends_on or timezone.now().astimezone(zone).date()
    return datetime.combine(last + AFTERWARDS, time.max, zone)


def issue_findings(member: Member, audit: Audit) -> None:
    """With the report, the drafts that remain are issued: from then on whoever sees the audit sees them."""
    for finding in Finding.objects.filter(audit=audit, state="draft").order_by("ref"):
        move(member, finding, "issue")


def checked_report(member: Member, audit: Audit) -> None:
    """A report goes to somebody, and comes from those who audited. Refuses an internal one by anybody else."""
    if not audit.recipients.exists():
        message = _("Name who the report was sent to.")
        raise Refused("invalid", _("Something is missing."), {"recipients": [message]})
    if audit.scheduled and Finding.objects.filter(audit=audit, state="draft").exists():
        require_auditor(member, audit)


def require_auditor(member: Member, audit: Audit) -> None:
    """Refuse who holds no grant on the audit."""
    if str(audit.pk) not in member.granted:
        raise Refused("forbidden", _("Only an auditor of this audit can issue its findings."))


def sealed_findings(member: Member) -> Q:
    """Issued findings; drafts of an internal audit only for those who hold a grant on it, administrators included."""
    drafts = Q(state="draft", audit__kind=Audit.Kind.INTERNAL)
    return ~drafts | Q(audit_id__in=member.granted)


def writers_of_findings() -> frozenset[Role]:
    """Auditors write findings; the officer and administrators enter those of outside bodies."""
    return frozenset({Role.AUDITOR, Role.OFFICER, Role.ADMINISTRATOR, Role.API_CLIENT})
