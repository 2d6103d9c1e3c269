"""What clause 8 contributes."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register, Workspace
from operation.models import Criterion, OperationalControl

workspace = Workspace(
    clause="8",
    registers=(
        Register(
            OperationalControl,
            answers=("8.1", "A.6.1.3", "A.6.2"),
            columns=("title", "process", "stage", "owner", "review_due"),
            form=(
                (_("What is controlled"), ("title", "process", "stage", "systems", "owner")),
                (_("How"), ("method", "record", "stops")),
                (_("When it holds"), ("effective_from", "review_due")),
            ),
            filters=("state", "stage", "owner"),
            parts=(Criterion,),
            record_types=("operational_control",),
            icon="list-checks",
            about=_("Gates and criteria along the life cycle: what must be met before work goes on."),
        ),
    ),
)
