"""What the records room itself keeps: the answers to every line of the standard, and evidence."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.base import line_title
from aims.records.changes import lay
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import Register, Workspace

PROGRESS = Lifecycle(
    states=(
        State("not_started", _("not started")),
        State("in_progress", _("in progress"), "info"),
        State("ready", _("ready"), "ok"),
    ),
    transitions=(
        Transition("start", _("Begin"), ("not_started",), "in_progress", owner=True),
        Transition(
            "ready",
            _("Mark as ready"),
            ("not_started", "in_progress"),
            "ready",
            owner=True,
            required=("text", "owner"),
        ),
        Transition("reopen", _("Not ready yet"), ("ready",), "in_progress", owner=True),
    ),
)


def answers_in_scope(member: Member) -> Q:
    """An auditor sees the answers to the clauses and controls of the audit."""
    codes = member.audit_codes
    if member.role != Role.AUDITOR or codes is None:
        return Q()
    return of_codes(codes)


def of_codes(codes: Iterable[str]) -> Q:
    """The answers to some clauses and controls, and to what is below them; none where there are no codes."""
    rules = (Q(code=code) | Q(code__startswith=f"{code}-") | Q(code__startswith=f"{code}.") for code in codes)
    return reduce(or_, rules, Q(pk__in=[]))


def evidence_in_scope(member: Member) -> Q:
    """An auditor sees evidence that speaks for what the audit opens."""
    if member.role != Role.AUDITOR or member.audit_codes is None:
        return Q()
    answers = Answer.objects.filter(answers_in_scope(member), organisation_id=member.organisation_id)
    links = Link.objects.filter(
        Q(record_id__in=answers.values("pk")) | Q(record_id__in=list(member.granted)),
        organisation_id=member.organisation_id,
    )
    return Q(pk__in=links.values("evidence_id"))


def lay_answers(member: Member) -> None:
    """A new organisation has an empty answer to each requirement and control."""
    catalogue = edition()
    for code in (*catalogue.requirements, *catalogue.controls):
        lay(member, Answer, code, {"title": line_title(code)})


workspace = Workspace(
    clause="",
    founding=(lay_answers,),
    registers=(
        Register(
            Answer,
            answers=(),
            columns=("code", "text", "owner", "state", "verdict"),
            form=((_("Our answer"), ("text", "owner", "verdict", "review_due")),),
            filters=("state", "owner", "verdict"),
            lifecycle=PROGRESS,
            writers=WRITERS,
            sealed=answers_in_scope,
            icon="clipboard-list",
            about=_("What we say about each requirement and control."),
        ),
        Register(
            Evidence,
            answers=(),
            columns=("title", "shows", "effective_from", "review_due", "owner"),
            form=(
                (_("What it is"), ("title", "shows", "owner")),
                (_("When it holds"), ("effective_from", "effective_until", "review_due")),
            ),
            writers=STAFF,
            sealed=evidence_in_scope,
            icon="paperclip",
            about=_(
                "Documents, pictures and exports that show what is done. One file answers many requirements."
            ),
        ),
    ),
)
