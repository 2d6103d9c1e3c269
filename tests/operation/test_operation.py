"""Clause 8: changes assessed first, concerns sealed, suppliers reviewed, incidents told."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.access import fetch, visible
from aims.records.changes import create, move, write
from aims.records.registry import Gap
from context.models import AISystem
from leadership.models import RoleAssignment
from operation import inputs, rules
from operation.models import (
    ChangeRecord,
    Concern,
    Dataset,
    Incident,
    OperationalControl,
    Supplier,
    UseRequest,
)
from tests.people import World

TODAY = timezone.localdate()


def codes(gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    return [(gap.code, gap.ref) for gap in gaps]


def system(world: World, **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", **data})


def concern(world: World, **data: Any) -> Concern:
    given = {"title": "Low scores are never read", "received_on": TODAY, "text": "They skip them"}
    return create(world.contributor, Concern, {**given, **data})


def test_a_concern_is_sealed_from_all_but_its_author_and_its_handlers(inside: World) -> None:
    record = concern(inside)
    for role in Role:
        seen = visible(inside.members[role], Concern).filter(pk=record.pk).exists()
        assert seen is (role == Role.CONTRIBUTOR), f"{role} sees it: {seen}"
    with pytest.raises(Refused) as refused:
        fetch(inside.officer, Concern, record.pk)
    assert refused.value.code == "not_found"


def test_the_handler_and_the_deputy_see_concerns_while_they_hold_the_role(inside: World) -> None:
    record = concern(inside)
    data = {
        "title": "Handler",
        "role": "concern_handler",
        "holder": inside.executive.id,
        "deputy": inside.officer.id,
        "authority": "Investigates",
        "effective_from": TODAY,
    }
    role = create(inside.officer, RoleAssignment, data)
    assert not visible(inside.officer, Concern).exists()
    role = move(inside.executive, role, "assign")
    assert visible(inside.officer, Concern).get() == record == visible(inside.executive, Concern).get()
    assert inputs.open_concerns(inside.officer) == 1 and inputs.open_concerns(inside.reader) == 0
    role = write(inside.officer, role, {"until": TODAY})
    move(inside.executive, role, "end")
    assert not visible(inside.officer, Concern).exists()


def test_a_concern_is_given_to_somebody_by_making_them_its_owner(inside: World) -> None:
    record = concern(inside, owner=inside.executive.id)
    assert visible(inside.executive, Concern).get() == record
    record = write(inside.executive, record, {"acknowledged_on": TODAY})
    record = move(inside.executive, record, "acknowledge")
    with pytest.raises(Refused) as refused:
        move(inside.executive, record, "close")
    assert set(refused.value.fields) == {"outcome", "closed_on"}


def test_a_concern_waits_seven_days_at_most(inside: World) -> None:
    late = concern(inside, received_on=TODAY - timedelta(days=8))
    concern(inside, received_on=TODAY - timedelta(days=7))
    assert codes(rules.concern_late(inside.contributor)) == [("A.3.3", late.ref)]


def change(world: World, **data: Any) -> ChangeRecord:
    given = {
        "title": "Release 3.3",
        "system": system(world),
        "what": "More images",
        "consequences": "Other errors",
    }
    return create(world.contributor, ChangeRecord, {**given, "owner": world.contributor.id, **data})


def test_a_significant_change_is_approved_after_its_assessment_only(inside: World) -> None:
    record = change(inside, significant=True)
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "approve")
    assert set(refused.value.fields) == {"risk_assessed_on"}
    record = write(inside.contributor, record, {"risk_assessed_on": TODAY})
    assert move(inside.officer, record, "approve").state == "approved"
    small = change(inside)
    assert move(inside.officer, small, "approve").state == "approved"
    assert record.scheduled and not small.scheduled


def test_a_change_in_use_without_validation_is_a_gap(inside: World) -> None:
    record = change(inside, significant=True, risk_assessed_on=TODAY, deployed_on=TODAY)
    record = move(inside.officer, record, "approve")
    record = move(inside.contributor, record, "deploy")
    assert codes(rules.change_not_assessed(inside.officer)) == [("8.1-f", record.ref)]


def supplier(world: World, result: str, dated: date, **data: Any) -> Supplier:
    parts = {"reviews": [{"dated": dated, "result": result}]} if result else {}
    given = {"title": "HirePilot", "provides": "Screening", "owner": world.contributor.id, **data}
    return move(world.officer, create(world.officer, Supplier, given, parts), "approve")


@pytest.mark.parametrize(
    ("result", "days", "critical", "grade"),
    [
        ("", 0, False, ["minor"]),
        ("acceptable", 30, True, []),
        ("acceptable_with_actions", 400, True, ["minor"]),
        ("acceptable_with_actions", 400, False, []),
        ("insufficient_information", 30, True, ["major"]),
        ("not_acceptable", 400, True, ["minor", "major"]),
    ],
)
def test_a_supplier_is_reviewed_in_time_and_used_only_on_a_good_result(
    inside: World, result: str, days: int, critical: bool, grade: list[str]
) -> None:
    supplier(inside, result, TODAY - timedelta(days=days), critical=critical)
    assert [gap.grade for gap in rules.supplier_unreviewed(inside.officer)] == grade


def test_the_latest_review_counts(inside: World) -> None:
    record = supplier(inside, "insufficient_information", TODAY - timedelta(days=200))
    rows = [
        {"dated": TODAY - timedelta(days=200), "result": "insufficient_information"},
        {"dated": TODAY, "result": "acceptable"},
    ]
    write(inside.officer, record, {}, parts={"reviews": rows})
    assert codes(rules.supplier_unreviewed(inside.officer)) == []


def test_systems_have_suppliers_or_data(inside: World) -> None:
    bought, made = system(inside, sourcing="api_service"), system(inside)
    assert codes(rules.bought_without_supplier(inside.officer)) == [("A.10.2", bought.ref)]
    assert codes(rules.made_without_data(inside.officer)) == [("A.7.2", made.ref)]
    create(inside.officer, Supplier, {"title": "Northgate", "provides": "Model", "systems": [bought.pk]})
    data = create(inside.officer, Dataset, {"title": "Images", "use": "training", "systems": [made.pk]})
    assert codes(rules.bought_without_supplier(inside.officer)) == []
    assert codes(rules.made_without_data(inside.officer)) == [("A.7.5", data.ref)]


def incident(world: World, **data: Any) -> Incident:
    given = {"title": "Drift", "system": system(world), "happened_on": TODAY, "severity": "moderate"}
    return create(world.contributor, Incident, {**given, **data})


def test_an_incident_is_closed_when_users_were_told(inside: World) -> None:
    filled = {"effects": "Read again", "cause": "New device", "lessons": "Deputy"}
    record = incident(inside, owner=inside.contributor.id, **filled)
    record = move(inside.contributor, record, "contain")
    record = move(inside.contributor, record, "analyse")
    with pytest.raises(Refused) as refused:
        move(inside.contributor, record, "close")
    assert set(refused.value.fields) == {"users_informed_on"}
    record = write(inside.contributor, record, {"users_informed_on": TODAY})
    assert move(inside.contributor, record, "close").state == "closed"


def test_incidents_that_wait_and_serious_ones_that_nobody_reported_are_gaps(inside: World) -> None:
    late = incident(inside, happened_on=TODAY - timedelta(days=6))
    silent = incident(inside, serious=True)
    assert codes(rules.incident_late(inside.officer)) == [("A.8.4", late.ref), ("A.8.4", silent.ref)]
    assert inputs.open_incidents(inside.officer) == 2


def test_a_request_is_decided_by_another_with_an_assessment(inside: World) -> None:
    data = {"title": "Notes", "purpose": "Notes of calls", "asked_on": TODAY - timedelta(days=40)}
    record = create(inside.contributor, UseRequest, {**data, "owner": inside.contributor.id})
    assert codes(rules.request_waits(inside.officer)) == [("A.9.2", record.ref)]
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "approve")
    assert set(refused.value.fields) == {"assessment", "decided_on"}
    filled = write(inside.officer, record, {"assessment": "No personal data", "decided_on": TODAY})
    with pytest.raises(Refused) as refused:
        move(inside.officer, filled, "approve")
    assert refused.value.code == "four_eyes"
    assert move(inside.executive, filled, "approve").state == "approved"
    assert inputs.open_requests(inside.officer) == 0


def test_gates_need_criteria(inside: World) -> None:
    assert codes(rules.gates_there(inside.officer)) == [("8.1-b", "")]
    gate = create(inside.officer, OperationalControl, {"title": "Release gate", "process": "Release"})
    assert codes(rules.gates_there(inside.officer)) == [("8.1-b", gate.ref)]
    write(inside.officer, gate, {}, parts={"criteria": [{"text": "Test passed"}]})
    assert codes(rules.gates_there(inside.officer)) == []


def test_the_review_hears_of_incidents_and_suppliers(inside: World) -> None:
    incident(inside)
    incident(inside, happened_on=TODAY - timedelta(days=500))
    figure, text = inputs.incidents_now(inside.officer)
    assert figure == "1" and "Drift (moderate)" in text
    record = create(
        inside.officer, Supplier, {"title": "HirePilot", "provides": "x", "lacking": "Audit right"}
    )
    move(inside.officer, record, "restrict", note="No evidence")
    assert inputs.suppliers_now(inside.officer) == (
        "1",
        "1 suppliers, 1 restricted.\n- HirePilot: Audit right",
    )
