"""What an auditor would find wrong in clause 6: controls and the Statement of Applicability."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, today_there
from planning.models import AIRisk, ControlImplementation


def control_undecided(member: Member) -> Iterator[Gap]:
    """All 38 controls are decided (6.1.3-f)."""
    rows = visible(member, ControlImplementation).filter(applicable=None)
    yield from gaps("6.1.3-f", "major", rows, _("Nobody decided whether this control applies."))


def excluded_control_used(member: Member) -> Iterator[Gap]:
    """No treatment counts on a control that the Statement of Applicability leaves out (6.1.3-c)."""
    rows = visible(member, AIRisk).filter(controls__applicable=False).exclude(state="closed").distinct()
    yield from gaps("6.1.3-c", "major", rows, _("The treatment uses a control that is left out."))


def gap_late(member: Member) -> Iterator[Gap]:
    """A control that is not in place has a date, and the date has not passed (6.1.3-g)."""
    rows = visible(member, ControlImplementation).filter(applicable=True).exclude(status="implemented")
    late = rows.filter(due__lt=today_there(member))
    yield from gaps("6.1.3-g", "minor", late, _("The date for putting this control in place has passed."))
    yield from gaps(
        "6.1.3-g", "observation", rows.filter(due=None), _("No date for putting this control in place.")
    )


RULES = (
    Rule("control_decided", control_undecided),
    Rule("excluded_control_used", excluded_control_used),
    Rule("control_in_time", gap_late),
)
