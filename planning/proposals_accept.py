"""A person accepts proposals: lines of the Statement of Applicability, roles, duties for the legal register, intervals.

What is accepted is computed anew and must still be what the person saw: each row carries a token of it, and a proposal or
a record that has changed meanwhile is refused with the words to look again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from aims.catalogue import edition
from aims.organisation.member import Member
from aims.organisation.models import Organisation
from aims.organisation.refused import Refused
from aims.organisation.roles import WRITERS
from aims.records.access import in_scope, may_add, may_change, require, visible
from aims.records.changes import create, move, write
from aims.records.display import first_letter_up
from aims.records.registry import register_of
from aims.schedule.models import Obligation
from aims.schedule.obligations import change, plan
from leadership.models import RoleAssignment
from planning.act_sheet import spoken
from planning.models import ControlImplementation, LegalRequirement
from planning.proposals import Facts, gather
from planning.proposals_act import Duty, duties
from planning.proposals_calendar import Planned, Rhythm, calendar
from planning.proposals_controls import ControlProposal, controls
from planning.proposals_roles import OTHER, RoleProposal, roles

ACT = "Regulation (EU) 2024/1689"
T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """A line of the Statement of Applicability with its proposal; only an undecided one can be accepted."""

    record: ControlImplementation
    proposal: ControlProposal

    @property
    def waits(self) -> bool:
        """Whether it still has to be decided."""
        return self.record.applicable is None and self.record.state == "open"

    @property
    def agrees(self) -> bool:
        """Whether what was decided is what is proposed."""
        return self.record.applicable == self.proposal.applicable

    @property
    def token(self) -> str:
        """What the person saw."""
        way = "in" if self.proposal.applicable else "out"
        return f"{self.proposal.code}:{self.record.version}:{way}"


@dataclass(frozen=True)
class DutyGroup:
    """The duties of one role towards one system, and those of them that the legal register has."""

    duties: tuple[Duty, ...]
    kept: frozenset[tuple[str, str]] = frozenset()

    @property
    def token(self) -> str:
        """Which group it is."""
        first = self.duties[0]
        return f"{first.key or ''}:{first.role}"

    @property
    def missing(self) -> tuple[Duty, ...]:
        """Those that the legal register does not have yet, what still waits for a class left out."""
        return tuple(duty for duty in self.duties if not (duty.waits or self.keeps(duty)))

    def keeps(self, duty: Duty) -> bool:
        """Whether the register has a duty, in whichever language it was entered."""
        return any(named(duty, language) in self.kept for language, _name in settings.LANGUAGES)


@dataclass
class Board:
    """Everything proposed to a member's organisation; each part is asked for at first use, in a few statements."""

    member: Member
    facts: Facts = field(init=False)

    def __post_init__(self) -> None:
        self.facts = gather(self.member)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """What the AI Act asks for."""
        return duties(self.facts, edition().ai_act)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the Statement of Applicability that the member sees, in their order."""
        language = translation.get_language() or "en"
        rows = {row.code: row for row in visible(self.member, ControlImplementation)}
        found = controls(self.facts, self.duties, edition(), language)
        return [Line(rows[proposal.code], proposal) for proposal in found if proposal.code in rows]

    @cached_property
    def groups(self) -> list[DutyGroup]:
        """Duties by system and role."""
        kept = frozenset(visible(self.member, LegalRequirement).values_list("source", "title"))
        found: dict[tuple[Any, str], list[Duty]] = {}
        for duty in self.duties:
            found.setdefault((duty.key, duty.role), []).append(duty)
        return [DutyGroup(tuple(rows), kept) for rows in found.values()]

    @cached_property
    def roles(self) -> list[tuple[RoleProposal, bool]]:
        """Roles, each with whether an assignment is there."""
        rows = visible(self.member, RoleAssignment).exclude(state__in=["ended", "withdrawn"])
        there = {_role_key(*row) for row in rows.values_list("role", "system_id", "title")}
        return [(role, _role_key(role.role, role.system, role.title) in there) for role in roles(self.facts)]

    @cached_property
    def obligations(self) -> dict[str, Obligation]:
        """The periodic obligations in force that have an interval in months."""
        rows = visible(self.member, Obligation).filter(
            kind=Obligation.Kind.PERIODIC, active=True, months__gt=0
        )
        return {row.code: row for row in rows.order_by("code")}

    @cached_property
    def calendar(self) -> list[Rhythm]:
        """Intervals, those that differ first."""
        planned = [Planned(row.code, row.label, row.months) for row in self.obligations.values()]
        return sorted(calendar(self.facts, planned), key=lambda one: (not one.differs, one.code))


def _role_key(role: str, system: Any, title: str) -> tuple[str, Any, str]:
    """What makes two roles the same: kind and system; of those without a kind also what they are called."""
    return role, system, title if role == OTHER else ""


def named(duty: Duty, language: str = "") -> tuple[str, str]:
    """Source and title under which the legal register keeps a duty; in the reader's language unless one is given."""
    said = first_letter_up(edition().phrase(duty.title, language or translation.get_language() or "en"))
    title = f"{said}: {duty.system}" if duty.system else said
    return f"{ACT}, {duty.ref}", Truncator(title).chars(200)


