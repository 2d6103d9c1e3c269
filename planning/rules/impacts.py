"""What an auditor would find wrong in clause 6: impact assessments."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps
from planning.models import ImpactAssessment


def impact_without_risk(member: Member) -> Iterator[Gap]:
    """A negative impact leads to a risk or is closed with a reason (6.1.4-f)."""
    open_impact = Q(impacts__negative=True, impacts__risk=None, impacts__closed="")
    rows = visible(member, ImpactAssessment).filter(open_impact).exclude(state="withdrawn").distinct()
    yield from gaps("6.1.4-f", "minor", rows, _("A negative impact leads to no risk and is not closed."))


RULES = (Rule("impact_has_risk", impact_without_risk),)
