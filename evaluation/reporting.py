"""The report of an audit goes to people, is accepted by them, and is signed before the audit is closed (9.2.2-e and f)."""

import json
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.refused import Refused
from aims.records.models import Signature
from aims.records.registry import register_of
from aims.records.signatures import canonical
from aims.schedule.asking import ask
from aims.schedule.models import Task
from evaluation.models import Audit

AFTERWARDS = (
    "acceptances",
    "recipients",
)  # what may come after the signature without touching what was signed


def signed_report(audit: Audit) -> Signature | None:
    """The newest signature of the report that covers what it says now; who accepted it since does not matter."""
    rows = Signature.objects.filter(
        organisation_id=audit.organisation_id, record_id=audit.pk, transition="sign_report"
    )
    now = said(canonical(audit)) if rows else {}
    return next((row for row in rows.order_by("-signed_at", "-pk") if said(row.content) == now), None)


def said(content: str) -> dict[str, Any]:
    """What a report says, of the content that was signed."""
    return {name: value for name, value in json.loads(content).items() if name not in AFTERWARDS}


def must_be_signed(member: Member, audit: Audit) -> None:
    """An internal audit is not closed before its report is signed, as it is."""
    if audit.scheduled and signed_report(audit) is None:
        raise Refused(
            "conflict",
            _("The report is not signed as it is now. An auditor takes the step “Sign the report” first."),
        )


def distribute(member: Member, audit: Audit) -> None:
    """Each person to whom the report is sent is asked to read and to accept it; the day's digest tells them."""
    done = audit.acceptances.values_list("name", flat=True)
    for person in audit.recipients.exclude(name__in=done).select_related("person"):
        ask(
            person,
            words(person, audit),
            source(audit, person.pk),
            None,
            timezone.now(),
            about(audit),
            why="9.2.2",
        )


def words(person: Membership, audit: Audit) -> str:
    """What is asked, in the language of who is asked."""
    with translation.override(person.person.language):
        return _("Read and accept the report: %(audit)s") % {"audit": audit}


def source(audit: Audit, key: Any) -> str:
    """What made the task of somebody."""
    return f"report:{audit.pk}:{key}"


def about(audit: Audit) -> tuple[str, Any]:
    """What the tasks are about."""
    return register_of(audit).path, audit.pk


def accepted(member: Member, audit: Audit) -> None:
    """Who has accepted is asked no more."""
    rows = Task.objects.filter(organisation_id=audit.organisation_id, source=source(audit, member.id))
    rows.filter(state=Task.State.OPEN).update(state=Task.State.DONE, done_at=timezone.now())


def end_asking(member: Member, audit: Audit) -> None:
    """With the closing nobody is asked to accept any more; the report says who did not."""
    rows = Task.objects.filter(
        organisation_id=audit.organisation_id, source__startswith=f"report:{audit.pk}:", state=Task.State.OPEN
    )
    rows.update(state=Task.State.CANCELLED, done_at=timezone.now())
