"""Clause 5: a policy that top management signs, roles that are held by one, exceptions that end."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.member import Member
from aims.organisation.refused import Refused
from aims.records.changes import create, move, write
from aims.records.models import Signature
from aims.records.registry import Gap
from aims.records.signatures import canonical, digest_of, sign, standing
from leadership import inputs, rules
from leadership.lifecycles import REQUIRED
from leadership.models import AIPolicy, LeadershipAction, PolicyException, RoleAssignment
from tests.people import World

TODAY = timezone.localdate()
WHOLE = {
    "text": "We use AI where people are better served.",
    "suits": "Made for us",
    "basis": "Principles are themes",
    "requirements": "We meet them",
    "improvement": "Every year",
    "effective_from": TODAY,
}


def policy(world: World, edition: str = "1.0", **data: Any) -> AIPolicy:
    given = {"title": "AI policy", "edition": edition, "owner": world.executive.id, **WHOLE, **data}
    return create(world.officer, AIPolicy, given)


def approve(member: Member, record: AIPolicy) -> AIPolicy:
    signed = sign(member, record, "approve", record.version, digest_of(canonical(record)), "password")
    assert isinstance(signed, AIPolicy)
    return signed


def codes(gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    return [(gap.code, gap.ref) for gap in gaps]


@pytest.mark.parametrize("name", REQUIRED)
def test_each_element_of_the_policy_must_be_there(inside: World, name: str) -> None:
    missing: dict[str, Any] = {name: None if name in ("effective_from", "owner") else ""}
    record = policy(inside, **missing)
    with pytest.raises(Refused) as refused:
        move(inside.officer, record, "submit")
    assert set(refused.value.fields) == {name}


def test_only_top_management_approves_and_with_a_signature(inside: World) -> None:
    record = move(inside.officer, policy(inside), "submit")
    for member in (inside.officer, inside.contributor, inside.reader):
        with pytest.raises(Refused) as refused:
            approve(member, record)
        assert refused.value.code in ("forbidden", "four_eyes")
    with pytest.raises(Refused) as refused:
        move(inside.executive, record, "approve")
    assert refused.value.code == "proof_needed"
    record = approve(inside.executive, record)
    assert record.state == "approved" and standing(record)[0][1]
    assert Signature.objects.get(record_id=record.pk).meaning.startswith("I approve this AI policy")


def test_who_wrote_the_policy_last_does_not_approve_it(inside: World) -> None:
    record = move(inside.officer, policy(inside), "submit")
    record = write(inside.executive, record, {"suits": "Better said"})
    with pytest.raises(Refused) as refused:
        approve(inside.executive, record)
    assert refused.value.code == "four_eyes"


def test_an_approved_policy_is_locked_and_a_new_version_supersedes_it(inside: World) -> None:
    first = approve(inside.executive, move(inside.officer, policy(inside), "submit"))
    with pytest.raises(Refused) as refused:
        write(inside.officer, first, {"text": "Changed"})
    assert refused.value.code == "locked"
    second = approve(inside.executive, move(inside.officer, policy(inside, "2.0"), "submit"))
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "approved")


def test_a_policy_in_force_is_asked_for_and_its_review_watched(inside: World) -> None:
    assert codes(rules.policy_in_force(inside.officer)) == [("5.2-e", "")]
    draft = move(inside.officer, policy(inside, review_due=TODAY - timedelta(days=1)), "submit")
    record = approve(inside.executive, draft)
    assert codes(rules.policy_in_force(inside.officer)) == [("A.2.4", record.ref)]


def role(world: World, name: str, **data: Any) -> RoleAssignment:
    given = {"title": name, "role": name, "holder": world.officer.id, "authority": "May stop", **data}
    record = create(world.officer, RoleAssignment, {"effective_from": TODAY, **given})
    return move(world.executive, record, "assign")


def test_each_of_the_two_roles_of_the_clause_has_one_holder(inside: World) -> None:
    assert codes(rules.roles_held(inside.officer)) == [("5.3-b", ""), ("5.3-c", "")]
    role(inside, "aims_conformity")
    role(inside, "aims_reporting")
    assert codes(rules.roles_held(inside.officer)) == []
    role(inside, "aims_reporting", holder=inside.contributor.id)
    assert codes(rules.roles_held(inside.officer)) == [("5.3-c", "")]


def test_a_role_without_authority_is_not_assigned(inside: World) -> None:
    with pytest.raises(Refused) as refused:
        role(inside, "other", authority="")
    assert set(refused.value.fields) == {"authority"}


def test_an_exception_is_asked_granted_by_another_and_ends(inside: World) -> None:
    data = {
        "title": "Glossary",
        "policy": policy(inside),
        "rule": "Only data we may use",
        "reason": "No tool yet",
    }
    record = create(inside.contributor, PolicyException, {**data, "owner": inside.contributor.id})
    with pytest.raises(Refused):
        move(inside.officer, record, "grant")  # nothing says what protects, and when it ends
    filled = {"measures": "Read twice", "granted_on": TODAY, "ends_on": TODAY + timedelta(days=30)}
    record = write(inside.contributor, record, filled)
    record = move(inside.officer, record, "grant")
    assert inputs.exceptions_in_use(inside.officer) == 1
    assert codes(rules.exception_over(inside.officer)) == []
    record = write(inside.officer, record, {"ends_on": TODAY - timedelta(days=1)})
    assert codes(rules.exception_over(inside.officer)) == [("A.2.2", record.ref)]
    assert move(inside.contributor, record, "end").state == "ended"


def test_acts_of_top_management_are_kept_by_themselves(inside: World) -> None:
    data = {"title": "Release waits", "kind": "stop", "decided_on": TODAY, "text": "Until results are known"}
    act = create(inside.executive, LeadershipAction, data)
    assert ("5.1-e", act.ref) in codes(rules.commitments_shown(inside.officer))
