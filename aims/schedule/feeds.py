"""The calendar for other programs: a secret address a person or an organisation, only titles and dates.

The secret is a token that opens nothing else; it is kept as a digest and ends in the settings.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from aims.organisation.member import FEED_ALL, FEED_MINE, FEEDS, Member
from aims.organisation.models import ApiToken, Membership
from aims.organisation.tokens import make_token, revoke
from aims.records.access import visible
from aims.schedule.models import Occurrence, Task

LIFE = timedelta(days=5 * 365)
BACK = timedelta(days=90)


def make_feed(member: Member, scope: str) -> tuple[ApiToken, str]:
    """A new feed of a member with its secret, which is not kept."""
    names = {FEED_MINE: _("Calendar feed: my tasks"), FEED_ALL: _("Calendar feed: the organisation")}
    row = Membership.objects.get(pk=member.id)
    return make_token(row, names[scope], (scope,), timezone.now() + LIFE)


def is_open(token: ApiToken) -> bool:
    """Whether a token is a feed that has not been ended."""
    return token.revoked_at is None and bool(FEEDS & set(token.scopes))


@transaction.atomic
def renew(member: Member, token: ApiToken) -> str:
    """The secret of a new feed of the same extent; the old address ends with it."""
    revoke(token)
    _token, secret = make_feed(member, FEED_ALL if FEED_ALL in token.scopes else FEED_MINE)
    return secret


def feed(member: Member, now: datetime) -> bytes:
    """The feed as iCalendar: of the member's open tasks, or of everything that falls due in the organisation."""
    mine = FEED_MINE in (member.scopes or ())
    calendar = Calendar()
    calendar.add("prodid", "-//AIMS//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("My tasks") if mine else member.organisation_name)
    for uid, title, day in _tasks(member) if mine else _occurrences(member, now):
        calendar.add_component(_event(uid, title, day, now))
    return bytes(calendar.to_ical())


def _tasks(member: Member) -> Iterable[tuple[str, str, date]]:
    rows = visible(member, Task).filter(member_id=member.id, state=Task.State.OPEN).exclude(due=None)
    return ((str(row.pk), row.title, row.due) for row in rows.order_by("due", "pk") if row.due)


def _occurrences(member: Member, now: datetime) -> Iterable[tuple[str, str, date]]:
    rows = visible(member, Occurrence).filter(due__gte=timezone.localdate(now) - BACK)
    rows = rows.exclude(state=Occurrence.State.CANCELLED).select_related("obligation").order_by("due", "pk")
    return ((str(row.pk), row.obligation.label, row.due) for row in rows)


def _event(uid: str, title: str, day: date, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@aims")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("transp", "TRANSPARENT")
    return event
