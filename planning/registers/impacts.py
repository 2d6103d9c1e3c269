"""The registers of clause 6: impact assessments."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles
from planning.models import Impact, ImpactAssessment

IMPACTS = (
    Register(
        ImpactAssessment,
        answers=("6.1.4", "8.4", "A.5.3", "A.5.4", "A.5.5"),
        columns=("title", "system", "done_on", "conclusion", "review_due", "owner"),
        form=(
            (_("The assessment"), ("title", "system", "method", "trigger", "done_on", "owner")),
            (_("Who took part"), ("contributors", "others")),
            (_("What it means"), ("setting", "individuals", "society", "misuse", "oversight")),
            (_("Conclusion"), ("conclusion", "published", "related", "review_due")),
        ),
        filters=("state", "system", "conclusion"),
        lifecycle=lifecycles.IMPACT,
        parts=(Impact,),
        record_types=("ai_impact_assessment",),
        icon="heart-pulse",
        about=_("What each system means for people and society, in use and in foreseeable misuse."),
    ),
)
