"""Auditors from outside: invited for one audit, let in with a second proof only, ended by the clock, every look recorded.

Who is none of them costs nothing here: only members with the role of an auditor are looked up.
"""

import logging
import smtplib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.acting import acting
from aims.organisation.entrance import first_sign_in
from aims.organisation.mailing import Sort, send
from aims.organisation.member import Member
from aims.organisation.models import Grant, Membership, Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.pages import errors
from aims.pages.middleware import OPEN
from aims.records.access import require
from evaluation.auditing import scope_of
from evaluation.models import Audit, AuditorRead, OutsideAuditor

HOSTS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})  # who invites
LONGEST = timedelta(days=366)
PROOFS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SAFE = ("GET", "HEAD", "OPTIONS")
# what somebody from outside may write: what an auditor makes, and their own choices
REGISTERS = frozenset({"findings", "samples", "audit-requests", "working-notes", "audit-checks"})
PAGES = frozenset({"profile", "switch organisation", "set_language"})
ROOM = "/audits/"
log = logging.getLogger(__name__)


# ── Inviting ─────────────────────────────────────────────────────────────


@transaction.atomic
def invite(member: Member, audit: Audit, given: Mapping[str, Any]) -> OutsideAuditor:
    """Let somebody from outside read for one audit until a day: its clauses, its AI systems, the period given.

    `given` holds email, name, firm, until, period_from and period_to. Asked again for the same person, it changes the end.
    """
    row = admit(member, audit, given)
    transaction.on_commit(lambda: mail(row))
    return row


def admit(member: Member, audit: Audit, given: Mapping[str, Any]) -> OutsideAuditor:
    """The invitation with its grant, told to nobody yet."""
    require(member.role in HOSTS)
    until = end_of(given["until"], member)
    membership = guest(member, given)
    row, _new = OutsideAuditor.objects.update_or_create(
        organisation_id=member.organisation_id,
        audit=audit,
        membership=membership,
        defaults={"firm": given.get("firm") or "", "until": until, "invited_by_id": member.id},
    )
    open_for(row, given.get("period_from"), given.get("period_to"))
    return row


def end_of(day: date, member: Member) -> datetime:
    """The last moment of a day where the organisation is; it lies ahead, by a year at most."""
    now = timezone.now()
    end = datetime.combine(day, datetime.max.time(), ZoneInfo(member.time_zone))
    if not now < end < now + LONGEST:
        message = _("Choose a day from today on, within a year.")
        raise Refused("invalid", message, {"until": [message]})
    return end


def guest(member: Member, given: Mapping[str, Any]) -> Membership:
    """The membership of who is invited; nobody who works here becomes a guest."""
    email = given["email"].strip().lower()
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person.objects.create_user(email, None, name=given["name"], language=member.language)
    row = Membership.objects.filter(organisation_id=member.organisation_id, person=person).first()
    if row is None:
        return Membership.objects.create(
            organisation_id=member.organisation_id,
            person=person,
            role=Role.AUDITOR,
            name=given["name"],
            title=given.get("firm") or "",
        )
    if row.role != Role.AUDITOR or not OutsideAuditor.objects.filter(membership=row).exists():
        message = _("This person is a member already. Name them as auditor in the plan of the audit.")
        raise Refused("conflict", message, {"email": [message]})
    if not row.active:
        Membership.objects.filter(pk=row.pk).update(active=True)
    return row


def open_for(row: OutsideAuditor, period_from: date | None, period_to: date | None) -> None:
    """The grant of who was invited: the audit's clauses and controls, its AI systems, a period, an end."""
    kind = ContentType.objects.get_for_model(Audit)
    Grant.objects.update_or_create(
        organisation_id=row.organisation_id,
        user_id=row.membership.person_id,
        permission=Permission.objects.get(content_type=kind, codename="view_audit"),
        content_type=kind,
        object_pk=str(row.audit_id),
        defaults={
            **scope_of(row.audit),
            "period_from": period_from,
            "period_to": period_to,
            "expires_at": row.until,
        },
    )


@transaction.atomic
def end(member: Member, row: OutsideAuditor) -> None:
    """End it now; what was read stays recorded."""
    require(member.role in HOSTS)
    now = timezone.now()
    OutsideAuditor.objects.filter(pk=row.pk, until__gt=now).update(until=now)
    grants_of(row).update(expires_at=now)


def grants_of(row: OutsideAuditor) -> Any:
    """The grants of who was invited, on that audit."""
    return Grant.objects.filter(
        organisation_id=row.organisation_id, user_id=row.membership.person_id, object_pk=str(row.audit_id)
    )


def mail(row: OutsideAuditor) -> None:
    """The mail with the way in, once the invitation is kept; a failure leaves `mailed_at` empty and can be repeated."""
    with acting(row.organisation_id, "task:invite"):
        row = OutsideAuditor.objects.select_related("membership__person", "organisation", "audit").get(
            pk=row.pk
        )
        if send_invitation(row):
            OutsideAuditor.objects.filter(pk=row.pk).update(mailed_at=timezone.now())


