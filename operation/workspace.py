"""What clause 8 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF
from aims.records.registry import Indicator, Panel, Register, ReviewInput, Workspace
from aims.schedule.places import place_later
from operation import inputs, lifecycles, system_panels
from operation.models import (
    ChangeRecord,
    Complaint,
    Concern,
    Criterion,
    DataQuality,
    Dataset,
    ExternalReport,
    Incident,
    OperationalControl,
    OperationalRecord,
    SharedResponsibility,
    Supplier,
    SupplierReview,
    SystemFile,
    UseRequest,
)
from operation.obligations import OBLIGATIONS
from operation.rules import RULES
from operation.sealing import sealed_concerns
from support.lifecycles import TOLD

RUNNING = (
    Register(
        OperationalControl,
        answers=("8.1", "A.6.1.3", "A.6.2"),
        columns=("title", "process", "stage", "owner", "review_due"),
        form=(
            (_("What is controlled"), ("title", "process", "processes", "stage", "systems", "owner")),
            (_("How"), ("method", "record", "stops")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        filters=("state", "stage", "owner"),
        parts=(Criterion,),
        record_types=("operational_control",),
        icon="list-checks",
        about=_("Gates and criteria along the life cycle: what must be met before work goes on."),
    ),
    Register(
        OperationalRecord,
        answers=("8.1", "A.9.4"),
        columns=("title", "control", "system", "done_on", "result"),
        form=(
            (_("What was done"), ("title", "control", "system", "release", "done_on", "done_by", "owner")),
            (_("Result"), ("result", "seen")),
        ),
        filters=("state", "control", "system", "result"),
        lifecycle=TOLD,
        writers=STAFF,
        record_types=("operational_record",),
        icon="clipboard-check",
        about=_("Evidence that processes ran as planned: gates passed, checks of use, reports."),
    ),
    Register(
        ChangeRecord,
        answers=("8.1", "8.2", "A.6.2.6"),
        columns=("title", "system", "significant", "planned_for", "deployed_on", "owner"),
        form=(
            (_("The change"), ("title", "system", "kind", "what", "significant", "intended", "owner")),
            (_("Before it is made"), ("consequences", "risk_assessed_on", "validated_on", "rollback")),
            (_("When"), ("approved_by", "planned_for", "deployed_on")),
        ),
        filters=("state", "system", "significant", "owner"),
        lifecycle=lifecycles.CHANGE,
        writers=STAFF,
        record_types=("change_record",),
        icon="git-pull-request",
        about=_("Changes of AI systems and of operation, assessed before they are made."),
    ),
    Register(
        SystemFile,
        answers=("A.6.2", "A.8.2"),
        columns=("title", "system", "kind", "release", "dated", "owner"),
        form=(
            (_("The file"), ("title", "system", "kind", "release", "dated", "owner")),
            (_("Content"), ("summary", "result", "place", "codes", "review_due")),
        ),
        filters=("state", "system", "kind", "owner"),
        record_types=(
            "requirement",
            "design_record",
            "model",
            "vv_record",
            "deployment_plan",
            "technical_documentation",
            "event_log",
            "user_information",
        ),
        icon="folder",
        about=_("Requirements, design, tests, deployment, logs and information for users of each system."),
    ),
)

COMING_UP = (
    Register(
        UseRequest,
        answers=("A.9.2",),
        columns=("title", "tool", "asked_on", "decided_on", "owner"),
        form=(
            (_("The request"), ("title", "purpose", "system", "tool", "people", "asked_on", "owner")),
            (_("What it touches"), ("data", "affected")),
            (_("Decision"), ("assessment", "conditions", "decided_on", "review_due")),
        ),
        filters=("state", "system", "owner"),
        lifecycle=lifecycles.REQUEST,
        writers=STAFF,
        icon="hand",
        about=_("Who asks to use AI for what, and what was answered under which conditions."),
    ),
    Register(
        Incident,
        answers=("8.1", "A.8.4"),
        columns=("title", "system", "happened_on", "severity", "owner"),
        form=(
            (
                _("What happened"),
                (
                    "title",
                    "system",
                    "happened_on",
                    "known_on",
                    "known_time",
                    "severity",
                    "worst",
                    "description",
                    "owner",
                ),
            ),
            (_("What was done"), ("effects", "users_informed_on", "cause", "risks", "lessons")),
            (
                _("Duty to report"),
                (
                    "serious",
                    "notified_on",
                    "personal_data",
                    "breach_notified_on",
                    "device_report",
                    "device_notified_on",
                ),
            ),
        ),
        filters=("state", "system", "severity", "owner"),
        lifecycle=lifecycles.INCIDENT,
        writers=STAFF,
        record_types=("incident",),
        icon="siren",
        about=_("What went wrong with an AI system, who was told, and what we change."),
    ),
    Register(
        Concern,
        answers=("A.3.3",),
        columns=("title", "received_on", "channel", "system", "acknowledged_on", "owner"),
        form=(
            (_("The concern"), ("title", "received_on", "channel", "system", "text", "owner")),
            (_("Handling"), ("protection", "acknowledged_on", "investigation")),
            (_("Outcome"), ("outcome", "closed_on")),
        ),
        filters=("state", "channel", "system"),
        lifecycle=lifecycles.REPORT,
        writers=STAFF,
        sealed=sealed_concerns,
        record_types=("concern",),
        icon="message-square",
        about=_("Concerns that people raised. Only those who handle them, and who raised one, see it."),
    ),
    Register(
        ExternalReport,
        answers=("A.8.3",),
        columns=("title", "received_on", "reporter", "system", "acknowledged_on", "owner"),
        form=(
            (_("The report"), ("title", "received_on", "reporter", "system", "text", "owner")),
            (_("Answer"), ("acknowledged_on", "outcome", "closed_on")),
        ),
        filters=("state", "system", "owner"),
        lifecycle=lifecycles.REPORT,
        writers=STAFF,
        record_types=("external_report",),
        icon="inbox",
        about=_("Reports from outside about adverse effects of our systems."),
    ),
    Register(
        Complaint,
        answers=("8.1", "A.8.3", "A.10.4"),
        columns=("title", "received_on", "party", "system", "judgement", "owner"),
        form=(
            (
                _("The complaint"),
                ("title", "received_on", "party", "complainant", "system", "text", "owner"),
            ),
            (_("Answer"), ("acknowledged_on", "judgement", "answer", "answered_on")),
        ),
        filters=("state", "party", "system", "owner"),
        lifecycle=lifecycles.COMPLAINT,
        writers=STAFF,
        icon="inbox",
        about=_("Complaints of customers, users and affected people: acknowledged and answered in time."),
    ),
)

SUPPLY = (
    Register(
        Supplier,
        answers=("8.1", "A.10.2", "A.10.3"),
        columns=("title", "provides", "critical", "owner", "review_due"),
        form=(
            (_("The supplier"), ("title", "provides", "systems", "critical", "owner")),
            (_("Contract"), ("contract", "clauses", "lacking", "exit_plan", "review_due")),
        ),
        filters=("state", "critical", "owner"),
        lifecycle=lifecycles.SUPPLY,
        parts=(SupplierReview, SharedResponsibility),
        record_types=("supplier", "supplier_control", "third_party", "responsibility_matrix"),
        icon="handshake",
        about=_("Who provides what for our AI systems, how they were reviewed, who does what."),
    ),
    Register(
        Dataset,
        answers=("A.4.3", "A.7.2", "A.7.3", "A.7.4", "A.7.5", "A.7.6"),
        columns=("title", "use", "rows", "personal_data", "owner", "review_due"),
        form=(
            (_("The data"), ("title", "use", "systems", "rows", "owner")),
            (_("Where they come from"), ("source", "rights", "personal_data", "derived_from", "provenance")),
            (_("What was done and is known"), ("preparation", "known_bias", "deleted_on", "review_due")),
        ),
        filters=("state", "use", "personal_data", "owner"),
        parts=(DataQuality,),
        record_types=("dataset", "data_quality_report", "lineage", "data_preparation"),
        icon="database",
        about=_("Data that systems learn from or work on: source, rights, quality, lineage."),
    ),
)

workspace = Workspace(
    clause="8",
    registers=(*RUNNING, *COMING_UP, *SUPPLY),
    obligations=OBLIGATIONS,
    review_inputs=(
        ReviewInput(
            "8.1",
            _("Incidents, concerns and reports"),
            inputs.incidents_now,
            place_later("incidents"),
            "down",
        ),
        ReviewInput("A.10.3", _("Suppliers"), inputs.suppliers_now, place_later("suppliers"), "down"),
    ),
    indicators=(
        Indicator("open_concerns", _("Concerns open"), inputs.open_concerns, place_later("concerns"), "warn"),
        Indicator(
            "open_incidents", _("Incidents open"), inputs.open_incidents, place_later("incidents"), "bad"
        ),
        Indicator(
            "open_requests",
            _("Requests to use AI"),
            inputs.open_requests,
            place_later("requests-to-use-ai", state="asked"),
            "info",
        ),
    ),
    panels=(Panel("ai-systems", "operation/system_decisions.html", system_panels.decisions),),
    rules=RULES,
)
