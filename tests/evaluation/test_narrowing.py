"""What an audit does not open is heard nowhere: no page, list, export, search or interface names another system.

The guest's grant names one AI system, some clauses and a period; our own auditor's names the system too.
"""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.models import Grant
from aims.organisation.refused import Refused
from aims.records.access import visible
from aims.records.changes import create, lay
from aims.records.evidence import link
from aims.records.models import Answer, Evidence
from aims.records.narrowing import relations
from aims.records.registry import register_of, registers
from context.models import AISystem
from evaluation.auditing import let_in
from evaluation.models import Audit, AuditRequest, OutsideAuditor
from operation.decisions.ingest import take
from operation.decisions.models import Decision
from tests.evaluation.story import again, competent, row
from tests.evaluation.test_audit_room import caller
from tests.evaluation.test_outside import amelie_of, invited, surveyed
from tests.factory import make
from tests.people import World
from tests.promises.addresses import routes

CANARY = "kanarienvogel"
CODES = [
    "4.1",
    "4.3",
    "6.1.2",
    "6.1.3",
    "6.1.4",
    "8.1",
    "8.2",
    "8.3",
    "8.4",
    "9.1",
    "A.4",
    "A.5",
    "A.6",
    "A.7",
    "A.8",
    "A.9",
    "A.10",
]


def system(world: World, title: str) -> AISystem:
    """An AI system."""
    return create(world.officer, AISystem, {"title": title, "purpose": title, "owner": row(world.officer)})


def about(world: World, target: AISystem) -> list[Any]:
    """A record of every kind that refers to an AI system, each with the word in its title, and evidence for each."""
    found: list[Any] = [target]
    for register in registers():
        fields = [f for f in relations(register.model, AISystem) if f.name in register.fields]
        if not fields or register.model is Audit or register.lifecycle.team:
            continue
        given: dict[str, Any] = {f.name: [target] if f.many_to_many else target for f in fields}
        try:
            found.append(make(world, register.model, title=f"{CANARY} {register.path}", **given))
        except Refused:  # what wants more than a system (its rules are tested elsewhere)
            continue
    for number, record in enumerate(found):
        piece = create(world.officer, Evidence, {"title": f"{CANARY} evidence {number}"})
        link(world.officer, piece, register_of(record).path, record.pk)
    return found


def decided(world: World, target: AISystem, name: str, days: int) -> None:
    """A decision of a system so many days ago."""
    when = (timezone.now() - timedelta(days=days)).isoformat()
    taken = take(
        world.officer, [(1, {"id": name, "system": str(target.pk), "timestamp": when, "output": name})]
    )
    assert taken.accepted, taken.rejected


@pytest.fixture
def house(inside: World) -> dict[str, Any]:
    """One system in scope, another with everything; evidence of both at one answer; decisions of both, new and old."""
    mine, other = system(inside, "ThoraScan"), system(inside, CANARY)
    hidden = about(inside, other)
    answer = lay(inside.officer, Answer, "A.6.2.4", {"title": "A.6.2.4"})
    both = []
    for target, name in ((mine, "Test of ThoraScan"), (other, f"{CANARY} test")):
        piece = create(inside.officer, Evidence, {"title": name})
        link(inside.officer, piece, "answers", answer.pk)
        link(inside.officer, piece, "ai-systems", target.pk)
        both.append(piece)
    decided(inside, mine, "now", 3)
    decided(inside, mine, "long ago", 90)
    decided(inside, other, CANARY, 3)
    return {"mine": mine, "other": other, "hidden": hidden, "pieces": both}


