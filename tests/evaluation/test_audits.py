"""Audits: who may audit, what is sealed until it is issued, and what a report needs."""

from datetime import date, timedelta

import pytest

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.models import Grant
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import visible
from aims.records.changes import create, move, write
from aims.schedule.models import Occurrence
from context.models import AISystem
from evaluation.models import Audit, Finding
from tests.evaluation.story import again, begun, found, planned, reported, row
from tests.people import STORY, World
from tests.schedule.story import only


def test_it_begins_with_a_whole_plan(inside: World) -> None:
    audit = planned(inside, objective="", criteria="")
    with pytest.raises(Refused) as refused:
        move(inside.officer, audit, "start")
    assert set(refused.value.fields) == {"objective", "criteria"}


def test_it_does_not_end_before_it_began(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        planned(inside, ends_on=date(2026, 10, 1))
    assert "ends_on" in refused.value.fields


def test_a_code_that_the_standard_lacks_is_refused(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        planned(inside, codes=["8.9"])
    assert "codes" in refused.value.fields
    audit = begun(inside)
    with pytest.raises(Refused) as refused:
        found(inside, audit, code="Z.1")
    assert "code" in refused.value.fields


def test_nobody_audits_an_ai_system_of_their_own(inside: World) -> None:
    system = create(
        inside.officer,
        AISystem,
        {"title": "ThoraScan", "purpose": "Sort X-rays", "owner": row(inside.auditor)},
    )
    audit = planned(inside, systems=[system])
    with pytest.raises(Refused) as refused:
        move(inside.officer, audit, "start")
    assert "Hugo Renard" in refused.value.fields["team"][0]
    audit.refresh_from_db()
    assert audit.state == "planned" and not Grant.objects.exists()


def test_opening_grants_the_auditors_this_audit_until_ninety_days_after(inside: World) -> None:
    assert not visible(inside.auditor, Audit).exists()
    audit = move(inside.officer, planned(inside), "open")
    other = planned(inside, title="Another", lead=None)
    hugo = again(inside.auditor)
    assert list(visible(hugo, Audit)) == [audit] and other.state == "planned"
    grant = Grant.objects.get()
    assert grant.codes == ["8.1", "9.1"] and grant.expires_at
    assert grant.expires_at.date() == date(2026, 10, 8) + timedelta(days=90)


@pytest.mark.parametrize("role", [role for role in STORY if role != Role.AUDITOR])
def test_a_draft_finding_is_sealed_from_everybody_but_its_auditors(inside: World, role: Role) -> None:
    finding = found(inside, begun(inside))
    assert list(visible(again(inside.auditor), Finding)) == [finding]
    assert not visible(inside.members[role], Finding).exists()
    with pytest.raises(Refused) as refused:
        write(inside.members[role], finding, {"text": "softer"})
    assert refused.value.code == "not_found"


def test_an_auditor_of_another_audit_sees_no_draft(inside: World) -> None:
    finding = found(inside, begun(inside))
    Grant.objects.all().delete()
    move(inside.officer, planned(inside, title="Another"), "open")
    assert again(inside.auditor).audit_codes == frozenset({"8.1", "9.1"})
    assert not visible(again(inside.auditor), Finding).filter(pk=finding.pk).exists()


def test_an_ended_grant_seals_it_again(inside: World) -> None:
    found(inside, begun(inside))
    Grant.objects.update(expires_at=date(2026, 1, 1).isoformat() + "T00:00:00Z")
    assert not visible(again(inside.auditor), Finding).exists()
    assert not visible(again(inside.auditor), Audit).exists()


def test_only_its_auditors_write_findings_of_an_internal_audit(inside: World) -> None:
    audit = begun(inside)
    values = {"audit": audit, "title": "x", "code": "8.1", "grade": "minor", "text": "x"}
    with pytest.raises(Refused) as refused:
        create(inside.officer, Finding, values)
    assert "audit" in refused.value.fields
    with pytest.raises(Refused) as refused:
        create(inside.contributor, Finding, values)
    assert refused.value.code == "forbidden"


def test_the_officer_enters_what_the_certification_body_found(inside: World) -> None:
    audit = begun(inside, kind="stage_1", lead=None)
    values = {"audit": audit, "title": "x", "code": "8.1", "grade": "minor", "text": "x"}
    finding = create(inside.officer, Finding, values)
    assert list(visible(inside.reader, Finding)) == [finding]


def test_the_report_issues_the_findings_to_everybody(inside: World) -> None:
    audit = begun(inside)
    finding = found(inside, audit)
    with acting(inside.orvanne.pk, inside.auditor.actor):
        audit = reported(inside, audit)
    finding.refresh_from_db()
    assert (audit.state, finding.state) == ("reported", "issued")
    assert list(visible(inside.reader, Finding)) == [finding]
    entry = Entry.objects.filter(kind="evaluation_finding", pk_text=str(finding.pk)).latest("id")
    assert entry.actor == inside.auditor.actor


def test_nobody_else_issues_an_auditors_drafts(inside: World) -> None:
    audit = begun(inside)
    found(inside, audit)
    with pytest.raises(Refused) as refused:
        move(inside.officer, audit, "finish")
    assert "Only the auditors" in str(refused.value)
    audit = move(again(inside.auditor), audit, "finish")
    values = {"conclusion": "x", "reported_on": date(2026, 10, 16), "recipients": [row(inside.executive)]}
    audit = write(inside.officer, audit, values)
    with pytest.raises(Refused) as refused:
        move(inside.officer, audit, "report")
    assert refused.value.code == "forbidden"


def test_a_report_goes_to_somebody(inside: World) -> None:
    hugo = inside.auditor
    audit = begun(inside)
    audit = write(again(hugo), audit, {"conclusion": "x", "reported_on": date(2026, 10, 16)})
    audit = move(again(hugo), audit, "finish")
    with pytest.raises(Refused) as refused:
        move(again(hugo), audit, "report")
    assert "recipients" in refused.value.fields


def test_the_report_fulfils_the_programme_and_its_deadline(inside: World) -> None:
    rule = only(inside.orvanne, "SR02", anchor=date(2025, 12, 1))
    deadline = type(rule).objects.get(code="SR03")
    type(rule).objects.filter(code="SR03").update(active=True)
    Occurrence.objects.create(organisation=inside.orvanne, obligation=rule, due=date(2026, 12, 1))
    reported(inside, begun(inside))
    assert rule.occurrences.get().state == "done"
    after = deadline.occurrences.get()
    assert (after.due, after.state) == (date(2026, 10, 8) + timedelta(days=15), "done")


def test_an_audit_by_others_does_not_fulfil_our_programme(inside: World) -> None:
    rule = only(inside.orvanne, "SR02", anchor=date(2025, 12, 1))
    Occurrence.objects.create(organisation=inside.orvanne, obligation=rule, due=date(2026, 12, 1))
    audit = begun(inside, kind="stage_2")
    reported(inside, audit)
    assert rule.occurrences.get().state == "planned"


def test_another_organisations_auditor_sees_nothing(inside: World) -> None:
    audit = begun(inside)
    with acting(inside.brindle.pk, inside.stranger.actor):
        assert not visible(inside.stranger, Audit).filter(pk=audit.pk).exists()
