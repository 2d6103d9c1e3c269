"""Mails that people can bear: digests end with one click, meetings come as invitations that move and fall away."""

from datetime import date
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from icalendar import Calendar

from aims.organisation.models import Membership, Person
from aims.records.changes import create, move, write
from aims.schedule import digests
from aims.schedule.asking import ask
from aims.schedule.models import AtOnce, Mail
from aims.schedule.unsubscribing import SIGNER, person_of, stop_url
from evaluation.models import Audit, ManagementReview
from tests.evaluation.story import PLAN, row
from tests.people import World
from tests.schedule.story import at


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SITE_ADDRESS = "https://aims.test"


def run(world: World, day: str, to: str = "claire@orvanne.test") -> list[Any]:
    """The mails that somebody gets in a run."""
    before = len(mail.outbox)
    digests.prepare(world.orvanne, at(day, 9))
    digests.send_waiting(at(day, 9))
    return [message for message in mail.outbox[before:] if message.to == [to]]


def events(message: Any) -> list[tuple[str, Any]]:
    """The methods and events of a mail's invitations, as a mail program reads them."""
    parts: list[Message] = [p for p in message.message().walk() if p.get_content_type() == "text/calendar"]
    found = []
    for part in parts:
        body: Any = part.get_payload(decode=True)
        calendar = Calendar.from_ical(body.decode())
        (event,) = calendar.walk("VEVENT")
        assert part.get_param("method") == calendar["METHOD"]
        found.append((str(calendar["METHOD"]), event))
    return found


def review(world: World, day: date = date(2026, 12, 15)) -> ManagementReview:
    data = {"title": "Review 2026", "held_on": day, "chair": row(world.executive)}
    return create(world.officer, ManagementReview, {**data, "attendees": [row(world.executive)]})


def asked(world: World, **more: Any) -> None:
    nadia = Membership.objects.select_related("person").get(pk=world.officer.id)
    ask(nadia, "Approve the policy", "a", date(2026, 12, 1), at("2026-11-24"), **more)


# ── Invitations ──────────────────────────────────────────────────────────


def test_a_review_ahead_comes_as_an_invitation(inside: World) -> None:
    record = review(inside)
    (message,) = run(inside, "2026-11-24")
    assert message.subject == f"[AIMS] Invitation: {record}"
    ((method, event),) = events(message)
    assert (method, event["UID"], int(event["SEQUENCE"])) == ("REQUEST", f"{record.pk}@aims", 0)
    assert event.decoded("DTSTART") == date(2026, 12, 15) and event.decoded("DTEND") == date(2026, 12, 16)
    assert event["ATTENDEE"] == "mailto:claire@orvanne.test" and str(record.pk) in message.body


def test_the_same_dates_are_not_sent_again(inside: World) -> None:
    record = review(inside)
    assert len(run(inside, "2026-11-24")) == 1
    write(inside.officer, record, {"guests": "Dr Marchand"})
    assert run(inside, "2026-11-25") == []


def test_a_moved_meeting_moves_in_the_calendar(inside: World) -> None:
    record = review(inside)
    run(inside, "2026-11-24")
    record = write(inside.officer, record, {"held_on": date(2026, 12, 18)})
    ((method, event),) = events(run(inside, "2026-11-25")[0])
    assert (method, event["UID"], int(event["SEQUENCE"])) == ("REQUEST", f"{record.pk}@aims", 1)
    assert event.decoded("DTSTART") == date(2026, 12, 18)
    write(inside.officer, record, {"held_on": date(2026, 12, 15)})
    assert int(events(run(inside, "2026-11-26")[0])[0][1]["SEQUENCE"]) == 2


@pytest.mark.parametrize("how", ["withdrawn", "left out"])
def test_what_falls_away_leaves_the_calendar_once(inside: World, how: str) -> None:
    record = review(inside)
    run(inside, "2026-11-24")
    if how == "withdrawn":
        move(inside.officer, record, "withdraw", note="Put off.")
    else:
        write(inside.officer, record, {"chair": None, "attendees": []})
    ((method, event),) = events(run(inside, "2026-11-25")[0])
    assert (method, str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 1)
    assert run(inside, "2026-11-26") == []


def test_auditors_are_invited_to_the_days_of_their_audit(inside: World) -> None:
    days = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 3)}
    create(inside.officer, Audit, {**PLAN, **days, "lead": row(inside.executive)})
    ((_method, event),) = events(run(inside, "2026-11-24")[0])
    assert event.decoded("DTSTART") == date(2026, 12, 1) and event.decoded("DTEND") == date(2026, 12, 4)


def test_what_is_over_invites_nobody(inside: World) -> None:
    review(inside, date(2026, 11, 2))
    assert run(inside, "2026-11-24") == []


def test_who_may_not_see_the_record_is_told_nothing_of_it(inside: World) -> None:
    record = review(inside)
    write(inside.officer, record, {"attendees": [row(inside.auditor)], "chair": None})
    assert run(inside, "2026-11-24", "hugo@orvanne.test") == []


# ── The end of the digests ───────────────────────────────────────────────


def test_a_digest_says_how_it_ends_and_what_cannot_wait_does_not(inside: World) -> None:
    asked(inside)
    (digest,) = run(inside, "2026-11-24", "nadia@orvanne.test")
    stop = stop_url(Person.objects.get(pk=inside.officer.person_id))
    assert digest.extra_headers["List-Unsubscribe"] == f"<{stop}>" and stop in digest.body
    assert digest.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    nadia = Membership.objects.select_related("person").get(pk=inside.officer.id)
    ask(nadia, "Sign it", "b", None, at("2026-11-24", 10), at_once=AtOnce.SIGN_OFF)
    (urgent,) = run(inside, "2026-11-24", "nadia@orvanne.test")
    assert "List-Unsubscribe" not in urgent.extra_headers and stop not in urgent.body


def test_the_mail_program_ends_them_with_one_post_without_a_session(inside: World) -> None:
    asked(inside)
    person = Person.objects.get(pk=inside.officer.person_id)
    client = Client(enforce_csrf_checks=True)
    place = stop_url(person).removeprefix("https://aims.test")
    assert client.get(place).status_code == 200
    person.refresh_from_db()
    assert person.digest  # looking changes nothing: mail scanners open every link
    assert client.post(place, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Person.objects.get(pk=person.pk).digest
    assert run(inside, "2026-11-24", "nadia@orvanne.test") == [] and not Mail.objects.exists()


@pytest.mark.parametrize("token", ["x", "a:b", "01a21027-3476-7964-ae20-18f2c6f841fa", "é:…"])
def test_an_address_that_we_did_not_sign_ends_nothing(inside: World, token: str) -> None:
    assert person_of(token) is None
    assert Client().post(f"/mail/stop/{token}/").status_code == 404
    assert Person.objects.filter(digest=False).count() == 0


def test_a_signature_made_for_something_else_is_no_address(inside: World) -> None:
    key = str(inside.officer.person_id)
    assert person_of(SIGNER.sign(key)) is not None
    assert person_of(SIGNER.sign(key).replace(key, str(inside.executive.person_id))) is None


def test_the_page_is_in_the_persons_language(inside: World) -> None:
    Person.objects.filter(pk=inside.officer.person_id).update(language="fr")
    place = stop_url(Person.objects.get(pk=inside.officer.person_id)).removeprefix("https://aims.test")
    assert 'lang="fr"' in Client().get(place).content.decode()
