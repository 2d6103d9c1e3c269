"""The registers of clause 6: impact assessments and what is published of them."""

from django.utils.translation import gettext_lazy as _

from aims.records.registry import Register
from planning import lifecycles
from planning.models import Consultation, Impact, ImpactAssessment, ImpactPublication

IMPACTS = (
    Register(
        ImpactAssessment,
        answers=("6.1.4", "8.4", "A.5.3", "A.5.4", "A.5.5"),
        columns=("title", "system", "done_on", "conclusion", "review_due", "owner"),
        form=(
            (_("The assessment"), ("title", "system", "method", "trigger", "done_on", "owner")),
            (_("Who took part"), ("contributors", "others")),
            (_("How the system is used"), ("setting", "processes", "use_period", "misuse", "oversight")),
            (_("What it means"), ("individuals", "society", "if_harm")),
            (_("Conclusion"), ("conclusion", "reasons", "published", "related", "review_due")),
            (_("Fundamental rights"), ("rights_duty", "authority_told_on")),
        ),
        filters=("state", "system", "conclusion", "rights_duty"),
        lifecycle=lifecycles.IMPACT,
        parts=(Impact, Consultation),
        record_types=("ai_impact_assessment",),
        icon="heart-pulse",
        about=_("What each system means for people and society, in use and in foreseeable misuse."),
    ),
    Register(
        ImpactPublication,
        answers=("6.1.4", "A.8.2"),
        columns=("title", "assessment", "audience", "effective_from", "owner"),
        form=(
            (_("What is published"), ("title", "assessment", "audience", "text", "left_out")),
            (_("Where and when"), ("place", "effective_from", "review_due", "owner")),
        ),
        filters=("state", "assessment", "audience"),
        lifecycle=lifecycles.PUBLICATION,
        icon="megaphone",
        about=_("What is published of an impact assessment, in words of its own and approved apart."),
    ),
)
