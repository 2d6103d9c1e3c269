"""A clock that tests move: everything of the schedule takes the instant as a parameter."""

from datetime import UTC, date, datetime

from aims.organisation.models import Organisation
from aims.schedule.models import Obligation, Occurrence, Task
from aims.schedule.obligations import sync


def at(day: str, hour: int = 9) -> datetime:
    """An instant of a day, in UTC."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def only(organisation: Organisation, code: str, **values: object) -> Obligation:
    """A world in which one declared obligation is active, with these values."""
    sync(organisation, at("2026-11-24"))
    Obligation.objects.exclude(code=code).update(active=False)
    Obligation.objects.filter(code=code).update(**{"own": sorted(values), **values})
    return Obligation.objects.get(code=code)


def dues(obligation: Obligation, **filters: object) -> list[date]:
    """When an obligation falls due."""
    return list(obligation.occurrences.filter(**filters).values_list("due", flat=True))


def asked(organisation: Organisation) -> list[tuple[str, str]]:
    """Who is asked for what."""
    rows = Task.objects.filter(organisation=organisation, state=Task.State.OPEN)
    return sorted(rows.values_list("member__name", "title"))


def states(obligation: Obligation) -> list[tuple[date, str]]:
    """The dates of an obligation and how far each is, without those that are only planned."""
    rows = obligation.occurrences.exclude(state=Occurrence.State.PLANNED)
    return list(rows.values_list("due", "state"))
