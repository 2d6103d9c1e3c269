"""Requests of auditors: asked, delivered, accepted or sent back; each with one task for whoever has to act."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aims.organisation.acting import acting
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import create, move, write
from aims.records.evidence import link
from aims.records.models import Evidence
from aims.schedule.models import Task
from aims.schedule.tick import tick
from evaluation.models import Audit, AuditRequest
from evaluation.requests import follow_up, may_remind, remind
from tests.evaluation.story import again, begun, row
from tests.pages.conftest import Browser
from tests.people import World


def asked(world: World, audit: Audit, **given: Any) -> AuditRequest:
    """Hugo asks Yuki for something within a week."""
    data = {
        "title": "Release record of 3.2.1",
        "audit": audit,
        "code": "8.1",
        "owner": row(world.contributor),
        "due": timezone.localdate() + timedelta(days=7),
        **given,
    }
    return create(again(world.auditor), AuditRequest, data)


def answered(world: World, request: AuditRequest) -> AuditRequest:
    """Yuki answers in words and delivers."""
    request = write(world.contributor, request, {"answer": "It is in the file of the release."})
    return move(world.contributor, request, "deliver")


def tasks(world: World, request: AuditRequest) -> list[tuple[Any, str]]:
    """Who has an open task about a request."""
    rows = Task.objects.filter(record_id=request.pk, state=Task.State.OPEN)
    return [(one.member_id, one.title) for one in rows]


def test_who_is_asked_has_a_task_with_the_date(inside: World) -> None:
    request = asked(inside, begun(inside))
    task = Task.objects.get(record_id=request.pk)
    assert (task.member_id, task.due, task.state) == (inside.contributor.id, request.due, Task.State.OPEN)
    assert request.ref in task.title and request.state == "asked"


def test_nothing_is_delivered_without_evidence_or_words(inside: World) -> None:
    request = asked(inside, begun(inside))
    with pytest.raises(Refused) as refused:
        move(inside.contributor, request, "deliver")
    assert "answer" in refused.value.fields
    link(inside.officer, create(inside.officer, Evidence, {"title": "Release"}), "audit-requests", request.pk)
    assert move(inside.contributor, request, "deliver").delivered_at


def test_a_delivery_ends_the_task_and_tells_who_asked(inside: World) -> None:
    request = answered(inside, asked(inside, begun(inside)))
    ((who, words),) = tasks(inside, request)
    assert who == inside.auditor.id and request.ref in words


def test_what_is_sent_back_is_asked_for_again_with_the_reason(inside: World) -> None:
    request = answered(inside, asked(inside, begun(inside)))
    hugo = again(inside.auditor)
    with pytest.raises(Refused) as refused:
        move(hugo, request, "send_back")
    assert "note" in refused.value.fields
    request = move(hugo, request, "send_back", note="Of the wrong year")
    assert [who for who, _words in tasks(inside, request)] == [inside.contributor.id]
    request = move(hugo, answered(inside, request), "accept")
    assert request.state == "accepted" and tasks(inside, request) == []


def test_nobody_accepts_what_they_deliver(inside: World) -> None:
    request = answered(inside, asked(inside, begun(inside)))
    for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.CONTRIBUTOR):
        with pytest.raises(Refused) as refused:
            move(inside.members[role], request, "accept")
        assert refused.value.code == "forbidden"


@pytest.mark.parametrize("change", [{"title": "Something easier"}, {"due": None}, {"text": "Only one page"}])
def test_who_is_asked_does_not_change_what_is_asked(inside: World, change: dict[str, Any]) -> None:
    request = asked(inside, begun(inside))
    for role in (Role.CONTRIBUTOR, Role.OFFICER):
        with pytest.raises(Refused) as refused:
            write(inside.members[role], request, change)
        assert set(refused.value.fields) == set(change)
    assert write(again(inside.auditor), request, change).version == 2


def test_it_can_be_handed_on_and_the_clock_moves_the_task(inside: World) -> None:
    request = asked(inside, begun(inside))
    write(inside.officer, request, {"owner": row(inside.executive)})
    for _twice in range(2):
        follow_up(inside.orvanne, timezone.now())
    assert [who for who, _words in tasks(inside, request)] == [inside.executive.id]


def test_another_date_reaches_the_task(inside: World) -> None:
    request = asked(inside, begun(inside))
    due = timezone.localdate() + timedelta(days=20)
    write(again(inside.auditor), request, {"due": due})
    follow_up(inside.orvanne, timezone.now())
    assert Task.objects.get(record_id=request.pk, state=Task.State.OPEN).due == due


def test_who_asked_reminds_of_what_is_late_once_a_day(inside: World) -> None:
    audit = begun(inside)
    hugo, now = again(inside.auditor), timezone.now()
    timely, late = asked(inside, audit), asked(inside, audit, due=timezone.localdate() - timedelta(days=1))
    assert not may_remind(hugo, timely, now)
    remind(hugo, late, now)
    assert Task.objects.get(record_id=late.pk).reminded_at == now  # the next digest says it again
    late.refresh_from_db()
    assert late.reminded_at == now
    for member, when in ((hugo, now), (inside.officer, now), (inside.contributor, now + timedelta(days=1))):
        with pytest.raises(Refused):
            remind(member, late, when)
    remind(hugo, late, now + timedelta(days=1))


def test_what_is_late_is_told_to_who_is_above(inside: World) -> None:
    request = asked(inside, begun(inside), due=timezone.localdate() - timedelta(days=2))
    tick(inside.orvanne, timezone.now())
    late = Task.objects.get(source__startswith="late:")
    assert late.member_id == inside.officer.id and late.urgent and late.record_id == request.pk


def test_a_withdrawn_request_asks_nobody(inside: World) -> None:
    request = asked(inside, begun(inside))
    for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.CONTRIBUTOR):  # who is audited does not take it back
        with pytest.raises(Refused) as refused:
            move(inside.members[role], request, "withdraw", note="Not needed")
        assert refused.value.code == "forbidden"
    move(again(inside.auditor), request, "withdraw", note="Asked twice")
    assert tasks(inside, request) == []


def test_an_auditor_asks_in_their_own_audit_only(inside: World) -> None:
    begun(inside)
    with pytest.raises(Refused):
        asked(inside, create(inside.officer, Audit, {"title": "Another", "codes": ["8.1"]}))


# ── The page ─────────────────────────────────────────────────────────────


@pytest.fixture
def hugo(world: World, browser: Browser) -> Client:
    """The auditor's browser."""
    return browser(world.auditor)