def send_invitation(row: OutsideAuditor) -> bool:
    """Whether the mail server took the invitation."""
    person = row.membership.person
    with translation.override(person.language):
        context = {
            "row": row,
            "address": settings.SITE_ADDRESS.rstrip("/") + way_in(person, row),
            "new": not person.has_usable_password(),
        }
        subject = _("Audit of %(name)s: your access") % {"name": row.organisation.name}
        body = render_to_string("evaluation/outside_mail.txt", context)
    try:
        send(EmailMessage(subject, body, to=[person.email]), Sort.ASKED)
    except (OSError, smtplib.SMTPException):
        log.exception("The invitation %s could not be sent", row.pk)
        return False
    return True


def way_in(person: Person, row: OutsideAuditor) -> str:
    """Where somebody new chooses a password; who has one goes to the audit."""
    if person.has_usable_password():
        return reverse("record", args=["audits", row.audit_id])
    return first_sign_in(person)


# ── At the door ──────────────────────────────────────────────────────────


class OutsideMiddleware:
    """Turns away who is from outside and has no live invitation, no second proof, or would write more than an auditor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "outside", None):
            remember(request, response.status_code)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The refusal, or None where the view may answer."""
        member: Member | None = getattr(request, "member", None)
        if member is None or member.role != Role.AUDITOR or not guarded(request):
            return None
        rows = list(OutsideAuditor.objects.filter(membership_id=member.id))
        if not rows:
            return None
        request.outside = rows  # type: ignore[attr-defined]
        return turned_away(request, member, rows, path_of(view, kwargs))


def guarded(request: HttpRequest) -> bool:
    """Whether an address shows anything of an organisation: the API does, signing in and the language do not."""
    return request.path.startswith("/api/") or not request.path.startswith(OPEN)


def path_of(view: Any, kwargs: Mapping[str, Any]) -> str:
    """The register that an address is about, of the pages or of the API."""
    register = getattr(getattr(view, "cls", None), "register", None)
    return str(kwargs.get("path") or getattr(register, "path", ""))


def turned_away(
    request: HttpRequest, member: Member, rows: list[OutsideAuditor], path: str
) -> HttpResponse | None:
    """What somebody from outside is told instead of an answer; None where they may have it."""
    live = {str(row.audit_id) for row in rows if row.live(timezone.now())}
    keep_to(member, live)
    if not live or not member.grants:
        return errors.page(request, 403, _("Your access to this audit has ended. Ask who invited you."))
    if member.token:
        return errors.page(request, 403, _("Auditors from outside sign in; tokens open nothing for them."))
    if not with_proof([member.person_id]):
        return ask_for_proof(request)
    if request.method not in SAFE and not may_write(request, path):
        words = _("You may read. You write findings, notes, samples and requests of your audit only.")
        return errors.page(request, 403, words)
    return None


def keep_to(member: Member, live: set[str]) -> None:
    """Grants of an audit whose invitation has ended count no more, whoever prolonged them."""
    member.__dict__["grants"] = tuple(grant for grant in member.grants if grant.object_pk in live)


def with_proof(people: Collection[Any]) -> set[Any]:
    """Those who have set up a second proof of identity: sign-in then asks for it."""
    found = Authenticator.objects.filter(type__in=PROOFS, user_id__in=list(people))
    return set(found.values_list("user_id", flat=True))


def ask_for_proof(request: HttpRequest) -> HttpResponse:
    """Before anything is shown, the way to a passkey or to one-time codes."""
    if request.path.startswith("/api/"):
        return errors.page(request, 403, _("Set up a passkey or one-time codes first."))
    return render(request, "evaluation/outside_proof.html", {"title": _("One more step")}, status=403)


def may_write(request: HttpRequest, path: str) -> bool:
    """Whether a change belongs to what an auditor makes, or to their own choices."""
    match = request.resolver_match
    return path in REGISTERS or bool(match and match.url_name in PAGES) or request.path.startswith(ROOM)


# ── What they read ───────────────────────────────────────────────────────


def remember(request: HttpRequest, status: int) -> None:
    """Record a look: with the answer, or after it where the answer is a refusal and everything else is undone."""
    member: Member = request.member  # type: ignore[attr-defined]
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    row = AuditorRead(
        organisation_id=member.organisation_id,
        membership_id=member.id,
        method=(request.method or "")[:10],
        path=request.path[:300],
        kind=str(kwargs.get("path") or "")[:60],
        record_id=kwargs.get("key") or kwargs.get("pk"),
        status=status,
    )
    if status < 400:
        row.save(force_insert=True)
    else:
        request.afterwards.append(lambda: keep(member, row))  # type: ignore[attr-defined]


def keep(member: Member, row: AuditorRead) -> None:
    """Record a refused look in a transaction of its own."""
    with acting(member.organisation_id, member.actor):
        row.save(force_insert=True)
