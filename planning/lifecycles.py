"""The lifecycles of clause 6: how a risk is treated and accepted, how a control is decided, how a system is classified."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import write
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import DECIDERS, EXECUTIVES, approval, doing, replacing
from planning.models import AIActAnswer, AIRisk, ImpactPublication
from planning.scoring import FOR_EXECUTIVES

RATED = tuple(f"inherent_{name}" for name in ("likelihood", "organisation", "individuals", "society"))
REMAINS = tuple(f"residual_{name}" for name in ("likelihood", "organisation", "individuals", "society"))
OFFICERS = frozenset({Role.OFFICER})


def within_authority(member: Member, risk: AIRisk) -> None:
    """Who holds no seat in top management accepts no high or critical risk (6.1.3: the designated management)."""
    if risk.residual_band in FOR_EXECUTIVES and member.role != Role.EXECUTIVE:
        words = gettext("A residual risk in the band “%(band)s” is accepted by top management.")
        raise Refused("forbidden", words % {"band": risk.get_residual_band_display()})


def classify_system(member: Member, sheet: AIActAnswer) -> None:
    """The approved outcome becomes the system's class."""
    system = sheet.system
    write(member, system, {"act_outcome": sheet.outcome, "act_rationale": sheet.rationale})


def of_approved(member: Member, publication: ImpactPublication) -> None:
    """Only an approved result is published (6.1.4)."""
    if publication.assessment.state != "approved":
        words = gettext("The impact assessment %(ref)s is not approved. Approve it first, then the text.")
        raise Refused("conflict", words % {"ref": publication.assessment.ref})


RISK = Lifecycle(
    states=(
        State("identified", _("identified")),
        State("treating", _("in treatment"), "info"),
        State("accepted", _("accepted"), "ok"),
        State("closed", _("closed"), locked=True),
    ),
    transitions=(
        Transition(
            "treat",
            _("Begin treatment"),
            ("identified",),
            "treating",
            owner=True,
            required=(*RATED, "option", "owner"),
        ),
        Transition(
            "accept",
            _("Accept the residual risk"),
            ("identified", "treating"),
            "accepted",
            OFFICERS | EXECUTIVES,
            owner=True,
            four_eyes=True,
            required=(*RATED, *REMAINS, "option"),
            meaning=_("I accept this residual risk within my authority."),
            effects=(within_authority,),
        ),
        Transition("verify", _("Effect verified"), ("accepted",), "accepted", owner=True, note=True),
        Transition("reassess", _("Assess again"), ("accepted",), "treating", owner=True, note=True),
        Transition("close", _("Close"), ("treating", "accepted"), "closed", note=True),
        Transition("reopen", _("Open again"), ("closed",), "treating", note=True),
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

CLASSIFICATION = Lifecycle(
    states=(
        State("draft", _("being answered")),
        State("approved", _("approved"), "ok", locked=True),
        State("superseded", _("superseded"), locked=True),
    ),
    transitions=(
        Transition(
            "approve",
            _("Approve the classification"),
            ("draft",),
            "approved",
            OFFICERS,
            four_eyes=True,
            required=("outcome", "rationale", "assessed_on"),
            meaning=_("I approve this classification under the AI Act."),
            effects=(classify_system,),
        ),
        Transition("revise", _("Answer again"), ("approved",), "draft", owner=True, note=True),
        Transition("supersede", _("Mark as superseded"), ("approved",), "superseded", OFFICERS | EXECUTIVES),
    ),
)

METHOD = approval(
    _("I approve this method."),
    DECIDERS,
    ("steps", "comparable", "effective_from", "owner"),
    (replacing("kind"),),
)

CRITERIA = approval(
    _("I approve these risk criteria."),
    required=("likelihood_scale", "consequence_scale", "matrix", "threshold", "appetite", "effective_from"),
    effects=(replacing(),),
)

ASSESSMENT = approval("", DECIDERS, ("method", "done_on", "result", "review_due"), (replacing("system"),))

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

APPLICABILITY = approval(
    _("I approve this Statement of Applicability."),
    required=("effective_from", "owner"),
    effects=(replacing(),),
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
