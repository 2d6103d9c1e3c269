"""Whoever is named to audit works in that audit as an auditor does, whatever their role; nobody else does so there."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.models import Grant
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import may_add, may_change, may_move, visible
from aims.records.base import Record
from aims.records.changes import create, move, write
from aims.records.registry import register_of
from evaluation import room
from evaluation.models import Audit, AuditCheck, AuditRequest, Finding, Sample, WorkingNote
from tests.evaluation.story import again, begun, competent, found, row
from tests.people import World

NAMED = (Role.CONTRIBUTOR, Role.EXECUTIVE, Role.READER, Role.OFFICER)


def with_team(world: World, role: Role, **given: Any) -> tuple[Audit, Member]:
    """An audit led by Hugo, with somebody of another role in its team."""
    member = world.members[role]
    competent(world, member)
    return begun(world, team=[row(member)], **given), again(member)


def refused(act: Any) -> str:
    """With which code something is refused."""
    with pytest.raises(Refused) as why:
        act()
    return why.value.code


@pytest.mark.parametrize("role", NAMED)
def test_who_is_in_the_team_works_in_their_audit_and_in_no_other(inside: World, role: Role) -> None:
    audit, member = with_team(inside, role)
    other = begun(inside, title="Another")
    check = AuditCheck.objects.get(audit=audit, code="8.1", source="scope")
    assert room.writes(member, audit) and not room.writes(member, other)
    assert write(member, check, {"verdict": "conform"}).verdict == "conform"
    note = create(member, WorkingNote, {"audit": audit, "title": "Mine", "text": "Ask again"})
    assert note in visible(again(inside.auditor), WorkingNote)
    data = {"title": "No gate", "code": "8.1", "grade": "minor", "text": "None."}
    finding = create(member, Finding, {**data, "audit": audit})
    request = create(member, AuditRequest, {"title": "Minutes", "audit": audit})
    assert move(member, finding, "issue").state == "issued"
    assert move(member, request, "withdraw", note="Asked twice").state == "withdrawn"
    theirs = AuditCheck.objects.get(audit=other, code="8.1", source="scope")
    assert theirs not in visible(member, AuditCheck)
    assert refused(lambda: create(member, Finding, {**data, "audit": other})) == "invalid"
    assert refused(lambda: create(member, AuditRequest, {"title": "Minutes", "audit": other})) == "invalid"


def test_the_audit_itself_is_carried_out_by_its_team(inside: World) -> None:
    audit, yuki = with_team(inside, Role.CONTRIBUTOR)
    assert may_change(yuki, audit) and not may_add(yuki, register_of(Audit))
    assert refused(lambda: move(inside.officer, audit, "finish")) == "forbidden"
    assert move(yuki, audit, "finish").state == "reporting"


def test_who_is_not_named_writes_nothing_whatever_their_role(inside: World) -> None:
    audit = begun(inside)
    for role in set(NAMED) - {Role.OFFICER}:
        member = again(inside.members[role])
        assert not room.writes(member, audit) and not may_add(member, register_of(Finding))
        assert (
            refused(lambda who=member: create(who, WorkingNote, {"audit": audit, "title": "x"}))
            == "forbidden"
        )


def test_who_leaves_the_team_audits_no_more(inside: World) -> None:
    audit, yuki = with_team(inside, Role.CONTRIBUTOR)
    assert room.writes(yuki, audit)
    write(inside.officer, audit, {"team": []})
    assert not room.writes(again(yuki), audit) and not visible(again(yuki), AuditCheck).exists()
    assert room.writes(again(inside.auditor), audit)


def test_who_comes_later_is_looked_at_and_let_in(inside: World) -> None:
    audit = begun(inside)
    with pytest.raises(Refused) as why:
        write(inside.officer, audit, {"team": [row(inside.contributor)]})
    assert "Yuki Tanaka" in str(why.value.fields["team"])
    competent(inside, inside.contributor)
    write(inside.officer, audit, {"team": [row(inside.contributor)]})
    assert room.writes(again(inside.contributor), audit)


def test_the_grants_follow_the_scope(inside: World) -> None:
    audit, _yuki = with_team(inside, Role.CONTRIBUTOR)
    write(inside.officer, audit, {"codes": ["8.1"]})
    assert {tuple(codes) for codes in Grant.objects.values_list("codes", flat=True)} == {("8.1",)}


def test_a_grant_that_has_ended_writes_nothing(inside: World) -> None:
    audit, yuki = with_team(inside, Role.CONTRIBUTOR)
    Grant.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert not room.writes(again(yuki), audit)
    data = {"audit": audit, "title": "x", "code": "8.1", "grade": "minor", "text": "x"}
    assert refused(lambda: create(inside.officer, Finding, data)) == "invalid"


# ── What is the auditors' stays theirs ───────────────────────────────────


def issued(world: World, audit: Audit) -> Finding:
    """A finding of Hugo's that everybody sees."""
    return move(again(world.auditor), found(world, audit), "issue")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR, Role.API_CLIENT])
