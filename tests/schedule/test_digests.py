"""Mails: one a day and person, at once only what cannot wait, in their language, and none lost with the server."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils.translation import get_language

from aims.organisation.acting import acting
from aims.organisation.models import Membership, Person
from aims.schedule import digests, places
from aims.schedule.asking import ask
from aims.schedule.models import AtOnce, Mail, Task
from aims.schedule.tick import tick
from tests.people import World
from tests.schedule.story import at, only


@pytest.fixture(autouse=True)
def addresses(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The site's address; the pages' own addresses are not this test's business."""
    settings.SITE_ADDRESS = "https://aims.test"
    monkeypatch.setattr(places, "reverse", lambda name, args: "/".join(["", *map(str, args), ""]))


def task(world: World, title: str, source: str, **values: Any) -> Task:
    """Something that Nadia is asked for."""
    nadia = Membership.objects.select_related("person").get(pk=world.officer.id)
    values = {"due": date(2026, 12, 1), "now": at("2026-11-24"), **values}
    return ask(nadia, title, source, **values)


def run(world: World, day: str, hour: int = 9) -> list[str]:
    """A run of the digest at an instant: the subjects of what was sent."""
    before = len(mail.outbox)
    digests.prepare(world.orvanne, at(day, hour))
    digests.send_waiting(at(day, hour))
    return [str(message.subject) for message in mail.outbox[before:]]


def test_one_mail_a_day_with_a_link_for_each_task(inside: World) -> None:
    one = task(inside, "Approve the policy", "a", about=("ai-policies", inside.officer.id), why="5.2")
    task(inside, "Measure drift", "b", due=date(2026, 11, 20))
    assert run(inside, "2026-11-24") == ["[AIMS] 2 things to do"]
    message = mail.outbox[0]
    assert message.to == ["nadia@orvanne.test"]
    assert f"https://aims.test/ai-policies/{one.record_id}/" in message.body
    assert "late since Nov. 20, 2026" in message.body and "(5.2)" in message.body
    assert run(inside, "2026-11-24", 15) == []


def test_nothing_new_no_mail(inside: World) -> None:
    task(inside, "Approve the policy", "a")
    assert len(run(inside, "2026-11-24")) == 1
    assert run(inside, "2026-11-25") == []
    task(inside, "Measure drift", "b", now=at("2026-11-25", 12))
    assert run(inside, "2026-11-26") == ["[AIMS] 2 things to do"]


def test_a_reminder_is_a_reason(inside: World) -> None:
    only(inside.orvanne, "SR17", anchor=date(2026, 9, 30))
    tick(inside.orvanne, at("2026-12-16"))
    assert len(run(inside, "2026-12-16")) == 1
    tick(inside.orvanne, at("2026-12-29"))
    assert run(inside, "2026-12-29") == []
    tick(inside.orvanne, at("2026-12-30"))
    assert run(inside, "2026-12-30") == ["[AIMS] Evaluation of performance"]


def test_no_digest_before_seven_in_the_organisations_morning(inside: World) -> None:
    task(inside, "Approve the policy", "a", now=at("2026-11-23"))
    assert run(inside, "2026-11-24", 5) == []
    assert len(run(inside, "2026-11-24", 6)) == 1


def test_what_cannot_wait_is_told_at_once_and_once(inside: World) -> None:
    task(inside, "Sign the review", "a", at_once=AtOnce.SIGN_OFF)
    assert run(inside, "2026-11-24", 1) == ["[AIMS] Sign the review"]
    assert run(inside, "2026-11-24", 2) == []
    assert run(inside, "2026-11-24", 9) == []  # nor does the digest say it again by itself
    task(inside, "Measure drift", "b", now=at("2026-11-24", 10))
    assert run(inside, "2026-11-25") == ["[AIMS] 2 things to do"]  # with something new it lists all


def test_who_wants_no_digest_still_hears_what_cannot_wait(inside: World) -> None:
    Person.objects.filter(email="nadia@orvanne.test").update(digest=False)
    task(inside, "Approve the policy", "a")
    assert run(inside, "2026-11-24") == []
    task(inside, "Sign the review", "b", at_once=AtOnce.SIGN_OFF)
    assert run(inside, "2026-11-24") == ["[AIMS] Sign the review"]


def test_each_in_their_own_language(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    def render(name: str, context: dict[str, Any]) -> str:
        seen.append(get_language())
        return ""

    monkeypatch.setattr(digests, "render_to_string", render)
    Person.objects.filter(email="nadia@orvanne.test").update(language="fr")
    task(inside, "Approve the policy", "a")
    run(inside, "2026-11-24")
    assert seen == ["fr"]


def test_what_is_done_by_now_is_not_told(inside: World) -> None:
    row = task(inside, "Approve the policy", "a")
    digests.prepare(inside.orvanne, at("2026-11-24"))
    Task.objects.filter(pk=row.pk).update(state="done")
    digests.send_waiting(at("2026-11-24"))
    assert mail.outbox == []
    assert Mail.objects.get().sent_at


def test_a_mail_server_that_is_down_loses_nothing(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(self: EmailBackend, messages: Any) -> int:
        raise ConnectionRefusedError("no mail server")

    task(inside, "Approve the policy", "a")
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", down)
        assert run(inside, "2026-11-24") == []
    row = Mail.objects.get()
    assert (row.sent_at, row.tries, row.error) == (None, 1, "no mail server")
    assert run(inside, "2026-11-24") == ["[AIMS] Approve the policy"]
    assert run(inside, "2026-11-25") == []


def test_two_runs_at_once_write_one_mail(inside: World) -> None:
    task(inside, "Approve the policy", "a")
    for _ in range(2):
        digests.prepare(inside.orvanne, at("2026-11-24"))
    assert Mail.objects.count() == 1


def test_who_has_left_hears_nothing(inside: World) -> None:
    task(inside, "Approve the policy", "a")
    Membership.objects.filter(pk=inside.officer.id).update(active=False)
    assert run(inside, "2026-11-24") == []


def test_another_organisation_is_told_nothing_of_it(inside: World) -> None:
    task(inside, "Approve the policy", "a")
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert not Task.objects.exists()
        digests.prepare(inside.brindle, at("2026-11-24") + timedelta(days=1))
        assert not Mail.objects.exists()
