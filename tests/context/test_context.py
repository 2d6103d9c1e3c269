"""Clause 4: scope in versions, gaps that an auditor would find, and what the management review hears."""

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
from context import inputs, rules
from context.models import AISystem, ContextIssue, InterestedParty, Process, ScopeStatement
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
    issue = climate(inside)
    assert codes(rules.climate_decided(inside.officer)) == [("4.1-c", issue.ref)]
    write(inside.officer, issue, {"relevant": False})
    (gap,) = rules.climate_decided(inside.officer)
    assert gap.ref == issue.ref and gap.url.endswith("/edit/#id_rationale")
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
        ({"text": "Equal quality", "place": "The contract with hospitals"}, False),
        ({"text": "Equal quality", "place": "OBJ-0001"}, True),
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
    assert codes(rules.parties_there(inside.officer)) == [("4.2-b", party.ref)]
    write(inside.officer, party, {}, parts={"requirements": [{"text": "Quiet", "place": "Contract"}]})
    assert codes(rules.parties_there(inside.officer)) == []


def test_no_interested_party_is_a_gap(inside: World) -> None:
    assert codes(rules.parties_there(inside.officer)) == [("4.2-a", "")]
    create(inside.officer, InterestedParty, {"title": "Patients"}, {"requirements": [{"text": "Equal"}]})
    assert codes(rules.parties_there(inside.officer)) == []


def scope(
    world: World, edition: str, systems: list[AISystem], parts: Any = None, **data: Any
) -> ScopeStatement:
    given = {
        "title": "Scope",
        "edition": edition,
        "text": "Triage",
        "basis": "Issues",
        "owner": world.officer.id,
        "effective_from": TODAY,
        "systems": [row.pk for row in systems],
        **data,
    }
    record = create(world.members[Role.ADMINISTRATOR], ScopeStatement, given, parts)
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


def test_a_scope_names_its_sites_and_why_something_stays_outside(inside: World) -> None:
    record = create(
        inside.officer,
        ScopeStatement,
        {"title": "Scope", "edition": "1.0", "review_due": TODAY - timedelta(days=1)},
        {"exclusions": [{"item": "Hiring"}]},
    )
    found = [(gap.code, gap.url.rpartition("#")[2]) for gap in rules.scope_complete(inside.officer)]
    assert found == [("4.3-a", "rows-sites"), ("4.3-d", "rows-exclusions")]
    rows = {"sites": [{"name": "Lyon"}], "exclusions": [{"item": "Hiring", "reason": "On trial"}]}
    write(inside.officer, record, {}, parts=rows)
    assert codes(rules.scope_complete(inside.officer)) == []


def test_an_approved_scope_past_its_review_is_seen(inside: World) -> None:
    record = scope(inside, "1.0", [], review_due=TODAY - timedelta(days=1))
    assert ("4.3-b", record.ref) in codes(rules.scope_complete(inside.officer))
    current = scope(inside, "1.1", [], review_due=TODAY)
    assert codes(rules.scope_complete(inside.officer)) == [("4.3-a", current.ref)]


def test_no_scope_is_approved_that_leaves_something_out_without_a_reason(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        scope(inside, "1.0", [], parts={"exclusions": [{"item": "Hiring"}]})
    assert "Hiring" in str(refused.value) and not ScopeStatement.objects.filter(state="approved").exists()
    assert (
        scope(inside, "1.1", [], parts={"exclusions": [{"item": "Hiring", "reason": "Trial"}]}).state
        == "approved"
    )


def test_issues_come_from_both_sides_and_say_what_they_mean(inside: World) -> None:
    climate(inside, relevant=True, rationale="Heat", effect="Cooling")
    assert codes(rules.issues_of_both_sides(inside.officer)) == [("4.1-a", ""), ("4.1-b", "")]
    outside = climate(inside, title="AI Act", category="legal", relevant=True)
    within = climate(inside, title="Skills", kind="internal", category="competence", relevant=True)
    assert codes(rules.issues_of_both_sides(inside.officer)) == []
    assert codes(rules.issue_without_effect(inside.officer)) == [
        ("4.1-a", outside.ref),
        ("4.1-b", within.ref),
    ]
    write(inside.officer, outside, {"effect": "Technical file"})
    write(inside.officer, within, {"ai_relevance": "Who knows the model"})
    assert codes(rules.issue_without_effect(inside.officer)) == []


def test_categories_of_before_are_still_good(inside: World) -> None:
    old = (
        "legal",
        "market",
        "technology",
        "social",
        "climate",
        "contract",
        "governance",
        "competence",
        "system",
    )
    for category in (*old, "culture", "maturity", "political", "economic", "environment", "means"):
        assert climate(inside, title=category, category=category).category == category


def test_processes_have_an_owner_ends_and_work_together(inside: World) -> None:
    assert codes(rules.processes_there(inside.officer)) == [("4.4-a", "")]
    one, two = (process(inside, title=title) for title in ("Plan", "Do"))
    assert [
        gap.url.rpartition("#")[2] for gap in rules.processes_there(inside.officer) if gap.ref == one.ref
    ] == [
        "id_owner",
        "id_inputs",
    ]
    whole = {"owner": inside.officer.id, "inputs": "Issues", "outputs": "Plans"}
    one, two = (write(inside.officer, row, whole) for row in (one, two))
    (gap,) = rules.processes_there(inside.officer)
    assert gap.title.startswith("2 processes stand alone")
    write(inside.officer, two, {"before": [one.pk]})
    assert codes(rules.processes_there(inside.officer)) == []


def process(world: World, **data: Any) -> Process:
    return create(world.officer, Process, {"purpose": "So that it works", **data})


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