def may_accept_controls(member: Member) -> bool:
    """Whether a member decides lines of the Statement of Applicability."""
    register = register_of(ControlImplementation)
    return member.role in register.writers and in_scope(member, register.path, "write")


def may_plan(member: Member) -> bool:
    """Whether a member changes how often things come again."""
    return member.role in WRITERS and in_scope(member, "obligations", "write")


@transaction.atomic
def accept_controls(board: Board, tokens: Iterable[str]) -> int:
    """Decide lines as proposed, with the reason; all of them or none. Answers how many."""
    rows = {line.token: line for line in board.lines}
    wanted = list(dict.fromkeys(tokens))
    for token in wanted:
        line = _seen(rows, token)
        require(may_change(board.member, line.record))
        if not line.waits:
            raise Refused("conflict", _("%(code)s is decided already.") % {"code": line.proposal.code})
        record = write(board.member, line.record, _decision(line.proposal), line.record.version)
        move(board.member, record, "decide", record.version)
    return len(wanted)


def _decision(proposal: ControlProposal) -> dict[str, Any]:
    name = "inclusion_reason" if proposal.applicable else "exclusion_reason"
    return {"applicable": proposal.applicable, name: proposal.reason}


def _seen(rows: Mapping[str, T], token: str) -> T:
    """What a token stands for, or the refusal of what has changed since it was shown."""
    if token not in rows:
        raise Refused("conflict", _("This proposal has changed since it was shown. Look at it again."))
    return rows[token]


@transaction.atomic
def accept_duties(board: Board, token: str) -> int:
    """Enter the duties of a group into the legal register. Answers how many were new."""
    require(may_add(board.member, register_of(LegalRequirement)))
    group = _seen({group.token: group for group in board.groups}, token)
    today = timezone.localdate()
    for duty in group.missing:
        source, title = named(duty)
        later = bool(duty.applies and duty.applies > today)
        values = {
            "title": title,
            "kind": LegalRequirement.Kind.LAW,
            "source": source,
            "asks": first_letter_up(spoken(duty.summary or duty.title)),
            "systems": [duty.key] if duty.key else [],
            "applies_from": duty.applies,
            "verdict": LegalRequirement.Verdict.LATER if later else "",
        }
        create(board.member, LegalRequirement, values)
    return len(group.missing)


def role_token(role: RoleProposal) -> str:
    """Which role it is."""
    return f"{role.role}:{role.system or ''}:{role.title}"


@transaction.atomic
def accept_role(board: Board, token: str) -> RoleAssignment:
    """A draft of a role's assignment; who holds it, a person says there."""
    require(may_add(board.member, register_of(RoleAssignment)))
    role = _seen({role_token(role): role for role, there in board.roles if not there}, token)
    values = {
        "title": role.title,
        "role": role.role,
        "system": role.system,
        "codes": [role.code],
        "responsibility": role.responsibility,
        "authority": role.authority,
    }
    return create(board.member, RoleAssignment, values)


def rhythm_token(one: Rhythm) -> str:
    """Which interval it is, and what it was and would be."""
    return f"{one.code}:{one.months}:{one.proposed}"


@transaction.atomic
def accept_rhythms(board: Board, tokens: Iterable[str]) -> int:
    """Change intervals as proposed and plan the dates anew; all of them or none. Answers how many."""
    require(may_plan(board.member))
    rows = {rhythm_token(one): one for one in board.calendar if one.differs}
    codes = []
    for token in dict.fromkeys(tokens):
        one = _seen(rows, token)
        change(
            Obligation.objects.select_for_update().get(pk=board.obligations[one.code].pk), months=one.proposed
        )
        codes.append(one.code)
    if codes:
        plan(Organisation.objects.get(pk=board.member.organisation_id), timezone.now(), codes)
    return len(codes)
