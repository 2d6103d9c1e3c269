"""The Statement of Applicability: 38 lines from the start, each decision with its reason."""

from typing import Any

import pytest

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.organisation.refused import Refused
from aims.organisation.roles import Role
from aims.records.changes import create, move, write
from aims.records.founding import found
from planning.models import ControlImplementation

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Any:
    person = Person.objects.create_user("nadia@orvanne.test", "correct horse battery", name="Nadia")
    member = found("Orvanne", person, Role.OFFICER)
    with acting(member.organisation_id, member.actor):
        yield member


def test_the_38_controls_are_laid_at_the_founding(officer: Member) -> None:
    lines = ControlImplementation.objects.order_by("created_at", "id")
    assert lines.count() == 38
    assert {line.code for line in lines} == set(edition().controls) == {line.ref for line in lines}
    assert {line.state for line in lines} == {"open"} and {line.applicable for line in lines} == {None}


def test_nobody_adds_or_withdraws_a_line(officer: Member) -> None:
    with pytest.raises(Refused) as refused:
        create(officer, ControlImplementation, {"title": "A.99"})
    assert refused.value.code == "forbidden"
    with pytest.raises(Refused):
        move(officer, ControlImplementation.objects.get(code="A.2.2"), "withdraw", note="no")


@pytest.mark.parametrize(
    ("data", "field"),
    [({"applicable": True}, "inclusion_reason"), ({"applicable": False}, "exclusion_reason")],
)
def test_a_decision_needs_its_reason(officer: Member, data: dict[str, Any], field: str) -> None:
    line = ControlImplementation.objects.get(code="A.8.3")
    with pytest.raises(Refused) as refused:
        write(officer, line, data)
    assert set(refused.value.fields) == {field}
    assert write(officer, line, {**data, field: "Because"}).applicable is data["applicable"]


def test_an_undecided_line_is_not_recorded_as_decided(officer: Member) -> None:
    line = ControlImplementation.objects.get(code="A.8.3")
    with pytest.raises(Refused) as refused:
        move(officer, line, "decide")
    assert "applicable" in refused.value.fields
    write(officer, line, {"applicable": False, "exclusion_reason": "We provide nothing to others"})
    assert move(officer, line, "decide").state == "decided"
