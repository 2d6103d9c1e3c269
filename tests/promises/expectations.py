"""What each caller may expect at each address.

Addresses of registers derive it from `aims.records.access`, by what the page or the action does: a new register is
covered by being declared. Only the singular addresses stand in tables, by their names. An address without an expectation
fails the walk.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from aims.organisation.member import Member
from aims.organisation.roles import WRITERS, Role
from aims.pack import rights
from aims.pages.context import may_read_journal
from aims.records.access import may_add, may_change, may_move, visible
from aims.records.base import Record
from aims.records.delegating import may_delegate, may_name, may_take_back
from aims.records.exchange.importing import imports, may_import
from aims.records.exchange.views import may_remove
from aims.records.models import Evidence
from aims.records.registry import Register, register_of
from context.models import ContextIssue
from evaluation.auditing import asks_in
from evaluation.models import Audit, Sample, SimulatedAudit
from evaluation.outside import HOSTS
from evaluation.requests import judges
from evaluation.review_report import may_read as may_read_board
from evaluation.room import writes as writes_in_room
from leadership.models import AIPolicy, RoleAssignment
from leadership.readers import is_bound
from planning.models import AIActAnswer, AIRisk, LegalRequirement, RiskCriteria, StandardComparison
from tests.promises.addresses import Route
from tests.promises.house import Side

LEADERS = frozenset({Role.ADMINISTRATOR, Role.OFFICER})


class Outcome(Enum):
    """What a caller gets."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    HIDDEN = "hidden"


Rule = Callable[[Member, Side, Register, str], Outcome]


def allowed(yes: bool) -> Outcome:
    """Allowed or forbidden."""
    return Outcome.ALLOWED if yes else Outcome.FORBIDDEN


def seen(member: Member, record: Any) -> bool:
    """Whether a record is open to a member; asked once, because nothing stays changed in the house."""
    key = (member.id, record.pk)
    if key not in known_to:
        known_to[key] = bool(visible(member, type(record)).filter(pk=record.pk).exists())
    return known_to[key]


known_to: dict[tuple[Any, Any], bool] = {}


# ── Registers ────────────────────────────────────────────────────────────


def everybody(member: Member, side: Side, register: Register, step: str) -> Outcome:
    """Each member."""
    return Outcome.ALLOWED


def adds(member: Member, side: Side, register: Register, step: str) -> Outcome:
    """Who adds records."""
    return allowed(may_add(member, register))


def brings(member: Member, side: Side, register: Register, step: str) -> Outcome:
    """Who imports."""
    return allowed(may_import(member, register))


def on_record(may: Callable[[Member, Record, Register, str], bool]) -> Rule:
    """Who sees the record, and may do something with it."""

    def rule(member: Member, side: Side, register: Register, step: str) -> Outcome:
        record = side.records[register.path]
        return allowed(may(member, record, register, step)) if seen(member, record) else Outcome.HIDDEN

    return rule


def takes(member: Member, record: Record, register: Register, step: str) -> bool:
    """May take a step."""
    transition = register.lifecycle.transition(step)
    return transition is not None and may_move(member, record, transition)


def takes_some(member: Member, record: Record, register: Register, step: str) -> bool:
    """May take some step or other."""
    return any(may_move(member, record, one) for one in register.lifecycle.all_transitions)


def lets_sign(member: Member, record: Record, register: Register, step: str) -> bool:
    """May let somebody else take a signing step that waits for them."""
    transition = register.lifecycle.transition(step)
    return transition is not None and may_delegate(member, record, transition)


def takes_back(member: Member, record: Record, register: Register, step: str) -> bool:
    """May end a delegation of a signing step that is theirs."""
    transition = register.lifecycle.transition(step)
    return transition is not None and may_take_back(member, record, transition)


def some_signature(may: Callable[..., bool]) -> Callable[[Member, Record, Register, str], bool]:
    """May do it with some signature of the record or other."""
    return lambda member, record, register, step: any(
        may(member, record, one) for one in register.lifecycle.all_transitions if one.meaning
    )


