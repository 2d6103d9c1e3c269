"""Clause 4: scope in versions, gaps that an auditor would find, and what the management review hears."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.roles import Role
from aims.records.changes import create, move, write
from aims.records.registry import Gap
from aims.records.signatures import canonical, digest_of, sign
from context import inputs, rules
from context.models import AISystem, ContextIssue, InterestedParty, ScopeStatement
from tests.people import World

TODAY = timezone.localdate()


def system(world: World, **data: Any) -> AISystem:
    return create(world.officer, AISystem, {"title": "ThoraScan", "purpose": "Sort X-rays", **data})


def codes(gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    return [(gap.code, gap.ref) for gap in gaps]


def climate(world: World, **data: Any) -> ContextIssue:
    given = {"title": "Climate change", "kind": "external", "category": "climate", **data}
    return create(world.officer, ContextIssue, given)


def test_climate_is_decided_with_a_reason_even_when_it_is_not_relevant(inside: World) -> None:
    assert codes(rules.climate_decided(inside.officer)) == [("4.1-c", "")]
    issue = climate(inside, relevant=False)
    assert codes(rules.climate_decided(inside.officer)) == [("4.1-c", "")]
    write(inside.officer, issue, {"rationale": "Software only; hosting is counted elsewhere"})
    assert codes(rules.climate_decided(inside.officer)) == []


def test_each_system_in_scope_has_a_role(inside: World) -> None:
    one, two = system(inside), system(inside, in_scope=False)
    assert codes(rules.system_without_role(inside.officer)) == [("4.1-e", one.ref)]
    assert inputs.systems_incomplete(inside.officer) == 1
    write(inside.officer, one, {"act_outcome": "MINIMAL"}, parts={"roles": [{"role": "ai_provider"}]})
    assert codes(rules.system_without_role(inside.officer)) == [] and two.ref
    assert inputs.systems_incomplete(inside.officer) == 0


@pytest.mark.parametrize(
    ("requirement", "gap"),
    [
        ({"text": "Equal quality"}, True),
        ({"text": "Equal quality", "answered_by": ["A.5.4"]}, False),
        ({"text": "Equal quality", "place": "OBJ-0001"}, False),
        ({"text": "Return", "addressed": False}, True),
        ({"text": "Return", "addressed": False, "reason": "Business plan"}, False),
    ],
)
def test_a_requirement_says_where_it_is_answered_or_why_not(
    inside: World, requirement: dict[str, Any], gap: bool
) -> None:
    party = create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": [requirement]})
    found = codes(rules.requirement_undecided(inside.officer))
    assert found == ([("4.2-c", party.ref)] if gap else [])


def test_a_party_without_requirements_is_an_observation(inside: World) -> None:
    party = create(inside.officer, InterestedParty, {"title": "Neighbours"})
    assert codes(rules.party_without_requirement(inside.officer)) == [("4.2-b", party.ref)]


def scope(world: World, edition: str, systems: list[AISystem]) -> ScopeStatement:
    given = {
        "title": "Scope",
        "edition": edition,
        "text": "Triage",
        "basis": "Issues",
        "owner": world.officer.id,
        "effective_from": TODAY,
        "systems": [row.pk for row in systems],
    }
    record = create(world.members[Role.ADMINISTRATOR], ScopeStatement, given)
    record = move(world.officer, record, "submit")
    shown = digest_of(canonical(record))
    signed = sign(world.executive, record, "approve", record.version, shown, "password")
    assert isinstance(signed, ScopeStatement)
    return signed


def test_the_scope_is_approved_and_names_every_system_in_scope(inside: World) -> None:
    assert codes(rules.scope_approved(inside.officer)) == [("4.3-c", "")]
    one, two = system(inside), system(inside)
    for row in (one, two):
        move(inside.officer, row, "put_in_force")
    scope(inside, "1.0", [one])
    assert codes(rules.scope_approved(inside.officer)) == [("4.3-a", two.ref)]
    outside = system(inside, in_scope=False)
    assert ("4.3-d", outside.ref) in codes(rules.scope_approved(inside.officer))


def test_a_new_scope_supersedes_the_one_before(inside: World) -> None:
    first = scope(inside, "1.0", [])
    second = scope(inside, "1.1", [])
    states = dict(ScopeStatement.objects.values_list("pk", "state"))
    assert states == {first.pk: "superseded", second.pk: "approved"}


def test_late_reviews_are_seen(inside: World) -> None:
    late = climate(inside, review_due=TODAY - timedelta(days=1))
    climate(inside, review_due=TODAY)
    assert codes(rules.review_late(inside.officer)) == [("4.1-a", late.ref)]


def test_the_review_hears_of_issues_and_parties(inside: World) -> None:
    climate(inside, effect="Cooling", reviewed_on=TODAY)
    climate(inside, title="Not for us", relevant=False)
    figure, text = inputs.issues_changed(inside.officer)
    assert figure == "1" and "Climate change: Cooling" in text and "Not for us" not in text
    requirements: list[dict[str, Any]] = [
        {"text": "A doctor decides"},
        {"text": "Return", "addressed": False, "reason": "Plan"},
    ]
    create(inside.officer, InterestedParty, {"title": "Owners"}, {"requirements": requirements})
    figure, text = inputs.parties_changed(inside.officer)
    assert figure == "2" and "Owners: Return (Plan)" in text


def test_another_organisation_leaves_no_gap_here(inside: World) -> None:
    assert codes(rules.system_without_role(inside.stranger)) == []