def test_nobody_takes_back_what_an_auditor_found_asked_or_drew(inside: World, role: Role) -> None:
    audit = begun(inside)
    hugo, member = again(inside.auditor), inside.members[role]
    finding = issued(inside, audit)
    day = timezone.localdate()
    data = {"title": "Two", "audit": audit, "kind": "audits", "period_from": day, "period_to": day, "size": 1}
    records: list[Record] = [
        finding,
        create(hugo, AuditRequest, {"title": "Minutes", "audit": audit}),
        create(hugo, Sample, data),
    ]
    for record in records:
        withdraw = register_of(record).lifecycle.transition("withdraw")
        assert withdraw and not may_move(member, record, withdraw) and may_move(hugo, record, withdraw)
        assert refused(lambda one=record: move(member, one, "withdraw", note="No")) == "forbidden"
    assert refused(lambda: write(member, finding, {"text": "Softer"})) == "invalid"
    assert refused(lambda: write(member, records[1], {"title": "Less"})) == "invalid"
    assert refused(lambda: write(member, records[2], {"size": 2})) == "invalid"


def test_what_outside_auditors_wrote_is_theirs_too(inside: World) -> None:
    audit = create(inside.officer, Audit, {"title": "Stage 2", "kind": "stage_2", "codes": ["8.1"]})
    mine = create(inside.officer, AuditRequest, {"title": "Asked by mail", "audit": audit})
    theirs = create(inside.officer, AuditRequest, {"title": "Asked here", "audit": audit})
    AuditRequest.objects.filter(pk=theirs.pk).update(created_by=row(inside.auditor))
    assert refused(lambda: move(inside.officer, theirs, "withdraw", note="No")) == "forbidden"
    assert move(inside.officer, mine, "withdraw", note="Answered by phone").state == "withdrawn"


def test_after_the_closing_who_keeps_the_aims_tidies_up(inside: World) -> None:
    audit = begun(inside)
    request = create(again(inside.auditor), AuditRequest, {"title": "Minutes", "audit": audit})
    Audit.objects.filter(pk=audit.pk).update(state="closed")
    assert move(inside.officer, request, "withdraw", note="The audit is over").state == "withdrawn"


def test_the_report_is_the_auditors(inside: World) -> None:
    audit = begun(inside)
    audit = move(again(inside.auditor), audit, "finish")
    values = {"conclusion": "x", "reported_on": date(2026, 10, 16), "recipients": [row(inside.executive)]}
    audit = write(inside.officer, audit, values)
    sign = register_of(audit).lifecycle.transition("sign_report")
    assert refused(lambda: move(inside.officer, audit, "report")) == "forbidden"
    audit = move(again(inside.auditor), audit, "report")
    assert sign and not may_move(inside.officer, audit, sign) and may_move(again(inside.auditor), audit, sign)
    assert audit.state == "reported"
