"""What an auditor would find wrong in clause 6: AI objectives."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, today_there
from planning.models import Objective


def objective_not_measurable(member: Member) -> Iterator[Gap]:
    """An objective has indicator, target, unit and date, or says why it cannot be measured (6.2-c)."""
    lacking = Q(indicator="") | Q(target=None) | Q(unit="") | Q(due=None)
    rows = visible(member, Objective).filter(lacking, not_measurable="").exclude(state="withdrawn")
    yield from gaps("6.2-c", "minor", rows, _("The objective lacks indicator, target, unit or date."))
    late = visible(member, Objective).filter(state="running", due__lt=today_there(member))
    yield from gaps("6.2-d", "minor", late, _("The date of this objective has passed."))


RULES = (Rule("objective_measurable", objective_not_measurable),)
