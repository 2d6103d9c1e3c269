"""The lifecycles of law: how a system is classified under the AI Act."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import write
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import EXECUTIVES, replacing
from planning.models import AIActAnswer

OFFICERS = frozenset({Role.OFFICER})


def exemption_has_reasons(member: Member, sheet: AIActAnswer) -> None:
    """Who relies on Art. 6(3) writes down why, before the system is placed on the market (Art. 6(4))."""
    if sheet.exempt_without_reason:
        words = gettext("Write at question Q10 why the exemption of Art. 6(3) holds: Art. 6(4) asks for it.")
        raise Refused("invalid", words, {"answers": [words]})


def classify_system(member: Member, sheet: AIActAnswer) -> None:
    """The approved outcome becomes the system's class."""
    write(member, sheet.system, {"act_outcome": sheet.outcome, "act_rationale": sheet.rationale})


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
            effects=(exemption_has_reasons, classify_system, replacing("system")),
        ),
        Transition("revise", _("Answer again"), ("approved",), "draft", owner=True, note=True),
        Transition("supersede", _("Mark as superseded"), ("approved",), "superseded", OFFICERS | EXECUTIVES),
    ),
)
