"""What the management review hears from clause 5, and the figures for Today."""

from django.utils.translation import gettext as _

from aims.organisation.member import Member
from aims.records.access import visible
from context.gaps import today_there
from leadership.models import AIPolicy, PolicyException


def policy_now(member: Member) -> tuple[str, str]:
    """Which AI policy is approved, when it is due for review, and how many deviations are granted (5.2, A.2.4)."""
    rows = list(visible(member, AIPolicy).filter(state="approved").order_by("ref"))
    late = [row for row in rows if row.review_due and row.review_due < today_there(member)]
    text = _("%(n)s policies approved, %(late)s past their review; %(exceptions)s deviations granted.")
    words = {"n": len(rows), "late": len(late), "exceptions": exceptions_in_use(member)}
    line = _("- %(policy)s, version %(edition)s, next review %(day)s")
    lines = [line % {"policy": row, "edition": row.edition, "day": row.review_due or "–"} for row in rows]
    return str(len(rows)), "\n".join([text % words, *lines])


def exceptions_in_use(member: Member) -> int:
    """Policy exceptions that are granted."""
    return visible(member, PolicyException).filter(state="granted").count()
