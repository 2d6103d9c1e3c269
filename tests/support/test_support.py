"""Clause 7: documents approved by another, competence with evidence, and gaps that an auditor would find."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import create, move, write
from aims.records.registry import Gap
from aims.records.signatures import canonical, digest_of, sign
from support import inputs, rules
from support.models import (
    AwarenessRecord,
    CommunicationPlan,
    CompetenceRecord,
    CompetenceRequirement,
    Document,
    Resource,
    Training,
)
from tests.people import World

TODAY = timezone.localdate()


def codes(gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    return [(gap.code, gap.ref) for gap in gaps]


def document(world: World, **data: Any) -> Document:
    given = {"title": "Procedure", "edition": "1.0", "owner": world.contributor.id, "effective_from": TODAY}
    return create(world.officer, Document, {**given, **data})


def approve(world: World, record: Document) -> Document:
    record = move(world.officer, record, "submit")
    shown = digest_of(canonical(record))
    signed = sign(world.executive, record, "approve", record.version, shown, "password")
    assert isinstance(signed, Document)
    return signed


def test_author_and_approver_of_a_document_differ(inside: World) -> None:
    record = move(inside.officer, document(inside), "submit")
    with pytest.raises(Refused) as refused:
        sign(inside.officer, record, "approve", record.version, digest_of(canonical(record)), "password")
    assert refused.value.code == "four_eyes"


@pytest.mark.parametrize("name", ["owner", "edition", "effective_from"])
def test_a_document_is_identified_before_it_is_approved(inside: World, name: str) -> None:
    record = document(inside, **{name: "" if name == "edition" else None})
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "submit")
    assert set(refused.value.fields) == {name}


def test_a_revision_opens_the_document_and_keeps_its_versions(inside: World) -> None:
    record = approve(inside, document(inside))
    with pytest.raises(Refused):
        write(inside.officer, record, {"text": "New"})
    record = move(inside.officer, record, "revise", note="Alarm process changed")
    rows = [{"edition": "1.0", "dated": TODAY}, {"edition": "1.1", "dated": TODAY, "change": "Alarms"}]
    write(inside.officer, record, {"edition": "1.1"}, parts={"versions": rows})
    assert [str(row) for row in record.versions.all()] == ["1.0", "1.1"]


def test_documents_in_force_are_watched(inside: World) -> None:
    record = approve(inside, document(inside, review_due=TODAY - timedelta(days=1)))
    found = codes(rules.document_in_date(inside.officer))
    assert found == [("7.5.2-b", record.ref), ("7.5.2-a", record.ref), ("7.5.3-d", record.ref)]


def competence(world: World, **data: Any) -> CompetenceRecord:
    need = create(world.officer, CompetenceRequirement, {"title": "Overseer", "role": "Human overseer"})
    given = {"title": "Overseers", "requirement": need, "people": 9, "competent": 4}
    return create(world.officer, CompetenceRecord, {**given, **data})


def test_a_role_without_evidence_of_competence_is_a_gap(inside: World) -> None:
    need = create(inside.officer, CompetenceRequirement, {"title": "Overseer", "role": "Human overseer"})
    assert codes(rules.competence_shown(inside.officer)) == [("7.2-b", need.ref)]


def test_lacking_competence_needs_an_action(inside: World) -> None:
    record = competence(inside)
    assert codes(rules.competence_shown(inside.officer)) == [("7.2-c", record.ref)]
    write(inside.officer, record, {"action": "Course in December"})
    assert codes(rules.competence_shown(inside.officer)) == []


def test_an_evaluation_without_basis_is_not_complete(inside: World) -> None:
    record = competence(inside, evaluated_on=TODAY, result="partly")
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "complete")
    assert set(refused.value.fields) == {"basis"}


def test_a_training_is_judged_after_it_was_held(inside: World) -> None:
    record = create(
        inside.officer, Training, {"title": "Literacy", "held_on": TODAY, "owner": inside.contributor.id}
    )
    with pytest.raises(Refused) as refused:
        move(inside.contributor, record, "judge")
    assert refused.value.code == "transition"
    record = move(inside.contributor, record, "hold")
    with pytest.raises(Refused) as refused:
        move(inside.contributor, record, "judge")
    assert set(refused.value.fields) == {"judged_on", "effect"}
    record = write(inside.contributor, record, {"judged_on": TODAY - timedelta(days=1), "effect": ""})
    assert codes(rules.training_judged(inside.officer)) == [("7.2-c", record.ref)]
    record = write(inside.contributor, record, {"effect": "Quiz 84 %"})
    assert move(inside.contributor, record, "judge").state == "judged"


def test_missing_acknowledgements_are_counted(inside: World) -> None:
    data = {"title": "Policy", "kind": "policy", "required": 214, "confirmed": 201, "until": TODAY}
    record = create(inside.officer, AwarenessRecord, data)
    assert inputs.acknowledgements_missing(inside.officer) == 13
    assert codes(rules.policy_known(inside.officer)) == []
    record = write(inside.officer, record, {"until": TODAY - timedelta(days=1)})
    assert codes(rules.policy_known(inside.officer)) == [("7.3-a", record.ref)]


def test_the_communication_plan_says_when_to_whom_and_how(inside: World) -> None:
    assert codes(rules.communication_planned(inside.officer)) == [("7.4-a", "")]
    data = {"title": "Incidents", "direction": "outside", "what": "What happened"}
    record = create(inside.officer, CommunicationPlan, data)
    assert codes(rules.communication_planned(inside.officer)) == [("7.4-b", record.ref)]
    write(inside.officer, record, {"occasion": "24 hours", "channel": "Phone", "audience": "Hospitals"})
    assert codes(rules.communication_planned(inside.officer)) == []


def test_the_review_hears_what_resources_lack(inside: World) -> None:
    assert codes(rules.resources_known(inside.officer)) == [("7.1-a", "")]
    create(inside.officer, Resource, {"title": "Cluster", "kind": "computing", "amount": "96000.00"})
    create(inside.officer, Resource, {"title": "People", "kind": "people", "lacking": "One more"})
    figure, text = inputs.resources_now(inside.officer)
    assert figure == "1" and "96 000" in text and "People: One more" in text


def test_only_writers_add_documents(inside: World) -> None:
    for role in (Role.CONTRIBUTOR, Role.READER, Role.AUDITOR, Role.EXECUTIVE):
        with pytest.raises(Refused) as refused:
            create(inside.members[role], Document, {"title": "x"})
        assert refused.value.code == "forbidden"
