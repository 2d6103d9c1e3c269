"""The registers of clause 6: controls, the Statement of Applicability and tests."""

from django.utils.translation import gettext_lazy as _

from aims.organisation.roles import STAFF
from aims.records.registry import Register
from planning import lifecycles
from planning.models import (
    ApplicabilityStatement,
    ControlImplementation,
    ControlTest,
    CustomControl,
    SystemExclusion,
)

CONTROLS = (
    Register(
        ControlImplementation,
        answers=("6.1.3", "8.1"),
        columns=("code", "title", "applicable", "status", "due", "owner"),
        form=(
            (_("Decision"), ("applicable", "ground", "inclusion_reason", "exclusion_reason", "owner")),
            (_("Implementation"), ("status", "description", "gap", "due", "review_due")),
        ),
        filters=("state", "applicable", "ground", "status", "owner"),
        lifecycle=lifecycles.CONTROL,
        parts=(SystemExclusion,),
        record_types=("control_implementation",),
        icon="shield-check",
        about=_("The lines of the Statement of Applicability: which control applies, why, how far it is."),
    ),
    Register(
        CustomControl,
        answers=("6.1.3",),
        columns=("title", "status", "owner", "review_due"),
        form=(
            (_("The control"), ("title", "ground", "reason", "description", "owner")),
            (_("Use"), ("status", "risks", "codes", "review_due")),
        ),
        filters=("state", "ground", "status", "owner"),
        record_types=("custom_control",),
        icon="shield",
        about=_("Controls of our own that Annex A does not have."),
    ),
    Register(
        ApplicabilityStatement,
        answers=("6.1.3",),
        columns=("title", "edition", "effective_from", "review_due", "owner"),
        form=(
            (_("The statement"), ("title", "edition", "changes", "owner")),
            (_("When it holds"), ("effective_from", "review_due")),
        ),
        lifecycle=lifecycles.APPLICABILITY,
        record_types=("statement_of_applicability", "approval"),
        icon="badge-check",
        about=_("Issued versions of the Statement of Applicability, with all lines as they were."),
    ),
    Register(
        ControlTest,
        answers=("8.1",),
        columns=("title", "line", "tested_on", "result", "owner"),
        form=(
            (_("The test"), ("title", "line", "own_control", "tested_on", "tester", "owner")),
            (_("How"), ("method", "sample")),
            (_("What was found"), ("result", "seen", "follows")),
        ),
        filters=("state", "result", "line"),
        lifecycle=lifecycles.TEST,
        writers=STAFF,
        record_types=("control_effectiveness_check",),
        icon="test-tube-diagonal",
        about=_("Tests of whether controls work, with sample and result."),
    ),
)