def links(member: Member, record: Record, register: Register, step: str) -> bool:
    """May say that evidence speaks for it."""
    return may_change(member, record) or may_add(member, register_of(Evidence))


def own_import(member: Member, side: Side, register: Register, step: str) -> Outcome:
    """Who sees an import."""
    key = side.others[f"import {register.path}"].pk
    return Outcome.ALLOWED if imports(member).filter(pk=key).exists() else Outcome.HIDDEN


def removes_view(member: Member, side: Side, register: Register, step: str) -> Outcome:
    """Who made a view."""
    view = side.others[f"view {register.path}"]
    return allowed(may_remove(member, view)) if seen(member, view) else Outcome.HIDDEN


looks = on_record(lambda member, record, register, step: True)
changes = on_record(lambda member, record, register, step: may_change(member, record))

PAGES: dict[str, Rule] = {
    "register": everybody,
    "export": everybody,
    "export xlsx": everybody,
    "keep view": everybody,  # one's own
    "bulk": everybody,  # nothing picked, nothing done; tests/promises/test_routes.py picks
    "new": adds,
    "record": looks,
    "history": looks,
    "comment": looks,
    "watch": looks,
    "undo": changes,
    "edit": changes,
    "move": on_record(takes),
    "sign": on_record(takes),
    "delegate": on_record(lets_sign),
    "end delegation": on_record(takes_back),
    "import": brings,
    "import one": own_import,
    "import progress": own_import,
    "remove view": removes_view,
}
ACTIONS: dict[str, Rule] = {
    "index": everybody,
    "create": adds,
    "retrieve": looks,
    "update": changes,
    "partial_update": changes,
    "destroy": on_record(lambda member, record, register, step: takes(member, record, register, "withdraw")),
    "steps": looks,
    "step": on_record(takes_some),
    "past": looks,
    "links": looks,
    "link": on_record(links),
    "unlink": changes,
    "comments": looks,
    "comment": looks,
    "watching": looks,
    "watch": looks,
    "unwatch": looks,
    "undo": changes,
    "signatures": looks,
    "sign": on_record(some_signature(may_move)),
    "delegations": looks,
    "let_sign": on_record(some_signature(may_delegate)),
    "end": on_record(some_signature(may_take_back)),
}


# ── Singular addresses ───────────────────────────────────────────────────

Lone = Callable[[Member, Side], Outcome]


def all_(member: Member, side: Side) -> Outcome:
    """Each member."""
    return Outcome.ALLOWED


def only(*roles: Role) -> Lone:
    """Some roles."""
    return lambda member, side: allowed(member.role in roles)


def may(question: Callable[[Member], bool]) -> Lone:
    """Who may, whatever it is about."""
    return lambda member, side: allowed(question(member))


def about(kind: str, question: Callable[[Member, Any], bool], may_not: Outcome = Outcome.FORBIDDEN) -> Lone:
    """Who sees one of the things that hang on records, and may do something with it."""

    def rule(member: Member, side: Side) -> Outcome:
        thing = side.records.get(kind) or side.others[kind]
        if thing.organisation_id != member.organisation_id:
            return Outcome.HIDDEN
        return Outcome.ALLOWED if question(member, thing) else may_not

    return rule


def pack_rule(action: str) -> Lone:
    """Who may use packs at all; then whose it is."""

    def rule(member: Member, side: Side) -> Outcome:
        if not rights.may_use(member, action):
            return Outcome.FORBIDDEN
        found = rights.packs(member).filter(pk=side.others["pack"].pk).exists()
        return Outcome.ALLOWED if found else Outcome.HIDDEN

    return rule


def answer_rule(member: Member, side: Side) -> Outcome:
    """Who answers a line of the standard: the page shows the line whose record is in the house."""
    answer = side.records["answers"]
    return allowed(may_change(member, answer)) if seen(member, answer) else Outcome.HIDDEN


def sees_evidence(member: Member, side: Side) -> Outcome:
    """Who sees the evidence of a file."""
    return Outcome.ALLOWED if seen(member, side.records["evidence"]) else Outcome.HIDDEN


