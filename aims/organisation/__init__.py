"""Organisations, people, memberships and roles, and the transaction in which somebody acts for one of them."""
