"""The calendar's tests live in Paris, where midnight is not UTC's."""

import pytest

from tests.people import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """The world of all tests, by the clock of Paris."""
    return make_world("Europe/Paris")