def unlinks(reading: bool) -> Lone:
    """Who sees both ends of a link; who changes its record takes it back."""

    def rule(member: Member, side: Side) -> Outcome:
        system, evidence = side.records["ai-systems"], side.records["evidence"]
        if not (seen(member, system) and seen(member, evidence)):
            return Outcome.HIDDEN
        return allowed(reading or may_change(member, system))

    return rule


def chooses(member: Member, side: Side) -> Outcome:
    """Who links evidence to the AI system of the house."""
    system = side.records["ai-systems"]
    if not seen(member, system):
        return Outcome.HIDDEN
    return allowed(links(member, system, register_of(system), ""))


def revises(member: Member, side: Side) -> Outcome:
    """Who adds a file to evidence."""
    evidence = side.records["evidence"]
    if not seen(member, evidence):
        return Outcome.HIDDEN
    return allowed(may_change(member, evidence) or evidence.created_by_id == member.id)


def own(member: Member, thing: Any) -> bool:
    """Whether it is the member's."""
    return member.id in (getattr(thing, "member_id", None), getattr(thing, "membership_id", None))


def adds_to(model: type[Record]) -> Lone:
    """Who adds records of a kind."""
    return may(lambda member: may_add(member, register_of(model)))


def decision_rule(member: Member, side: Side) -> Outcome:
    """Who sees the AI system of a decision."""
    return Outcome.ALLOWED if seen(member, side.records["ai-systems"]) else Outcome.HIDDEN


def case_rule(member: Member, side: Side) -> Outcome:
    """Who changes a nonconformity."""
    case = side.records["nonconformities"]
    return allowed(may_change(member, case)) if seen(member, case) else Outcome.HIDDEN


def board_rule(member: Member, side: Side) -> Outcome:
    """Who reads the board report."""
    return allowed(may_read_board(member))


def review_rule(member: Member, side: Side) -> Outcome:
    """Who sees a management review."""
    return Outcome.ALLOWED if seen(member, side.records["management-reviews"]) else Outcome.HIDDEN


def line_rule(member: Member, side: Side) -> Outcome:
    """Who changes a line of the Statement of Applicability."""
    line = side.records["control-implementations"]
    return allowed(may_change(member, line)) if seen(member, line) else Outcome.HIDDEN


def sees(kind: str) -> Lone:
    """Who sees a record of the house."""
    return lambda member, side: Outcome.ALLOWED if seen(member, side.records[kind]) else Outcome.HIDDEN


def changes_of(kind: str) -> Lone:
    """Who changes a record of the house."""

    def rule(member: Member, side: Side) -> Outcome:
        record = side.records[kind]
        return allowed(may_change(member, record)) if seen(member, record) else Outcome.HIDDEN

    return rule


def reads_policy(member: Member, side: Side) -> Outcome:
    """Who sees the policy and is bound by it; nobody says through a token that they have read."""
    policy = side.records["ai-policies"]
    return allowed(is_bound(member)) if seen(member, policy) else Outcome.HIDDEN


def in_room(kind: str) -> Lone:
    """The auditors of the audit of a record of the house write in its room, nobody else."""

    def rule(member: Member, side: Side) -> Outcome:
        record: Any = side.records[kind]
        if not seen(member, record):
            return Outcome.HIDDEN
        audit = record if kind == "audits" else record.audit
        return allowed(writes_in_room(member, audit))

    return rule


def meets(member: Member, side: Side) -> Outcome:
    """Who changes the audit keeps its meetings."""
    audit = side.records["audits"]
    return allowed(may_change(member, audit)) if seen(member, audit) else Outcome.HIDDEN


def draws(member: Member, side: Side) -> Outcome:
    """Who sees the audit and adds samples."""
    audit: Any = side.records["audits"]
    if not seen(member, audit):
        return Outcome.HIDDEN
    return allowed(may_add(member, register_of(Sample)) and asks_in(member, audit))


