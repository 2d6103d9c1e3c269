"""The lifecycles of nonconformities, corrective actions, reviews of effect and improvements."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.lifecycle import Lifecycle, State, Transition
from improvement import effect, extent, following

NONCONFORMITY = Lifecycle(
    states=(
        State("open", _("open"), "bad"),
        State("contained", _("corrected"), "warn"),
        State("analysed", _("cause known"), "warn"),
        State("actions_running", _("actions under way"), "info"),
        State("checking", _("effect being checked"), "info"),
        State("closed", _("closed"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "contain",
            _("Corrected"),
            ("open",),
            "contained",
            owner=True,
            required=("correction", "owner"),
        ),
        Transition(
            "analyse",
            _("Cause found"),
            ("contained",),
            "analysed",
            owner=True,
            required=("root_cause", "cause_category", "similar_cases"),
            effects=(extent.extent_judged,),
        ),
        Transition(
            "run",
            _("Begin the actions"),
            ("analysed",),
            "actions_running",
            owner=True,
            required=("effect_criterion", "effect_from"),
            effects=(following.needs_actions, effect.another_checks),
        ),
        Transition(
            "check",
            _("All actions are done"),
            ("actions_running",),
            "checking",
            owner=True,
            effects=(following.actions_done,),
        ),
        Transition(
            "close",
            _("Close"),
            ("checking",),
            "closed",
            WRITERS | {Role.EXECUTIVE},
            four_eyes=True,
            effects=(effect.proven_effective,),
        ),
        Transition(
            "act_again",
            _("Act again"),
            ("checking",),
            "actions_running",
            owner=True,
            note=True,
        ),
        Transition(
            "analyse_again",
            _("Look for the cause again"),
            ("analysed", "actions_running"),
            "contained",
            owner=True,
            note=True,
        ),
        Transition("reopen", _("Open again"), ("closed",), "open", STAFF | {Role.AUDITOR}, note=True),
    ),
)

ACTION = Lifecycle(
    states=(
        State("planned", _("planned")),
        State("in_progress", _("under way"), "info"),
        State("done", _("done"), "info"),
        State("effective", _("effective"), "ok", locked=True),
        State("ineffective", _("not effective"), "bad", locked=True),
    ),
    transitions=(
        Transition(
            "start",
            _("Begin"),
            ("planned",),
            "in_progress",
            owner=True,
            required=("criterion", "owner", "due"),
        ),
        Transition(
            "complete",
            _("Mark as done"),
            ("in_progress",),
            "done",
            owner=True,
            required=("done_on", "result"),
        ),
        Transition("resume", _("Not done yet"), ("done",), "in_progress", owner=True, note=True),
        Transition("effective", _("Effective"), ("done",), "effective", four_eyes=True),
        Transition("ineffective", _("Not effective"), ("done",), "ineffective", four_eyes=True),
    ),
)

EFFECT = Lifecycle(
    states=(
        State("draft", _("draft")),
        State("confirmed", _("confirmed"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "confirm",
            _("Confirm"),
            ("draft",),
            "confirmed",
            STAFF | {Role.AUDITOR},
            required=("result", "seen"),
            effects=(effect.judged_by_another, effect.judged_in_time, effect.judge_actions),
        ),
    ),
)

IMPROVEMENT = Lifecycle(
    states=(
        State("idea", _("idea")),
        State("decided", _("decided"), "info"),
        State("under_way", _("under way"), "info"),
        State("done", _("done, effect to be measured"), "warn"),
        State("verified", _("effect measured"), "ok", locked=True),
        State("dropped", _("dropped"), "idle", locked=True),
    ),
    transitions=(
        Transition(
            "decide",
            _("Decide to do it"),
            ("idea",),
            "decided",
            WRITERS | {Role.EXECUTIVE},
            effects=(effect.measurable,),
        ),
        Transition("start", _("Begin"), ("decided",), "under_way", owner=True, required=("expected",)),
        Transition("complete", _("Mark as done"), ("under_way",), "done", owner=True),
        Transition(
            "verify",
            _("Effect measured"),
            ("done",),
            "verified",
            owner=True,
            required=("measured",),
            effects=(effect.measured_in_figures,),
        ),
        Transition("drop", _("Drop"), ("idea", "decided", "under_way"), "dropped", owner=True, note=True),
        Transition("resume", _("Take up again"), ("dropped",), "idea", owner=True, note=True),
    ),
)
