"""The world of the tests is made in a few statements: it must be what the product itself would answer."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aims.journal.models import Entry
from aims.organisation.acting import acting
from aims.organisation.member import members_of
from aims.organisation.roles import Role
from tests.people import PASSWORD, World, make_world


def test_its_members_are_those_that_the_database_knows(world: World) -> None:
    for member in (*world.members.values(), world.stranger):
        assert members_of(member.person_id) == [member]
    assert set(world.members) == set(Role)


def test_its_people_can_sign_in_and_its_memberships_are_journalled(world: World) -> None:
    assert Client().login(email="nadia@orvanne.test", password=PASSWORD)
    with acting(world.orvanne.pk, "task:tests"):
        made = Entry.objects.filter(kind="organisation_membership", action="I", actor="task:tests")
        assert made.count() == len(Role)


def test_it_costs_few_statements(db: None) -> None:
    """Almost every test makes it first."""
    with CaptureQueriesContext(connection) as asked:
        make_world()
    assert len(asked) <= 40
