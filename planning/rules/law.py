"""What an auditor would find wrong in clause 6: law and other requirements."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps
from planning.models import LegalRequirement


def law_not_evaluated(member: Member) -> Iterator[Gap]:
    """Each legal requirement that applies is evaluated (4.2)."""
    rows = visible(member, LegalRequirement).filter(evaluated_on=None).exclude(state="withdrawn")
    yield from gaps("4.2-c", "observation", rows, _("Nobody evaluated whether this requirement is met."))


RULES = (Rule("law_evaluated", law_not_evaluated),)
