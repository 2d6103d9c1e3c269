"""Clause 9: monitoring, internal audit and management review."""
