"""The consistency rules of clause 6, each broken once and mended, and the assessments that supersede each other."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.base import Record
from aims.records.changes import create, lay, move, write
from aims.records.registry import Gap
from aims.records.signatures import canonical, digest_of, sign
from context.models import AISystem
from planning import inputs, rules
from planning.models import (
    AIMSRisk,
    AIRisk,
    ApplicabilityStatement,
    ChangePlan,
    ControlImplementation,
    CustomControl,
    ImpactAssessment,
    LegalRequirement,
    Method,
    Objective,
    RiskAssessment,
)
from tests.people import World

TODAY = timezone.localdate()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def codes(gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    return [(gap.code, gap.ref) for gap in gaps]


def approve(world: World, record: Record, member: Member | None = None) -> Record:
    record = move(world.officer, record, "submit")
    shown = digest_of(canonical(record))
    return sign(member or world.executive, record, "approve", record.version, shown, "password")


def system(world: World) -> AISystem:
    record = create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays"})
    return move(world.officer, record, "put_in_force")


def line(world: World, code: str, **data: Any) -> ControlImplementation:
    return write(world.officer, lay(world.officer, ControlImplementation, code, {"title": code}), data)


def risk(world: World, **data: Any) -> AIRisk:
    return create(world.officer, AIRisk, {"title": "Drift", "option": "reduce", **data})


def test_an_undecided_control_is_a_gap(inside: World) -> None:
    record = line(inside, "A.8.3")
    assert codes(rules.controls.control_undecided(inside.officer)) == [("6.1.3-f", "A.8.3")]
    write(inside.officer, record, {"applicable": False, "exclusion_reason": "No provider"})
    assert codes(rules.controls.control_undecided(inside.officer)) == []


def test_a_treatment_does_not_count_on_an_excluded_control(inside: World) -> None:
    out = line(inside, "A.8.3", applicable=False, exclusion_reason="No provider")
    good = line(inside, "A.6.2.6", applicable=True, inclusion_reason="Drift")
    record = risk(inside, controls=[out.pk, good.pk])
    assert codes(rules.controls.excluded_control_used(inside.officer)) == [("6.1.3-c", record.ref)]
    write(inside.officer, record, {"controls": [good.pk]})
    assert codes(rules.controls.excluded_control_used(inside.officer)) == []


def test_a_treatment_names_a_control_or_an_own_one(inside: World) -> None:
    record = risk(inside)
    assert codes(rules.risks.treated_without_control(inside.officer)) == [("6.1.3-c", record.ref)]
    create(inside.officer, CustomControl, {"title": "Gateway", "reason": "Injection", "risks": [record.pk]})
    assert codes(rules.risks.treated_without_control(inside.officer)) == []
    risk(inside, option="accept")
    assert codes(rules.risks.treated_without_control(inside.officer)) == []


def test_a_control_that_is_not_in_place_has_a_date_that_has_not_passed(inside: World) -> None:
    record = line(inside, "A.8.3", applicable=True, inclusion_reason="Patients", status="planned")
    assert codes(rules.controls.gap_late(inside.officer)) == [("6.1.3-g", "A.8.3")]
    record = write(inside.officer, record, {"due": YESTERDAY})
    assert [g.grade for g in rules.controls.gap_late(inside.officer)] == ["minor"]
    write(inside.officer, record, {"due": TOMORROW})
    assert codes(rules.controls.gap_late(inside.officer)) == []
    assert inputs.controls_not_in_place(inside.officer) == 1


RESIDUAL = ("residual_likelihood", "residual_organisation", "residual_individuals", "residual_society")


@pytest.mark.parametrize(
    ("ratings", "gap"), [((3, 3, 4, 2), True), ((1, 1, 5, 1), True), ((2, 2, 2, 2), False)]
)
def test_a_high_residual_risk_that_nobody_accepted_is_a_gap(
    inside: World, ratings: tuple[int, ...], gap: bool
) -> None:
    record = risk(inside, **dict(zip(RESIDUAL, ratings, strict=True)))
    assert codes(rules.risks.risk_not_accepted(inside.officer)) == ([("6.1.3-h", record.ref)] if gap else [])
    assert inputs.not_accepted(inside.officer) == 1


def test_a_risk_past_its_review_is_a_gap(inside: World) -> None:
    record = risk(inside, review_due=YESTERDAY)
    risk(inside, review_due=TODAY)
    assert codes(rules.risks.risk_review_late(inside.officer)) == [("8.2-a", record.ref)]


def method(world: World, kind: str = "risk_assessment", edition: str = "1.0") -> Record:
    data = {"title": "Method", "kind": kind, "edition": edition, "steps": "1. Look", "comparable": "Scales"}
    record = create(world.officer, Method, {**data, "effective_from": TODAY, "owner": world.officer.id})
    return approve(world, record)


def assessment(world: World, of: AISystem, due: Any, way: Record) -> RiskAssessment:
    data = {
        "title": "Run",
        "system": of,
        "method": way,
        "done_on": TODAY,
        "result": "Fine",
        "review_due": due,
    }
    record = create(world.officer, RiskAssessment, data)
    record = move(world.officer, record, "submit")
    return move(world.executive, record, "approve")


def test_a_system_in_use_is_assessed_in_date(inside: World) -> None:
    one = system(inside)
    assert codes(rules.risks.system_not_assessed(inside.officer)) == [("8.2-a", one.ref), ("8.4-a", one.ref)]
    way = method(inside)
    first = assessment(inside, one, YESTERDAY, way)
    assert ("8.2-a", one.ref) in codes(rules.risks.system_not_assessed(inside.officer))
    second = assessment(inside, one, TOMORROW, way)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "approved")
    assert codes(rules.risks.system_not_assessed(inside.officer)) == [("8.4-a", one.ref)]


def test_assessments_of_another_system_stay(inside: World) -> None:
    way = method(inside)
    first = assessment(inside, system(inside), TOMORROW, way)
    assessment(inside, system(inside), TOMORROW, way)
    first.refresh_from_db()
    assert first.state == "approved"


def test_a_method_is_superseded_by_one_of_its_kind_only(inside: World) -> None:
    first, other = method(inside), method(inside, "risk_treatment")
    method(inside, edition="1.1")
    states = dict(Method.objects.values_list("pk", "state"))
    assert states[first.pk] == "superseded" and states[other.pk] == "approved"
    found = codes(rules.grounds.approved_there(inside.officer))
    assert ("6.1.4-a", "") in found and ("6.1.2-a", "") not in found
    assert {"6.1.1-b", "6.1.3-f", "6.1.3-g"} <= {code for code, _ref in found}


def test_a_negative_impact_leads_to_a_risk_or_is_closed(inside: World) -> None:
    rows: list[dict[str, Any]] = [
        {"group": "Patients", "effect": "Earlier care", "negative": False},
        {"group": "Old", "effect": "Missed"},
    ]
    data = {"title": "Impact", "system": system(inside)}
    record = create(inside.officer, ImpactAssessment, data, {"impacts": rows})
    assert codes(rules.impacts.impact_without_risk(inside.officer)) == [("6.1.4-f", record.ref)]
    rows[1]["risk"] = risk(inside)
    write(inside.officer, record, {}, parts={"impacts": rows})
    assert codes(rules.impacts.impact_without_risk(inside.officer)) == []


def test_an_impact_assessment_without_society_is_not_approved(inside: World) -> None:
    data = {"title": "Impact", "system": system(inside), "done_on": TODAY, "individuals": "x", "misuse": "y"}
    record = create(
        inside.officer, ImpactAssessment, {**data, "conclusion": "acceptable", "review_due": TOMORROW}
    )
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "submit")
    assert set(refused.value.fields) == {"society"}


def test_an_empty_list_of_opportunities_and_blind_actions_are_gaps(inside: World) -> None:
    assert codes(rules.grounds.opportunities_there(inside.officer)) == [("6.1.1-a", "")]
    data = {"title": "Tenders", "kind": "opportunity", "description": "Win more"}
    record = create(inside.officer, AIMSRisk, data, {"actions": [{"text": "Annex"}]})
    assert codes(rules.grounds.opportunities_there(inside.officer)) == [("6.1.1-e", record.ref)]
    write(inside.officer, record, {}, parts={"actions": [{"text": "Annex", "criterion": "Used"}]})
    assert codes(rules.grounds.opportunities_there(inside.officer)) == []


def test_an_objective_is_measurable_or_says_why_not(inside: World) -> None:
    record = create(
        inside.officer, Objective, {"title": "Competent people", "indicator": "Share", "unit": "%"}
    )
    assert codes(rules.objectives.objective_not_measurable(inside.officer)) == [("6.2-c", record.ref)]
    record = write(inside.officer, record, {"target": "95.000", "due": TOMORROW})
    assert codes(rules.objectives.objective_not_measurable(inside.officer)) == []
    vague = create(inside.officer, Objective, {"title": "Trust", "not_measurable": "No measure is agreed"})
    assert codes(rules.objectives.objective_not_measurable(inside.officer)) == [] and vague.ref


def test_the_review_hears_the_last_value_of_an_objective(inside: World) -> None:
    filled = {"indicator": "Share", "unit": "%", "target": "95", "due": TOMORROW, "statement": "We improve"}
    data = {
        "title": "Competence",
        "owner": inside.officer.id,
        "resources": "x",
        "evaluation": "y",
        "baseline": "62",
        "effective_from": TODAY - timedelta(days=90),
    }
    rows = [{"dated": TODAY, "value": "83.0"}, {"dated": YESTERDAY, "value": "74.5"}]
    record = create(inside.officer, Objective, {**filled, **data}, {"values": rows})
    move(inside.executive, record, "start")
    assert inputs.objectives_at_risk(inside.officer) == 1
    figure, text = inputs.objectives_now(inside.officer)
    assert figure == "0/1" and "Competence: 83 → 95 %" in text and "at risk" in text


def test_a_change_of_the_aims_is_thought_through_before_it_is_approved(inside: World) -> None:
    record = create(inside.officer, ChangePlan, {"title": "Merge", "purpose": "One programme"})
    with pytest.raises(Refused) as refused:
        move(inside.executive, record, "approve")
    wanted = {"consequences", "integrity", "resources", "responsibilities", "planned_for", "owner"}
    assert set(refused.value.fields) == wanted


def test_an_issued_statement_keeps_the_lines_as_they_were(inside: World) -> None:
    control = line(inside, "A.8.3", applicable=True, inclusion_reason="Patients", status="planned")
    data = {"title": "SoA", "edition": "1.0", "effective_from": TODAY, "owner": inside.officer.id}
    record = create(inside.members[Role.ADMINISTRATOR], ApplicabilityStatement, data)
    approved = approve(inside, record)
    write(inside.officer, control, {"status": "implemented"})
    (kept,) = ApplicabilityStatement.objects.get(pk=approved.pk).lines
    assert (kept["code"], kept["applicable"], kept["reason"], kept["status"]) == (
        "A.8.3",
        True,
        "Patients",
        "planned",
    )


def test_a_requirement_of_law_is_evaluated(inside: World) -> None:
    data = {"title": "Literacy", "kind": "law", "source": "AI Act Art. 4", "asks": "Staff know"}
    record = create(inside.officer, LegalRequirement, data)
    assert codes(rules.law.law_not_evaluated(inside.officer)) == [("4.2-c", record.ref)]
    write(inside.officer, record, {"evaluated_on": TODAY, "verdict": "met"})
    assert codes(rules.law.law_not_evaluated(inside.officer)) == []
