"""Browsers of the people of the tests, and a few lines of the standard to answer."""

from collections.abc import Callable

import pytest
from django.test import Client

from aims.catalogue import edition
from aims.organisation.acting import acting
from aims.organisation.member import Member
from aims.organisation.models import Person
from aims.records.changes import lay
from aims.records.models import Answer
from tests.people import World

Browser = Callable[[Member], Client]


@pytest.fixture
def browser(world: World) -> Browser:
    """A client that is signed in as a member."""

    def signed_in(member: Member) -> Client:
        client = Client()
        client.force_login(Person.objects.get(pk=member.person_id))
        return client

    return signed_in


@pytest.fixture
def nadia(world: World, browser: Browser) -> Client:
    """The compliance officer's browser."""
    return browser(world.officer)


@pytest.fixture
def paul(world: World, browser: Browser) -> Client:
    """The reader's browser."""
    return browser(world.reader)


@pytest.fixture
def lines(world: World) -> dict[str, Answer]:
    """The answers of 6.1.2 and of control area A.5 in Orvanne, as laid at the founding."""
    catalogue = edition()
    with acting(world.orvanne.pk, world.officer.actor):
        return {
            line.code: lay(world.officer, Answer, line.code, {"title": line.title_or_text[:200]})
            for place in ("6.1.2", "A.5")
            for line in catalogue.lines_of(place)
        }
