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
from context.models import AISystem
from tests.factory import make
from tests.pages.conftest import Browser
from tests.pages.markup import Page
from tests.people import World

URL = "/calendar/"


def day(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


def promise(world: World, due: date, code: str = "t", clause: str = "9.2", **fields: Any) -> Occurrence:
    given = {"title": "Look again", "clause": clause, "anchor": due, "months": 12}
    given |= {name: fields.pop(name) for name in ("title", "kind", "role", "owner_id") if name in fields}
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
    assert "1 date moves" in body and f'action="/calendar/{one.pk}/move/?' in body
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


@pytest.mark.parametrize("of", ["mine", "all"])
def test_one_press_renews_a_feed(nadia: Client, dates: World, of: str) -> None:
    old = made(nadia, of)
    token = ApiToken.objects.get(membership_id=dates.officer.id)
    assert f"{URL}feeds/{token.pk}/renew/" in nadia.get(URL).content.decode()
    before = events(Client().get(old).content)
    answer = nadia.post(f"{URL}feeds/{token.pk}/renew/")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    words = Page(answer.content.decode()).words().split()
    new = next(word for word in words if word.endswith(".ics")).removeprefix("http://testserver")
    assert new != old and Client().get(old).status_code == 404
    assert events(Client().get(new).content) == before != []
    assert nadia.post(f"{URL}feeds/{token.pk}/renew/").status_code == 404  # it has ended


def test_nobody_renews_the_feed_of_another_or_a_token_that_is_no_feed(
    nadia: Client, paul: Client, dates: World
) -> None:
    address = made(nadia, "all")
    token = ApiToken.objects.get(membership_id=dates.officer.id)
    assert paul.post(f"{URL}feeds/{token.pk}/renew/").status_code == 404
    assert Client().get(address).status_code == 200
    nadia.post("/settings/tokens/", {"name": "Script", "may": "*", "days": 30})
    script = ApiToken.objects.get(name="Script")
    assert nadia.post(f"{URL}feeds/{script.pk}/renew/").status_code == 404


# ── Filters ──────────────────────────────────────────────────────────────


@pytest.fixture
def several(inside: World) -> World:
    """Four dates that differ in clause, kind, role, owner and state."""
    promise(inside, day(10), "audit", "9.2", title="Audit again", role="auditor")
    promise(inside, day(-5), "risk", "6.1.2", title="Assess again", kind="trigger", state="due")
    promise(inside, day(20), "staff", "7.2", title="Ask about skills", owner_id=inside.executive.id)
    promise(inside, day(12), "done", "10.2", title="Close it", state="done", kind="after")
    return inside


TITLES = ("Audit again", "Assess again", "Ask about skills", "Close it")


@pytest.mark.parametrize("view", ["year", "list"])
@pytest.mark.parametrize(
    ("name", "value", "left"),
    [
        ("clause", "9", {"Audit again"}),
        ("clause", "10", {"Close it"}),
        ("kind", "trigger", {"Assess again"}),
        ("kind", "after", {"Close it"}),
        ("kind", "precondition", set()),
        ("state", "late", {"Assess again"}),
        ("state", "due", set()),
        ("state", "done", {"Close it"}),
        ("who", "auditor", {"Audit again"}),
        ("who", "executive", {"Ask about skills"}),
        ("state", "anything", set(TITLES)),
        ("who", "no such person", set(TITLES)),
        ("kind", "‮🙂", set(TITLES)),
    ],
)
def test_dates_are_narrowed_in_both_views(
    nadia: Client, several: World, view: str, name: str, value: str, left: set[str]
) -> None:
    given = str(several.executive.id) if (name, value) == ("who", "executive") else value
    answer = nadia.get(URL, {"view": view, name: given})
    words = answer.content.decode()
    assert answer.status_code == 200
    assert {title for title in TITLES if title in words} == left


def test_a_person_is_found_by_record_and_by_task(nadia: Client, inside: World) -> None:
    system = make(inside, AISystem)
    promise(inside, day(8), "of-record", title="Of a record", subject_kind="ai-systems", subject_id=system.pk)
    asked = promise(inside, day(9), "of-task", title="Of a task", subject_kind="ai-systems")
    AISystem.objects.filter(pk=system.pk).update(owner_id=inside.executive.id)
    Task.objects.create(
        organisation_id=inside.orvanne.pk,
        member_id=inside.executive.id,
        title="x",
        occurrence=asked,
        source="x",
        made_at=timezone.now(),
    )
    theirs = nadia.get(URL, {"who": str(inside.executive.id)}).content.decode()
    assert "Of a record" in theirs and "Of a task" in theirs
    others = nadia.get(URL, {"who": str(inside.reader.id)}).content.decode()
    assert "Of a record" not in others and "Of a task" not in others


def test_filters_are_kept_when_a_date_is_moved(nadia: Client, several: World) -> None:
    one = Occurrence.objects.get(obligation__code="audit")
    kept = "view=list&clause=9"
    page = nadia.get(f"{URL}?{kept}").content.decode().replace("&amp;", "&")
    assert f"?{kept}&at={one.pk}#move" in page
    asked = nadia.get(f"{URL}?{kept}&at={one.pk}&due={day(60).isoformat()}").content.decode()
    assert '<input type="hidden" name="clause" value="9">' in asked
    assert f"/calendar/{one.pk}/move/?{kept}" in asked.replace("&amp;", "&")
    data = {"due": day(60).isoformat(), "seen": day(10).isoformat(), "why": ""}
    refused = nadia.post(f"{URL}{one.pk}/move/?{kept}", data).content.decode()
    assert "Audit again" in refused and "Close it" not in refused
    moved = nadia.post(f"{URL}{one.pk}/move/?{kept}", {**data, "why": "Holidays"})
    assert moved.headers["Location"] == f"{URL}?{kept}"


def test_with_no_dates_the_page_leads_on_and_with_a_filter_back(nadia: Client, inside: World) -> None:
    assert "Nothing is planned yet" in nadia.get(URL).content.decode()
    promise(inside, day(10))
    body = nadia.get(URL, {"clause": "4", "view": "list"}).content.decode()
    assert "No date fits these filters" in body and 'href="?view=list"' in body


def test_statements_do_not_grow_with_dates_of_records_and_filters(nadia: Client, inside: World) -> None:
    query = {"clause": "8", "who": str(inside.officer.id), "kind": "periodic", "state": "planned"}

    def counted() -> int:
        nadia.get(URL, query)
        with CaptureQueriesContext(connection) as captured:
            nadia.get(URL, query)
        return len(captured)

    system = make(inside, AISystem)
    AISystem.objects.filter(pk=system.pk).update(owner_id=inside.officer.id)
    about: dict[str, Any] = {"subject_kind": "ai-systems", "subject_id": system.pk, "clause": "8.4"}
    promise(inside, day(3), "r", **about)
    few = counted()
    for number in range(15):
        promise(inside, day(9 * number + 5), f"r{number}", **about)
    body = nadia.get(URL, query).content.decode()
    assert body.count("Look again") >= 15 and counted() == few


def test_a_mark_of_the_year_has_its_day_and_its_whole_name_as_its_title(nadia: Client, inside: World) -> None:
    promise(inside, day(40), title='Look "again" <b>')
    body = nadia.get(URL).content.decode()
    assert ': Look &quot;again&quot; &lt;b&gt;">' in body and 'title="<time' not in body
