"""The lifecycles of clause 8."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import WRITERS
from aims.records.lifecycle import Lifecycle, State, Transition, Words
from aims.records.lifecycles import DECIDERS
from operation.models import ChangeRecord, Incident


def assessed_first(member: Member, change: ChangeRecord) -> None:
    """A significant change is approved after its risks were assessed (8.2)."""
    if change.significant and change.risk_assessed_on is None:
        words = gettext("Assess the risks of a significant change before it is approved.")
        raise Refused("invalid", words, {"risk_assessed_on": [words]})


def users_told(member: Member, incident: Incident) -> None:
    """An incident that is more than minor is closed when users were told (A.8.4)."""
    if incident.severity != Incident.Severity.MINOR and incident.users_informed_on is None:
        words = gettext("Say when users were told.")
        raise Refused("invalid", words, {"users_informed_on": [words]})


CHANGE = Lifecycle(
    states=(
        State("proposed", _("proposed")),
        State("approved", _("approved"), "info"),
        State("deployed", _("deployed"), "ok"),
        State("rolled_back", _("rolled back"), "warn", locked=True),
        State("refused", _("refused"), locked=True),
    ),
    transitions=(
        Transition(
            "assess",
            _("Risks assessed"),
            ("proposed",),
            "proposed",
            owner=True,
            required=("risk_assessed_on",),
        ),
        Transition(
            "approve",
            _("Approve"),
            ("proposed",),
            "approved",
            DECIDERS,
            owner=True,
            required=("what", "consequences"),
            effects=(assessed_first,),
        ),
        Transition("refuse", _("Refuse"), ("proposed",), "refused", DECIDERS, note=True),
        Transition("deploy", _("Deployed"), ("approved",), "deployed", owner=True, required=("deployed_on",)),
        Transition("roll_back", _("Rolled back"), ("deployed",), "rolled_back", owner=True, note=True),
    ),
)

REQUEST = Lifecycle(
    states=(
        State("asked", _("asked"), "info"),
        State("approved", _("approved"), "ok", locked=True),
        State("refused", _("refused"), locked=True),
    ),
    transitions=(
        Transition(
            "approve",
            _("Approve"),
            ("asked",),
            "approved",
            DECIDERS,
            four_eyes=True,
            required=("assessment", "decided_on"),
        ),
        Transition(
            "refuse",
            _("Refuse"),
            ("asked",),
            "refused",
            DECIDERS,
            four_eyes=True,
            required=("decided_on",),
            note=True,
        ),
        Transition("reopen", _("Ask again"), ("approved", "refused"), "asked", DECIDERS, note=True),
    ),
)


def told(code: str, label: Words, day: str) -> Transition:
    """An authority was told on the day that a field keeps; the effects are being dealt with (A.8.4)."""
    sources = ("open", "contained", "analysed")
    return Transition(code, label, sources, "contained", WRITERS, owner=True, required=(day,))


INCIDENT = Lifecycle(
    states=(
        State("open", _("open"), "bad"),
        State("contained", _("effects limited"), "warn"),
        State("analysed", _("cause known"), "warn"),
        State("closed", _("closed"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "declare_serious",
            _("It is serious or reportable"),
            ("open", "contained", "analysed"),
            "open",
            WRITERS,
            owner=True,
            required=("known_on",),
        ),
        Transition(
            "notify",
            _("Authority told"),
            ("open", "contained", "analysed"),
            "contained",
            WRITERS,
            owner=True,
            required=("notified_on",),
        ),
        told("notify_breach", _("Data protection authority told"), "breach_notified_on"),
        told("notify_device", _("Authority for devices told"), "device_notified_on"),
        Transition(
            "contain", _("Effects limited"), ("open",), "contained", owner=True, required=("effects",)
        ),
        Transition("analyse", _("Cause found"), ("contained",), "analysed", owner=True, required=("cause",)),
        Transition(
            "close",
            _("Close"),
            ("analysed",),
            "closed",
            owner=True,
            required=("lessons",),
            effects=(users_told,),
        ),
        Transition("reopen", _("Open again"), ("closed",), "open", note=True),
    ),
)

REPORT = Lifecycle(
    states=(
        State("received", _("received"), "warn"),
        State("acknowledged", _("acknowledged"), "info"),
        State("closed", _("closed"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "acknowledge",
            _("Acknowledge"),
            ("received",),
            "acknowledged",
            owner=True,
            required=("acknowledged_on",),
        ),
        Transition(
            "close", _("Close"), ("acknowledged",), "closed", owner=True, required=("outcome", "closed_on")
        ),
        Transition("reopen", _("Open again"), ("closed",), "acknowledged", owner=True, note=True),
    ),
)

COMPLAINT = Lifecycle(
    states=(
        State("received", _("received"), "warn"),
        State("acknowledged", _("acknowledged"), "info"),
        State("answered", _("answered"), "ok", locked=True),
    ),
    transitions=(
        Transition(
            "acknowledge",
            _("Acknowledge"),
            ("received",),
            "acknowledged",
            owner=True,
            required=("acknowledged_on",),
        ),
        Transition(
            "answer",
            _("Answered"),
            ("acknowledged",),
            "answered",
            owner=True,
            required=("judgement", "answer", "answered_on"),
        ),
        Transition("reopen", _("Open again"), ("answered",), "acknowledged", owner=True, note=True),
    ),
)

SUPPLY = Lifecycle(
    states=(
        State("candidate", _("candidate")),
        State("approved", _("approved"), "ok"),
        State("restricted", _("restricted"), "bad"),
        State("ended", _("ended"), locked=True),
    ),
    transitions=(
        Transition(
            "approve", _("Approve"), ("candidate", "restricted"), "approved", DECIDERS, required=("owner",)
        ),
        Transition("review", _("Reviewed"), ("approved",), "approved", owner=True),
        Transition("restrict", _("Restrict"), ("candidate", "approved"), "restricted", DECIDERS, note=True),
        Transition("end", _("End"), ("candidate", "approved", "restricted"), "ended", DECIDERS, note=True),
    ),
)
