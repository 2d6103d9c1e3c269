"""The board of nonconformities: a column for each state, a card for each case, and how old the open ones are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.pages import svg
from aims.records.access import visible
from evaluation.inputs import now_there
from improvement.following import OPEN_ACTIONS
from improvement.lifecycles import NONCONFORMITY
from improvement.models import Nonconformity
from improvement.recurrence import recurring
from improvement.standing import deadlines

COLUMNS = tuple(state.code for state in NONCONFORMITY.states)
SHOWN = timedelta(days=90)  # how long a closed case stays on the board
MOST = 50  # cards of a column; the list has all
AGES: tuple[tuple[int, Promise, str], ...] = (
    (30, gettext_lazy("Up to 30 days"), "accent"),
    (60, gettext_lazy("31 to 60 days"), "accent"),
    (90, gettext_lazy("61 to 90 days"), "warn"),
    (10**6, gettext_lazy("Over 90 days"), "bad"),
)


@dataclass(frozen=True)
class Card:
    """One case as its card says it."""

    case: Nonconformity
    age: int
    due: date | None
    done: int
    actions: int
    back: bool = False  # whether it is an earlier one come back


# what stands in a column, said where it is empty
EMPTY: dict[str, Promise] = {
    "open": gettext_lazy(
        "A new case stands here until it is corrected: from an audit, an incident, a complaint or by hand."
    ),
    "contained": gettext_lazy("What is corrected waits here until its cause is found."),
    "analysed": gettext_lazy("What has a known cause waits here until its actions begin."),
    "actions_running": gettext_lazy("Cases whose actions are under way stand here."),
    "checking": gettext_lazy("What is done waits here for the check of its effect by somebody else."),
    "closed": gettext_lazy("What was closed as effective in the last three months stands here."),
}


def asked_for(
    member: Member, grade: str = "", owner: str = "", source: str = ""
) -> "QuerySet[Nonconformity]":
    """The cases of the board; an unknown choice leaves nothing out."""
    rows = visible(member, Nonconformity).filter(state__in=COLUMNS)
    if grade in Nonconformity.Grade.values:
        rows = rows.filter(grade=grade)
    if source in Nonconformity.Source.values:
        rows = rows.filter(source=source)
    if key := next((key for key, _name in owners(member) if str(key) == owner), None):
        rows = rows.filter(owner_id=key)
    return rows


def owners(member: Member) -> list[tuple[Any, str]]:
    """Who answers for a case."""
    keys = visible(member, Nonconformity).exclude(owner=None).values("owner_id")
    return list(visible(member, Membership).filter(pk__in=keys).order_by("name").values_list("pk", "name"))


def cards(member: Member, rows: "QuerySet[Nonconformity]") -> dict[str, list[Card]]:
    """The cards of each column: the gravest first, then the oldest; closed ones for three months."""
    day = now_there(member)
    kept = rows.exclude(Q(state="closed") & Q(changed_at__date__lt=day - SHOWN)).select_related("owner")
    kept = kept.annotate(
        all_actions=Count("actions", filter=~Q(actions__state="withdrawn")),
        open_actions=Count("actions", filter=Q(actions__state__in=OPEN_ACTIONS)),
    )
    found = list(kept.order_by("grade", "opened_on", "ref"))  # major comes before minor
    dates = deadlines(member, found)
    first = min((case.opened_on for case in found), default=day)
    back = {case.key for case in recurring(member, first)} if found else set()
    columns: dict[str, list[Card]] = {code: [] for code in COLUMNS}
    for case in found:
        columns[case.state].append(card(case, day, dates.get(case.pk), case.pk in back))
    return columns


def card(case: Any, day: date, due: date | None, back: bool) -> Card:
    """A case with its age on a day, its next deadline, how far its actions are, and whether it came back."""
    done = case.all_actions - case.open_actions
    return Card(case, (day - case.opened_on).days, due, done, case.all_actions, back)


def ageing(ages: Sequence[int]) -> dict[str, Any]:
    """How old the open cases are, as a chart with its figures."""
    numbers, least = [], -(10**6)
    for most, label, tone in AGES:
        numbers.append(svg.Bar(label, sum(least < age <= most for age in ages), tone))
        least = most
    title = _("Open nonconformities by age")
    figures = {
        "caption": title,
        "head": [_("Age"), _("Number")],
        "rows": [[bar.label, int(bar.value)] for bar in numbers],
    }
    return {"svg": svg.bars(title, numbers), "figures": figures}
