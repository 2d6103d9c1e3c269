"""The lifecycles of clause 7."""

from django.utils.translation import gettext_lazy as _

from aims.records.lifecycle import Lifecycle, State, Transition
from aims.records.lifecycles import DECIDERS, approval, doing

DOCUMENT = approval(
    _("I have reviewed this document and approve it as suitable and adequate."),
    DECIDERS,
    ("owner", "edition", "effective_from"),
)

COMPETENCE = doing(("evaluated_on", "result", "basis"))
AWARENESS = doing(("until", "audience"))

TRAINING = Lifecycle(
    states=(
        State("planned", _("planned")),
        State("held", _("held, effect to be judged"), "warn"),
        State("judged", _("effect judged"), "ok", locked=True),
    ),
    transitions=(
        Transition("hold", _("Held"), ("planned",), "held", owner=True, required=("held_on",)),
        Transition(
            "judge", _("Effect judged"), ("held",), "judged", owner=True, required=("judged_on", "effect")
        ),
        Transition("reopen", _("Judge again"), ("judged",), "held", owner=True, note=True),
    ),
)

TOLD = Lifecycle(
    states=(State("recorded", _("recorded"), "ok"), State("confirmed", _("confirmed"), "ok", locked=True)),
    transitions=(
        Transition("confirm", _("Confirm"), ("recorded",), "confirmed", owner=True),
        Transition("reopen", _("Open again"), ("confirmed",), "recorded", owner=True, note=True),
    ),
)
