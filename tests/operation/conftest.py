"""Clients of the REST interface."""

from tests.callers import caller, officer, reader, stranger

__all__ = ["caller", "officer", "reader", "stranger"]
