"""The registers of clause 6: planned changes, what material changes made outdated, and waivers."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles, staleness_lifecycles
from planning.models import ChangePlan, ReleaseWaiver, StaleMark

CHANGES = (
    Register(
        ChangePlan,
        answers=("6.3", "8.1", "10.2"),
        columns=("title", "origin", "planned_for", "done_on", "owner"),
        form=(
            (_("The change"), ("title", "purpose", "origin", "systems", "material", "codes", "owner")),
            (_("Before it is made"), ("consequences", "integrity", "resources", "responsibilities")),
            (_("When"), ("planned_for", "done_on", "result")),
        ),
        lifecycle=lifecycles.CHANGE,
        record_types=("change_plan",),
        icon="git-compare",
        about=_("Changes of the AI management system, planned before they are made."),
    ),
    Register(
        StaleMark,
        answers=("8.1", "8.2", "8.4"),
        columns=("title", "system", "cause", "since", "owner"),
        form=(
            (_("What must be done again"), ("title", "system", "kind", "impact", "run", "sheet", "owner")),
            (_("Why"), ("cause", "since", "change", "system_version", "details", "signatures")),
        ),
        filters=("state", "system", "kind", "cause", "owner"),
        lifecycle=staleness_lifecycles.STALE,
        icon="hourglass",
        about=_("Assessments that a change of an AI system made outdated; they hold its releases."),
    ),
    Register(
        ReleaseWaiver,
        answers=("8.1", "8.2"),
        columns=("title", "system_version", "authority", "until", "owner"),
        form=(
            (_("What is waived"), ("title", "system_version", "marks", "owner")),
            (_("Why, by whom, how long"), ("reason", "conditions", "authority", "until")),
        ),
        filters=("state", "authority", "owner"),
        lifecycle=staleness_lifecycles.WAIVER,
        icon="badge-check",
        about=_("Versions that a named authority let be released although an assessment was outdated."),
    ),
)
