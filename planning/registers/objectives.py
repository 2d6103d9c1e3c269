"""The registers of clause 6: AI objectives."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles
from planning.models import Objective, ObjectiveStep, ObjectiveValue

OBJECTIVES = (
    Register(
        Objective,
        answers=("6.2", "A.6.1.2", "A.9.3"),
        columns=("title", "indicator", "latest", "target", "unit", "due", "progress", "owner"),
        form=(
            (_("The objective"), ("title", "themes", "policy", "statement", "systems", "codes", "owner")),
            (_("Measure"), ("indicator", "unit", "baseline", "target", "direction", "not_measurable")),
            (_("Plan"), ("effective_from", "due", "resources", "evaluation", "review_due")),
        ),
        filters=("state", "progress", "owner"),
        lifecycle=lifecycles.OBJECTIVE,
        parts=(ObjectiveStep, ObjectiveValue),
        record_types=("ai_objective", "ai_objective_plan"),
        icon="target",
        about=_("What we want to reach with AI, measured, with means, people and dates."),
    ),
)
