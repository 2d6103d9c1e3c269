"""What an auditor would find in controls, impact assessments and changes: each rule broken once and mended."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.member import Member
from aims.records.changes import create, lay, write
from aims.records.models import Answer, Evidence, Link
from aims.records.registry import Gap
from context.models import AISystem
from planning.models import (
    AIRisk,
    ChangePlan,
    ControlImplementation,
    ControlTest,
    CustomControl,
    ImpactAssessment,
    ImpactPublication,
    ReleaseWaiver,
    StaleMark,
)
from planning.rules import changes, controls, impacts
from tests.people import World
from tests.planning.test_material import system, validated

TODAY = timezone.localdate()
YESTERDAY, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=30)
Find = Callable[[Member], Iterable[Gap]]


def found(world: World, rule: Find) -> list[tuple[str, str, str, str]]:
    """Number, requirement, grade and field of each gap."""
    return [(gap.ref, gap.code, gap.grade, gap.url.partition("#")[2]) for gap in rule(world.officer)]


@pytest.fixture
def line(inside: World) -> ControlImplementation:
    """A control that applies and lacks nothing but a date."""
    made = lay(inside.officer, ControlImplementation, "A.5.4", {"title": "Impacts"})
    data = {"applicable": True, "inclusion_reason": "AI Act", "ground": "law", "owner": inside.officer.id}
    return write(inside.officer, made, data)


def put(line: ControlImplementation, **values: Any) -> None:
    """What the door would refuse stands there from an import of old."""
    ControlImplementation.objects.filter(pk=line.pk).update(**values)


def test_a_decision_has_reason_ground_and_owner(inside: World, line: ControlImplementation) -> None:
    assert found(inside, controls.included_without_reason) == found(inside, controls.line_without_owner) == []
    put(line, inclusion_reason="", owner=None)
    assert found(inside, controls.included_without_reason) == [
        ("A.5.4", "6.1.3-f", "minor", "id_inclusion_reason")
    ]
    assert found(inside, controls.line_without_owner) == [("A.5.4", "6.1.3-j", "minor", "id_owner")]
    put(line, inclusion_reason="AI Act", ground="")
    assert found(inside, controls.included_without_reason) == [
        ("A.5.4", "6.1.3-f", "observation", "id_ground")
    ]
    put(line, applicable=False, exclusion_reason="")
    assert found(inside, controls.excluded_without_reason) == [
        ("A.5.4", "6.1.3-f", "major", "id_exclusion_reason")
    ]
    put(line, exclusion_reason="No such system")
    assert found(inside, controls.excluded_without_reason) == []


def test_a_measure_does_not_use_a_control_that_is_left_out(
    inside: World, line: ControlImplementation
) -> None:
    row = {"group": "Patients", "effect": "Delay", "control": line.pk}
    record = assessment(inside, [row])
    assert found(inside, controls.excluded_control_used) == []
    put(line, applicable=False)
    assert found(inside, controls.excluded_control_used) == [(record.ref, "6.1.3-c", "minor", "rows-impacts")]


def test_what_is_in_place_is_shown_by_evidence_in_date(inside: World, line: ControlImplementation) -> None:
    put(line, status="implemented")
    assert found(inside, controls.implemented_without_evidence) == [("A.5.4", "8.1-e", "observation", "")]
    test = create(inside.officer, ControlTest, {"title": "Test", "line": line.pk})
    assert found(inside, controls.implemented_without_evidence) == [], "a test shows it too"
    ControlTest.objects.filter(pk=test.pk).update(line=None)
    answer = lay(inside.officer, Answer, "A.5.4", {"title": "Impacts"})
    old = create(inside.officer, Evidence, {"title": "Old", "review_due": YESTERDAY})
    Link.objects.create(organisation=inside.orvanne, evidence=old, kind="answers", record_id=answer.pk)
    assert found(inside, controls.implemented_without_evidence) == []
    assert found(inside, controls.evidence_out_of_date) == [("A.5.4", "8.1-e", "minor", "")]
    new = create(inside.officer, Evidence, {"title": "New", "review_due": LATER})
    kind = "control-implementations"
    Link.objects.create(organisation=inside.orvanne, evidence=new, kind=kind, record_id=line.pk)
    assert found(inside, controls.evidence_out_of_date) == []
    Evidence.objects.update(state="withdrawn")
    assert found(inside, controls.evidence_out_of_date) == []
    assert len(found(inside, controls.implemented_without_evidence)) == 1


def test_an_own_control_for_risks_names_them(inside: World) -> None:
    own = create(
        inside.officer, CustomControl, {"title": "Gateway", "reason": "x", "ground": "risk_treatment"}
    )
    assert found(inside, controls.own_control_without_risk) == [
        (own.ref, "6.1.3-d", "observation", "id_risks")
    ]
    write(inside.officer, own, {"risks": [create(inside.officer, AIRisk, {"title": "Injection"}).pk]})
    assert found(inside, controls.own_control_without_risk) == []


def assessment(world: World, rows: Any = (), asked: Any = (), **data: Any) -> ImpactAssessment:
    about = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort"})
    given = {"title": "Impact", "system": about, **data}
    return create(world.officer, ImpactAssessment, given, {"impacts": rows, "consultations": asked})


HARM = {"group": "Patients", "effect": "Delay", "likelihood": 4, "severity": "high"}


def test_a_serious_harm_has_a_measure_and_every_harm_a_weight(inside: World) -> None:
    bare = assessment(inside, [HARM, {**HARM, "closed": "Accepted by patients"}])
    assessment(
        inside, [{**HARM, "negative": False}, {**HARM, "severity": "low"}, {**HARM, "mitigation": "Limit"}]
    )
    assert found(inside, impacts.harm_without_mitigation) == [(bare.ref, "6.1.4-f", "minor", "rows-impacts")]
    write(inside.officer, bare, {}, parts={"impacts": [{**HARM, "mitigation": "Limit"}]})
    assert found(inside, impacts.harm_without_mitigation) == []
    write(inside.officer, bare, {}, parts={"impacts": [{**HARM, "likelihood": None}]})
    assert found(inside, impacts.harm_not_weighed) == [(bare.ref, "6.1.4-b", "observation", "rows-impacts")]
    write(inside.officer, bare, {}, parts={"impacts": []})
    assert found(inside, impacts.harm_not_weighed) == []


def test_people_were_asked_and_answered(inside: World) -> None:
    record = assessment(inside, [HARM])
    gap = (record.ref, "6.1.4-c", "observation", "rows-consultations")
    assert found(inside, impacts.consultation_missing) == [gap]
    asked = {"who": "Works council", "said": "No"}
    write(inside.officer, record, {}, parts={"consultations": [asked]})
    assert found(inside, impacts.consultation_missing) == [gap], "nobody wrote what was done with it"
    write(inside.officer, record, {}, parts={"consultations": [{**asked, "done": "Changed"}]})
    assert found(inside, impacts.consultation_missing) == []


def test_an_approved_assessment_is_in_date_published_and_told(inside: World) -> None:
    record = assessment(inside, published=True, rights_duty="public_body", review_due=YESTERDAY)
    rules = (impacts.impact_past_review, impacts.result_not_published, impacts.rights_not_assessed)
    assert [found(inside, rule) for rule in rules] == [[], [], []], "only what is approved is judged so"
    ImpactAssessment.objects.filter(pk=record.pk).update(state="approved")
    assert [found(inside, rule)[0][1:3] for rule in rules] == [
        ("8.4-a", "minor"),
        ("6.1.4-e", "observation"),
        ("A.5.4", "minor"),
    ]
    data = {"title": "For patients", "assessment": record, "audience": "public"}
    text = create(inside.officer, ImpactPublication, data)
    assert len(found(inside, impacts.result_not_published)) == 1, "a draft is not published"
    ImpactPublication.objects.filter(pk=text.pk).update(state="approved")
    ImpactAssessment.objects.filter(pk=record.pk).update(review_due=TODAY, authority_told_on=TODAY)
    assert [found(inside, rule) for rule in rules] == [[], [], []]


def test_a_conclusion_fits_what_remains(inside: World) -> None:
    record = assessment(inside, [{**HARM, "remaining": "critical"}], conclusion="acceptable_with_measures")
    rule = impacts.accepted_against_what_remains
    assert found(inside, rule) == [(record.ref, "6.1.4-d", "minor", "id_conclusion")]
    write(inside.officer, record, {"conclusion": "not_acceptable_without_measures"})
    assert found(inside, rule) == []


def test_a_change_is_approved_first_and_made_in_time(inside: World) -> None:
    plan = create(inside.officer, ChangePlan, {"title": "Merge", "purpose": "One", "done_on": TODAY})
    assert found(inside, changes.change_without_approval) == [(plan.ref, "6.3-a", "major", "id_done_on")]
    write(inside.officer, plan, {"done_on": None, "planned_for": YESTERDAY})
    assert found(inside, changes.change_without_approval) == found(inside, changes.change_late) == []
    ChangePlan.objects.filter(pk=plan.pk).update(state="approved")
    assert found(inside, changes.change_late) == [(plan.ref, "6.3-a", "observation", "id_planned_for")]
    write(inside.officer, plan, {"planned_for": TODAY})
    assert found(inside, changes.change_late) == []


def test_what_is_outdated_is_redone_in_time(inside: World) -> None:
    about = system(inside)
    data = {"title": "Impact", "system": about, "kind": "impact", "cause": "purpose", "since": TODAY}
    mark = create(inside.officer, StaleMark, data)
    assert [one[:3] for one in found(inside, changes.stale_not_redone)] == [
        (mark.ref, "8.4-b", "observation")
    ]
    StaleMark.objects.filter(pk=mark.pk).update(since=TODAY - timedelta(days=15), kind="risks")
    assert [one[:3] for one in found(inside, changes.stale_not_redone)] == [(mark.ref, "8.2-b", "minor")]
    made = validated(inside, about)
    given = {"title": "Fix", "system_version": made, "marks": [mark.pk], "reason": "Now", "until": YESTERDAY}
    waiver = create(inside.officer, ReleaseWaiver, given)
    assert found(inside, changes.waiver_ended) == [], "it was never granted"
    ReleaseWaiver.objects.filter(pk=waiver.pk).update(state="granted")
    assert [one[:3] for one in found(inside, changes.waiver_ended)] == [(waiver.ref, "8.2-b", "minor")]
    StaleMark.objects.filter(pk=mark.pk).update(state="redone")
    assert found(inside, changes.waiver_ended) == found(inside, changes.stale_not_redone) == []
