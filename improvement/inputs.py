"""What the management review hears from clause 10 (9.3.2), and the figures of Today."""

from datetime import date

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from aims.schedule.dates import add_months
from evaluation.inputs import now_there, since_last_review
from improvement.following import OPEN_ACTIONS
from improvement.models import CorrectiveAction, Improvement, Nonconformity
from improvement.recurrence import recurring

OVER = ("closed", "withdrawn")


def nonconformity_trends(member: Member) -> tuple[str, str]:
    """Input 4a: nonconformities opened, by grade and beside the period before, those still open, and late actions."""
    start, day = since_last_review(member), now_there(member)
    opened, before = opened_between(member, start, day), opened_between(member, add_months(start, -12), start)
    waiting = visible(member, Nonconformity).exclude(state__in=OVER).order_by("ref")
    words = {
        "opened": sum(opened.values()),
        "major": opened.get("major", 0),
        "minor": opened.get("minor", 0),
        "before": sum(before.values()),
        "open": len(waiting),
        "late": late_actions(member),
        "back": came_back(member),
    }
    first = _(
        "%(opened)s opened since the last review (%(major)s major, %(minor)s minor); %(before)s in the period before."
    )
    second = _("%(open)s open now; %(late)s corrective actions late; %(back)s came back within 24 months.")
    lines = [first % words, second % words, *(f"- {row} ({row.opened_on})" for row in waiting)]
    return str(words["open"]), "\n".join(lines)


def opened_between(member: Member, start: date, end: date) -> dict[str, int]:
    """How many nonconformities of each grade were opened after one day and up to another."""
    rows = visible(member, Nonconformity).filter(opened_on__gt=start, opened_on__lte=end)
    found: dict[str, int] = {}
    for grade in rows.exclude(state="withdrawn").values_list("grade", flat=True):
        found[grade] = found.get(grade, 0) + 1
    return found


def improvement_opportunities(member: Member) -> tuple[str, str]:
    """Input 5: ideas to decide on, and what improvements under way or done have come to."""
    rows = visible(member, Improvement).exclude(state__in=["dropped", "withdrawn"]).order_by("ref")
    ideas = [row for row in rows if row.state == "idea"]
    measured = [row for row in rows if row.state == "verified"]
    text = _("%(ideas)s ideas to decide on, %(measured)s improvements with a measured effect.")
    lines = [text % {"ideas": len(ideas), "measured": len(measured)}]
    lines += [f"- {row}" for row in ideas]
    lines += [f"- {row}: {row.measured}" for row in measured]
    return str(len(ideas)), "\n".join(lines)


def open_majors(member: Member) -> int:
    """Major nonconformities that are not closed."""
    return visible(member, Nonconformity).filter(grade="major").exclude(state__in=OVER).count()


def open_nonconformities(member: Member) -> int:
    """All nonconformities that are not closed."""
    return visible(member, Nonconformity).exclude(state__in=OVER).count()


def late_actions(member: Member) -> int:
    """Corrective actions that are not done and whose date has passed."""
    rows = visible(member, CorrectiveAction).filter(state__in=OPEN_ACTIONS)
    return rows.filter(due__lt=now_there(member)).count()


def came_back(member: Member) -> int:
    """Nonconformities of the last year that are an earlier one come back (within 24 months)."""
    return len(recurring(member, add_months(now_there(member), -12)))