def again_rule(member: Member, side: Side) -> Outcome:
    """Who sees the sheet and adds sheets."""
    if not seen(member, side.records["ai-act-answer-sheets"]):
        return Outcome.HIDDEN
    return allowed(may_add(member, register_of(AIActAnswer)))


def hosts(member: Member, side: Side) -> Outcome:
    """Who sees the audit and invites."""
    return allowed(member.role in HOSTS) if seen(member, side.records["audits"]) else Outcome.HIDDEN


def rehearses(member: Member, side: Side) -> Outcome:
    """Who reads the whole organisation and keeps runs."""
    return allowed(may_read_journal(member) and may_add(member, register_of(SimulatedAudit)))


def reminds(member: Member, side: Side) -> Outcome:
    """Who sees a request and says whether what came is enough."""
    request: Any = side.records["audit-requests"]
    return allowed(judges(member, request)) if seen(member, request) else Outcome.HIDDEN


administrators = only(Role.ADMINISTRATOR)
leaders = only(*LEADERS)
journal = may(may_read_journal)
writes = only(*WRITERS)
own_task = about("task", own, Outcome.HIDDEN)

# (key, method) → rule; a key alone serves every method
LONE: dict[str, Lone] = {
    "today": all_,
    "calendar": all_,
    "move date": about("occurrence", lambda member, _row: member.role in LEADERS),
    "add feed": all_,
    "obligations": all_,
    "obligation": about("obligation", lambda member, _row: member.role in LEADERS),
    "working week": leaders,
    "add free day": leaders,
    "remove free day": about("free day", lambda member, _row: member.role in LEADERS),
    "hand over": about("task", lambda member, row: own(member, row) or member.role in LEADERS),
    "take back": about("given task", lambda member, row: member.role in LEADERS),
    "away": all_,
    "end absence": about("absence", own),
    "deputies": all_,
    "deputies POST": may(may_name),
    "end deputy": about("deputy", lambda member, row: row.giver_id == member.id),
    "delegate roles": only(Role.ADMINISTRATOR, Role.EXECUTIVE),
    "renew feed": about("feed", own, Outcome.HIDDEN),
    "registers": all_,
    "search": all_,
    "choices": all_,
    "clause": all_,
    "evidence": all_,
    "journal": journal,
    "readiness": journal,
    "proof of operation": journal,
    "simulated audit": journal,
    "simulated audit POST": rehearses,
    "settings": all_,
    "profile": all_,
    "add member": administrators,
    "change member": about("membership", lambda member, _row: member.role == Role.ADMINISTRATOR),
    "add token": all_,
    "revoke token": about("token", own, Outcome.HIDDEN),
    "task done": about("task", own),
    "save answer": answer_rule,
    "add evidence": adds_to(Evidence),
    "choose evidence": chooses,
    "revise evidence": revises,
    "evidence file": sees_evidence,
    "view evidence": sees_evidence,
    "unlink": unlinks(reading=False),
    "unlink GET": unlinks(reading=True),
    "packs": may(rights.may_use),
    "packs POST": may(lambda member: rights.may_use(member, "write")),
    "pack": pack_rule("read"),
    "pack_again": pack_rule("write"),
    "pack_file": pack_rule("read"),
    "policy": all_,
    "policy template": adds_to(AIPolicy),
    "policy document": sees("ai-policies"),
    "policy pdf": sees("ai-policies"),
    "policy compare": sees("ai-policies"),
    "policy read": reads_policy,
    "role matrix": all_,
    "commitments": all_,
    "context": all_,
    "answer climate": adds_to(ContextIssue),
    "process map": all_,
    "scope document": sees("scope-statements"),
    "scope pdf": sees("scope-statements"),
    "scope compare": sees("scope-statements"),
    "soa": all_,
    "soa pdf": all_,
    "soa difference": all_,
    "soa version pdf": sees("statements-of-applicability"),
    "soa version xlsx": sees("statements-of-applicability"),
    "soa line": line_rule,
    "soa cells": lambda member, side: allowed(may_change(member, side.records["control-implementations"])),
    "soa lines": lambda member, side: allowed(may_change(member, side.records["control-implementations"])),
    "impact paper": sees("impact-assessments"),
    "impact results": sees("impact-assessments"),
    "risk matrix": all_,
    "act law": all_,
    "act rules": all_,
    "ask act reviews": writes,
    "answer act again": again_rule,
    "system law": sees("ai-systems"),
    "act form": sees("ai-systems"),
    "act form pdf": sees("ai-systems"),
    "act form word": sees("ai-systems"),
    "crosswalks": all_,
    "compare standard": all_,
    "keep comparison": adds_to(StandardComparison),
    "system description": sees("ai-systems"),
    "system ml bom": sees("ai-systems"),
    "edit description": changes_of("ai-systems"),
    "system stage": changes_of("ai-systems"),
    "risk trend": all_,
    "identify risks": all_,
    "identify risks POST": adds_to(AIRisk),
    "rate again": all_,
    "new criteria": adds_to(RiskCriteria),
    "board report": board_rule,
    "review minutes": review_rule,
    "improvement board": all_,
    "improvement year": all_,
    "take up similar": case_rule,
    "proposals": all_,
    "accept controls": writes,
    "accept duties": adds_to(LegalRequirement),
    "accept role": adds_to(RoleAssignment),
    "accept calendar": writes,
    "organisation profile": leaders,
    "audit programme": all_,
    "plan missing audit": adds_to(Audit),
    "audit room": sees("audits"),
    "audit report": sees("audits"),
    "audit report pdf": sees("audits"),
    "audit report word": sees("audits"),
    "audit requests": sees("audits"),
    "audit evidence": sees("audits"),
    "audit samples": sees("audits"),
    "audit samples POST": draws,
    "sample list": sees("samples"),
    "remind": reminds,
    "judge sample": sees("samples"),
    "judge sample POST": in_room("samples"),
    "outside auditors": hosts,
    "end access": about("outside", lambda member, _row: member.role in HOSTS),
    "mail invitation": about("outside", lambda member, _row: member.role in HOSTS),
    "make checklist": in_room("audits"),
    "add question": in_room("audits"),
    "save meetings": meets,
    "save check": in_room("audit-checks"),
    "save note": in_room("audit-checks"),
    "evidence seen": in_room("audit-checks"),
    "draft finding": in_room("audit-checks"),
    # the REST interface, by address
    "me/": all_,
    "registers/": all_,
    "requirements/": all_,
    "controls/": all_,
    "changes/": all_,
    "occurrences/": all_,
    "tasks/": all_,
    "tasks/<uuid:pk>/": own_task,
    "tasks/<uuid:pk>/complete/": own_task,
    "tasks/<uuid:pk>/hand/": own_task,
    "tasks/<uuid:pk>/back/": about("given task", own, Outcome.HIDDEN),
    "absences/": all_,
    "absences/<uuid:pk>/end/": about("absence", own, Outcome.HIDDEN),
    "deputies/": all_,
    "deputies/ POST": may(may_name),
    "deputies/<uuid:pk>/end/": about("deputy", lambda member, row: row.giver_id == member.id, Outcome.HIDDEN),
    "tokens/": administrators,
    "tokens/<uuid:pk>/": about("token", lambda member, _row: member.role == Role.ADMINISTRATOR),
    "packs/": may(rights.may_use),
    "packs/ POST": may(lambda member: rights.may_use(member, "write")),
    "packs/<uuid:pk>/": pack_rule("read"),
    "packs/<uuid:pk>/file/": pack_rule("read"),
    "decisions/": all_,
    "decisions/ POST": writes,
    "decisions/summary/": all_,
    "decisions/<uuid:pk>/": decision_rule,
    "evidence/<uuid:pk>/revisions/": sees_evidence,
    "evidence/<uuid:pk>/revisions/ POST": revises,
    "evidence/<uuid:pk>/revisions/<uuid:revision_id>/file/": sees_evidence,
}
# which thing of the house fills the gap `key` (or `pk`) of a singular address
KEYS = {
    "change member": "membership",
    "revoke token": "token",
    "tokens/<uuid:pk>/": "token",
    "task done": "task",
    "hand over": "task",
    "take back": "given task",
    "end absence": "absence",
    "renew feed": "feed",
    "obligation": "obligation",
    "remove free day": "free day",
    "tasks/<uuid:pk>/": "task",
    "tasks/<uuid:pk>/complete/": "task",
    "tasks/<uuid:pk>/hand/": "task",
    "tasks/<uuid:pk>/back/": "given task",
    "absences/<uuid:pk>/end/": "absence",
    "end deputy": "deputy",
    "deputies/<uuid:pk>/end/": "deputy",
    "revise evidence": "evidence",
    "evidence/<uuid:pk>/revisions/": "evidence",
    "evidence/<uuid:pk>/revisions/<uuid:revision_id>/file/": "evidence",
    "evidence file": "revision",
    "view evidence": "revision",
    "unlink": "link ai-systems",
    "pack": "pack",
    "pack_again": "pack",
    "pack_file": "pack",
    "packs/<uuid:pk>/": "pack",
    "packs/<uuid:pk>/file/": "pack",
    "decisions/<uuid:pk>/": "decision",
    "import one": "import",
    "import progress": "import",
    "remove view": "view",
    "soa line": "control-implementations",
    "soa version pdf": "statements-of-applicability",
    "soa version xlsx": "statements-of-applicability",
    "impact paper": "impact-assessments",
    "impact results": "impact-assessments",
    "answer act again": "ai-act-answer-sheets",
    "system law": "ai-systems",
    "act form": "ai-systems",
    "act form pdf": "ai-systems",
    "act form word": "ai-systems",
    "move date": "occurrence",
    "review minutes": "management-reviews",
    "take up similar": "nonconformities",
}
KEYS |= dict.fromkeys(("policy document", "policy pdf", "policy compare", "policy read"), "ai-policies")
KEYS |= dict.fromkeys(("scope document", "scope pdf", "scope compare"), "scope-statements")
KEYS |= dict.fromkeys(
    (
        "audit room",
        "audit requests",
        "audit evidence",
        "audit samples",
        "outside auditors",
        "audit report",
        "audit report pdf",
        "audit report word",
        "make checklist",
        "add question",
        "save meetings",
    ),
    "audits",
)
KEYS |= {
    "remind": "audit-requests",
    "sample list": "samples",
    "judge sample": "samples",
    "end access": "outside",
    "mail invitation": "outside",
}
KEYS |= dict.fromkeys(
    ("system description", "system ml bom", "edit description", "system stage"), "ai-systems"
)
KEYS |= dict.fromkeys(("save check", "save note", "evidence seen", "draft finding"), "audit-checks")
# everybody's, signed in or not; what is said there is not the organisation's
OPEN = {"alive", "calendar feed", "stop digests", "set_language", "api-schema", "api-docs"}
SIGN_IN = "accounts/"
# addresses that mean nothing without more than a key
NOT_FOUND = {"switch organisation"}  # POST without a choice answers like a foreign one
LOST = "api/v1/~^(?P<rest>.*)$"  # whatever else is asked of the API


def rule_of(route: Route, method: str) -> Rule | Lone | None:
    """The expectation of an address and method, or None where nobody has thought of it."""
    if route.register is not None and not route.api:
        return PAGES.get(route.name)
    if route.register is not None:
        return ACTIONS.get(route.action(method))
    return LONE.get(f"{route.key} {method}") or LONE.get(route.key)


def known(route: Route) -> bool:
    """Whether every method of an address has an expectation."""
    if route.at.startswith(SIGN_IN) or route.name in OPEN | NOT_FOUND or route.at == LOST:
        return True
    return all(rule_of(route, method) for method in route.methods)


def expected(route: Route, method: str, member: Member, side: Side, step: str) -> Outcome:
    """What a member gets at an address that is filled with what a side has."""
    rule: Any = rule_of(route, method)
    if route.register is None:
        outcome: Outcome = rule(member, side)
    else:
        outcome = rule(member, side, route.register, step)
    return outcome
