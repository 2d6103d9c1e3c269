"""What an auditor would find wrong in clause 6: changes, what they made outdated, and waivers."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.records.registry import Gap, Rule
from context.gaps import gaps, today_there
from planning.models import ChangePlan, ReleaseWaiver, StaleMark
from planning.rules.places import field_gaps
from planning.staleness import DAYS


def change_without_approval(member: Member) -> Iterator[Gap]:
    """A change is approved before it is made (6.3)."""
    rows = visible(member, ChangePlan).filter(state="planned").exclude(done_on=None)
    title = _("This change was made without being approved.")
    yield from field_gaps("6.3-a", "major", rows, title, "done_on", stage=2)


def change_late(member: Member) -> Iterator[Gap]:
    """An approved change is made when it was planned, or planned again (6.3)."""
    rows = visible(member, ChangePlan).filter(state="approved", planned_for__lt=today_there(member))
    title = _("The day for which this change was planned has passed, and it is not done.")
    yield from field_gaps("6.3-a", "observation", rows, title, "planned_for", stage=2)


def stale_not_redone(member: Member) -> Iterator[Gap]:
    """An assessment is done again when a significant change is proposed or occurs (8.2, 8.4)."""
    rows = visible(member, StaleMark).filter(state="stale")
    late = today_there(member) - timedelta(days=DAYS)
    for kind, code in (("impact", "8.4-b"), ("risks", "8.2-b"), ("classification", "6.1.1-c")):
        mine = rows.filter(kind=kind)
        title = _("A change made this assessment outdated, and it was not redone in time.")
        yield from gaps(code, "minor", mine.filter(since__lt=late), title)
        title = _("A change made this assessment outdated; it is to be redone.")
        yield from gaps(code, "observation", mine.exclude(since__lt=late), title)


def waiver_ended(member: Member) -> Iterator[Gap]:
    """What was waived for a time is redone before that time is over (8.2)."""
    rows = visible(member, ReleaseWaiver).filter(state="granted", until__lt=today_there(member))
    title = _("This waiver is over, and what it waived was not redone.")
    yield from gaps("8.2-b", "minor", rows.filter(marks__state="stale").distinct(), title)


RULES = (
    Rule("change_approved", change_without_approval),
    Rule("change_in_time", change_late),
    Rule("stale_redone", stale_not_redone),
    Rule("waiver_in_time", waiver_ended),
)
