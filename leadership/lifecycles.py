"""The lifecycles of clause 5."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import DECIDERS, approval, replacing
from leadership.elements import blanks
from leadership.models import AIPolicy

REQUIRED = ("text", "suits", "basis", "requirements", "improvement", "effective_from", "owner")


def said_by_us(member: Member, policy: AIPolicy) -> None:
    """No policy is approved in which a blank of the template is left."""
    left = blanks(policy)
    if left:
        words = gettext("Fill in what the template leaves open: %(blanks)s") % {"blanks": " ".join(left[:3])}
        raise Refused("invalid", words, {"text": [words]})


POLICY = approval(
    _("I approve this AI policy for the organisation."), required=REQUIRED, effects=(said_by_us, replacing())
)

# what was done on a day and is kept as it was said: nothing to approve, only to withdraw where it was an error
RECORDED = Lifecycle(states=(State("recorded", _("recorded"), "ok"),))

ASSIGNMENT = Lifecycle(
    states=(
        State("draft", _("draft")),
        State("in_force", _("in force"), "ok"),
        State("ended", _("ended"), locked=True),
    ),
    transitions=(
        Transition(
            "assign",
            _("Assign"),
            ("draft",),
            "in_force",
            DECIDERS,
            required=("holder", "authority", "effective_from"),
        ),
        Transition("reopen", _("Back to draft"), ("in_force",), "draft", DECIDERS, note=True),
        Transition("end", _("End"), ("in_force",), "ended", DECIDERS, required=("until",)),
    ),
)

EXCEPTION = Lifecycle(
    states=(
        State("asked", _("asked for"), "info"),
        State("granted", _("granted"), "warn"),
        State("refused", _("refused"), locked=True),
        State("ended", _("ended"), locked=True),
    ),
    transitions=(
        Transition(
            "grant",
            _("Grant"),
            ("asked",),
            "granted",
            DECIDERS,
            four_eyes=True,
            required=("measures", "granted_on", "ends_on"),
        ),
        Transition("refuse", _("Refuse"), ("asked",), "refused", DECIDERS, note=True),
        Transition("end", _("End"), ("granted",), "ended", DECIDERS, owner=True),
    ),
)
