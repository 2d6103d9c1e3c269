"""What the records room itself keeps: the answers to every line of the standard, and evidence."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.access import visible
from aims.records.base import line_title
from aims.records.changes import lay
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.models import Answer, Evidence, Link
from aims.records.narrowing import belonging
from aims.records.registry import Register, Workspace, registers
from aims.records.registry import register as register_at

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
    """An auditor sees evidence that speaks for what the audit opens, for the audit itself or for what was asked in it.

    Where the audit is of some records only (AI systems), evidence that speaks for others of their kind alone is left out.
    """
    if member.role != Role.AUDITOR or member.audits_all:
        return Q()
    links = Link.objects.filter(organisation_id=member.organisation_id)
    rule = Q()
    if member.audit_codes is not None:
        answers = Answer.objects.filter(answers_in_scope(member), organisation_id=member.organisation_id)
        wanted = Q(record_id__in=answers.values("pk")) | Q(record_id__in=list(member.granted))
        rule = Q(pk__in=links.filter(wanted | in_audits(member)).values("evidence_id"))
    if any(grant.subjects for grant in member.audits):
        about, seen = about_subjects(member)
        free = ~Q(pk__in=links.filter(kind__in=about).values("evidence_id"))
        mine = Q(pk__in=links.filter(seen | in_audits(member)).values("evidence_id"))
        rule &= free | mine
    return rule


def in_audits(member: Member) -> Q:
    """Links to what belongs to the audits of a member: what was asked for, judged, found."""
    rule = Q(pk__in=[])
    for register in registers():
        team = register.lifecycle.team
        if team and team.relation != "id":
            rows = register.model._default_manager.filter(**{f"{team.relation}__in": list(member.audited)})
            rule |= Q(kind=register.path, record_id__in=rows.values("pk"))
    return rule


def about_subjects(member: Member) -> tuple[list[str], Q]:
    """The registers whose records are, or refer to, those that a grant may name; and the links to the ones that are open."""
    targets = {known for grant in member.audits for path in grant.subjects if (known := register_at(path))}
    about: list[str] = []
    seen = Q(pk__in=[])
    for register in registers():
        if any(belonging(register.model, one.model, []) for one in targets):
            about.append(register.path)
            seen |= Q(
                kind=register.path, record_id__in=visible(member, register.model).order_by().values("pk")
            )
    return about, seen


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
