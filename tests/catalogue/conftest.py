"""The edition that the application uses."""

import pytest

from aims.catalogue import Catalogue, edition


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Loaded once: it is frozen."""
    return edition()
