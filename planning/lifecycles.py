"""The lifecycles of clause 6: how a risk is treated and accepted, how a control is decided, how a system is classified."""

from dataclasses import replace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import DECIDERS, approval, doing, replacing
from planning.models import ApplicabilityStatement, ImpactPublication
from planning.models.statements import frozen_lines

OFFICERS = frozenset({Role.OFFICER})


def of_approved(member: Member, publication: ImpactPublication) -> None:
    """Only an approved result is published (6.1.4)."""
    if publication.assessment.state != "approved":
        words = gettext("The impact assessment %(ref)s is not approved. Approve it first, then the text.")
        raise Refused("conflict", words % {"ref": publication.assessment.ref})


def take_lines(member: Member, statement: ApplicabilityStatement) -> None:
    """The lines go to approval as they are at that moment."""
    statement.lines = frozen_lines(statement.organisation_id)


def issued(lifecycle: Lifecycle) -> Lifecycle:
    """What is approved is not opened again: what changes next is a version of its own."""
    kept = (one for one in lifecycle.transitions if one.code != "revise")
    return replace(
        lifecycle,
        transitions=tuple(
            replace(one, stamps=(take_lines,)) if one.code == "submit" else one for one in kept
        ),
    )


CONTROL = Lifecycle(
    states=(State("open", _("to decide"), "warn"), State("decided", _("decided"), "ok")),
    transitions=(
        Transition(
            "decide", _("Record the decision"), ("open",), "decided", owner=True, required=("applicable",)
        ),
        Transition("reopen", _("Decide again"), ("decided",), "open", owner=True, note=True),
    ),
)

METHOD = approval(
    _("I approve this method."),
    DECIDERS,
    ("steps", "comparable", "effective_from", "owner"),
    (replacing("kind"),),
)
IMPACT = approval(
    _("I confirm this impact assessment and its conclusion."),
    DECIDERS,
    ("done_on", "individuals", "society", "misuse", "conclusion", "review_due"),
    (replacing("system"),),
)

PUBLICATION = approval(
    _("I approve this text for publication."),
    DECIDERS,
    ("text", "place", "effective_from", "owner"),
    (of_approved, replacing("assessment", "audience")),
)

PLAN = approval(
    _("I approve this AI risk treatment plan."),
    required=("approach", "resources", "compared_on", "comparison", "risks"),
    effects=(replacing(),),
)

APPLICABILITY = issued(
    approval(
        _("I approve this Statement of Applicability."),
        required=("effective_from", "owner"),
        effects=(replacing(),),
    )
)

AIMS_RISK = doing(("result",))
TEST = doing(("tested_on", "result", "seen"))

OBJECTIVE = Lifecycle(
    states=(
        State("draft", _("draft")),
        State("running", _("running"), "info"),
        State("achieved", _("achieved"), "ok", locked=True),
        State("missed", _("missed"), "bad", locked=True),
    ),
    transitions=(
        Transition(
            "start",
            _("Set the objective"),
            ("draft",),
            "running",
            DECIDERS,
            required=("owner", "due", "statement", "evaluation", "resources"),
        ),
        Transition("measure", _("Measured"), ("running",), "running", owner=True),
        Transition("achieve", _("Achieved"), ("running",), "achieved", DECIDERS, owner=True, note=True),
        Transition("miss", _("Missed"), ("running",), "missed", DECIDERS, note=True),
        Transition("reopen", _("Set again"), ("achieved", "missed"), "running", DECIDERS, note=True),
    ),
)

CHANGE = Lifecycle(
    states=(
        State("planned", _("planned")),
        State("approved", _("approved"), "info"),
        State("done", _("done"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "approve",
            _("Approve the change"),
            ("planned",),
            "approved",
            DECIDERS,
            four_eyes=True,
            required=("consequences", "integrity", "resources", "responsibilities", "planned_for", "owner"),
        ),
        Transition(
            "complete", _("Mark as done"), ("approved",), "done", owner=True, required=("done_on", "result")
        ),
        Transition("reopen", _("Plan again"), ("approved", "done"), "planned", note=True),
    ),
)
