"""Who answers for what, and what top management shows: the matrix with its gaps, and the commitments with their evidence."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aims.organisation.models import Membership
from aims.records.changes import create, move, write
from aims.records.evidence import link
from aims.records.models import Evidence
from leadership import commitment, raci, rules
from leadership.models import LeadershipAction, RoleAssignment
from tests.leadership.test_policy import browser
from tests.people import World

TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)
DAY = date(2026, 11, 25)


def role(world: World, title: str = "AIMS manager", **data: Any) -> RoleAssignment:
    given = {"holder": world.officer.id, "deputy": world.executive.id, "authority": "May stop", **data}
    given = {"effective_from": YESTERDAY, "communicated_on": YESTERDAY, "role": "other", **given}
    return move(world.executive, create(world.officer, RoleAssignment, {"title": title, **given}), "assign")


def codes(gaps: Any) -> list[str]:
    return [gap.code for gap in gaps]


def assignment(holder: str = "Nadia", active: bool = True, **data: Any) -> RoleAssignment:
    """A role that is not kept: the matrix is pure."""
    who = Membership(name=holder, active=active) if holder else None
    return RoleAssignment(title=f"Role of {holder}", holder=who, **data)


def test_a_part_covers_what_lies_in_its_clause() -> None:
    assert raci.covers("6.1.2", "6.1.2") and raci.covers("6", "6.1.2") and raci.covers("A.6", "A.6.2.6")
    assert not raci.covers("6.1.2", "6.1") and not raci.covers("6.1", "6.10") and not raci.covers("10", "1")


def test_each_activity_has_one_who_answers() -> None:
    found = raci.matrix([assignment(accountable=["4.1", "9"], responsible=["4.2"])], DAY)
    cells = {row.code: row.cells[0] for row in found.rows}
    assert (
        cells["4.1"] == ("accountable",)
        and cells["4.2"] == ("responsible",)
        and cells["9.3.1"] == ("accountable",)
    )
    assert "4.1" not in found.without and "4.2" in found.without and found.shared == []


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        ({}, True),
        ({"until": DAY}, True),
        ({"until": DAY - timedelta(days=1)}, False),
        ({"effective_from": DAY + timedelta(days=1)}, False),
        ({"holder": ""}, False),
        ({"active": False}, False),
    ],
)
def test_who_has_left_or_ended_answers_for_nothing(data: dict[str, Any], answers: bool) -> None:
    found = raci.matrix([assignment(accountable=["4.1"], **data)], DAY)
    assert ("4.1" not in found.without) is answers


def test_two_who_answer_for_the_same_are_seen_but_not_for_two_systems() -> None:
    one, two = assignment("Nadia", accountable=["4.1"]), assignment("Claire", accountable=["4.1"])
    assert raci.matrix([one, two], DAY).shared == ["4.1"]
    one.system_id, two.system_id = "a", "b"
    assert raci.matrix([one, two], DAY).shared == []


def test_what_nobody_lists_is_a_row_of_its_own() -> None:
    found = raci.matrix([assignment(accountable=["6.1.1"])], DAY)
    assert found.rows[-1].code == "6.1.1" and len(found.rows) == len(raci.ACTIVITIES) + 1
    assert raci.matrix([assignment()], DAY).columns == ()


def test_activities_are_gaps_until_one_person_answers_for_each(inside: World) -> None:
    (gap,) = rules.activities_answered(inside.officer)
    assert gap.url == "/roles/matrix/" and f"{len(raci.ACTIVITIES)} activities" in gap.title
    every = [*dict.fromkeys(code for code in raci.ACTIVITIES)]
    first = role(inside, accountable=every)
    assert codes(rules.activities_answered(inside.officer)) == []
    second = role(inside, "Second", holder=inside.contributor.id, accountable=["4.1"])
    (gap,) = rules.activities_answered(inside.officer)
    assert gap.url == "/roles/matrix/#4.1" and gap.grade == "observation"
    write(inside.officer, second, {"accountable": [], "consulted": ["4.1"]})
    assert codes(rules.activities_answered(inside.officer)) == [] and first.accountable == every


@pytest.mark.parametrize(
    ("broken", "mended", "code", "field"),
    [
        ({"holder": None}, {"holder": "officer"}, "5.3-a", "holder"),
        ({"until": YESTERDAY}, {"until": None}, "5.3-a", "until"),
        ({"deputy": None}, {"deputy": "executive"}, "A.3.2", "deputy"),
        ({"communicated_on": None}, {"communicated_on": TODAY}, "5.3-a", "communicated_on"),
    ],
)
def test_a_role_is_whole(
    inside: World, broken: dict[str, Any], mended: dict[str, Any], code: str, field: str
) -> None:
    record = role(inside)
    assert codes(rules.roles_whole(inside.officer)) == []
    record = write(inside.officer, record, broken)
    (gap,) = rules.roles_whole(inside.officer)
    assert (gap.code, gap.url.rpartition("#")[2], gap.ref) == (code, f"id_{field}", record.ref)
    values = {
        name: getattr(inside, value).id if isinstance(value, str) else value for name, value in mended.items()
    }
    write(inside.officer, record, values)
    assert codes(rules.roles_whole(inside.officer)) == []


def test_a_deputy_who_left_or_is_the_holder_stands_in_for_nobody(inside: World) -> None:
    record = role(inside, deputy=inside.officer.id)
    assert codes(rules.roles_whole(inside.officer)) == ["A.3.2"]
    write(inside.officer, record, {"deputy": inside.contributor.id})
    assert codes(rules.roles_whole(inside.officer)) == []
    Membership.objects.filter(pk=inside.contributor.id).update(active=False)
    assert codes(rules.roles_whole(inside.officer)) == ["A.3.2"]


def test_the_matrix_is_a_page_with_its_gaps(inside: World) -> None:
    role(inside, accountable=["4.1"], informed=["4.2"], deputy=None)
    page = browser(inside.reader).get("/roles/matrix/").content.decode()
    assert (
        "AIMS manager" in page and "Nobody answers for" in page and "no deputy" in page and "is told" in page
    )


def act(world: World, kind: str) -> LeadershipAction:
    data = {"title": f"Act on {kind}", "kind": kind, "decided_on": TODAY, "text": "Decided"}
    return create(world.executive, LeadershipAction, data)


def test_every_kind_of_act_shows_a_commitment() -> None:
    shown = [kind for kinds in commitment.COMMITMENTS.values() for kind in kinds]
    assert sorted(shown) == sorted(LeadershipAction.Kind) and list(commitment.COMMITMENTS) == [
        f"5.1-{letter}" for letter in "abcdef"
    ]


def test_each_commitment_has_an_act_with_evidence(inside: World) -> None:
    assert codes(rules.commitments_shown(inside.officer)) == [f"5.1-{letter}" for letter in "abcdef"]
    acts = [act(inside, kinds[0].value) for kinds in commitment.COMMITMENTS.values()]
    found = list(rules.commitments_shown(inside.officer))
    assert [(gap.grade, gap.url.rpartition("#")[2]) for gap in found] == [("observation", "evidence")] * 6
    piece = create(inside.officer, Evidence, {"title": "Minutes"})
    for one in acts:
        link(inside.officer, piece, "leadership-actions", one.pk)
    assert codes(rules.commitments_shown(inside.officer)) == []
    move(inside.officer, piece, "withdraw", note="Wrong file")
    assert len(codes(rules.commitments_shown(inside.officer))) == 6


def test_the_commitments_are_a_page_and_its_statements_do_not_grow(
    inside: World, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        commitment.shown(inside.officer)
    for _number in range(3):
        act(inside, "stop")
    with django_assert_max_num_queries(12):
        found = {one.code: len(one.acts) for one in commitment.shown(inside.officer)}
    assert found["5.1-e"] == 3
    page = browser(inside.reader).get("/commitment/").content.decode()
    assert "Act on stop" in page and "Nothing shows it" in page
