"""The year, moving a date on its page, and feeds at secret addresses."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from aims.organisation.acting import acting
from aims.organisation.member import FEED_ALL, member_by_token
from aims.organisation.models import ApiToken, Membership
from aims.organisation.tokens import revoke
from aims.pages.planner import planner
from aims.schedule import feeds
from aims.schedule.models import Obligation, Occurrence, Task
from tests.pages.conftest import Browser
from tests.pages.markup import Page
from tests.people import World

URL = "/calendar/"


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def promise(world: World, due: date, code: str = "t", clause: str = "9.2", **fields: Any) -> Occurrence:
    given = {"title": "Look again", "clause": clause, "anchor": due, "months": 12}
    obligation, _new = Obligation.objects.get_or_create(
        organisation_id=world.orvanne.pk, code=code, defaults=given
    )
    return Occurrence.objects.create(
        organisation_id=world.orvanne.pk, obligation=obligation, due=due, **fields
    )


def row(due: date, label: str = "Audit", clause: str = "9.2.2", **more: Any) -> dict[str, Any]:
    return {
        "day": due,
        "label": label,
        "clause": clause,
        "late": False,
        "state": "planned",
        "key": due,
        "about": "",
        **more,
    }


def test_the_year_has_a_row_for_each_clause_and_a_column_for_each_month() -> None:
    today = date(2026, 11, 24)
    rows = [
        row(date(2026, 10, 31), "Policy", "5.2", late=True),
        row(date(2026, 12, 1)),
        row(date(2026, 12, 1)),
        row(date(2027, 10, 31), state="done"),
        row(date(2027, 12, 1), "Too far"),
    ]
    table = planner(rows, today, date(2026, 12, 8))
    assert [(top, [len(cell.marks) for cell in cells]) for top, _name, cells in table] == [
        ("5", [1, *[0] * 12]),
        ("9", [0, 1, *[0] * 9, 1, 0]),
    ]
    marks = [cell.marks[0] for _top, _name, cells in table for cell in cells if cell.marks]
    assert [(mark.tone, mark.number) for mark in marks] == [("bad", 1), ("warn", 2), ("ok", 1)]


def test_what_would_follow_is_shown_and_nothing_is_moved(nadia: Client, inside: World) -> None:
    one = promise(inside, day(40))
    body = nadia.get(URL, {"at": str(one.pk), "due": day(60).isoformat()}).content.decode()
    assert "1 date moves" in body and f'action="/calendar/{one.pk}/move/"' in body
    one.refresh_from_db()
    assert one.due == day(40)
    assert (
        "must not lie in the past"
        in nadia.get(URL, {"at": str(one.pk), "due": day(-2).isoformat()}).content.decode()
    )
    assert "This is no date." in nadia.get(URL, {"at": str(one.pk), "due": "soon"}).content.decode()


def test_a_confirmed_move_is_made_and_a_refused_one_keeps_what_was_typed(
    nadia: Client, inside: World
) -> None:
    one = promise(inside, day(40))
    data = {"due": day(60).isoformat(), "seen": day(40).isoformat()}
    refused = nadia.post(f"{URL}{one.pk}/move/", {**data, "why": "", "due": day(61).isoformat()})
    assert refused.status_code == 422 and day(61).isoformat() in refused.content.decode()
    assert nadia.post(f"{URL}{one.pk}/move/", {**data, "why": "Holidays"}).status_code == 302
    one.refresh_from_db()
    assert (one.due, one.moved_why) == (day(60), "Holidays")


def test_a_reader_sees_the_year_but_moves_nothing(paul: Client, inside: World) -> None:
    one = promise(inside, day(40))
    body = paul.get(URL, {"at": str(one.pk)}).content.decode()
    assert "Look again" in body and "/move/" not in body
    data = {"due": day(60).isoformat(), "seen": day(40).isoformat(), "why": "x"}
    assert paul.post(f"{URL}{one.pk}/move/", data).status_code == 403


def test_statements_do_not_grow_with_the_dates(nadia: Client, inside: World) -> None:
    def counted() -> int:
        nadia.get(URL)
        with CaptureQueriesContext(connection) as captured:
            nadia.get(URL)
        return len(captured)

    promise(inside, day(3))
    few = counted()
    for number in range(12):
        promise(inside, day(10 * number + 5), code=f"t{number}")
    assert counted() == few


# ── Feeds ────────────────────────────────────────────────────────────────


def made(client: Client, of: str) -> str:
    """The address of a new feed, as the page shows it once."""
    answer = client.post(f"{URL}feeds/", {"of": of})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    words = Page(answer.content.decode()).words()
    return next(word for word in words.split() if word.endswith(".ics")).removeprefix("http://testserver")


def events(body: bytes) -> list[tuple[str, date]]:
    found: Any = Calendar.from_ical(body).walk("VEVENT")
    return [(str(event["summary"]), event["dtstart"].dt) for event in found]


@pytest.fixture
def dates(inside: World) -> World:
    promise(inside, day(10))
    promise(inside, day(12), state="cancelled")
    for member, title in ((inside.officer, "Mine"), (inside.executive, "Hers")):
        Task.objects.create(
            organisation_id=inside.orvanne.pk,
            member_id=member.id,
            title=title,
            due=day(4),
            source=title,
            made_at=timezone.now(),
        )
    return inside


def test_a_feed_needs_no_sign_in_and_has_titles_and_dates_only(nadia: Client, dates: World) -> None:
    everything = Client().get(made(nadia, "all"))
    assert everything.headers["Content-Type"].startswith("text/calendar")
    assert events(everything.content) == [("Look again", day(10))]
    mine = Client().get(made(nadia, "mine"))
    assert events(mine.content) == [("Mine", day(4))]
    names = {line.split(":")[0].split(";")[0] for line in mine.content.decode().splitlines()}
    assert names <= {
        *(
            "BEGIN",
            "END",
            "VERSION",
            "PRODID",
            "X-WR-CALNAME",
            "SUMMARY",
            "DTSTART",
            "DTEND",
            "DTSTAMP",
            "UID",
            "TRANSP",
        ),
    }


def test_unknown_revoked_and_other_secrets_are_not_there(nadia: Client, dates: World) -> None:
    address = made(nadia, "all")
    secret = address.removeprefix("/calendar/feed/").removesuffix(".ics")
    assert Client().get("/calendar/feed/nothing.ics").status_code == 404
    token = ApiToken.objects.get(membership_id=dates.officer.id)
    assert secret not in str(vars(token)) and token.digest != secret
    nadia.post(f"/settings/tokens/{token.pk}/revoke/")
    assert Client().get(address).status_code == 404


def test_a_feeds_secret_opens_nothing_else_and_a_token_no_feed(nadia: Client, dates: World) -> None:
    secret = made(nadia, "all").removeprefix("/calendar/feed/").removesuffix(".ics")
    assert member_by_token(secret) is None
    for place in ("/api/v1/me/", "/api/v1/tasks/", "/api/v1/ai-systems/"):
        assert Client().get(place, headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    nadia.post("/settings/tokens/", {"name": "Script", "may": "*", "days": 30})
    answer = nadia.post("/settings/tokens/", {"name": "Script", "may": "*", "days": 30}).content.decode()
    other = Page(answer).words().split("shown only once ")[1].split()[0]
    assert member_by_token(other) is not None
    assert Client().get(f"/calendar/feed/{other}.ics").status_code == 404


def test_who_has_left_takes_the_feed_along(nadia: Client, dates: World) -> None:
    address = made(nadia, "all")
    Membership.objects.filter(pk=dates.officer.id).update(active=False)
    assert Client().get(address).status_code == 404


def test_a_feed_tells_nothing_of_another_organisation(browser: Browser, dates: World, world: World) -> None:
    with acting(world.brindle.pk, world.stranger.actor):
        token, secret = feeds.make_feed(world.stranger, FEED_ALL)
    assert events(Client().get(f"/calendar/feed/{secret}.ics").content) == []
    with acting(world.brindle.pk, world.stranger.actor):
        revoke(token)
    assert Client().get(f"/calendar/feed/{secret}.ics").status_code == 404