def place(audit: Audit, query: str = "") -> str:
    """The list of an audit."""
    return f"/audits/{audit.pk}/requests/{query}"


def made(world: World) -> tuple[Audit, AuditRequest, AuditRequest]:
    """An audit with one request to Yuki, delivered, and one to Claire, late."""
    with acting(world.orvanne.pk, world.officer.actor):
        audit = begun(world)
        first = answered(world, asked(world, audit))
        day = timezone.localdate() - timedelta(days=1)
        return audit, first, asked(world, audit, title="Minutes of June", owner=row(world.executive), due=day)


def test_the_list_without_anything_says_what_it_is(world: World, nadia: Client) -> None:
    with acting(world.orvanne.pk, world.officer.actor):
        audit = begun(world)
    page = nadia.get(place(audit))
    assert page.status_code == 200 and "Nothing has been asked for yet" in page.content.decode()


def test_auditor_and_auditee_see_the_same_list_with_their_own_acts(
    world: World, nadia: Client, hugo: Client
) -> None:
    audit, first, second = made(world)
    there, here = hugo.get(place(audit)).content.decode(), nadia.get(place(audit)).content.decode()
    for page in (there, here):
        assert first.title in page and second.title in page and "1 day overdue" in page
    accept = f"/registers/audit-requests/{first.pk}/move/accept/"
    assert accept in there and accept not in here


def test_it_is_narrowed_by_person_and_by_state(world: World, nadia: Client) -> None:
    audit, first, second = made(world)
    for query, seen, hidden in (
        ("?person=Claire Vasseur", second, first),
        ("?state=delivered", first, second),
        ("?state=late", second, first),
    ):
        page = nadia.get(place(audit, query)).content.decode()
        assert seen.ref in page and hidden.ref not in page, query
    assert "Nothing fits these filters" in nadia.get(place(audit, "?person=Nobody")).content.decode()


def test_accepting_comes_back_to_the_list(world: World, hugo: Client) -> None:
    audit, first, _second = made(world)
    with acting(world.orvanne.pk, "task:tests"):
        first.refresh_from_db()
    answer = hugo.post(
        f"/registers/audit-requests/{first.pk}/move/accept/", {"version": first.version, "next": place(audit)}
    )
    assert answer.status_code == 302 and answer.headers["Location"] == place(audit)
    answer = hugo.get(place(audit, "?state=accepted"))
    assert first.ref in answer.content.decode()


def test_each_sees_how_a_request_stands(world: World, hugo: Client, browser: Browser) -> None:
    audit, delivered, late = made(world)
    claire, yuki = browser(world.executive), browser(world.contributor)

    def seen(client: Client, request: AuditRequest) -> str:
        return str(client.get(f"/registers/audit-requests/{request.pk}/").content.decode())

    assert "You are asked to show this" in seen(claire, late) and "Hugo Renard asked on" in seen(claire, late)
    assert "Claire Vasseur is asked" in seen(hugo, late) and f"/audits/requests/{late.pk}/remind/" in seen(
        hugo, late
    )
    assert f"{late.pk}/remind/" not in seen(claire, late) and "the auditors look at it" in seen(
        yuki, delivered
    )
    assert f"{late.pk}/remind/" in hugo.get(place(audit)).content.decode()
    assert hugo.post(f"/audits/requests/{late.pk}/remind/").status_code == 302
    assert hugo.post(f"/audits/requests/{late.pk}/remind/").status_code == 409
    assert claire.post(f"/audits/requests/{late.pk}/remind/").status_code == 403
    assert "Last reminded" in seen(claire, late)
    with acting(world.orvanne.pk, world.officer.actor):
        move(again(world.auditor), delivered, "send_back", note="Of the wrong year")
    assert "Of the wrong year" in seen(yuki, delivered)


def test_the_number_of_statements_does_not_grow_with_the_list(
    world: World, hugo: Client, django_assert_max_num_queries: Any
) -> None:
    audit, _first, _second = made(world)
    with acting(world.orvanne.pk, world.officer.actor):
        for number in range(20):
            asked(world, audit, title=f"Another {number}")
    with django_assert_max_num_queries(30):
        assert hugo.get(place(audit)).content.decode().count("Another ") >= 20
