"""Browsers and clients of the REST interface, for the pages of clause 9."""

from tests.callers import caller, officer, reader, stranger
from tests.pages.conftest import browser, nadia, paul

__all__ = ["browser", "caller", "nadia", "officer", "paul", "reader", "stranger"]
