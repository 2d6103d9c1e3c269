"""The lifecycles of audits, findings, management reviews, measurements and the certification cycle."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF, WRITERS, Role
from aims.records.lifecycle import Lifecycle, State, Team, Transition
from evaluation import auditing, certification, checklist, measuring, reporting, review_gathering, reviewing

AUDITING = WRITERS | {Role.AUDITOR}
SIGNERS = frozenset({Role.EXECUTIVE})
PLAN = ("objective", "criteria", "scope", "codes", "starts_on", "ends_on")
RESULTS = ("held_on", "minutes", "attendees", "suitability", "adequacy", "effectiveness", "inputs")

TEAM = Team("audit", auditing.by_auditors_alone)

AUDIT = Lifecycle(
    team=Team("id", auditing.by_auditors_alone, (auditing.keep_team,)),
    states=(
        State("planned", _("planned"), "info"),
        State("in_progress", _("in progress"), "info"),
        State("reporting", _("report being written"), "info"),
        State("reported", _("reported"), "ok"),
        State("closed", _("closed"), "idle", locked=True),
    ),
    transitions=(
        Transition(
            "open",
            _("Open to the auditors"),
            ("planned",),
            "planned",
            owner=True,
            required=("codes",),
            effects=(auditing.open_to_auditors,),
        ),
        Transition(
            "start",
            _("Begin the audit"),
            ("planned",),
            "in_progress",
            AUDITING,
            owner=True,
            required=PLAN,
            effects=(auditing.open_to_auditors, checklist.begin),
        ),
        Transition("finish", _("End the field work"), ("in_progress",), "reporting", AUDITING),
        Transition(
            "report",
            _("Send the report"),
            ("reporting",),
            "reported",
            AUDITING,
            required=("conclusion", "reported_on"),
            effects=(
                auditing.checked_report,
                auditing.issue_findings,
                auditing.show_checks,
                reporting.distribute,
            ),
        ),
        Transition(
            "accept",
            _("Accept the report"),
            ("reported",),
            "reported",
            STAFF,
            effects=(auditing.accept_report, reporting.accepted),
        ),
        Transition(
            "sign_report",
            _("Sign the report"),
            ("reported",),
            "reported",
            AUDITING,
            required=("conclusion", "reported_on"),
            meaning=_("I confirm that this report says what the audit found."),
        ),
        Transition(
            "close",
            _("Close the audit"),
            ("reported",),
            "closed",
            owner=True,
            effects=(reporting.must_be_signed, reporting.end_asking),
        ),
        Transition("reopen", _("Open again"), ("closed",), "reported", note=True),
    ),
)

FINDING = Lifecycle(
    withdrawers=AUDITING,
    team=TEAM,
    states=(
        State("draft", _("draft, sealed"), "seal"),
        State("shared", _("out for comment, sealed"), "seal"),
        State("answered", _("commented, sealed"), "seal"),
        State("issued", _("issued"), "warn"),
        State("accepted", _("accepted"), "info"),
        State("closed", _("closed"), "idle", locked=True),
        State("dropped", _("dropped, sealed"), "idle", locked=True),
    ),
    transitions=(
        Transition(
            "share",
            _("Ask for a comment on the facts"),
            ("draft",),
            "shared",
            AUDITING,
            required=("owner",),
            effects=(auditing.ask_for_comment,),
        ),
        Transition(
            "answer",
            _("Send the comment"),
            ("shared",),
            "answered",
            WRITERS,
            owner=True,
            required=("comment",),
            effects=(auditing.answered_by_owner,),
        ),
        Transition(
            "take_back",
            _("Back to draft"),
            ("shared", "answered"),
            "draft",
            AUDITING,
            effects=(auditing.by_its_auditors,),
        ),
        Transition(
            "issue",
            _("Issue"),
            ("draft", "shared", "answered"),
            "issued",
            AUDITING,
            effects=(auditing.stamp_issue,),
        ),
        Transition(
            "drop",
            _("Drop"),
            ("draft", "shared", "answered"),
            "dropped",
            AUDITING,
            effects=(auditing.by_its_auditors,),
        ),
        Transition("accept", _("Accept"), ("issued",), "accepted", STAFF, owner=True),
        Transition("close", _("Close"), ("issued", "accepted"), "closed", AUDITING),
        Transition("reopen", _("Open again"), ("closed",), "issued", AUDITING, note=True),
    ),
)

CHECK = Lifecycle(
    withdrawers=AUDITING,
    team=TEAM,
    states=(
        State("open", _("in the audit room, sealed"), "seal"),
        State("reported", _("reported"), "ok", locked=True),
    ),
    transitions=(
        Transition("show", _("Show with the report"), ("open",), "reported", AUDITING, required=("code",)),
    ),
)

WORKING_NOTE = Lifecycle(
    withdrawers=AUDITING,
    team=TEAM,
    states=(
        State("private", _("for the auditors alone"), "seal"),
        State("released", _("released"), "info"),
    ),
    transitions=(
        Transition("release", _("Release to everybody"), ("private",), "released", AUDITING),
        Transition("seal", _("Seal again"), ("released",), "private", AUDITING),
    ),
)

REVIEW = Lifecycle(
    states=(
        State("planned", _("planned"), "info"),
        State("prepared", _("prepared"), "info"),
        State("held", _("held, to be signed"), "warn"),
        State("signed", _("signed"), "seal", locked=True),
    ),
    transitions=(
        Transition(
            "prepare",
            _("Gather the inputs"),
            ("planned",),
            "prepared",
            owner=True,
            effects=(review_gathering.gather,),
        ),
        Transition(
            "gather",
            _("Bring the figures up to date"),
            ("prepared",),
            "prepared",
            owner=True,
            effects=(review_gathering.gather,),
        ),
        Transition(
            "hold",
            _("Record as held"),
            ("prepared",),
            "held",
            owner=True,
            required=("held_on", "minutes", "attendees"),
            effects=(
                reviewing.each_with_owner_and_date,
                reviewing.propose_next,
                review_gathering.freeze,
                reviewing.ask_to_sign,
            ),
        ),
        Transition(
            "sign",
            _("Sign"),
            ("held",),
            "signed",
            SIGNERS,
            required=RESULTS,
            meaning=_("I have reviewed the AI management system and take these decisions."),
            effects=(reviewing.ready_to_sign, reviewing.close_requests, reviewing.follow_decisions),
        ),
        Transition(
            "refuse",
            _("Do not sign"),
            ("held",),
            "held",
            SIGNERS,
            note=True,
            effects=(reviewing.close_requests, reviewing.tell_refused),
        ),
        Transition(
            "ask",
            _("Ask for the signature again"),
            ("held",),
            "held",
            owner=True,
            effects=(reviewing.close_requests, reviewing.ask_to_sign),
        ),
        Transition(
            "take_back",
            _("Back to preparation"),
            ("held",),
            "prepared",
            owner=True,
            note=True,
            effects=(reviewing.close_requests, review_gathering.thaw),
        ),
    ),
)

MEASURED = Lifecycle(
    states=(State("recorded", _("recorded")), State("analysed", _("analysed"), "ok", locked=True)),
    transitions=(
        Transition(
            "analyse",
            _("Mark as analysed"),
            ("recorded",),
            "analysed",
            owner=True,
            required=("analysis",),
        ),
        Transition("correct", _("Analyse again"), ("analysed",), "recorded", owner=True, note=True),
    ),
)

EVALUATED = Lifecycle(
    states=(State("draft", _("draft")), State("approved", _("approved"), "ok", locked=True)),
    transitions=(
        Transition(
            "gather",
            _("Gather the figures of the period"),
            ("draft",),
            "draft",
            owner=True,
            effects=(measuring.gather,),
        ),
        Transition(
            "approve",
            _("Approve"),
            ("draft",),
            "approved",
            WRITERS | SIGNERS,
            required=("analysis", "result"),
        ),
        Transition("reopen", _("Back to draft"), ("approved",), "draft", note=True),
    ),
)

PROGRAMME = Lifecycle(
    states=(
        State("draft", _("draft")),
        State("in_force", _("in force"), "ok"),
        State("closed", _("closed"), "idle", locked=True),
    ),
    transitions=(
        Transition(
            "put_in_force",
            _("Put in force"),
            ("draft",),
            "in_force",
            owner=True,
            required=("frequency", "methods", "responsibilities", "importance"),
        ),
        Transition("close", _("Close"), ("in_force",), "closed", owner=True),
        Transition("reopen", _("Open again"), ("in_force", "closed"), "draft", owner=True, note=True),
    ),
)

CERTIFICATION = Lifecycle(
    states=(
        State("preparing", _("preparing"), "info"),
        State("deciding", _("after stage 2"), "info"),
        State("certified", _("certified"), "ok"),
        State("suspended", _("suspended"), "bad"),
        State("ended", _("ended"), "idle", locked=True),
    ),
    transitions=(
        Transition(
            "stage_2_done",
            _("Stage 2 is over"),
            ("preparing",),
            "deciding",
            required=("stage_2_last_day",),
        ),
        Transition(
            "certify",
            _("Certificate granted"),
            ("preparing", "deciding"),
            "certified",
            required=("decided_on", "body"),
        ),
        Transition(
            "surveillance_1_done",
            _("Surveillance 1 passed"),
            ("certified",),
            "certified",
            effects=(certification.passed("surveillance_1"),),
        ),
        Transition(
            "surveillance_2_done",
            _("Surveillance 2 passed"),
            ("certified",),
            "certified",
            effects=(certification.passed("surveillance_2"),),
        ),
        Transition(
            "recertified",
            _("Recertification audit done"),
            ("certified",),
            "certified",
            effects=(certification.passed("recertification"),),
        ),
        Transition("suspend", _("Suspended"), ("certified",), "suspended", note=True),
        Transition("lift", _("Suspension lifted"), ("suspended",), "certified", note=True),
        Transition("expire", _("Certificate ended"), ("certified", "suspended"), "ended", note=True),
        # within six months of its end, when the recertification is finished then (ISO/IEC 17021-1, 9.6.3.2.5)
        Transition("restored", _("Certificate restored"), ("ended",), "certified", note=True),
    ),
)
