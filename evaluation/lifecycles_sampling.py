"""The lifecycles of samples, of what auditors ask for, and of what the certification body found."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.lifecycle import Lifecycle, State, Team, Transition
from evaluation import auditing, rehearsing, requests, sampling

AUDITING = WRITERS | {Role.AUDITOR}
TEAM = Team("audit", auditing.by_auditors_alone)

SAMPLE = Lifecycle(
    withdrawers=AUDITING,
    team=TEAM,
    states=(
        State("chosen", _("chosen")),
        State("fixed", _("population fixed"), "seal", locked=True),
        State("drawn", _("drawn"), "seal", locked=True),
        State("requested", _("drawn and requested"), "seal", locked=True),
        State("replaced", _("drawn again"), "warn", locked=True),
    ),
    transitions=(
        Transition("fix", _("Fix the population"), ("chosen",), "fixed", AUDITING, effects=(sampling.fix,)),
        Transition(
            "fix_again",
            _("Fix it again"),
            ("fixed",),
            "fixed",
            AUDITING,
            note=True,
            effects=(sampling.fix,),
        ),
        Transition("draw", _("Draw"), ("fixed",), "drawn", AUDITING, effects=(sampling.draw_now,)),
        Transition(
            "request",
            _("Request them"),
            ("drawn",),
            "requested",
            AUDITING,
            effects=(requests.ask_for_sample,),
        ),
        Transition(
            "draw_again",
            _("Draw again"),
            ("drawn", "requested"),
            "replaced",
            AUDITING,
            note=True,
            effects=(sampling.draw_again,),
        ),
    ),
)

VERDICT = Lifecycle(
    withdrawers=AUDITING,
    team=TEAM,
    states=(
        State("open", _("in the audit room, sealed"), "seal"),
        State("reported", _("reported"), "ok", locked=True),
    ),
    transitions=(Transition("show", _("Show with the report"), ("open",), "reported", AUDITING),),
)

REQUEST = Lifecycle(
    withdrawers=AUDITING,
    team=TEAM,
    states=(
        State("asked", _("asked"), "info"),
        State("delivered", _("delivered"), "info"),
        State("sent_back", _("sent back"), "warn"),
        State("accepted", _("accepted"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "deliver",
            _("Deliver"),
            ("asked", "sent_back"),
            "delivered",
            STAFF,
            owner=True,
            effects=(requests.check_delivery,),
        ),
        Transition(
            "accept", _("Accept"), ("delivered",), "accepted", AUDITING, effects=(requests.check_asker,)
        ),
        Transition(
            "send_back",
            _("Send back"),
            ("delivered",),
            "sent_back",
            AUDITING,
            note=True,
            effects=(requests.check_asker,),
        ),
        Transition(
            "reopen",
            _("Open again"),
            ("accepted",),
            "sent_back",
            AUDITING,
            note=True,
            effects=(requests.check_asker,),
        ),
    ),
)

REHEARSAL = Lifecycle(
    states=(State("planned", _("to be drawn"), "info"), State("drawn", _("drawn"), "ok")),
    transitions=(
        Transition(
            "run",
            _("Draw and follow"),
            ("planned",),
            "drawn",
            WRITERS | {Role.EXECUTIVE},
            effects=(rehearsing.run,),
        ),
    ),
)

BODY_FINDING = Lifecycle(
    states=(
        State("received", _("received"), "warn"),
        State("planned", _("plan sent"), "info"),
        State("evidenced", _("evidence sent"), "info"),
        State("verified", _("verified by the body"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "send_plan",
            _("Causes and plan sent"),
            ("received",),
            "planned",
            owner=True,
            required=("plan_sent_on", "answer"),
        ),
        Transition(
            "send_evidence",
            _("Evidence sent"),
            ("planned",),
            "evidenced",
            owner=True,
            required=("evidence_sent_on",),
        ),
        Transition(
            "verify", _("Verified by the body"), ("received", "planned", "evidenced"), "verified", owner=True
        ),
        Transition("reopen", _("Open again"), ("verified",), "received", note=True),
    ),
)