@pytest.fixture
def guest(inside: World, house: dict[str, Any]) -> OutsideAuditor:
    """Amelie, for ThoraScan and the last thirty days."""
    audit = surveyed(inside, codes=CODES, systems=[house["mine"]])
    day = timezone.localdate()
    row_ = invited(inside, audit, period_from=day - timedelta(days=30), period_to=day)
    Authenticator.objects.create(
        user=row_.membership.person, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    return row_


def own(inside: World, house: dict[str, Any]) -> Member:
    """Hugo, in an internal audit of ThoraScan."""
    competent(inside, inside.auditor)
    data = {"title": "ThoraScan", "codes": CODES, "lead": row(inside.auditor), "systems": [house["mine"]]}
    let_in(inside.officer, create(inside.officer, Audit, data), [row(inside.auditor)])
    return again(inside.auditor)


def addresses(house: dict[str, Any], audit: Any) -> list[str]:
    """Every page and list without a gap, what was hidden itself, and the pages of the audit."""
    skipped = ("accounts/", "alive", "static/")
    found = [r.url() for r in routes() if not r.gaps and "GET" in r.methods and not r.at.startswith(skipped)]
    found = [at for at in found if "~" not in at]
    for register in registers():
        found += [f"/registers/{register.path}/?q={CANARY}", f"/api/v1/{register.path}/?limit=200"]
    for record in house["hidden"]:
        path = register_of(record).path
        found += [f"/registers/{path}/{record.pk}/", f"/registers/{path}/{record.pk}/history/"]
        found += [f"/api/v1/{path}/{record.pk}/"]
    found += [f"/search/?q={CANARY}", "/api/v1/decisions/?limit=200", "/clauses/8.1/", "/clauses/A.6.2.4/"]
    names = (
        "audit room",
        "audit report",
        "audit requests",
        "audit samples",
        "audit evidence",
        "audit report word",
    )
    return [*dict.fromkeys(found), *(reverse(name, args=[audit]) for name in names)]


def said(answer: Any) -> str:
    """The words of an answer, without the question that is said back."""
    content = b"".join(answer) if answer.streaming else answer.content
    words: str = content.decode("utf-8", errors="replace").lower()
    for echo in (f'value="{CANARY}"', f"q={CANARY}", f"“{CANARY}”"):
        words = words.replace(echo, "")
    return words


def heard(client: Client, house: dict[str, Any], audit: Any) -> list[str]:
    """Where the word is heard."""
    client.raise_request_exception = False
    return [at for at in addresses(house, audit) if CANARY in said(client.get(at))]


def test_the_word_is_said_to_who_reads_everything(inside: World, house: dict[str, Any], guest: Any) -> None:
    assert len(house["hidden"]) > 15
    assert CANARY in said(caller(inside.officer).get("/registers/ai-systems/"))


def quick(member: Member, house: dict[str, Any], audit: Any) -> list[str]:
    """Where it would be heard, of the doors behind which everything stands: rows, search, exports, pages of the audit."""
    rows = [r.path for r in registers() if visible(member, r.model).filter(title__contains=CANARY).exists()]
    client = caller(member)
    doors = [
        f"/search/?q={CANARY}",
        "/registers/ai-systems/export/",
        f"/api/v1/ai-systems/?q={CANARY}",
        "/calendar/",
    ]
    doors += [f"/registers/ai-systems/{house['other'].pk}/", reverse("audit evidence", args=[audit]), "/"]
    return rows + [at for at in doors if CANARY in said(client.get(at))]


def test_neither_guest_nor_own_auditor_sees_rows_of_another_system(
    inside: World, house: dict[str, Any], guest: Any
) -> None:
    assert quick(amelie_of(guest), house, guest.audit_id) == []
    hugo = own(inside, house)
    assert quick(hugo, house, next(iter(hugo.audited))) == []
    assert (
        len([r for r in registers() if visible(inside.reader, r.model).filter(title__contains=CANARY)]) > 15
    )


@pytest.mark.nightly
def test_a_guest_hears_of_no_other_system_anywhere(inside: World, house: dict[str, Any], guest: Any) -> None:
    member = amelie_of(guest)
    assert heard(caller(member), house, guest.audit_id) == []
    pieces = set(visible(member, Evidence))
    assert house["pieces"][0] in pieces and house["pieces"][1] not in pieces


@pytest.mark.nightly
def test_our_own_auditor_hears_of_no_other_system_anywhere(inside: World, house: dict[str, Any]) -> None:
    member = own(inside, house)
    (audit,) = member.audited
    assert heard(caller(member), house, audit) == []
    assert house["pieces"][0] in visible(member, Evidence)


def test_decisions_are_those_of_the_systems_in_the_period(
    inside: World, house: dict[str, Any], guest: Any
) -> None:
    member = amelie_of(guest)
    assert [one.client_id for one in visible(member, Decision)] == ["now"]
    client = caller(member)
    assert [one["id"] for one in client.get("/api/v1/decisions/").json()["results"]] == ["now"]
    assert client.get("/api/v1/decisions/summary/").json()["count"] == 1
    hugo = own(inside, house)
    assert {one.client_id for one in visible(hugo, Decision)} == {"now", "long ago"}
    Grant.objects.filter(user_id=hugo.person_id).update(period_from=timezone.localdate() - timedelta(days=9))
    assert [one.client_id for one in visible(again(hugo), Decision)] == ["now"]
    Grant.objects.filter(user_id=hugo.person_id).update(codes=["9.2"])  # which opens no AI system
    assert not visible(again(hugo), Decision).exists()
    assert visible(inside.reader, Decision).count() == 3


def test_what_was_delivered_on_request_is_read_by_its_auditors(
    inside: World, house: dict[str, Any], guest: Any
) -> None:
    request = create(inside.officer, AuditRequest, {"title": "Show it", "audit": guest.audit})
    piece = create(inside.officer, Evidence, {"title": "Delivered"})
    assert piece not in visible(amelie_of(guest), Evidence)
    link(inside.officer, piece, "audit-requests", request.pk)
    assert piece in visible(amelie_of(guest), Evidence)


def test_what_was_over_before_the_period_is_not_read(
    inside: World, house: dict[str, Any], guest: Any
) -> None:
    piece = house["pieces"][0]
    Evidence.objects.filter(pk=piece.pk).update(effective_until=timezone.localdate() - timedelta(days=60))
    assert piece not in visible(amelie_of(guest), Evidence)


def test_a_grant_ends_in_the_middle_of_a_session_of_our_own(inside: World, house: dict[str, Any]) -> None:
    member = own(inside, house)
    (audit,) = member.audited
    client, address = caller(member), f"/registers/audits/{audit}/"
    places = (address, reverse("audit room", args=[audit]), f"/registers/ai-systems/{house['mine'].pk}/")
    assert [client.get(at).status_code for at in places] == [200, 200, 200]
    end = timezone.now() + timedelta(hours=1)
    Grant.objects.filter(user_id=member.person_id).update(expires_at=end)
    with mock.patch("django.utils.timezone.now", return_value=end + timedelta(seconds=1)):
        assert [client.get(at).status_code for at in places] == [404, 404, 404]
        assert CANARY not in said(client.get("/registers/ai-systems/"))
        assert client.get("/api/v1/decisions/").json()["results"] == []
