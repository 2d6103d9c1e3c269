"""The house, built once for all modules that live in it; what a test does in it is undone after the test.

Its tests want neither `db` nor `world`, so pytest-django runs them after all others, one after another.

A module that lives in the house overrides `own_folders` with a fixture that wants `undone`.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.promises.house import House, built


@pytest.fixture(scope="package")
def house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Two organisations with a record in every register, and callers; refusals are not logged."""
    logger = logging.getLogger("django.request")
    before, logger.level = logger.level, logging.ERROR
    with built(django_db_blocker, tmp_path_factory.mktemp("house")) as made:
        yield made
    logger.level = before


@pytest.fixture
def undone(house: House) -> Iterator[None]:
    """A savepoint around the test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
