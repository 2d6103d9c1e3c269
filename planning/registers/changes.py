"""The registers of clause 6: planned changes."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles
from planning.models import ChangePlan

CHANGES = (
    Register(
        ChangePlan,
        answers=("6.3", "10.2"),
        columns=("title", "origin", "planned_for", "done_on", "owner"),
        form=(
            (_("The change"), ("title", "purpose", "origin", "codes", "owner")),
            (_("Before it is made"), ("consequences", "integrity", "resources", "responsibilities")),
            (_("When"), ("planned_for", "done_on", "result")),
        ),
        lifecycle=lifecycles.CHANGE,
        record_types=("change_plan",),
        icon="git-compare",
        about=_("Changes of the AI management system, planned before they are made."),
    ),
)
