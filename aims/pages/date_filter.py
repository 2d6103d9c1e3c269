"""Which dates of the calendar are shown: chosen in the address, so that a view can be kept, shared and printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aims.organisation.member import Member
from aims.organisation.models import Membership
from aims.organisation.roles import STAFF, Role
from aims.pages.context import top_title
from aims.records.coverage import TOPS
from aims.records.registry import register
from aims.schedule.handing import takers
from aims.schedule.models import Obligation, Occurrence, Task

VIEWS = ("year", "list")
LATE = "late"
STATES: dict[str, str | Promise] = {
    LATE: gettext_lazy("late"),
    **{s.value: s.label for s in Occurrence.State if s != Occurrence.State.CANCELLED},
}
Options = list[tuple[str, str | Promise, bool]]


@dataclass(frozen=True)
class DateFilter:
    """What was chosen; what nobody offers counts as not chosen. `who` is a role, or the id of a membership."""

    view: str = "year"
    clause: str = ""
    who: str = ""
    kind: str = ""
    state: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.clause or self.who or self.kind or self.state)

    def address(self, **other: str) -> str:
        """The query of the address that shows this, with other choices in place of some."""
        given = {**vars(self), **other}
        return urlencode({name: value for name, value in given.items() if value})


def chosen(data: Any) -> DateFilter:
    """The choices in the query of an address."""
    return DateFilter(
        view=_one_of(data.get("view"), VIEWS) or "year",
        clause=_one_of(data.get("clause"), TOPS),
        who=_who(data.get("who", "")),
        kind=_one_of(data.get("kind"), Obligation.Kind.values),
        state=_one_of(data.get("state"), STATES),
    )


def _one_of(given: str | None, known: Iterable[str]) -> str:
    return given if given and given in known else ""


def _who(given: str) -> str:
    if given in Role.values:
        return given
    try:
        return str(UUID(given))
    except ValueError:
        return ""


def narrowed(member: Member, rows: QuerySet[Occurrence], by: DateFilter) -> QuerySet[Occurrence]:
    """The dates that were asked for."""
    if by.clause:
        rows = rows.filter(
            Q(obligation__clause=by.clause) | Q(obligation__clause__startswith=f"{by.clause}.")
        )
    if by.kind:
        rows = rows.filter(obligation__kind=by.kind)
    if by.state:
        rows = rows.filter(_in_state(by.state))
    if by.who in Role.values:
        return rows.filter(obligation__role=by.who)
    return rows.filter(_asks(member, UUID(by.who))) if by.who else rows


def _in_state(state: str) -> Q:
    """A date is late when it is open and its day has passed; then it is not only planned or due."""
    day = timezone.localdate()
    if state == LATE:
        return Q(state__in=Occurrence.OPEN, due__lt=day)
    return Q(state=state, due__gte=day) if state in Occurrence.OPEN else Q(state=state)


def _asks(member: Member, key: UUID) -> Q:
    """What a person is asked, or will be: theirs by a task, by the obligation, by its record, or by their role alone."""
    task = Task.objects.filter(occurrence=OuterRef("pk"), member_id=key)
    found = Q(Exists(task)) | Q(obligation__owner_id=key)
    role = Membership.objects.filter(pk=key, organisation_id=member.organisation_id).values("role")
    found |= Q(obligation__owner=None, subject_id=None, obligation__role__in=role)
    kinds = Occurrence.objects.filter(organisation_id=member.organisation_id).exclude(subject_id=None)
    for path in kinds.order_by().values_list("subject_kind", flat=True).distinct():
        known = register(path)
        if known:
            owned = known.model._default_manager.filter(owner_id=key).values("pk")
            found |= Q(obligation__owner=None, subject_kind=path, subject_id__in=owned)
    return found


def fields(member: Member, by: DateFilter) -> list[tuple[str, str, Options]]:
    """The choices for the form: name, label, and the options with which is chosen."""
    roles: Options = [(role.value, role.label, by.who == role) for role in Role if role in STAFF]
    people: Options = [(str(row.pk), row.name, by.who == str(row.pk)) for row in takers(member, None)]
    return [
        ("clause", _("Clause"), [(top, f"{top} {top_title(top)}", by.clause == top) for top in TOPS]),
        ("who", _("Responsible"), people + [one for one in roles if one[0] != Role.API_CLIENT]),
        ("kind", _("Kind"), [(k.value, k.label, by.kind == k) for k in Obligation.Kind]),
        ("state", _("State"), [(name, words, by.state == name) for name, words in STATES.items()]),
    ]
