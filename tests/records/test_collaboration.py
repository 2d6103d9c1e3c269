"""Names called in comments, and watching: who is told of what, and who is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Membership, Person
from aims.organisation.roles import Role
from aims.records.changes import comment, create, write
from aims.records.collaboration import Mention, Watch
from aims.records.mentions import called, can_be_called
from aims.records.watching import news, watch, watches
from aims.schedule import digests
from aims.schedule.models import Task
from context.models import AISystem, InterestedParty
from tests.people import World, join


@pytest.fixture
def system(inside: World) -> AISystem:
    """Nadia's system."""
    return create(
        inside.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", "owner": inside.officer.id}
    )


def who(world: World, text: str) -> list[str]:
    return [one.name for one in called(text, can_be_called(world.orvanne.pk))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Yuki Tanaka, look", ["Yuki Tanaka"]),
        ("(@yuki tanaka) and @Claire Vasseur.", ["Yuki Tanaka", "Claire Vasseur"]),
        ("@Yuki Tanaka @Yuki Tanaka", ["Yuki Tanaka"]),
        ("@Yuki Tanakas", []),
        ("mail@Yuki Tanaka", []),
        ("Yuki Tanaka", []),
        ("@Yuki", []),
        ("@Sync robot", []),
        ("@Bruno Keller", []),
        ("@", []),
    ],
)
def test_names_are_found_in_plain_text(inside: World, text: str, names: list[str]) -> None:
    assert who(inside, text) == names


def test_the_longer_name_is_meant_and_two_of_one_name_are_both_meant(inside: World) -> None:
    for number, name in enumerate(("Ann", "Ann Lee", "Ann Lee")):
        join(inside.orvanne, name, f"ann{number}@orvanne.test", Role.READER)
    assert who(inside, "@Ann Lee") == ["Ann Lee", "Ann Lee"]
    assert who(inside, "@Ann and @Ann Lee") == ["Ann", "Ann Lee", "Ann Lee"]
    Membership.objects.filter(name="Ann").update(active=False)
    assert who(inside, "@Ann") == []


def tasks(member: Member) -> list[str]:
    return list(Task.objects.filter(member_id=member.id).values_list("title", flat=True))


def test_who_is_called_is_asked_once_and_hears_it_by_mail(inside: World, system: AISystem) -> None:
    comment(inside.officer, system, "@Yuki Tanaka is this so? @Nadia Benhaddou")
    assert tasks(inside.contributor) == ["Nadia Benhaddou asks you about AIS-0001 ThoraScan"]
    assert tasks(inside.officer) == []
    task = Task.objects.get(member_id=inside.contributor.id)
    assert (task.kind, task.record_id) == ("ai-systems", system.pk)
    comment(inside.officer, system, "Nothing more")
    comment(inside.officer, system, "@Yuki Tanaka again")
    assert len(tasks(inside.contributor)) == 2 and Mention.objects.count() == 2
    tomorrow = timezone.now().replace(hour=9) + timedelta(days=1)
    digests.prepare(inside.orvanne, tomorrow)
    digests.send_waiting(tomorrow)
    message = next(m for m in mail.outbox if m.to == ["yuki@orvanne.test"])
    assert "Nadia Benhaddou asks you about AIS-0001" in message.body


def test_a_call_opens_nothing(inside: World, system: AISystem) -> None:
    comment(inside.officer, system, "@Hugo Renard, see this")
    assert Mention.objects.count() == 1 and tasks(inside.auditor) == []


def test_the_words_are_those_of_who_is_called(inside: World, system: AISystem) -> None:
    Person.objects.filter(pk=inside.contributor.person_id).update(language="fr")
    comment(inside.officer, system, "@Yuki Tanaka")
    assert len(tasks(inside.contributor)) == 1


def changed(member: Member, hours: int = 1) -> list[tuple[str, int]]:
    now = timezone.now()
    return [(record.ref, number) for record, number in news(member, now - timedelta(hours=hours), now)]


def test_owners_watch_until_they_say_otherwise(inside: World, system: AISystem) -> None:
    assert watches(inside.officer, system) and not watches(inside.contributor, system)
    watch(inside.officer, system, False)
    assert not watches(inside.officer, system)
    watch(inside.contributor, system, True)
    watch(inside.contributor, system, True)
    assert watches(inside.contributor, system) and Watch.objects.count() == 2


def test_news_are_what_others_did(inside: World, system: AISystem) -> None:
    watch(inside.contributor, system, True)
    write(inside.officer, system, {"title": "ThoraScan 2"}, 1)
    comment(inside.officer, system, "Renamed")
    assert changed(inside.contributor) == [("AIS-0001", 3)]
    assert changed(inside.officer) == []
    watch(inside.contributor, system, False)
    assert changed(inside.contributor) == []


def test_parts_and_comments_alone_are_news(inside: World) -> None:
    rows: Any = {"requirements": [{"text": "A doctor decides"}]}
    party = create(inside.officer, InterestedParty, {"title": "Patients"}, rows)
    watch(inside.contributor, party, True)
    later = timezone.now()
    comment(inside.officer, party, "Who?")
    assert [(record, n) for record, n in news(inside.contributor, later, timezone.now())] == [(party, 1)]


def test_what_one_may_not_see_is_no_news(inside: World, system: AISystem) -> None:
    Watch.objects.create(
        organisation=inside.orvanne, member_id=inside.auditor.id, kind="ai-systems", record_id=system.pk
    )
    assert changed(inside.auditor) == []
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert changed(inside.stranger) == []


def sent(world: World, days: int) -> list[str]:
    """What Yuki is sent at nine o'clock, so many times from now."""
    before = len(mail.outbox)
    nine = timezone.now().replace(hour=9, minute=0)
    moment = nine + timedelta(days=days if nine < timezone.now() else days - 1)
    digests.prepare(world.orvanne, moment)
    digests.send_waiting(moment)
    return [str(m.body) for m in mail.outbox[before:] if m.to == ["yuki@orvanne.test"]]


def test_the_digest_tells_of_changes_once(inside: World, system: AISystem) -> None:
    watch(inside.contributor, system, True)
    write(inside.officer, system, {"title": "ThoraScan 2"}, 1)
    body = sent(inside, 1)
    assert len(body) == 1 and "AIS-0001 ThoraScan 2 (2 changes)" in body[0]
    assert f"/registers/ai-systems/{system.pk}/" in body[0] and "asked of you" not in body[0]
    assert sent(inside, 1) == [] and sent(inside, 2) == []


def test_who_wants_no_digest_gets_none_and_who_does_not_watch_neither(
    inside: World, system: AISystem
) -> None:
    assert sent(inside, 1) == []
    watch(inside.contributor, system, True)
    Person.objects.filter(pk=inside.contributor.person_id).update(digest=False)
    assert sent(inside, 1) == []
