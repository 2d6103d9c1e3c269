"""Clause 8: operational control, and the decisions of AI systems."""
