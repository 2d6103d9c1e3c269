"""What clause 5 contributes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.registry import (
    Event,
    Indicator,
    ObligationRule,
    Panel,
    Register,
    ReviewInput,
    View,
    Workspace,
)
from aims.schedule.places import place_later
from leadership import inputs, lifecycles, policy_views, readers
from leadership.models import (
    AIPolicy,
    LeadershipAction,
    PolicyAcknowledgement,
    PolicyException,
    PolicyLink,
    PolicyPrinciple,
    PolicyPublication,
    RoleAssignment,
)
from leadership.rules import RULES

REGISTERS = (
    Register(
        AIPolicy,
        answers=("5.2", "A.2.2", "A.2.3", "A.2.4"),
        columns=("title", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("The policy"), ("title", "edition", "text", "owner")),
            (_("What clause 5.2 asks for"), ("suits", "basis", "requirements", "improvement")),
            (_("Use"), ("exceptions", "available", "changed")),
            (_("When it holds"), ("effective_from", "review_due", "review")),
        ),
        lifecycle=lifecycles.POLICY,
        parts=(PolicyPrinciple, PolicyLink),
        record_types=("ai_policy", "policy_link", "review"),
        icon="landmark",
        about=_("The AI policy in its versions: approved by top management, with its principles."),
    ),
    Register(
        RoleAssignment,
        answers=("5.3", "A.3.2", "A.4.6"),
        columns=("title", "role", "holder", "deputy", "effective_from", "review_due"),
        form=(
            (_("The role"), ("title", "role", "system", "codes", "owner")),
            (_("Who holds it"), ("holder", "deputy", "effective_from", "until")),
            (_("What it means"), ("responsibility", "authority", "communicated_on", "review_due")),
            (_("Part in the activities"), ("accountable", "responsible", "consulted", "informed")),
        ),
        filters=("state", "role", "holder", "system"),
        lifecycle=lifecycles.ASSIGNMENT,
        record_types=("role_assignment",),
        icon="badge",
        about=_("Who holds which AIMS role, with which authority, and who stands in."),
    ),
    Register(
        LeadershipAction,
        answers=("5.1",),
        columns=("title", "kind", "decided_by", "decided_on"),
        form=(
            (_("The act"), ("title", "kind", "decided_by", "decided_on", "text")),
            (_("About"), ("systems", "owner", "result")),
        ),
        filters=("state", "kind", "decided_by"),
        writers=WRITERS | {Role.EXECUTIVE},
        record_types=("leadership_action",),
        icon="megaphone",
        about=_("What top management decided or did about AI: budgets, messages, a launch that was stopped."),
    ),
    Register(
        PolicyException,
        answers=("A.2.2",),
        columns=("title", "rule", "granted_on", "ends_on", "owner"),
        form=(
            (_("The exception"), ("title", "policy", "rule", "system", "reason", "owner")),
            (_("Limits"), ("measures", "granted_on", "ends_on")),
        ),
        filters=("state", "policy", "owner"),
        lifecycle=lifecycles.EXCEPTION,
        writers=STAFF,
        icon="ban",
        about=_("Deviations from the AI policy: asked for, granted by another, ended by a date."),
    ),
    Register(
        PolicyPublication,
        answers=("5.2",),
        columns=("title", "policy", "audience", "where", "published_on"),
        form=((_("Publication"), ("title", "policy", "audience", "where", "published_on", "owner")),),
        filters=("state", "policy", "audience"),
        lifecycle=lifecycles.RECORDED,
        icon="globe",
        about=_("Where each version of the AI policy was published, since when, and for whom."),
    ),
    Register(
        PolicyAcknowledgement,
        answers=("5.2", "7.3"),
        columns=("title", "person", "policy", "edition", "acknowledged_on", "how"),
        form=((_("Who has read what"), ("policy", "person", "acknowledged_on", "how", "remark")),),
        filters=("state", "policy", "how"),
        lifecycle=lifecycles.RECORDED,
        icon="user-check",
        about=_(
            "Who has read which version of the AI policy, and when. People say so themselves on its page."
        ),
    ),
)


def of_strategy(issue: Any) -> bool:
    """Issues inside that bear on how the organisation is led (4.1): a change of strategy is one."""
    return bool(issue.relevant) and issue.kind == "internal" and issue.category == "governance"


OBLIGATIONS = (
    ObligationRule(
        "SR06", _("Review of the AI policy"), "5.2", "periodic", Role.EXECUTIVE,
        months=12, register="ai-policies", done_by="supersede", lead_days=(30, 7),
    ),
    ObligationRule(
        "SR06T", _("Review of the AI policy, after an event"), "5.2", "trigger", Role.EXECUTIVE,
        days=14, done_by="ai-policies.approve", lead_days=(14, 3), of="SR06",
        events=(
            Event("law_change", "legal-and-other-requirements.put_in_force", lambda r: r.kind in ("law", "reporting")),
            Event("serious_incident", "incidents.declare_serious", lambda r: r.serious),
            Event("strategy_change", "context-issues.put_in_force", of_strategy),
        ),
    ),
    ObligationRule(
        "SR07", _("Review of roles"), "5.3", "periodic", Role.OFFICER, months=12, lead_days=(30,),
    ),
    ObligationRule(
        "SR07T", _("Review of roles, after somebody left or changed place"), "5.3", "trigger", Role.OFFICER,
        days=14, lead_days=(14, 3), of="SR07",
        events=(Event("leaver", "members.leave"), Event("mover", "members.move")),
    ),
    ObligationRule(
        "SR26", _("End of a policy exception"), "A.2.2", "after", Role.OFFICER,
        months=6, register="policy-exceptions", event="grant", done_by="end", lead_days=(30, 7),
    ),
)  # fmt: skip

VIEWS = (
    View("ai-policies", _("From the template"), "policy template", "file-plus"),
    View("role-assignments", _("Who answers for what"), "role matrix", "table"),
    View("leadership-actions", _("Commitments"), "commitments", "list-checks"),
)

workspace = Workspace(
    clause="5",
    registers=REGISTERS,
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput("5.2", _("Review of the AI policy"), inputs.policy_now, place_later("ai-policies")),
    ),
    indicators=(
        Indicator(
            "exceptions",
            _("Policy exceptions in use"),
            inputs.exceptions_in_use,
            place_later("policy-exceptions", state="granted"),
            "warn",
        ),
    ),
    panels=(
        Panel("ai-policies", "leadership/policy_elements.html", policy_views.elements_panel, wide=True),
        Panel("ai-policies", "leadership/policy_panel.html", policy_views.reading_panel),
    ),
    rules=RULES,
    followers=(readers.follow,),
    seams=VIEWS,
)
