"""When an organisation works: its weekend, the public holidays of its country, and days of its own.

The choices stand in the organisation's settings under `week`: `rest` (days of the week, 0 is Monday) and `holidays`
(whether the country's public holidays are free; they are, unless it says otherwise). Days of its own are rows.
"""

from datetime import date
from functools import lru_cache

import holidays

from aims.organisation.models import Organisation
from aims.schedule.dates import Keep, Week, stays
from aims.schedule.models import FreeDay, Obligation

REST = (5, 6)
SETTING = "week"


@lru_cache(maxsize=500)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country in a year; none where the library does not know the country."""
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def rest_of(organisation: Organisation) -> frozenset[int]:
    """The days of the week on which an organisation does not work; a week without any work is none."""
    rest = frozenset(organisation.settings.get(SETTING, {}).get("rest", REST))
    return rest if len(rest) < 7 else frozenset(REST)


def keeps_holidays(organisation: Organisation) -> bool:
    """Whether an organisation is closed on its country's public holidays."""
    return bool(organisation.settings.get(SETTING, {}).get("holidays", True))


def week_of(organisation: Organisation) -> Week:
    """When an organisation works."""
    own = frozenset(FreeDay.objects.filter(organisation=organisation).values_list("day", flat=True))
    country = organisation.country if keeps_holidays(organisation) else ""

    def free(day: date) -> bool:
        return day in own or bool(country) and day in public_holidays(country, day.year)

    return Week(rest_of(organisation), free)


def keep_of(obligation: Obligation, week: Week) -> Keep:
    """Where an obligation's computed dates are put."""
    if obligation.shift == Obligation.Shift.NEXT:
        return week.next
    return week.previous if obligation.shift == Obligation.Shift.LAST else stays


def choose_week(organisation: Organisation, rest: frozenset[int], closed_on_holidays: bool) -> None:
    """Keep an organisation's choice of its week."""
    kept = {"rest": sorted(rest), "holidays": closed_on_holidays}
    organisation.settings = {**organisation.settings, SETTING: kept}
    organisation.save(update_fields=["settings"])
